"""The worker: one thread that drives the engine client through a queue of jobs.

Whatever happens to a job, the listener hears of it as an event, on the worker's own thread.
"""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from app.core.errors import LampblackError
from app.core.options.load_options import LoadOptions
from app.core.system.crash_report import crash_text
from app.core.system.machine import Gpu
from app.engine.client import EngineClient
from app.engine.messages import (
    ChatMessage,
    Count,
    Describe,
    DeviceReport,
    Done,
    Event,
    Examine,
    Failed,
    Finished,
    Generate,
    Hello,
    HostDied,
    JobCommand,
    Load,
    ModelInfo,
    Perplexity,
    Preview,
    Quantize,
    Read,
    Unload,
)


def _ignore(_event: Event) -> None:
    """The listener before there is one."""


class Worker:
    """A queue of jobs for one engine. Every method returns at once and may be called anywhere.

    `key` gives what saved prompts are encrypted with, empty for nothing, None where they are not
    to be saved now.
    """

    def __init__(
        self,
        client: EngineClient,
        *,
        cache: str = "",
        key: Callable[[], str | None] = lambda: "",
    ) -> None:
        self._client = client
        self._cache = cache
        self._key = key
        self._listener: Callable[[Event], None] = _ignore
        self._queue: queue.SimpleQueue[JobCommand | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: set[int] = set()
        self._running = 0
        self._ahead = _Ahead()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="engine worker", daemon=True)
        self._thread.start()

    @property
    def model(self) -> ModelInfo | None:
        """The loaded model."""
        return self._client.model

    @property
    def shared(self) -> LocalEngine:
        """The engine for other programs' jobs beside this queue, which alone loads and unloads.

        Nothing of theirs is passed on to a server.
        """
        return LocalEngine(self._client)

    @property
    def anywhere(self) -> EngineClient:
        """The engine beside this queue, a server too: only for what may go there."""
        return self._client

    @property
    def options(self) -> LoadOptions:
        """What the model was asked to be loaded with."""
        return self._client.options

    def knows_devices(self, engine: str) -> bool:
        """Whether an engine has reported its devices in this run."""
        return bool(self._client.reported.devices(engine))

    def gpus(self, engine: str) -> tuple[Gpu, ...]:
        """The graphics cards as an engine reported them last; none if it never did.

        What the loaded model holds of them counts as free.
        """
        return tuple(cards(self._client.reported.devices(engine)))

    def features(self, engine: str) -> tuple[str, ...]:
        """What the processor offers to an engine, as the engine reported it; empty if never."""
        return self._client.reported.features(engine)

    @property
    def busy(self) -> bool:
        """Whether a job runs or waits; reading ahead is none."""
        with self._lock:
            return bool(self._waiting or self._running)

    def listen(self, listener: Callable[[Event], None]) -> None:
        """Send all events to `listener` from now on."""
        self._listener = listener

    def load(self, command: Load) -> int:
        """Load a model as planned, with this program's cache; ends with Loaded or Failed."""
        self._ahead.is_allowed = True
        key = "" if command.server else self._key()
        saves = command.saves_prompts and key is not None
        whole = replace(command, cache=self._cache, saves_prompts=saves, key=key or "")
        return self._submit(replace(whole, job=self._number()))

    def generate(self, **fields: Any) -> int:
        """Generate, with the fields of `Generate` but its job; ends with Done or Failed."""
        return self._submit(Generate(job=self._number(), **fields))

    def preview(self, **fields: Any) -> int:
        """Ask what a server would be sent for these fields of `Generate`; Previewed or Failed."""
        job = self._number()
        return self._submit(Preview(job=job, asked=Generate(job=job, **fields)))

    def read_ahead(self, **fields: Any) -> int:
        """Have a prompt read that may be asked for soon, with the fields of `Read` but its job.

        It is not done at all (0) while anything else goes on or no model is loaded, and stops
        when anything is asked for. Its only event is Done, when all of it was read.
        """
        return self._submit_yielding(Read(job=self._number(), **fields))

    def examine(self) -> int:
        """Try the loaded model for its passport; ends with Examined or Failed.

        It is not done at all (0) while anything else goes on, be it reading ahead, or no model is
        loaded, and stops when anything is asked for.
        """
        return self._submit_yielding(Examine(job=self._number()), over_reading=False)

    def count(self, prompt: str = "", messages: tuple[ChatMessage, ...] = ()) -> int:
        """Count a prompt's tokens; ends with Counted or Failed."""
        return self._submit(Count(job=self._number(), prompt=prompt, messages=messages))

    def quantize(self, source: str, target: str, type_name: str) -> int:
        """Make a copy of a model in another type; ends with Quantized or Failed."""
        return self._submit(
            Quantize(job=self._number(), source=source, target=target, type_name=type_name)
        )

    def perplexity(self, text: str) -> int:
        """Measure how well the loaded model foresees a text; ends with Measured or Failed."""
        return self._submit(Perplexity(job=self._number(), text=text))

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
            before = self._ahead.replace(0) if job in (None, self._ahead.job) else 0
        self._client.cancel(running)
        self._client.cancel(before)

    def close(self) -> None:
        """Stop everything, end the host and join the thread; no event comes afterwards."""
        self._closed = True
        self._listener = _ignore
        self._queue.put(None)
        self._client.close()
        self._thread.join()

    def _number(self) -> int:
        return self._client.next_job()

    def _submit(self, command: JobCommand) -> int:
        with self._lock:
            self._waiting.add(command.job)
            before = self._ahead.replace(0)
            self._queue.put(command)
        self._client.cancel(before)
        return command.job

    def _submit_yielding(self, command: Read | Examine, *, over_reading: bool = True) -> int:
        """Queue a command that stops for every other one; 0 if there is another already."""
        with self._lock:
            if self._waiting or self._running or not self._ahead.is_allowed or self.model is None:
                return 0
            if self.model.server is not None:  # which is sent nothing that was not asked for
                return 0
            if self._ahead.job and not over_reading:
                return 0
            before = self._ahead.replace(command.job)
            self._queue.put(command)
        self._client.cancel(before)
        return command.job

    def _work(self) -> None:
        while (command := self._queue.get()) is not None and not self._closed:
            if isinstance(command, Read | Examine):
                self._do_yielding(command)
            elif self._begin(command.job):
                self._end(self._outcome(command, self._post))
            else:
                self._post(_stopped(command.job))

    def _begin(self, job: int) -> bool:
        """Begin a job, unless it was cancelled while it waited."""
        with self._lock:
            if job not in self._waiting:
                return False
            self._waiting.discard(job)
            self._running = job
            return True

    def _end(self, outcome: Event) -> None:
        """Tell a job's last event, after which its listener may ask for more at once."""
        with self._lock:
            self._running = 0
        self._post(outcome)
        self._recover()

    def _do_yielding(self, command: Read | Examine) -> None:
        """Do what stops for others. Reading ahead is silent: the user did not ask for it."""
        is_quiet = isinstance(command, Read)
        with self._lock:
            begins = self._ahead.begin(command.job)
        if not begins:
            if not is_quiet:
                self._post(_stopped(command.job))
            return
        outcome = self._outcome(command, self._post_quietly if is_quiet else self._post)
        with self._lock:
            # Once it has cost a host, it might cost every new one.
            self._ahead.end(is_allowed=self._client.model is not None)
        if not is_quiet or isinstance(outcome, Done):
            self._post(outcome)
        self._recover()

    def _outcome(self, command: JobCommand, on_event: Callable[[Event], None]) -> Event:
        try:
            return self._client.run(command, on_event)
        except LampblackError as error:
            return _failure(command.job, error)
        # A bug must reach the user as an event, or the job never ends.
        except Exception as error:  # noqa: BLE001
            sys.stderr.write(crash_text(error))
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
        finally:
            with self._lock:
                self._running = 0

    def _post(self, event: Event) -> None:
        self._listener(event)

    def _post_quietly(self, event: Event) -> None:
        """Pass on what concerns more than the job itself."""
        if isinstance(event, Hello | HostDied):
            self._post(event)


