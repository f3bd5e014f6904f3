"""Puts the active take of a place into the editor, and follows it as it is written."""

from __future__ import annotations

from collections.abc import Callable

from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.generation.takes import TakeGroup


class TakeWriter:
    """Writes a group's active take between its ends; `moved` is called after each change.

    While it `is_writing`, a change of the page is its own.
    """

    def __init__(self, editor: Editor, moved: Callable[[], object]) -> None:
        self._editor = editor
        self._moved = moved
        self.is_writing = False

    def show(self, group: TakeGroup, index: int, *, force: bool = False) -> None:
        """Put take `index` in the place of the active one."""
        if index == group.active and group.written == len(group.shown) and not force:
            self._moved()
            return
        group.active = index
        group.written = len(group.shown)
        self._write(group, group.start, group.end, group.shown)

    def catch_up(self, group: TakeGroup | None) -> None:
        """Write what the active take has that the text has not."""
        if group is None or not group.takes or self._editor.is_composing:
            return
        text = group.unwritten
        if text:
            group.written += len(text)
            self._write(group, group.end, group.end, text)

    def tint(self, group: TakeGroup | None) -> None:
        """Tint what is in the text of the active take."""
        self._editor.set_tint(*((group.start, group.end) if group else (0, 0)))
        self._moved()

    def _write(self, group: TakeGroup, start: int, end: int, text: str) -> None:
        if group.step is None:
            present = self._editor.manuscript.text(start, end)
            group.step = self._editor.history.open(start, group, present)
        self.is_writing = True
        with self._editor.putting(group.origin(start, text)):
            self._editor.write(group.step, start, end, text, group.shown[: group.written])
        self.is_writing = False
        group.end = start + units(text)
        self.tint(group)
