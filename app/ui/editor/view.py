"""What of the page can be seen, and keeping it in place while the model writes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QTextEdit


class View:
    """The part of an editor's text that is in its window; `cursor` makes one for a position."""

    def __init__(self, editor: QTextEdit, cursor: Callable[[int], QTextCursor]) -> None:
        self._editor = editor
        self._cursor = cursor

    def ends(self) -> tuple[int, int]:
        """The positions of the document, not of the manuscript, at the top and the bottom."""
        view = self._editor.viewport().rect()
        cursors = map(self._editor.cursorForPosition, (view.topLeft(), view.bottomRight()))
        first, last = (cursor.position() for cursor in cursors)
        return first, last

    def shows(self, position: int) -> bool:
        """Whether the text at `position` is in the window."""
        place = self._editor.cursorRect(self._cursor(position))
        return self._editor.viewport().rect().intersects(place)

    def keeper(self, seam: int) -> Callable[[int], None]:
        """Remember the view; the result keeps the seam in sight, or the lines being read still."""
        if self.shows(seam):
            return self._follow
        bar = self._editor.verticalScrollBar()
        is_above = self._editor.cursorRect(self._cursor(seam)).bottom() < 0
        top = self._editor.cursorForPosition(self._editor.viewport().rect().topLeft())
        before = self._editor.cursorRect(top).top()

        def hold(_seam: int) -> None:
            if is_above:
                bar.setValue(bar.value() + self._editor.cursorRect(top).top() - before)

        return hold

    def _follow(self, seam: int) -> None:
        place = self._editor.cursorRect(self._cursor(seam))
        below = place.bottom() + place.height() * 2 - self._editor.viewport().height()
        if below > 0:
            bar = self._editor.verticalScrollBar()
            bar.setValue(bar.value() + below)
