"""What tints of the text in the window have in common: when they look again, and the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from app.ui.editor.editor import Editor
from app.ui.widgets.apply_theme import on_theme_change

_AFTER_MS = 100
_NEAR = 20_000  # units of a paragraph on either side of what is asked for


class _Connectable(Protocol):
    """A signal of Qt's, or `Listeners`."""

    def connect(self, call: Callable[..., Any], /) -> Any: ...

    def disconnect(self, call: Callable[..., Any], /) -> Any: ...


class WindowTint(QObject):
    """Tints what is in the window while it is on; off it is connected to nothing.

    `told` carries the words for the caret; empty while it is off. A tint of its own has `_draw`
    and `text_at`, and in `_changing` what tells that the text is another.
    """

    told = Signal(str)

    def __init__(self, editor: Editor, changing: _Connectable) -> None:
        super().__init__(editor)
        self._editor = editor
        self._changing = changing
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
        editor, viewport = self._editor, self._editor.viewport()
        moved: tuple[_Connectable, ...] = (
            self._changing,
            editor.caret_moved,
            editor.verticalScrollBar().valueChanged,
        )
        for one in moved:
            (one.connect if on else one.disconnect)(self.wake)
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
        self._draw()
        self.told.emit(self.text_at(self._editor.caret) if self.is_on else "")

    def text_at(self, position: int) -> str:
        """What is said of the text at `position`; after the last letter, of that."""
        raise NotImplementedError

    def paragraphs(self, start: int, end: int) -> tuple[int, int]:
        """The paragraphs from `start` to `end`; of very long ones, what is near."""
        manuscript = self._editor.manuscript
        first = max(manuscript.line_start(start), start - _NEAR)
        return first, min(manuscript.line_end(end), end + _NEAR)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size, and tell what the text under the mouse is.

        Where there is nothing to tell of it, another tint may have something.
        """
        if event.type() == QEvent.Type.Resize:
            self.wake()
        elif event.type() == QEvent.Type.ToolTip and self.is_on and isinstance(event, QHelpEvent):
            cursor = self._editor.cursorForPosition(event.pos())
            text = self.text_at(self._editor.selection_of(cursor)[0])
            QToolTip.showText(event.globalPos(), text, self._editor.viewport())
            if text:
                return True
        return super().eventFilter(watched, event)

    def _draw(self) -> None:
        """Put the tint on what is in the window; take it off where it is not on."""
        raise NotImplementedError
