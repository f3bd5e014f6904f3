"""The worker: one thread that drives the engine client through a queue of jobs.

Whatever happens to a job, the listener hears of it as an event, on the worker's own thread.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable
from typing import Any, cast

from app.core.errors import LampblackError
from app.core.load_options import LoadOptions
from app.engine.client import EngineClient
from app.engine.messages import (
    ChatMessage,
    Count,
    Describe,
    EngineName,
    Event,
    Failed,
    Generate,
    JobCommand,
    Load,
    ModelInfo,
    Unload,
)


def _nobody(_event: Event) -> None:
    """The listener before there is one."""


class Worker:
    """A queue of jobs for one engine. Every method returns at once and may be called anywhere."""

    def __init__(self, client: EngineClient, *, cache: str = "") -> None:
        self._client = client
        self._cache = cache
        self._listener: Callable[[Event], None] = _nobody
        self._queue: queue.SimpleQueue[JobCommand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._running = 0
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="engine worker", daemon=True)
        self._thread.start()

    @property
    def model(self) -> ModelInfo | None:
        """The loaded model."""
        return self._client.model

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits."""
        with self._lock:
            return bool(self._waiting or self._running)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Send all events to `listener` from now on."""
        self._listener = listener

    def load(self, path: str, engine: str, options: LoadOptions) -> int:
        """Load a model; ends with Loaded or Failed."""
        name = cast(EngineName, engine)
        return self._submit(
            Load(job=self._number(), path=path, engine=name, options=options, cache=self._cache)
        )

    def generate(self, **fields: Any) -> int:
        """Generate, with the fields of `Generate` but its job; ends with Done or Failed."""
        return self._submit(Generate(job=self._number(), **fields))

    def count(self, prompt: str = "", messages: tuple[ChatMessage, ...] = ()) -> int:
        """Count a prompt's tokens; ends with Counted or Failed."""
        return self._submit(Count(job=self._number(), prompt=prompt, messages=messages))

    def unload(self) -> int:
        """Give the model's memory back; ends with Done or Failed."""
        return self._submit(Unload(job=self._number()))

    def describe(self) -> int:
        """Ask for engines and devices; ends with Described or Failed."""
        return self._submit(Describe(job=self._number()))

    def cancel(self, job: int | None = None) -> None:
        """Stop one job, or all of them; each still ends with its own last event."""
        with self._lock:
            jobs = {self._running, *self._waiting} if job is None else {job}
            self._waiting -= jobs  # never handed to the client
            running = self._running if self._running in jobs else 0
        self._client.cancel(running)

    def close(self) -> None:
        """Stop everything, end the host and join the thread; no event comes afterwards."""
        self._closed = True
        self._listener = _nobody
        self._queue.put(None)
        self._client.close()
        self._thread.join()

    def _number(self) -> int:
        return self._client.next_job()

    def _submit(self, command: JobCommand) -> int:
        with self._lock:
            self._waiting.add(command.job)
            self._queue.put(command)
        return command.job

    def _work(self) -> None:
        while (command := self._queue.get()) is not None and not self._closed:
            if self._take_up(command.job):
                self._post(self._outcome(command))
                self._recover()
            else:
                self._post(Failed(job=command.job, kind="cancelled", message="Stopped."))
            with self._lock:
                self._running = 0

    def _take_up(self, job: int) -> bool:
        """Begin a job, unless it was cancelled while it waited."""
        with self._lock:
            if job not in self._waiting:
                return False
            self._waiting.discard(job)
            self._running = job
            return True

    def _outcome(self, command: JobCommand) -> Event:
        try:
            return self._client.run(command, self._post)
        except LampblackError as error:
            return _failure(command.job, error)
        # A bug must reach the user as an event, or the job never ends.
        except Exception as error:  # noqa: BLE001
            traceback.print_exc()
            message = f"Lampblack met an unexpected problem ({type(error).__name__}: {error})."
            return Failed(job=command.job, kind="error", message=message)

    def _recover(self) -> None:
        """Load the model again that a cancel had to end, so that the next job finds it ready."""
        if not self._client.needs_recovery or self._closed or not self._queue.empty():
            return
        number = self._number()
        with self._lock:
            self._running = number
        try:
            self._client.recover(number, self._post)
        except LampblackError as error:
            self._post(_failure(number, error))

    def _post(self, event: Event) -> None:
        self._listener(event)


def _failure(job: int, error: LampblackError) -> Failed:
    return Failed(job=job, kind=error.kind, message=error.message, hint=error.hint)
