"""The page's layout: what Qt's own shows, for as much of the text as is looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QTextEdit

from app.ui.editor.block_heights import SEEN
from app.ui.editor.editor import Editor

PROSE = "She left the harbour in the evening, and nobody saw her go. " * 6
MIXED = "\n".join(
    [
        "# A heading",
        "",
        PROSE,
        "长夜漫漫，她走进了雨中，没有回头看一眼那座城。" * 6,
        "שלום עולם זה משפט בעברית",
        "naïve 😀 " * 40,
        "\ttabs\tand\u00a0spaces",
        "",
    ]
)


@pytest.fixture
def make_editor(qtbot, own_home) -> Callable[[str], Editor]:
    def make(text: str) -> Editor:
        editor = Editor()
        qtbot.addWidget(editor)
        editor.set_page("", 13, 160, 40)
        editor.resize(460, 380)
        with qtbot.waitExposed(editor):
            editor.show()
        editor.set_text(text)
        QApplication.processEvents()
        return editor

    return make


def rows(edit: QTextEdit) -> list[list[tuple[int, int, float]]]:
    """Of each block its rows: where they begin in it, and their corners on the page."""
    found, block = [], edit.document().begin()
    while block.isValid():
        corner = edit.document().documentLayout().blockBoundingRect(block).topLeft()
        lines = (block.layout().lineAt(number) for number in range(block.layout().lineCount()))
        found.append(
            [
                (line.textStart(), round(corner.x() + line.naturalTextRect().x()), line.y())
                for line in lines
            ]
        )
        block = block.next()
    return found


def tops(edit: QTextEdit) -> list[float]:
    found, block = [], edit.document().begin()
    while block.isValid():
        found.append(edit.document().documentLayout().blockBoundingRect(block).y())
        block = block.next()
    return found


def laid_out(editor: Editor) -> list[int]:
    return [number for number, state in enumerate(editor._layout._blocks.states) if state]


def test_it_shows_what_qt_shows(make_editor, qtbot):
    editor = make_editor(MIXED)
    plain = QTextEdit()
    qtbot.addWidget(plain)
    plain.setFrameShape(QTextEdit.Shape.NoFrame)
    plain.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    plain.document().setDefaultFont(editor.document().defaultFont())
    plain.document().setDocumentMargin(0)
    plain.resize(editor.viewport().width(), 300)
    plain.setPlainText(MIXED)
    everything = QTextCursor(plain.document())
    everything.select(QTextCursor.SelectionType.Document)
    everything.setBlockFormat(editor.document().begin().blockFormat())
    with qtbot.waitExposed(plain):
        plain.show()
    assert plain.viewport().width() == editor.viewport().width()
    assert rows(editor) == rows(plain)
    first = tops(editor)[0] - tops(plain)[0]
    moved = [ours - theirs for ours, theirs in zip(tops(editor), tops(plain), strict=True)]
    assert moved == pytest.approx([first] * len(moved), abs=0.5)


def test_a_long_text_is_laid_out_where_it_is_looked_at(make_editor):
    editor = make_editor("\n".join([PROSE] * 3000))
    assert 2 <= len(laid_out(editor)) < 20
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    assert 4 <= len(laid_out(editor)) < 40
    assert editor.document().size().height() > 3000 * 8 * editor.fontMetrics().height()


def test_what_is_let_go_is_laid_out_again(make_editor):
    editor = make_editor("\n".join(f"{number}. {PROSE}" for number in range(700)))
    bar = editor.verticalScrollBar()
    while bar.value() < bar.maximum():
        bar.setValue(bar.value() + bar.pageStep())
    assert len(laid_out(editor)) < 450
    heights = list(editor._layout._blocks.heights)
    bar.setValue(0)
    editor.grab()
    assert 0 in laid_out(editor)
    assert editor._layout._blocks.heights[:5] == heights[:5]


@pytest.mark.parametrize("step", [-37, -400, 37, 400])
def test_scrolling_moves_what_is_in_view_by_so_much(make_editor, step):
    """Where blocks above turn out to be higher or lower than they were taken for."""
    uneven = "\n".join(("iiii " if number % 2 else "WWWW ") * 60 for number in range(400))
    editor = make_editor(uneven)
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    for _ in range(10):
        middle = QPointF(100, editor.viewport().height() / 2).toPoint()
        mark = editor.cursorForPosition(middle)
        before = editor.cursorRect(mark).top()
        bar.setValue(bar.value() + step)
        assert editor.cursorRect(mark).top() == pytest.approx(before - step, abs=2)


def test_asking_for_a_place_above_moves_nothing(make_editor):
    editor = make_editor("\n".join([PROSE, "Short."] * 300))
    bar = editor.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    QApplication.processEvents()
    before, value = editor.grab().toImage(), bar.value()
    for place in range(0, len(editor.manuscript) // 3, 1000):
        editor.cursorRect(editor.cursor_at(place))
    QApplication.processEvents()
    assert (editor.grab().toImage(), bar.value()) == (before, value)


def test_a_jump_shows_the_caret(make_editor):
    editor = make_editor("\n".join(["iiii " * 80, "", "WWWW " * 80] * 300))
    for share in (0.9, 0.2, 0.55, 1.0, 0.0):
        editor.move_caret(int(len(editor.manuscript) * share))
        QApplication.processEvents()
        assert editor.viewport().rect().intersects(editor.cursorRect())


def test_a_press_between_two_rows_goes_into_the_upper_one(make_editor):
    editor = make_editor(PROSE)
    line = editor.document().begin().layout().lineAt(0)
    rect = editor.cursorRect(editor.cursor_at(0))
    below = rect.bottomLeft() + QPointF(30, 3).toPoint()
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=below)
    assert 0 < editor.caret < line.textLength()


def test_typing_draws_the_rows_that_changed(make_editor):
    editor = make_editor(PROSE[:-30])
    editor.move_caret(len(PROSE) - 35)
    QTest.keyClicks(editor, "a")
    parts: list[QRectF] = []
    update = editor.document().documentLayout().update
    update.connect(lambda part: parts.append(QRectF(part)))
    QTest.keyClicks(editor, "b")
    [part] = parts
    row = editor.cursorRect().height()
    assert part.height() < 5 * row
    assert part.top() <= editor.cursorRect().top() + editor.verticalScrollBar().value()
    parts.clear()
    editor.move_caret(0)
    QTest.keyClicks(editor, "another sentence that moves all ")
    assert max(part.height() for part in parts) > 5 * row


EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 400),
        st.text(alphabet="a世😀\n #*", max_size=30),
        st.floats(0, 1),
    ),
    min_size=1,
    max_size=12,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(EDITS)
def test_after_any_edits_the_page_is_as_if_new(make_editor, edits):
    editor = make_editor("\n".join([PROSE, "", "Short."] * 20))
    bar = editor.verticalScrollBar()
    for share, removed, text, scrolled in edits:
        length = len(editor.manuscript)
        start = int(length * share)
        editor.replace_text(start, min(length, start + removed), text)
        bar.setValue(int(bar.maximum() * scrolled))
        blocks = editor._layout._blocks
        assert len(blocks) == editor.document().blockCount()
        assert blocks.total == pytest.approx(sum(blocks.heights))
        top, bottom = editor.view.extent()
        seen = range(blocks.at(top), blocks.at(bottom) + 1)
        assert all(blocks.states[number] == SEEN for number in seen)
    new = make_editor(editor.manuscript.text())
    for one in (editor, new):
        bar = one.verticalScrollBar()
        bar.setValue(0)
        while bar.value() < bar.maximum():
            bar.setValue(bar.value() + bar.pageStep())
    assert editor._layout._blocks.heights == pytest.approx(new._layout._blocks.heights)
    assert rows(editor) == rows(new)
    assert bar.maximum() == editor.verticalScrollBar().maximum()
    editor.hide()
    new.hide()
