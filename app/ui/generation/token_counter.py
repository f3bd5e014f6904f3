"""Counting the text's tokens while nothing else goes on, for the status bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.engine.messages import Counted, Event
from app.engine.worker import Worker
from app.ui.editor.editor import Editor

_PAUSE_MS = 800
_MOST_PER_TOKEN = 12  # units; longer texts fill the context for certain


class TokenCount(QObject):
    """Tells how many tokens the text up to the caret has, `_PAUSE_MS` after it last changed."""

    counted = Signal(int, int)

    def __init__(self, editor: Editor, worker: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._worker = worker
        self._job = -1
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._count)

    def wake(self) -> None:
        """The text, the caret or the model changed."""
        self._timer.start()

    def close(self) -> None:
        """Count no more."""
        self._timer.stop()

    def on_event(self, event: Event) -> None:
        """Take up the answer to the last question."""
        model = self._worker.model
        if isinstance(event, Counted) and event.job == self._job and model is not None:
            self.counted.emit(min(event.tokens, model.context), model.context)

    def _count(self) -> None:
        model = self._worker.model
        if model is None:
            return
        if self._worker.busy:
            self._timer.start()
            return
        _start, end = self._editor.selection
        if end > model.context * _MOST_PER_TOKEN:
            self.counted.emit(model.context, model.context)
            return
        self._job = self._worker.count(prompt=self._editor.manuscript.text(0, end))
