"""Long paragraphs: broken on the page, and in nothing that a writer sees or saves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.ui.editor import page_text, soft_breaks
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.editor.soft_breaks import LONGEST, SoftBreaks, cuts
from tests.ui.editor.test_editor import compose

Key = Qt.Key
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NONE = Qt.KeyboardModifier.NoModifier
KINDS = {
    "x": "x" * 9000,
    "=": "=" * 9000,
    "base64": "dGhlIHJhaW4gY2FtZSBkb3du/+AB" * 330,
    "prose": "The rain came down on the quay. " * 300,
    "Chinese": "雨落在码头上没有人说话" * 800,
    "pictures": "😀👩‍👩‍👧é" * 900,
    "accents": "a" + "\u0301" * 9000,
    "Arabic": "نزل المطر على الرصيف ولم يقل احد كلمة " * 250,
    "lines": ("word " * 1000 + "\n") * 3 + "\n" + "y" * 9000,
}


def blocks(editor: Editor) -> list[str]:
    block, found = editor.document().begin(), []
    while block.isValid():
        found.append(block.text())
        block = block.next()
    return found


def shown(editor: Editor) -> str:
    """The text as Qt has it, put together again."""
    block, text = editor.document().begin(), ""
    while block.isValid():
        text += block.text()
        if block.next().isValid() and not editor.page.is_soft(block):
            text += "\n"
        block = block.next()
    return text


def check(editor: Editor, text: str | None = None) -> None:
    assert shown(editor) == editor.manuscript.text()
    assert text is None or editor.manuscript.text() == text
    assert max(units(block) for block in blocks(editor)) <= soft_breaks.LONGEST
    block = editor.document().begin()
    while block.isValid():
        is_soft = editor.page.is_soft(block)
        assert (block.blockFormat().bottomMargin() == 0) is is_soft
        block = block.next()


@pytest.fixture
def make_editor(qtbot, own_home) -> Iterator[Callable[[], Editor]]:
    editors = []

    def make() -> Editor:
        editor = Editor()
        editors.append(editor)
        editor.set_page("serif", 13, 150, 68)
        editor.resize(500, 400)
        with qtbot.waitExposed(editor):
            editor.show()
        return editor

    yield make
    for editor in editors:
        editor.close()
        editor.deleteLater()


# The mapping


class Page:
    """What a document of units, breaks and pieces is, by definition.

    `|` is a soft break; a piece begins with `<`, and goes on with `-`.
    """

    def __init__(self) -> None:
        self.text = ""

    def to_manuscript(self, position: int) -> int:
        return len(re.sub("[|<-]", "", self.text[:position]))

    def remove(self, start: int, end: int, added: int) -> None:
        rest = self.text[end:]
        if rest.startswith("-"):  # the second half of a piece is one of its own
            rest = "<" + rest[1:]
        self.text = self.text[:start] + "x" * added + rest

    def pieces(self) -> list[tuple[int, str]]:
        found = re.finditer("<-*", self.text)
        return [(self.to_manuscript(one.start()), "x" * len(one.group())) for one in found]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 6), st.integers(0, 2))))
def test_the_mapping_is_what_counting_gives(steps):
    breaks, page = SoftBreaks(), Page()
    for low, high, added, kind in steps:
        start, end = sorted((round(low * len(page.text)), round(high * len(page.text))))
        place = page.to_manuscript(start)
        places = [at for at in range(len(page.text) + 1) if page.to_manuscript(at) == place]
        if kind == 1:
            at = places[-1]
            page.text = page.text[:at] + "|" + page.text[at:]
            breaks.add(place)
        elif kind == 2:
            if added:
                at = places[0]
                page.text = page.text[:at] + "<" + "-" * (added - 1) + page.text[at:]
                breaks.add(place, "x" * added)
        else:
            gone = page.to_manuscript(end) - place
            assert breaks.follow(start, end - start, added) == (place, gone)
            page.remove(start, end, added)
        assert breaks.pieces == page.pieces()
        assert breaks.units == len(page.text) - page.to_manuscript(len(page.text))
        for position in range(len(page.text) + 1):
            assert breaks.to_manuscript(position) == page.to_manuscript(position)
            assert breaks.is_soft(position) is (page.text[position : position + 1] == "|")
            if page.text[position : position + 1] in ("<", "-"):
                begin = page.text.rfind("<", 0, position + 1)
                length = len(re.findall("^<-*", page.text[begin:])[0])
                assert breaks.piece_around(position) == (begin, begin + length)
            else:
                assert breaks.piece_around(position) == (position, position)
        text = re.sub("[<-]", "x", page.text).replace("|", "\n")
        own = "x" * (page.to_manuscript(end) - page.to_manuscript(start))
        if end <= len(page.text):
            assert breaks.own_text(start, end, own) == text[start:end]
            is_in_any = bool(re.search("[<-]", page.text[start:end]))
            assert start == end or breaks.has_pieces(start, end) is is_in_any
        for position in range(page.to_manuscript(len(page.text)) + 1):
            same = [at for at in range(len(page.text) + 1) if page.to_manuscript(at) == position]
            assert breaks.to_document(position, before=True) == same[0]
            assert breaks.to_document(position) == same[-1]
    for place, _piece in breaks.pieces:
        breaks.remove(place, is_piece=True)
    assert breaks.units == page.text.count("|")
    assert not breaks.pieces


@given(st.lists(st.sampled_from(["x" * 900, "word " * 300, "😀" * 700, "\n", "e\u0301" * 400])))
def test_cuts_leave_no_line_too_long(parts):
    text = "".join(parts)
    data = text.encode("utf-16-le")
    ends = [0, *cuts(text), len(data) // 2]
    pieces = [data[2 * a : 2 * b].decode("utf-16-le") for a, b in pairwise(ends)]
    assert "".join(pieces) == text
    assert all(pieces) or not text
    assert max(units(line) for piece in pieces for line in piece.split("\n")) <= LONGEST


# Into the page and out of it


@pytest.mark.parametrize("kind", KINDS)
def test_no_block_is_long_and_no_letter_is_lost(make_editor, kind):
    editor, text = make_editor(), KINDS[kind]
    editor.set_text(text)
    assert editor.page.breaks
    check(editor, text)
    editor.selectAll()
    assert editor.createMimeDataFromSelection().text() == text
    editor.insert_plain("short")
    assert not editor.page.breaks
    check(editor, "short")
    editor.undo()
    check(editor, text)


def test_a_pasted_a_streamed_and_a_typed_line_are_broken_alike(studio, qtbot):
    studio.show("Before\nAfter", caret=6)
    editor = studio.window.editor
    editor.insert_plain("x" * 5000)
    check(editor)
    studio.do("continue")
    studio.stream(*["y" * 700] * 10)
    studio.done()
    check(editor, "Before" + "x" * 5000 + "y" * 7000 + "\nAfter")
    assert editor.tint == (5006, 12006)
    studio.do("undo")
    check(editor, "Before" + "x" * 5000 + "\nAfter")
    studio.do("undo")
    check(editor, "Before\nAfter")


def test_the_file_and_the_journal_never_see_a_break(studio, tmp_path):
    path, text = tmp_path / "long.txt", "a" * 6000 + "\n" + "b" * 6000
    path.write_text(text, "utf-8")
    assert studio.window.documents.open_path(path)
    editor = studio.window.editor
    editor.move_caret(5000)
    QTest.keyClicks(editor, "typed")
    studio.do("save")
    text = text[:5000] + "typed" + text[5000:]
    check(editor, text)
    assert path.read_text("utf-8") == text
    assert editor.caret == 5005
    assert editor.manuscript.words == 2
    studio.program.store.flush()


def test_joined_lines_are_broken_and_parted_ones_are_whole_again(make_editor):
    editor = make_editor()
    editor.set_text("x" * 3000 + "\n" + "y" * 3000)
    assert len(blocks(editor)) == 2
    editor.move_caret(3001)
    QTest.keyClick(editor, Key.Key_Backspace)
    check(editor, "x" * 3000 + "y" * 3000)
    assert len(blocks(editor)) > 2
    QTest.keyClick(editor, Key.Key_Return)
    check(editor, "x" * 3000 + "\n" + "y" * 3000)


def test_find_sees_through_a_break(studio):
    studio.show("a" * 3000 + "".join(f"<{n}>" for n in range(2000)))
    editor, find = studio.window.editor, studio.window.page.find_bar
    check(editor)
    place = list(editor.page.breaks)[1]
    words = editor.manuscript.text(place - 4, place + 4)
    editor.move_caret(0)
    find.line.setText(words.upper())
    find.find_next()
    assert editor.selection == (place - 4, place + 4)
    find.begin()
    assert find.line.text() == words


# What is seen


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"accents"}))
def test_rows_end_where_they_would_in_one_block(make_editor, monkeypatch, kind):
    text = KINDS[kind]
    broken = make_editor()
    broken.set_text(text)
    monkeypatch.setattr(soft_breaks, "LONGEST", 10**9)
    monkeypatch.setattr(page_text, "LONGEST", 10**9)
    whole = make_editor()
    whole.set_text(text)
    assert not whole.page.breaks
    assert broken.page.breaks
    bar = broken.verticalScrollBar()
    while bar.value() < bar.maximum():  # every break is seen once
        bar.setValue(bar.value() + bar.pageStep() // 2)
    assert rows(broken) == rows(whole)


def rows(editor: Editor) -> list[str]:
    """Each row of the page as the writer sees it."""
    block, found = editor.document().begin(), []
    while block.isValid():
        editor.document().documentLayout().blockBoundingRect(block)  # lays it out
        layout, text = block.layout(), block.text().encode("utf-16-le")
        for number in range(layout.lineCount()):
            row = layout.lineAt(number)
            start, end = row.textStart(), row.textStart() + row.textLength()
            found.append(text[2 * start : 2 * end].decode("utf-16-le"))
        block = block.next()
    return found


def test_rows_have_the_same_distance_on_both_sides_of_a_break(make_editor):
    editor = make_editor()
    editor.set_text(KINDS["prose"])
    place = next(iter(editor.page.breaks))
    editor.move_caret(place - 150)
    editor.ensureCursorVisible()
    tops = sorted(
        {editor.cursorRect(editor.cursor_at(at)).top() for at in range(place - 150, place + 150)}
    )
    distances = {low - high for high, low in pairwise(tops)}
    assert max(distances) - min(distances) <= 1


@pytest.mark.parametrize("kind", ["x", "="])
def test_the_mouse_takes_words_and_paragraphs_whole(make_editor, kind):
    editor, text = make_editor(), f"first\n{KINDS[kind]}\nlast"
    editor.set_text(text)
    editor.move_caret(list(editor.page.breaks)[2])
    spot = editor.cursorRect().center()
    view, left = editor.viewport(), Qt.MouseButton.LeftButton
    QTest.mouseDClick(view, left, NONE, spot)
    if kind == "x":
        assert editor.selection == (6, 9006)
    QTest.mouseClick(view, left, NONE, spot)
    assert editor.selection == (6, 9007)  # with its end, as Qt does
    assert editor.createMimeDataFromSelection().text() == KINDS[kind] + "\n"
    check(editor, text)


def test_a_triple_press_in_the_last_paragraph(make_editor):
    editor = make_editor()
    for place in (1000, 8990):
        editor.set_text("x" * 9000)
        editor.move_caret(place)
        spot = editor.cursorRect().center()
        QTest.mouseDClick(editor.viewport(), Qt.MouseButton.LeftButton, NONE, spot)
        QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, NONE, spot)
        assert editor.selection == (0, 9000)


def test_a_press_with_shift_keeps_the_anchor(make_editor):
    editor = make_editor()
    editor.set_text("x" * 9000 + "\nlast one here")
    start, end = 9001, len(editor.manuscript)
    editor.move_caret(end)
    spot = editor.cursorRect(editor.cursor_at(start)).center()
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, SHIFT, spot)
    assert (editor.selection, editor.caret) == ((start, end), start)
    QTest.keyClick(editor, Qt.Key.Key_Right, SHIFT)
    assert editor.selection == (start + 1, end)


def test_half_typed_text_is_not_torn(make_editor):
    editor = make_editor()
    editor.set_text("x" * 9000)
    place = list(editor.page.breaks)[1]
    editor.move_caret(place + 3)
    for syllable in "한국어" * 40:
        compose(editor, syllable, syllable)
        editor.verticalScrollBar().setValue(editor.verticalScrollBar().value() + 1)
    assert shown(editor) == editor.manuscript.text()
    compose(editor, "")
    check(editor, "x" * (place + 3) + "한국어" * 40 + "x" * (8997 - place))


def test_a_word_is_deleted_whole(make_editor):
    editor = make_editor()
    editor.set_text("one " + "x" * 9000 + " two")
    editor.move_caret(9004)
    QTest.keyClick(editor, Key.Key_Backspace, CTRL)
    check(editor, "one  two")


# Keys: as in an editor that breaks nothing

KEYS = (
    *(
        (key, mode)
        for key in (Key.Key_Left, Key.Key_Right)
        for mode in (NONE, SHIFT, CTRL, CTRL | SHIFT)
    ),
    *((key, mode) for key in (Key.Key_Backspace, Key.Key_Delete) for mode in (NONE, CTRL)),
    *((key, NONE) for key in (Key.Key_Return, Key.Key_A, Key.Key_Space)),
)
ROW_KEYS = (Key.Key_Up, Key.Key_Down, Key.Key_Home, Key.Key_End)
SHORT = 200
LETTERS = st.sampled_from(["x", "==", "word ", "a", "雨", "é", ".", "\n"])


RUNS = st.lists(st.tuples(LETTERS, st.integers(1, 150)), min_size=1, max_size=4)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(RUNS, st.floats(0, 1), st.lists(st.sampled_from(KEYS), max_size=25))
@example(
    [("word ", 37), ("==", 26)],
    1.0,
    [(Key.Key_Left, CTRL), (Key.Key_Space, NONE), (Key.Key_Backspace, NONE)],
)
@example(
    [("word ", 37), ("x", 79), ("word ", 95)], 0.25, [(Key.Key_Left, SHIFT), (Key.Key_Return, NONE)]
)
def test_every_key_does_what_it_does_without_breaks(two_editors, runs, place, keys):
    text = "".join(letters * count for letters, count in runs)
    broken, whole = two_editors.begin(text, place)
    for key, mode in keys:
        broken, whole = two_editors.press(key, mode)
        check(broken, whole.manuscript.text())
        assert (broken.caret, broken.selection) == (whole.caret, whole.selection)
    while broken.history.can_undo:
        broken.undo()
    check(broken, text)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(RUNS, st.floats(0, 1), st.sampled_from(ROW_KEYS))
def test_keys_by_rows_reach_the_same_row(two_editors, runs, place, key):
    """A row that ends at a break lets the caret stand one letter earlier or later.

    All rows are in view, and so aligned.
    """
    for editor, _longest in two_editors.both:
        editor.resize(500, 15_000)
    two_editors.begin("".join(letters * count for letters, count in runs), place)
    broken, whole = two_editors.press(key, NONE)
    assert abs(broken.caret - whole.caret) <= 1


class TwoEditors:
    """One that breaks paragraphs early, and one that never does; both get the same keys."""

    def __init__(self, broken: Editor, whole: Editor, monkeypatch: pytest.MonkeyPatch) -> None:
        self.both = (broken, SHORT), (whole, 10**9)
        self._monkeypatch = monkeypatch

    def begin(self, text: str, place: float) -> tuple[Editor, Editor]:
        for editor, longest in self.both:
            self._limit(longest)
            editor.set_text(text)
            editor.move_caret(round(place * len(text)))
        self._limit(SHORT)
        return self.both[0][0], self.both[1][0]

    def press(self, key: Key, mode: Qt.KeyboardModifier) -> tuple[Editor, Editor]:
        for editor, longest in self.both:
            self._limit(longest)
            QTest.keyClick(editor, key, mode)
        self._limit(SHORT)
        return self.both[0][0], self.both[1][0]

    def _limit(self, longest: int) -> None:
        for module in (soft_breaks, page_text):
            self._monkeypatch.setattr(module, "LONGEST", longest)
            self._monkeypatch.setattr(module, "WISHED", longest // 2)


@pytest.fixture
def two_editors(make_editor, monkeypatch) -> TwoEditors:
    return TwoEditors(make_editor(), make_editor(), monkeypatch)


class Drop(QDropEvent):
    """A drop of what was dragged from `source`, which Qt knows only of a real drag."""

    def __init__(self, editor: Editor, place: int, action: Qt.DropAction, source: QObject) -> None:
        self.data = editor.createMimeDataFromSelection()
        at = QPointF(editor.cursorRect(editor.cursor_at(place)).center())
        super().__init__(at, action, self.data, Qt.MouseButton.LeftButton, NONE)
        self._source = source

    def source(self) -> QObject:
        return self._source


@pytest.mark.parametrize(("start", "end"), [(5, 10), (5, 5000)])
@pytest.mark.parametrize("action", [Qt.DropAction.MoveAction, Qt.DropAction.CopyAction])
@pytest.mark.parametrize("place", [0, 3, 8000, 9000])
def test_dragged_text_moves_in_one_step(make_editor, start, end, action, place) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(9000))
    editor = make_editor()
    editor.set_text(text)
    editor.move_caret(place)
    bar = editor.verticalScrollBar().value()
    editor.setTextCursor(editor.cursor_at(start, end))
    editor.verticalScrollBar().setValue(bar)
    editor.dropEvent(Drop(editor, place, action, editor.viewport()))
    rest = text[:start] + text[end:] if action is Qt.DropAction.MoveAction else text
    to = place - (end - start) * (action is Qt.DropAction.MoveAction and place > end)
    check(editor, rest[:to] + text[start:end] + rest[to:])
    editor.undo()
    check(editor, text)
    assert not editor.history.can_undo
    editor.redo()
    check(editor, rest[:to] + text[start:end] + rest[to:])


def test_text_dropped_on_itself_stays(make_editor) -> None:
    editor = make_editor()
    editor.set_text("one two three")
    editor.setTextCursor(editor.cursor_at(4, 8))
    editor.dropEvent(Drop(editor, 6, Qt.DropAction.MoveAction, editor.viewport()))
    check(editor, "one two three")
    assert not editor.history.can_undo
