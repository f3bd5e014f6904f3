"""The run of a smaller copy in the window: the steps on the worker, told as they go."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.core.errors import CancelledError, LampblackError, error_from
from app.engine.messages import (
    Event,
    Failed,
    Finished,
    JobCommand,
    Load,
    Loading,
    Perplexity,
    Quantize,
    Working,
)
from app.engine.quantize_job import QuantizeJob, QuantizeOutcome, Steps, steps
from app.engine.worker import Worker
from app.ui.bridge import Bridge


class QuantizeRun(QObject):
    """One copy at a time; `ended` carries its Outcome, or the error that ended it.

    `progress` says what is done (`loading`, or a word of `Working.what`) and how far that is.
    """

    progress = Signal(str, float)
    ended = Signal(object)

    def __init__(self, worker: Worker, bridge: Bridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker = worker
        self._going: Steps | None = None
        self._job = 0
        self._stopped = False
        bridge.subscribe(self._on_event, Event)

    @property
    def running(self) -> bool:
        """Whether a copy is being made or measured."""
        return self._going is not None

    def start(self, order: QuantizeJob) -> None:
        """Begin, unless one is under way."""
        if self._going is None:
            self._stopped = False
            self._going = steps(order)
            self._job = self._ask(next(self._going))

    def stop(self) -> None:
        """Stop; what was loaded before is loaded again before `ended` follows."""
        if self._going is not None and not self._stopped:
            self._stopped = True
            self._worker.cancel(self._job)

    def _on_event(self, event: Event) -> None:
        if self._going is None or getattr(event, "job", 0) != self._job:
            return
        if isinstance(event, Working):
            self.progress.emit(event.what, event.fraction)
        elif isinstance(event, Loading):
            self.progress.emit("loading", event.fraction)
        elif isinstance(event, Failed):
            self._go_on(error_from(event.kind, event.message, event.hint))
        elif isinstance(event, Finished):
            # A step that ended before it heard of the stop is the last one all the same.
            self._go_on(CancelledError("Stopped.") if self._stopped else event)

    def _go_on(self, answer: Finished | LampblackError) -> None:
        assert self._going is not None, "only a running one is asked"
        try:
            if isinstance(answer, LampblackError):
                command = self._going.throw(answer)
            else:
                command = self._going.send(answer)
        except StopIteration as ended:
            self._end(ended.value)
        except LampblackError as error:
            self._end(error)
        else:
            self._job = self._ask(command)

    def _end(self, how: QuantizeOutcome | LampblackError) -> None:
        self._going, self._job = None, 0
        self.ended.emit(how)

    def _ask(self, command: JobCommand) -> int:
        if isinstance(command, Load):
            return self._worker.load(command)
        if isinstance(command, Quantize):
            return self._worker.quantize(command.source, command.target, command.type_name)
        assert isinstance(command, Perplexity), "the steps need nothing else"
        return self._worker.perplexity(command.text)
