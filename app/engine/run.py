"""One command on its way: its cancel and the clock that this starts, and how it ends early."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

import msgspec

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    NoModelLoadedError,
    ProtocolError,
)
from app.core.options.servers import server_key
from app.engine.messages import (
    PROTOCOL_VERSION,
    Done,
    Finished,
    Generate,
    Hello,
    JobCommand,
    Load,
    Loaded,
    Stats,
    Take,
    Tokens,
)
from app.engine.process import Ended, HostProcess, Mailbox

HELLO_S = 60.0


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


def greeting(host: HostProcess, run: Run, check: Callable[[], None]) -> Hello | Ended:
    """What a new host says first; `check` may raise while it is waited for.

    Raises CancelledError, EngineStoppedError where it says nothing, and ProtocolError where it
    belongs to another version.
    """
    patience = monotonic() + HELLO_S
    while True:
        deadline = run.deadline
        item = host.events.common.get(patience if deadline is None else min(patience, deadline))
        if item is not None:
            break
        check()
        if run.is_overdue:
            raise CancelledError("Stopped.")
        if monotonic() >= patience:
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


def not_passed_on() -> NoModelLoadedError:
    """The error for what other programs ask while a server is chosen."""
    return NoModelLoadedError(NOT_PASSED_ON, "Load a model of this machine in Lampblack first.")


NOT_PASSED_ON = "Lampblack writes with a server now, and passes no requests of others on to it."
"""Why the local service does not answer while a server is chosen."""
