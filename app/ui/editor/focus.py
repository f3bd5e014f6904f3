"""Focus mode and typewriter scrolling: what is written now stands out, and stays in the middle."""

from __future__ import annotations

from itertools import chain

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QTextCharFormat
from PySide6.QtWidgets import QApplication

from app.tasks.cutting import sentence_at
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme


class FocusMode(QObject):
    """Dims all but the `part` that the caret is in: "paragraph", "sentence" or, for none, "off".

    The model's take keeps its tint, and what is searched for its marks.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.part = "off"
        bar = editor.verticalScrollBar()
        for moved in (bar.valueChanged, bar.rangeChanged):
            moved.connect(self._draw)
        editor.caret_moved.connect(self._draw)
        editor.changed.connect(self._draw)
        on_theme_change(self._draw)

    def show(self, part: str) -> None:
        """Dim all but that part from now on."""
        self.part = part
        self._editor.layers.put("dim", (), QTextCharFormat())
        self._draw()

    def _draw(self, *_of_the_signal: object) -> None:
        """Dim what is in the window."""
        if self.part == "off":
            return
        first, last = self._editor.visible
        start, end = self.focused()
        spans = ((first, min(start, last)), (max(end, first), _paragraph(self._editor, last)[1]))
        form = QTextCharFormat()
        form.setForeground(Theme.current().faint)
        lines = (
            self._editor.layers.lines(self._editor.cursor_at(*span))
            for span in spans
            if span[0] < span[1]
        )
        self._editor.layers.put("dim", chain.from_iterable(lines), form)

    def focused(self) -> tuple[int, int]:
        """Where the part that the caret is in begins and ends, in UTF-16 units."""
        manuscript, caret = self._editor.manuscript, self._editor.caret
        start, end = _paragraph(self._editor, caret)
        if self.part != "sentence":
            return start, end
        text = manuscript.text(start, end)
        first, last = sentence_at(text, len(manuscript.text(start, caret)))
        return start + units(text[:first]), start + units(text[:last])


def _paragraph(editor: Editor, place: int) -> tuple[int, int]:
    """Where the paragraph begins and ends that `place` is in, over all soft breaks."""
    first = last = editor.cursor_at(place).block()
    while first.previous().isValid() and editor.is_soft(first.previous()):
        first = first.previous()
    while editor.is_soft(last):
        last = last.next()
    end = editor.page.breaks.to_manuscript(last.position() + last.length() - 1)
    return editor.position_of(first), end


class TypewriterScroll(QObject):
    """Keeps the caret's line in the middle of the window while it `is_on`.

    A press of the mouse leaves the text where it is, or it would select what comes below it.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.is_on = False
        self._is_short = False
        editor.caret_moved.connect(self._centre)
        editor.verticalScrollBar().rangeChanged.connect(self._on_range)

    def switch(self, *, on: bool) -> None:
        """Scroll so from now on, or as usual."""
        if on != self.is_on:
            self.is_on = on
            view = self._editor.viewport()
            if on:
                view.installEventFilter(self)
            else:
                view.removeEventFilter(self)
            self._make_room()
            self._centre()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's height."""
        if self.is_on and event.type() == QEvent.Type.Resize:
            self._make_room()
            self._centre()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        """Let the first line and the last be in the middle, too."""
        spare = 2 * self._editor.fontMetrics().height()  # the last line has a part of it below
        room = self._editor.viewport().height() // 2 + spare
        self._editor.set_room(room if self.is_on else 0)

    def _centre(self) -> None:
        if not self.is_on or QApplication.mouseButtons() != Qt.MouseButton.NoButton:
            return
        line, bar = self._editor.cursorRect(), self._editor.verticalScrollBar()
        value = bar.value() + line.center().y() - self._editor.viewport().height() // 2
        self._is_short = value > bar.maximum()
        bar.setValue(value)

    def _on_range(self) -> None:
        """What was just written is laid out now."""
        if self._is_short:
            self._centre()
