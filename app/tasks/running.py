"""Runs tasks on an engine: one runner for a loaded model, also from several threads at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.engine.messages import Event, Finished, JobCommand, ModelInfo
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.table import Task


class TaskEngine(Protocol):
    """What a runner needs of an engine; `app.engine.client.EngineClient` offers it."""

    model: ModelInfo | None

    def next_job(self) -> int:
        """A job number that was never used."""

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        """Do the command and return its last event; raises LampblackError."""

    def cancel(self, job: int) -> None:
        """Stop a job, from any thread, before or after it began."""


class TaskRunner:
    """Runs tasks on the model that `engine` has loaded.

    With `background` its jobs leave most of the engine to others. `run` may be called from several
    threads at once.
    """

    def __init__(self, engine: TaskEngine, *, background: bool = False) -> None:
        self._engine = engine
        self._background = background

    def run(
        self,
        task: Task,
        text: str,
        options: TaskOptions,
        on_piece: Callable[[str], None] | None = None,
    ) -> TaskResult:
        """Do `task` with `text`; `on_piece` gets a text as it is written.

        Raises ParameterError for options that the task cannot take, and LampblackError. A text that
        is stopped is returned as far as it got; all else that is stopped raises CancelledError.
        """
        raise NotImplementedError

    def cancel(self) -> None:
        """Stop every run that is going on; later ones are not touched."""
