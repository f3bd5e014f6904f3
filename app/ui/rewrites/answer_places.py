"""Where an answer stands while it is written: in the text, or proposed as changes of it."""

from __future__ import annotations

from typing import Protocol

from app.core.provenance.origins import Origin, new_take_key
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units
from app.ui.editor.undo_history import UndoStep


class AnswerPlace(Protocol):
    """Where the answer to one passage is shown.

    By its `origin_key` the parts of the text know the answer; 0 where it is put into none.
    """

    origin_key: int

    def show(self, answer: str, /) -> None:
        """Show the answer as far as it is written."""

    def finish(self, answer: str, /) -> object:
        """Show the whole answer, of which no more comes."""

    def abandon(self) -> None:
        """Leave the passage as it was."""


class AnswerPlaces(Protocol):
    """Opens proposals for passages of the page, in UTF-16 units."""

    def begin(self, start: int, end: int, author: str) -> AnswerPlace:
        """Propose something for the text from `start` to `end`, as the model `author`."""


class WrittenAnswer:
    """An answer that is written at a place of the page as the model's text, in one step of undo.

    What the writer changes within it is theirs: nothing more is written there. `lead` is put before
    the answer.
    """

    def __init__(self, editor: Editor, place: int, lead: str = "") -> None:
        self._editor, self._start, self._end, self._lead = editor, place, place, lead
        self._shown = ""
        self.origin_key = new_take_key()
        self._step: UndoStep | None = None
        self._is_let_go = self._is_writing = self._is_touched = False
        editor.changed.connect(self._follow)
        editor.step_undone.connect(self._on_undone)

    def show(self, answer: str) -> None:
        """Write what is there of the answer."""
        text = self._lead + answer if answer else ""
        if self._is_let_go or text == self._shown or self._editor.is_composing:
            return
        if self._step is None:
            self._step = self._editor.history.open(self._start, self)
        kept = len(text) if self._shown.startswith(text) else 0
        if text.startswith(self._shown):
            kept = len(self._shown)
        start = self._start + units(text[:kept])
        origin = Origin("generated", self.origin_key, units(text[:kept]), start, units(text[kept:]))
        self._is_writing = True
        with self._editor.putting(origin):
            self._editor.write(self._step, start, self._end, text[kept:], text)
        self._is_writing = False
        self._end = self._start + units(text)
        self._shown = text

    def finish(self, answer: str) -> None:
        """Write the whole answer, and let go of it."""
        self.show(answer)
        self._let_go()

    def abandon(self) -> None:
        """Take the answer away again, unless it was changed: steps of undo may lie within it."""
        if self._step is not None and not self._is_touched:
            self._editor.write(self._step, self._start, self._end, "", "")
            self._editor.history.drop(self._step)
        self._step = None
        self._let_go()

    def _let_go(self) -> None:
        self._is_let_go = True
        if self._step is not None:
            self._step.owner = None

    def _follow(self, change: Change, _source: Source) -> None:
        if self._is_writing:
            return
        if change.removed_end > self._start and change.position < self._end:
            self._is_touched = True
            self._let_go()
        is_empty = self._start == self._end
        self._end = change.carry(self._end)
        self._start = min(change.carry(self._start, after_insertion=not is_empty), self._end)

    def _on_undone(self, step: UndoStep) -> None:
        if step is self._step:
            self._let_go()
