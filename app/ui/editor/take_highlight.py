"""The tint: what in the text the writer has not accepted yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.ui.widgets.theme import Theme

_MOST = 200  # paragraphs; more are tinted in one piece


class Tint:
    """Colours one range of an editor's text, and nothing else."""

    def __init__(self, editor: QTextEdit, cursor: Callable[[int, int], QTextCursor]) -> None:
        self._editor = editor
        self._cursor = cursor
        self._format = QTextCharFormat()
        self.range: tuple[int, int] = (0, 0)

    def set_colours(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._format = QTextCharFormat()
        self._format.setBackground(theme.take_tint)
        self._format.setForeground(theme.take_ink)
        self.show()

    def move(self, start: int, end: int) -> None:
        """Tint the text from `start` to `end`; equal ends clear it."""
        if (start, end) != self.range:
            self.range = (start, end)
            self.show()

    def show(self) -> None:
        """Show the range as it is now."""
        selections = []
        for start, end in self._lines():
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self._editor.document())
            selection.cursor.setPosition(start)
            selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            selection.format = self._format
            selections.append(selection)
        self._editor.setExtraSelections(selections)

    def _lines(self) -> list[tuple[int, int]]:
        """The tinted blocks without their ends, which would show as boxes of their own.

        In positions of the document, not of the manuscript.
        """
        whole, document = self._cursor(*self.range), self._editor.document()
        start, end = whole.selectionStart(), whole.selectionEnd()
        first, last = document.findBlock(start), document.findBlock(end)
        if last.blockNumber() - first.blockNumber() > _MOST:
            return [(start, end)]
        lines = []
        while start < end and first.isValid():
            stop = min(end, first.position() + first.length() - 1)
            if stop > start:
                lines.append((start, stop))
            first = first.next()
            start = first.position()
        return lines
