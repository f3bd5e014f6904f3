"""One command on its way: its cancel and the clock that this starts, and how it ends early."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import msgspec

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    NoModelLoadedError,
    ProtocolError,
    ServerError,
)
from app.core.options.servers import server_key
from app.engine.messages import (
    PROTOCOL_VERSION,
    Described,
    DeviceReport,
    Done,
    Finished,
    Generate,
    Hello,
    JobCommand,
    Load,
    Loaded,
    ServerPlace,
    Stats,
    Take,
    Tokens,
)
from app.engine.process import Ended, HostChild, HostProcess, Mailbox

HELLO_S = 60.0
_LOOK_S = 0.05


class ModelGoneError(Exception):
    """Another model was asked for before a command could be sent."""


class Run:
    """A command that runs; `cancel` may be called from any thread.

    A cancel is sent once the command is with the host, which has `cancel_s` seconds to obey:
    `deadline`, on the monotonic clock. One that `stays_here` is never sent to a server.
    """

    def __init__(self, cancel_s: float, *, stays_here: bool = False) -> None:
        self._cancel_s = cancel_s
        self.stays_here = stays_here
        self._lock = threading.Lock()
        self._box: Mailbox | None = None
        self._send: Callable[[], None] | None = None
        self.is_cancelled = False
        self.deadline: float | None = None

    @property
    def is_overdue(self) -> bool:
        """Whether the host has not obeyed in time."""
        return self.deadline is not None and monotonic() >= self.deadline

    def cancel(self) -> None:
        """Stop it."""
        with self._lock:
            self.is_cancelled = True
            self._ask()

    def attach(self, box: Mailbox) -> None:
        """Wake `box` at a cancel."""
        with self._lock:
            self._box = box
            self.deadline = None
            if self.is_cancelled:
                self._ask()

    def begin(self, send: Callable[[], None]) -> None:
        """The command is with the host: `send` sends a cancel after it."""
        with self._lock:
            self._send = send
            self.deadline = None
            if self.is_cancelled:
                self._ask()

    def detach(self) -> None:
        """The host has nothing of it any more."""
        with self._lock:
            self._box = self._send = self.deadline = None

    def _ask(self) -> None:
        if self.deadline is None:
            self.deadline = monotonic() + self._cancel_s
            if self._send is not None:
                self._send()
            if self._box is not None:
                self._box.wake()


class Runs:
    """The commands of one client that run, by their jobs; all of it may be called anywhere."""

    def __init__(self, cancel_s: float) -> None:
        self._cancel_s = cancel_s
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._last_job = 0
        self._runs: dict[int, Run] = {}
        self.cancelled: set[int] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def next_job(self) -> int:
        """A job number that was never used."""
        with self._lock:
            self._last_job += 1
            return self._last_job

    def cancel(self, job: int) -> None:
        """Stop a job, before or after it began."""
        if job > 0:
            with self._lock:
                self.cancelled.add(job)
                if (run := self._runs.get(job)) is not None:
                    run.cancel()

    @contextmanager
    def running(self, job: int, *, stays_here: bool = False) -> Iterator[Run]:
        """A run as long as it lasts, cancelled from the beginning if its job was before."""
        run = Run(self._cancel_s, stays_here=stays_here)
        with self._lock:
            self._runs[job] = run
            if job in self.cancelled:
                run.cancel()
        try:
            yield run
        finally:
            with self._lock:
                del self._runs[job]
                self.cancelled.discard(job)

    @contextmanager
    def alone(self, run: Run, check: Callable[[], None]) -> Iterator[None]:
        """Wait for the turn; raises CancelledError if the run is cancelled first."""
        while not self._turn.acquire(timeout=_LOOK_S):
            check()
            if run.is_cancelled:
                raise CancelledError("Stopped.")
        try:
            yield
        finally:
            self._turn.release()


class Reported:
    """What the engines have reported of this machine, by their names."""

    def __init__(self) -> None:
        self._devices: dict[str, tuple[DeviceReport, ...]] = {}
        self._features: dict[str, tuple[str, ...]] = {}

    def devices(self, engine: str) -> tuple[DeviceReport, ...]:
        """The devices as an engine reported them last, before it loaded anything; none if never."""
        return self._devices.get(engine, ())

    def features(self, engine: str) -> tuple[str, ...]:
        """What the processor offers to an engine, as the engine reported it; empty if never."""
        return self._features.get(engine, ())

    def hear(self, finished: Finished) -> None:
        """Take up what a load or a description says."""
        if isinstance(finished, Loaded):
            model = finished.model
            self._devices |= {model.engine: model.devices} if model.devices else {}
            self._features |= {model.engine: model.features} if model.features else {}
        elif isinstance(finished, Described):
            self._devices |= {one.engine: one.devices for one in finished.engines}
            self._features |= {one.engine: one.features for one in finished.engines}


def greeting(host: HostProcess, run: Run, check: Callable[[], None]) -> Hello | Ended:
    """What a new host says first; `check` may raise while it is waited for.

    Raises CancelledError, EngineStoppedError where it says nothing, and ProtocolError where it
    belongs to another version.
    """
    latest = monotonic() + HELLO_S
    while True:
        deadline = run.deadline
        item = host.events.common.get(latest if deadline is None else min(latest, deadline))
        if item is not None:
            break
        check()
        if run.is_overdue:
            raise CancelledError("Stopped.")
        if monotonic() >= latest:
            raise EngineStoppedError(
                f"The engine did not answer within {HELLO_S:.0f} seconds.",
                "Close other programs and try again.",
            )
    if isinstance(item, Hello) and item.version != PROTOCOL_VERSION:
        raise ProtocolError(
            f"The engine speaks version {item.version} of the protocol, "
            f"and this program version {PROTOCOL_VERSION}.",
            "Install Lampblack again, so that its parts belong together.",
        )
    return item if isinstance(item, Hello | Ended) else Ended()


def restarted() -> EngineStoppedError:
    """The error for a job whose host ended with another one, or was ended for it."""
    return EngineStoppedError("The engine stopped while another job ran, too.", "Try again.")


def cut_short(command: Generate, written: dict[int, list[Tokens]]) -> Done:
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


def named(command: JobCommand, finished: Finished) -> Finished:
    """A server's model under the server's own name: its address may be that of others, too."""
    if not (isinstance(command, Load) and command.server and isinstance(finished, Loaded)):
        return finished
    model = msgspec.structs.replace(finished.model, path=server_key(command.server))
    return msgspec.structs.replace(finished, model=model)


def no_server(_name: str) -> HostChild:
    """Start no child, where servers are not spoken to."""
    raise ServerError("No server can be used here.")


def check_place(server: str, before: ServerPlace | None, now: ServerPlace | None) -> None:
    """Raise ServerError where a text would go, after a reload, where its writer did not agree to.

    The number behind a name may change; whose name it is, whether that is this machine and whether
    names are masked may not.
    """
    if before is None and now is None:
        return
    if before is None or now is None or _terms(before) != _terms(now):
        raise ServerError(
            f"The text would go elsewhere now: {server} has changed.", "Choose the server again."
        )


def _terms(place: ServerPlace) -> tuple[str, bool, bool]:
    return place.url, place.is_here, place.masks


def not_passed_on() -> NoModelLoadedError:
    """The error for what other programs ask while a server is chosen."""
    return NoModelLoadedError(NOT_PASSED_ON, "Load a model of this machine in Lampblack first.")


NOT_PASSED_ON = "Lampblack writes with a server now, and passes no requests of others on to it."
"""Why the local service does not answer while a server is chosen."""