class LocalEngine:
    """An engine client for jobs that never go to a server; see `EngineClient`."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client
        self.next_job = client.next_job
        self.cancel = client.cancel

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        """Do the command; raises NoModelLoadedError while a server is chosen."""
        return self._client.run_here(command, on_event)


class _Ahead:
    """The job (0 for none) that stops for others, and the one of that kind that runs just now."""

    def __init__(self) -> None:
        self.job = 0
        self.is_allowed = True
        self._running = 0

    def replace(self, job: int) -> int:
        """Let `job` wait in place of the former one; returns the one that runs and must stop."""
        self.job = job
        return self._running

    def begin(self, job: int) -> bool:
        """Begin it; False if another came in its place."""
        self._running = job if job == self.job else 0
        return bool(self._running)

    def end(self, *, is_allowed: bool) -> None:
        """It is over; `is_allowed` says whether there may be another before the next load."""
        self.is_allowed = is_allowed
        self.job = 0 if self.job == self._running else self.job
        self._running = 0


def _stopped(job: int) -> Failed:
    return Failed(job=job, kind="cancelled", message="Stopped.")


def _failure(job: int, error: LampblackError) -> Failed:
    return Failed(job=job, kind=error.kind, message=error.message, hint=error.hint)


def cards(devices: Iterable[DeviceReport]) -> Iterator[Gpu]:
    """Each card once, integrated ones only where there are no others."""
    found = {device.title: device for device in reversed([*devices])}
    kinds = {device.kind for device in found.values()}
    wanted = "GPU" if "GPU" in kinds else "integrated GPU"
    for device in reversed(found.values()):
        if device.kind == wanted:
            yield Gpu(
                device.title, device.free, device.total, integrated=wanted == "integrated GPU"
            )
