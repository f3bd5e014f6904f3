"""Importing a window's modules step by step, so that the open window answers meanwhile."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

TURN_MS = 1
"""How long a step waits, in milliseconds; with 0 it would come before the system's own events."""


def bring(modules: Sequence[str], parent: QObject, then: Callable[[], object]) -> None:
    """Import one module in each turn of the event loop, then call `then`; at once if all are here.

    Nothing more happens once `parent` is gone.
    """
    missing = [name for name in modules if name not in sys.modules]
    if not missing:
        then()
        return
    importlib.import_module(missing[0])
    QTimer.singleShot(TURN_MS, parent, lambda: bring(missing[1:], parent, then))


class FirstPaint(QObject):
    """Emits `painted` once, when `window` has been painted for the first time."""

    painted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Wait for the painting; the signal follows when Qt is through with it."""
        if event.type() == QEvent.Type.Paint:
            self._window.removeEventFilter(self)
            QTimer.singleShot(0, self, self.painted.emit)
        return False
