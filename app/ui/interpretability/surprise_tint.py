"""Shows on the page how surprising each part of the text in the window is to the model."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QTextCharFormat
from PySide6.QtWidgets import QToolTip

from app.core.interpretability.surprise import STEPS, SurpriseMark, marks_of
from app.core.interpretability.surprise_map import SurpriseMap
from app.ui.editor.editor import Editor
from app.ui.interpretability.surprise_words import run_text, step_format
from app.ui.widgets.apply_theme import on_theme_change

_AFTER_MS = 100
_NEAR = 20_000  # units of a paragraph on either side of what is in the window


class SurpriseTint(QObject):
    """Tints what is in the window while it is on; off it is connected to nothing.

    `told` carries the words for the caret, empty while it is off; `looked` what is in the window,
    from where to where in units, each time that it was tinted.
    """

    told = Signal(str)
    looked = Signal(int, int)

    def __init__(self, editor: Editor, numbers: SurpriseMap) -> None:
        super().__init__(editor)
        self._editor, self._numbers = editor, numbers
        self.is_on = False
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self.show_now)
        on_theme_change(self.wake)

    @property
    def is_idle(self) -> bool:
        """Whether the window shows what is known."""
        return not self._timer.isActive()

    def switch(self, *, on: bool) -> None:
        """Show it, or do not show it any more."""
        if on is self.is_on:
            return
        self.is_on = on
        editor = self._editor
        scrolled = editor.verticalScrollBar().valueChanged
        if on:
            editor.changed.connect(self.wake)
            editor.caret_moved.connect(self.wake)
            scrolled.connect(self.wake)
        else:
            editor.changed.disconnect(self.wake)
            editor.caret_moved.disconnect(self.wake)
            scrolled.disconnect(self.wake)
        viewport = editor.viewport()
        if on:
            viewport.installEventFilter(self)
        else:
            viewport.removeEventFilter(self)
            self._timer.stop()
        self.show_now()

    def wake(self, *_of_the_signal: object) -> None:
        """Look at the window again, soon."""
        if self.is_on and not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """The window closes."""
        self._timer.stop()
        self._editor.viewport().removeEventFilter(self)

    def show_now(self) -> None:
        """Tint what is in the window, and tell what the caret is in."""
        editor, layers = self._editor, self._editor.layers
        found = self.marks if self.is_on else []
        plain = QTextCharFormat()  # the dots below a take would pass for a step's
        plain.setUnderlineStyle(QTextCharFormat.UnderlineStyle.NoUnderline)
        take = layers.lines(editor.cursor_at(*editor.tint)) if self.is_on else []
        layers.put("expected", take, plain)
        for step in range(1, len(STEPS) + 1):
            lines = list[tuple[int, int]]()
            for one in found:
                if one.step == step:
                    lines += layers.lines(editor.cursor_at(one.start, one.end))
            layers.put(f"surprise {step}", lines, step_format(step))
        self.told.emit(self.text_at(editor.caret) if self.is_on else "")
        if self.is_on:
            self.looked.emit(*editor.visible)

    @property
    def marks(self) -> list[SurpriseMark]:
        """What is to be seen in the window."""
        start, end = self.window
        text = self._editor.manuscript.text(start, end)
        return [*marks_of(self._numbers.between(start, end), text, start)]

    @property
    def window(self) -> tuple[int, int]:
        """The paragraphs in the window; of very long ones, what is near."""
        manuscript = self._editor.manuscript
        start, end = self._editor.visible
        start = max(manuscript.line_start(start), start - _NEAR)
        return start, min(manuscript.line_end(end), end + _NEAR)

    def text_at(self, position: int) -> str:
        """How surprising the text at `position` is; after the last letter, how that is."""
        run = self._numbers.at(min(position, len(self._editor.manuscript) - 1))
        return run_text(run) if run is not None else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size, and tell how surprising the text under the mouse is."""
        if event.type() == QEvent.Type.Resize:
            self.wake()
        elif event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cursor = self._editor.cursorForPosition(event.pos())
            text = self.text_at(self._editor.selection_of(cursor)[0])
            QToolTip.showText(event.globalPos(), text, self._editor.viewport())
            return True
        return super().eventFilter(watched, event)
