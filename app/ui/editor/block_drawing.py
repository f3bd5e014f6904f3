"""Drawing a block of the page: its text, what is selected or marked in it, and the caret."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPalette,
    QTextBlock,
    QTextCharFormat,
    QTextLayout,
)


class BlockDrawing:
    """Draws blocks with one painter, as a context says that Qt made for one painting.

    `caret_width` is in pixels.
    """

    def __init__(
        self,
        painter: QPainter,
        context: QAbstractTextDocumentLayout.PaintContext,
        caret_width: int,
    ) -> None:
        self._painter = painter
        self._clip = context.clip
        self._caret = context.cursorPosition
        self._caret_width = caret_width
        self._selections: list[tuple[int, int, QTextCharFormat]] = []
        for selection in context.selections:
            cursor, form = selection.cursor, QTextCharFormat(selection.format)  # its own dies
            if cursor.hasSelection():
                span = (cursor.selectionStart(), cursor.selectionEnd(), form)
                self._selections.append(span)
        painter.setPen(context.palette.color(QPalette.ColorRole.Text))

    def draw(self, block: QTextBlock, place: QPointF) -> None:
        """Draw a block that is laid out, its upper left corner at `place`."""
        start, length, layout = block.position(), block.length(), block.layout()
        layout.draw(self._painter, place, self._ranges(start, length), self._clip)
        caret = self._caret - start
        if self._caret < -1 and layout.preeditAreaText():  # a place in what an input method holds
            caret = layout.preeditAreaPosition() - (self._caret + 2)
        elif not 0 <= caret < length:
            return
        layout.drawCursor(self._painter, place, caret, self._caret_width)

    def _ranges(self, start: int, length: int) -> list[QTextLayout.FormatRange]:
        ranges = []
        for begin, end, form in self._selections:
            if begin - start < length and end > start:
                part = QTextLayout.FormatRange()
                part.start, part.length, part.format = begin - start, end - begin, form
                ranges.append(part)
        return ranges
