"""Reading ahead: while the writer pauses, the model reads what it would be asked to go on from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer

from app.core.options.sampling import Sampling
from app.core.options.settings_store import SettingsStore
from app.engine.messages import Done, Event, Loaded
from app.engine.worker import Worker
from app.ui.editor.editor import Editor
from app.ui.generation.takes import request_fields
from app.ui.generation.write_bar import InstructionLine

PAUSE_MS = 1000
"""How long the writer pauses before the model reads, in milliseconds."""


class ReadingAhead(QObject):
    """Asks for the present prompt `PAUSE_MS` after it last changed, and never shows that it does.

    Whatever is asked of the model meanwhile goes first, and the next key stops it.
    """

    def __init__(
        self,
        editor: Editor,
        line: InstructionLine,
        worker: Worker,
        settings: SettingsStore,
        sampling: Callable[[], Sampling],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._editor = editor
        self._line = line
        self._worker = worker
        self._settings = settings
        self._sampling = sampling
        self._job = 0
        self._asked: dict[str, Any] = {}
        self._known: dict[str, Any] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._read)
        for moved in (editor.cursorPositionChanged, editor.selectionChanged, editor.composed):
            moved.connect(self.wake)
        editor.changed.connect(lambda _change, _source: self.wake())
        line.textEdited.connect(lambda _text: self.wake())

    def wake(self) -> None:
        """Something changed: wait for the next pause."""
        self._stop()
        if self._settings.settings.read_ahead:
            self._timer.start()
        else:
            self._timer.stop()

    def close(self) -> None:
        """Read no more."""
        self._timer.stop()
        self._stop()

    def on_event(self, event: Event) -> None:
        """Learn what the model has read; a model that was just loaded has read nothing."""
        if isinstance(event, Loaded):
            self._known = {}
            self.wake()
        elif isinstance(event, Done) and event.job == self._job:
            self._known, self._job = self._asked, 0

    def _stop(self) -> None:
        if self._job:
            self._worker.cancel(self._job)
            self._job = 0

    def _read(self) -> None:
        if self._worker.model is None or self._editor.is_composing:
            return
        if self._worker.busy:
            self._timer.start()
            return
        before = self._before()
        if not before.strip():
            return
        settings = self._settings.settings
        self._asked = {
            **request_fields(before, self._instruction(), settings.system_prompt),
            "max_tokens": self._sampling().max_tokens,
            "overflow": settings.prompt_overflow,
        }
        if self._asked != self._known:
            self._job = self._worker.read_ahead(**self._asked)

    def _before(self) -> str:
        """The text that the model would go on from.

        At the very beginning there is none. The caret stands there after a document was opened, and
        who opens a document will most likely go on at its end.
        """
        _start, end = self._editor.selection
        return self._editor.manuscript.text(0, end or len(self._editor.manuscript))

    def _instruction(self) -> str:
        """What is being typed in the instruction line."""
        return self._line.text().strip() if self._line.hasFocus() else ""
