"""Random edits, accepts, rejects, undo and redo: the manuscript is always what its model says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from app.ui.changes.tracked_changes import TrackedChanges
from app.ui.editor import page_text, soft_breaks
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from tests.ui.editor.test_editor import compose

Key, Mode = Qt.Key, Qt.KeyboardModifier
KEYS = (
    *((key, mode) for key in (Key.Key_Left, Key.Key_Right, Key.Key_Up, Key.Key_Home, Key.Key_End)
      for mode in (Mode.NoModifier, Mode.ShiftModifier, Mode.ControlModifier)),
    *((key, mode) for key in (Key.Key_Backspace, Key.Key_Delete)
      for mode in (Mode.NoModifier, Mode.ControlModifier)),
    (Key.Key_Return, Mode.NoModifier),
    (Key.Key_A, Mode.NoModifier),
)  # fmt: skip
TEXTS = st.lists(
    st.sampled_from(["the", "cat", "sat", "on", "我", "们", "😀", ".", "\n\n", "\n", "mat"]),
    max_size=12,
).map(" ".join)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("key"), st.sampled_from(KEYS)),
        st.tuples(st.just("insert"), TEXTS),
        st.tuples(st.just("compose"), st.sampled_from(["x", "我们", "한"])),
        st.tuples(st.just("caret"), st.tuples(st.floats(0, 1), st.floats(0, 1))),
        st.tuples(st.just("page caret"), st.tuples(st.floats(0, 1), st.floats(0, 1))),
        st.tuples(st.just("propose"), st.tuples(st.floats(0, 1), st.floats(0, 1), TEXTS)),
        st.tuples(st.just("stream"), st.tuples(st.floats(0, 1), st.floats(0, 1), TEXTS)),
        st.tuples(st.just("accept"), st.floats(0, 1)),
        st.tuples(st.just("reject"), st.floats(0, 1)),
        st.tuples(st.sampled_from(["undo", "redo", "accept all", "reject all"]), st.none()),
    ),
    max_size=25,
)


def document(editor: Editor) -> str:
    """The document's text without what only the page has, by the page's own map."""
    breaks, found, block = editor.page.breaks, "", editor.document().begin()
    while block.isValid():
        text = block.text() + ("\n" if block.next().isValid() else "")
        data = text.encode("utf-16-le", "surrogatepass")
        begin = block.position()
        for at in range(units(text)):
            is_own = breaks.is_soft(begin + at) or breaks.has_pieces(begin + at, begin + at + 1)
            if not is_own:
                found += data[2 * at : 2 * at + 2].decode("utf-16-le", "surrogatepass")
        block = block.next()
    return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def check(tracked: TrackedChanges, text: str) -> None:
    editor = tracked.editor
    assert editor.manuscript.text() == text
    assert document(editor) == text
    assert editor.page.breaks.pieces == tracked._marks._pieces()
    assert all(0 <= one.start <= one.end <= units(text) for one in tracked.open)
    block = editor.document().begin()
    while block.isValid():
        assert not block.layout().preeditAreaText()
        block = block.next()
    caret = editor.textCursor()
    assert caret.position() <= editor.document().characterCount() - 1


class Script:
    """Does the steps on the page, and what they come to in a plain string beside it."""

    def __init__(self, tracked: TrackedChanges, text: str) -> None:
        self.tracked, self.editor = tracked, tracked.editor
        self.editor.set_text(text)
        self.text = self.editor.manuscript.text()
        self.states = [self.text]

    def step(self, kind: str, value: Any) -> None:
        steps: dict[str, Callable[[Any], object]] = {
            "key": self._key,
            "insert": self.editor.insert_plain,
            "compose": lambda text: (compose(self.editor, text), compose(self.editor, "", text)),
            "caret": self._caret,
            "page caret": self._page_caret,
            "propose": self._propose,
            "stream": self._stream,
            "accept": lambda part: self._accept(self._one(part)),
            "reject": lambda part: self._reject(self._one(part)),
            "accept all": lambda _none: self._accept([one.id for one in self.tracked.open]),
            "reject all": lambda _none: self._reject([one.id for one in self.tracked.open]),
            "undo": lambda _none: self.editor.undo(),
            "redo": lambda _none: self.editor.redo(),
        }
        steps[kind](value)
        if kind in ("caret", "page caret", "propose", "stream", "reject", "reject all"):
            assert self.editor.manuscript.text() == self.text
        self.text = self.editor.manuscript.text()

    def _key(self, value) -> None:
        start, end = self.editor.selection
        QTest.keyClick(self.editor, *value)
        if value == (Key.Key_A, Mode.NoModifier):
            expected = self._put(start, end, "a")
            assert self.editor.manuscript.text() == expected
        elif value == (Key.Key_Return, Mode.NoModifier):
            assert self.editor.manuscript.text() == self._put(start, end, "\n")
        elif value[0] not in (Key.Key_Backspace, Key.Key_Delete):
            assert self.editor.manuscript.text() == self.text

    def _put(self, start: int, end: int, text: str) -> str:
        data = self.text.encode("utf-16-le")
        return (data[: 2 * start] + text.encode("utf-16-le") + data[2 * end :]).decode("utf-16-le")

    def _caret(self, value) -> None:
        length = len(self.editor.manuscript)
        places = [self._place(part, length) for part in value]
        self.editor.setTextCursor(self.editor.cursor_at(*places))

    def _page_caret(self, value) -> None:
        """A selection as the mouse may leave it, within a proposed text too."""
        length = self.editor.document().characterCount() - 1
        cursor = QTextCursor(self.editor.document())
        for part, mode in zip(value, QTextCursor.MoveMode, strict=True):
            place = round(part * length)
            is_half = "\udc00" <= self.editor.document().characterAt(place) <= "\udfff"
            cursor.setPosition(place - is_half, mode)
        self.editor.setTextCursor(cursor)

    def _place(self, part: float, length: int) -> int:
        return units(self.text[: round(part * len(self.text))])

    def _propose(self, value) -> None:
        low, high, answer = value
        start, end = sorted(self._place(part, 0) for part in (low, high))
        self.tracked.begin(start, end, "Tiny").finish(answer)

    def _stream(self, value) -> None:
        low, high, answer = value
        start, end = sorted(self._place(part, 0) for part in (low, high))
        proposal = self.tracked.begin(start, end, "Tiny")
        for length in range(0, len(answer), 3):
            proposal.show(answer[:length])
        if len(answer) % 2:
            proposal.abandon()
        else:
            proposal.finish(answer)

    def _one(self, part: float) -> list[int]:
        found = list(self.tracked.open)
        return [found[min(len(found) - 1, int(part * len(found)))].id] if found else []

    def _accept(self, ids: list[int]) -> None:
        expected = self.text
        for one in reversed(self.tracked.open.of(ids)):
            data = expected.encode("utf-16-le")
            added = one.added.encode("utf-16-le")
            expected = (data[: 2 * one.start] + added + data[2 * one.end :]).decode("utf-16-le")
        self.tracked.accept(ids)
        assert self.editor.manuscript.text() == expected
        assert not self.tracked.open.of(ids)

    def _reject(self, ids: list[int]) -> None:
        self.tracked.reject(ids)
        assert not self.tracked.open.of(ids)


@pytest.fixture
def make_tracked(qtbot, own_home, monkeypatch):
    editors = []

    def make(longest: int = 4000) -> TrackedChanges:
        for module in (soft_breaks, page_text):
            monkeypatch.setattr(module, "LONGEST", longest)
            monkeypatch.setattr(module, "WISHED", longest // 2)
        editor = Editor()
        editors.append(editor)
        editor.set_page("serif", 13, 150, 68)
        editor.resize(420, 300)
        with qtbot.waitExposed(editor):
            editor.show()
        return TrackedChanges(editor)

    yield make
    for editor in editors:
        editor.close()
        editor.deleteLater()


@pytest.mark.parametrize("longest", [4000, 40])
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS, steps=STEPS)
def test_the_manuscript_is_always_what_its_model_says(
    make_tracked: Callable[..., TrackedChanges], longest, text, steps
):
    tracked = make_tracked(longest)
    script = Script(tracked, text)
    begun = script.text
    for kind, value in steps:
        script.step(kind, value)
        check(tracked, script.text)
    redo_all(tracked.editor)
    last = tracked.editor.manuscript.text()
    while tracked.editor.history.can_undo:
        tracked.editor.undo()
        check(tracked, tracked.editor.manuscript.text())
    assert tracked.editor.manuscript.text() == begun
    assert tracked.editor.history.is_clean
    redo_all(tracked.editor)
    check(tracked, last)


def redo_all(editor: Editor) -> None:
    while editor.history.can_redo:
        editor.redo()
