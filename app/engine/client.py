"""The engine client: runs one command at a time on the engine host and outlives every host.

One thread calls `run`; any thread may call `cancel`. A host that dies is replaced at the next
command and the model loaded again. A cancel that is not obeyed within two seconds ends the host.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic

import msgspec

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    LampblackError,
    NoModelLoadedError,
    ProtocolError,
    error_from,
)
from app.core.models.model_file import inspect
from app.core.options.load_options import LoadOptions
from app.core.system.processes import program_command
from app.engine.crash_errors import crash_error
from app.engine.gpu_crashes import GpuMarks
from app.engine.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Describe,
    Described,
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
    Loaded,
    Loading,
    ModelInfo,
    Quantize,
    Quit,
    Read,
    Stats,
    Take,
    Tokens,
    Unload,
)
from app.engine.process import Ended, HostProcess

HELLO_S = 60.0
CANCEL_S = 2.0

_NEED_NO_MODEL = (Load, Describe, Quantize, Unload)

Listener = Callable[[Event], None]


class EngineClient:
    """Drives the engine host. `model` is what is loaded now; `log` is the host's log file.

    `cache` is the folder of the engine's cache, if there is one; `marks` remembers loads onto a GPU
    that crashed.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        log: Path | None = None,
        cache: Path | None = None,
        cancel_s: float = CANCEL_S,
        marks: GpuMarks | None = None,
    ) -> None:
        self._command = list(command or program_command("engine-host"))
        self._log = log
        self._cache = cache
        self._cancel_s = cancel_s
        self._marks = marks
        self._gpu = ""
        self._host: HostProcess | None = None
        self._wanted: Load | None = None
        self._lock = threading.Lock()
        self._last_job = 0
        self._outer = 0
        self._inner = 0
        self._cancelled: set[int] = set()
        self._deadline: float | None = None
        self._closed = False
        self._devices: dict[str, tuple[DeviceReport, ...]] = {}
        self._features: dict[str, tuple[str, ...]] = {}
        self.model: ModelInfo | None = None
        self.hello: Hello | None = None

    def next_job(self) -> int:
        """A job number that was never used."""
        with self._lock:
            self._last_job += 1
            return self._last_job

    @property
    def host_pid(self) -> int | None:
        """The process number of the running host, if there is one."""
        host = self._host
        return host.pid if host is not None and host.alive else None

    @property
    def options(self) -> LoadOptions:
        """What the model was asked to be loaded with; the defaults if there is none."""
        return self._wanted.options if self._wanted is not None else LoadOptions()

    def devices(self, engine: str) -> tuple[DeviceReport, ...]:
        """The devices as an engine reported them last, before it loaded anything; none if never."""
        return self._devices.get(engine, ())

    def features(self, engine: str) -> tuple[str, ...]:
        """What the processor offers to an engine, as the engine reported it; empty if never."""
        return self._features.get(engine, ())

    @property
    def needs_recovery(self) -> bool:
        """Whether the model that should be loaded is gone with its host."""
        return self._wanted is not None and self.model is None and not self._closed

    def run(self, command: JobCommand, on_event: Listener) -> Finished:
        """Do the command, passing its events on as they come, and return the last one.

        Raises the LampblackError that ended it instead; a generation that was cancelled returns
        `Done` with the text so far.
        """
        if isinstance(command, Load) and command.engine != "fake":
            inspect(Path(command.path))
        if isinstance(command, Describe) and self.model is not None:
            return self._describe_apart(command, on_event)
        with self._running(command.job):
            self._ensure_host(command.job, on_event)
            self._prepare(command, on_event)
            finished = self._exchange(command, on_event)
        if isinstance(command, Describe):
            self._drop_host()  # every engine's library is in it now, with its orders to threads
        self._remember(command, finished)
        return finished

    def _describe_apart(self, command: Describe, on_event: Listener) -> Finished:
        """Ask a host of its own, so that the one with the model stays as it is."""
        with closing(EngineClient(self._command, log=self._log)) as other:
            return other.run(command, on_event)

    def recover(self, job: int, on_event: Listener) -> None:
        """Start a new host and load the model again, as `job`, that was lost with the last one."""
        if self._wanted is None or self._closed:
            return
        with self._running(job):
            self._ensure_host(job, on_event)
            self._reload(self._wanted, job, on_event)

    @contextmanager
    def _running(self, job: int) -> Iterator[None]:
        with self._lock:
            self._outer = job
        try:
            yield
        finally:
            with self._lock:
                self._outer = 0
                self._cancelled.discard(job)

    def cancel(self, job: int) -> None:
        """Ask the host to stop a job; may be called from any thread, before or after it began."""
        with self._lock:
            if job <= 0:
                return
            self._cancelled.add(job)
            if job == self._outer:
                self._ask_to_cancel()

    def _ask_to_cancel(self) -> None:
        """Send the cancel and start its clock; the lock is held."""
        if self._deadline is None:
            self._deadline = monotonic() + self._cancel_s
            host = self._host
            if host is not None:
                if self._inner:
                    host.send(Cancel(job=self._inner))
                host.events.wake()

    def close(self) -> None:
        """End the host; a command that runs in another thread raises EngineStoppedError."""
        with self._lock:
            self._closed = True
            host = self._host
        if host is not None:
            host.send(Quit())
            host.end()
        self.model = None

    # The parts of a run

    def _prepare(self, command: JobCommand, on_event: Listener) -> None:
        if isinstance(command, _NEED_NO_MODEL) or self.model is not None:
            return
        if self._wanted is None or isinstance(command, Read | Examine):
            raise NoModelLoadedError("No model is loaded.", "Load one first.")
        self._reload(self._wanted, self.next_job(), on_event)

    def _reload(self, wanted: Load, job: int, on_event: Listener) -> Finished:
        """Load what was lost; a reload that was only stopped is still wanted afterwards."""
        reload = msgspec.structs.replace(wanted, job=job)
        try:
            loaded = self._exchange(reload, on_event)
        except CancelledError:
            self._wanted = wanted
            raise
        self._remember(reload, loaded)
        on_event(loaded)
        return loaded

    def _ensure_host(self, job: int, on_event: Listener) -> None:
        self._check_open()
        if self._host is not None and self._host.alive:
            return
        if self._host is not None:
            self._drop_host()
        host = HostProcess(self._command, self._log, self._cache)
        with self._lock:
            self._host = host
            self._deadline = None
            if job in self._cancelled:
                self._ask_to_cancel()
        self._check_open()
        self._await_hello(host, on_event)

    def _check_open(self) -> None:
        if self._closed:
            self._drop_host()
            raise EngineStoppedError("The engine was closed.")

    def _await_hello(self, host: HostProcess, on_event: Listener) -> None:
        patience = monotonic() + HELLO_S
        while True:
            deadline = self._deadline
            item = host.events.get(patience if deadline is None else min(patience, deadline))
            if isinstance(item, Hello):
                self.hello = item
                break
            if item is not None:
                raise self._died(host, item if isinstance(item, Ended) else Ended(), on_event, None)
            self._check_open()
            if deadline is not None and monotonic() >= deadline:
                self._drop_host()
                raise CancelledError("Stopped.")
            if monotonic() >= patience:
                self._drop_host()
                raise EngineStoppedError(
                    f"The engine did not answer within {HELLO_S:.0f} seconds.",
                    "Close other programs and try again.",
                )
        if item.version != PROTOCOL_VERSION:
            self._drop_host()
            raise ProtocolError(
                f"The engine speaks version {item.version} of the protocol, "
                f"and this program version {PROTOCOL_VERSION}.",
                "Install Lampblack again, so that its parts belong together.",
            )
        on_event(item)

    def _exchange(self, command: JobCommand, on_event: Listener) -> Finished:
        host = self._host
        assert host is not None, "the host was started before"
        try:
            self._begin(host, command)
            return self._follow(host, command, on_event)
        except LampblackError:
            raise
        except BaseException:  # a bug or Ctrl+C in the caller: the job is not waited for any more
            host.send(Cancel(job=command.job))
            raise
        finally:
            self._unmark(command)
            with self._lock:
                self._inner = 0
                self._deadline = None

    def _follow(self, host: HostProcess, command: JobCommand, on_event: Listener) -> Finished:
        """Pass on the job's events until its last one."""
        written: dict[int, list[Tokens]] = {}
        while True:
            item = None if self._overdue() else host.events.get(self._deadline)
            if item is None:
                if (given_up := self._end_overdue(command, written)) is not None:
                    return given_up
            elif isinstance(item, Ended):
                raise self._died(host, item, on_event, command)
            elif isinstance(item, Hello) or item.job != command.job:
                continue  # an answer that came after its job was given up
            elif isinstance(item, Failed):
                raise error_from(item.kind, item.message, item.hint)
            elif isinstance(item, Finished):
                return item
            else:
                self._mark(command, item)
                if isinstance(item, Tokens):
                    written.setdefault(item.take, []).append(item)
                on_event(item)

    def _mark(self, command: JobCommand, event: Event) -> None:
        """Remember that a load puts the model on a GPU now."""
        if not isinstance(command, Load) or not isinstance(event, Loading):
            return
        if event.gpu and not self._gpu:
            self._gpu = event.gpu
            if self._marks is not None:
                self._marks.begin(command.path, command.engine, event.gpu)

    def _unmark(self, command: JobCommand) -> None:
        """The load did not crash, or it was taken up by `_died`, which leaves the mark."""
        if isinstance(command, Load) and self._gpu and self._marks is not None:
            self._marks.end(command.path, command.engine)
        self._gpu = ""

    def _begin(self, host: HostProcess, command: JobCommand) -> None:
        with self._lock:
            host.send(command)  # raises before anything is changed
            self._inner = command.job
            self._deadline = None
            if isinstance(command, (Load, Unload)):
                self.model = None
                self._wanted = None
            if self._outer in self._cancelled or command.job in self._cancelled:
                self._ask_to_cancel()

    def _overdue(self) -> bool:
        return self._deadline is not None and monotonic() >= self._deadline

    def _end_overdue(self, command: JobCommand, written: dict[int, list[Tokens]]) -> Done | None:
        """After a wake-up: end a host that does not obey a cancel, and keep what it had written."""
        self._check_open()
        if not self._overdue():
            return None
        self._drop_host()
        if not isinstance(command, Generate):
            raise CancelledError("Stopped.")
        return _cut_short(command, written)

    def _drop_host(self) -> int:
        host, self._host = self._host, None
        self.model = None
        return host.end() if host is not None else 0

    def _died(
        self, host: HostProcess, ended: Ended, on_event: Listener, command: JobCommand | None
    ) -> LampblackError:
        """The error for a host that ended by itself."""
        model = self.model
        code = self._drop_host()
        if self._closed:
            return EngineStoppedError("The engine was closed.")
        on_event(HostDied(code=code, log_tail=host.log_tail))
        if ended.garbled:
            return ProtocolError(
                f"The engine broke off: {ended.garbled}", "Your text is safe; try again."
            )
        gpu, self._gpu = self._gpu, ""  # `_unmark` leaves the mark of a crash
        return crash_error(code, command, model, gpu)

    def _remember(self, command: JobCommand, finished: Finished) -> None:
        if isinstance(command, Load) and isinstance(finished, Loaded):
            self._wanted = msgspec.structs.replace(command, remeasure=False)
            self.model = finished.model
            if finished.model.devices:
                self._devices[finished.model.engine] = finished.model.devices
            if finished.model.features:
                self._features[finished.model.engine] = finished.model.features
        elif isinstance(finished, Described):
            self._devices |= {one.engine: one.devices for one in finished.engines}
            self._features |= {one.engine: one.features for one in finished.engines}


def _cut_short(command: Generate, written: dict[int, list[Tokens]]) -> Done:
    """What a host that had to be ended had written so far."""
    takes = tuple(
        Take(
            index=index,
            text="".join(part.text for part in written.get(index, ())),
            finish_reason="cancelled",
        )
        for index in range(command.n)
    )
    count = sum(part.tokens for parts in written.values() for part in parts)
    seed = command.sampling.seed or 0
    return Done(job=command.job, takes=takes, stats=Stats(completion_tokens=count), seed=seed)
