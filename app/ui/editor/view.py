"""What of the page is in view, and the tint of what the writer has not accepted yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.ui.widgets.theme import Theme

_MOST = 200  # paragraphs; more are tinted in one piece
_ROUNDS = 3
_LAYERS = (
    "dim",
    "generated",
    "edited",
    "rewrite",
    "pasted",
    "take",
    "expected",
    "surprise 1",
    "surprise 2",
    "surprise 3",
    "removed",
    "added",
    "goes",
    "comes",
    "influence",
    "spelling",
    "found",
)


class View:
    """The part of an editor's text that is in its window; `cursor` makes one for a position."""

    def __init__(self, editor: QTextEdit, cursor: Callable[[int], QTextCursor]) -> None:
        self._editor = editor
        self._cursor = cursor
        self._bar, self._port = editor.verticalScrollBar(), editor.viewport()

    def extent(self) -> tuple[float, float]:
        """Where it begins and ends, in pixels from the top of the page."""
        top = self._bar.value()
        return top, top + self._port.height()

    def caret(self) -> int:
        """The document's position of the writer's caret."""
        return self._editor.textCursor().position()

    def move_down(self, by: float) -> None:
        """Show what is so many pixels further down."""
        bar = self._editor.verticalScrollBar()
        bar.setValue(bar.value() + round(by))

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

    def bring(self, position: int) -> None:
        """Show the text at `position`, in the upper part of the window; the caret stays."""
        page, bar = self._editor.viewport(), self._editor.verticalScrollBar()
        for _again in range(_ROUNDS):  # what is above may be laid out only now
            if self.shows(position):
                return
            place = self._editor.cursorRect(self._cursor(position))
            bar.setValue(bar.value() + place.top() - page.height() // 4)

    def draw_first_line(self, text: str, colour: QColor) -> None:
        """Draw a text where the first line will be."""
        page = self._editor.viewport()
        place = self._editor.cursorRect(self._cursor(0)).adjusted(4, 0, page.width(), 0)
        painter = QPainter(page)
        painter.setPen(colour)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()

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


class Layers:
    """Colours of the text that lie over its own, in layers; a later layer lies over an earlier."""

    def __init__(self, editor: QTextEdit) -> None:
        self.document = editor.document()
        self._editor = editor
        self._layers: dict[str, list[QTextEdit.ExtraSelection]] = {name: [] for name in _LAYERS}
        self._formats: dict[str, QTextCharFormat] = {}

    def put(self, layer: str, spans: Iterable[tuple[int, int]], form: QTextCharFormat) -> None:
        """Show `spans`, from and to in the document's positions, in the format `form` alone."""
        spans = list(spans)
        if not self._has(layer, spans, form):  # what Qt is given it draws again
            self._formats[layer] = QTextCharFormat(form)
            self._layers[layer] = [self._selection(*span, form) for span in spans]
            self._editor.setExtraSelections(list(chain.from_iterable(self._layers.values())))

    def _has(self, layer: str, spans: list[tuple[int, int]], form: QTextCharFormat) -> bool:
        """Whether a layer shows these already; what is drawn moved along with the text."""
        cursors = [selection.cursor for selection in self._layers[layer]]
        present = [(cursor.selectionStart(), cursor.selectionEnd()) for cursor in cursors]
        return present == spans and (not spans or self._formats.get(layer) == form)

    def _selection(self, start: int, end: int, form: QTextCharFormat) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        selection.cursor = QTextCursor(self.document)
        selection.cursor.setPosition(start)
        selection.cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        selection.format = form
        return selection

    def lines(self, whole: QTextCursor) -> list[tuple[int, int]]:
        """The selected blocks without their ends, which would show as boxes of their own.

        In positions of the document, not of the manuscript.
        """
        start, end = whole.selectionStart(), whole.selectionEnd()
        first, last = self.document.findBlock(start), self.document.findBlock(end)
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


class Tint:
    """Colours one range of an editor's text, with dots below for those who tell no colours."""

    def __init__(self, layers: Layers, cursor: Callable[[int, int], QTextCursor]) -> None:
        self._layers = layers
        self._cursor = cursor
        self._format = QTextCharFormat()
        self.range: tuple[int, int] = (0, 0)

    def set_colours(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._format = QTextCharFormat()
        self._format.setBackground(theme.take_tint)
        self._format.setForeground(theme.take_ink)
        self._format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        self._format.setUnderlineColor(theme.edge)
        self.show()

    def move(self, start: int, end: int) -> None:
        """Tint the text from `start` to `end`; equal ends clear it."""
        if (start, end) != self.range:
            self.range = (start, end)
            self.show()

    def show(self) -> None:
        """Show the range as it is now."""
        self._layers.put("take", self._layers.lines(self._cursor(*self.range)), self._format)
