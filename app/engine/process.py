"""The engine host as a child process: its pipes, its log and its end.

Three small threads keep the caller from ever blocking on a pipe: one writes commands, one reads
events into a bounded mailbox, one keeps the end of the log.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO, BinaryIO, Protocol, cast

import msgspec

from app.core.errors import EngineStoppedError, ParameterError, ProtocolError
from app.core.system.drivers import driver_environment
from app.core.system.openmp import waiting_environment
from app.core.system.processes import host_environment
from app.core.training.giving_way import WritingMark
from app.engine.codec import frame, read_frame
from app.engine.messages import Command, Generate, Hello, HostEvent, Read, decode_event, encode

LOG_LINES = 80
LOG_BYTES = 1_000_000
_TERMINATE_S = 0.5


class HostChild(Protocol):
    """What is used of a child process: as much as `subprocess.Popen` and the broker's have."""

    @property
    def pid(self) -> int:
        """Its number."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Its commands."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Its events."""

    @property
    def stderr(self) -> IO[bytes] | None:
        """Its log."""

    def poll(self) -> int | None:
        """The exit code; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises subprocess.TimeoutExpired."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it, in whatever state it is."""


Starter = Callable[[], HostChild]
"""Gives a child, in place of a command that starts one; raises LampblackError."""


class Ended(msgspec.Struct, frozen=True):
    """The last thing in a mailbox: the host's events are over, `garbled` says by which nonsense."""

    garbled: str = ""


class Mailbox:
    """Events on their way from the reading thread to the caller; full, it holds the host back."""

    def __init__(self, limit: int = 4096) -> None:
        self._items: deque[HostEvent | Ended] = deque()
        self._limit = limit
        self._changed = threading.Condition()
        self._woken = False
        self._closed = False

    def put(self, item: HostEvent | Ended) -> None:
        """Add an item; waits while the box is full, and drops it once the box is closed.

        `Ended` never waits, or one slow caller would keep the others from the news.
        """
        with self._changed:
            if not isinstance(item, Ended):
                self._changed.wait_for(lambda: self._closed or len(self._items) < self._limit)
            if not self._closed:
                self._items.append(item)
                self._changed.notify_all()

    def get(self, deadline: float | None = None) -> HostEvent | Ended | None:
        """The next item; None when woken or past `deadline` (of the monotonic clock).

        Once it is closed and empty, that is `Ended`.
        """
        timeout = None if deadline is None else max(0.0, deadline - monotonic())
        with self._changed:
            self._changed.wait_for(lambda: self._items or self._woken or self._closed, timeout)
            self._woken = False
            if not self._items:
                return Ended() if self._closed else None
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def wake(self) -> None:
        """Make a waiting `get` return, so that its caller can see what has changed."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def close(self) -> None:
        """Release both sides; what comes later is dropped."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class Mailboxes:
    """A mailbox for each job that runs, and one for what concerns them all.

    What comes for a job without one is dropped: it was given up.
    """

    def __init__(self) -> None:
        self.common = Mailbox()
        self._of_jobs: dict[int, Mailbox] = {}
        self._lock = threading.Lock()
        self._last: Ended | None = None

    def open(self, job: int) -> Mailbox:
        """A mailbox for a job's events; it holds `Ended` already if the host has."""
        box = Mailbox()
        with self._lock:
            self._of_jobs[job] = box
            if self._last is not None:
                box.put(self._last)
        return box

    def drop(self, job: int) -> None:
        """Take no more events for a job."""
        with self._lock:
            box = self._of_jobs.pop(job, None)
        if box is not None:
            box.close()

    def put(self, item: HostEvent | Ended) -> None:
        """Add an item where it belongs; waits while that is full."""
        if isinstance(item, Hello | Ended):
            self.common.put(item)
        else:
            with self._lock:
                box = self._of_jobs.get(item.job)
            if box is not None:
                box.put(item)
        if isinstance(item, Ended):
            with self._lock:
                self._last = item
                boxes = [*self._of_jobs.values()]
            for box in boxes:
                box.put(item)

    def close(self) -> None:
        """Release all sides; those who wait are told that the host has ended."""
        with self._lock:
            self._last = self._last or Ended()
            boxes = [self.common, *self._of_jobs.values()]
        for box in boxes:
            box.close()


def start_host(
    command: Sequence[str], environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a child with its pipes; raises EngineStoppedError where none can be started."""
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**(environment or {}), **host_environment()},
            start_new_session=sys.platform != "win32",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise EngineStoppedError(
            f"The engine could not be started: {error.strerror}.",
            "Close other programs, or install Lampblack again.",
        ) from error


class HostProcess:
    """One run of the engine host. `send` never blocks; `events` has what comes back.

    `cache` is the engine's, in which a former host may have measured how its threads should wait,
    or left a mark when a graphics driver ended it.
    """

    def __init__(
        self,
        command: Sequence[str] | Starter,
        log: Path | None = None,
        cache: Path | None = None,
    ) -> None:
        self.events = Mailboxes()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._tail: deque[str] = deque(maxlen=LOG_LINES)
        self._log = log
        self._mark = WritingMark(None if callable(command) else cache)
        environment = waiting_environment(cache) | driver_environment(cache)
        self._process: HostChild = (
            command() if callable(command) else start_host(command, environment)
        )
        self._threads = [
            threading.Thread(target=target, name=f"engine host {name}", daemon=True)
            for name, target in (
                ("writer", self._write),
                ("reader", self._read),
                ("log", self._keep_log),
            )
        ]
        for thread in self._threads:
            thread.start()

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the child still runs."""
        return self._process.poll() is None

    @property
    def log_tail(self) -> str:
        """The last lines that the host or a library wrote to its standard error."""
        return "\n".join(self._tail)

    def send(self, command: Command) -> None:
        """Hand a command to the writing thread.

        Raises ProtocolError if it is far too long, ParameterError if it cannot be written down.
        """
        self._outbox.put(frame(_encoded(command)))
        if isinstance(command, Read) or (isinstance(command, Generate) and not command.background):
            self._mark.begin(command.job)

    def forget(self, job: int) -> None:
        """A job is over: take no more events for it."""
        self._mark.end(job)
        self.events.drop(job)

    def end(self) -> int:
        """End the child, gently first, join every thread and return the exit code."""
        self.events.close()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_TERMINATE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        code = self._process.wait()
        self._end_helpers()
        self._outbox.put(None)
        for thread in self._threads:
            thread.join()
        self._close_pipes()
        return code

    def _end_helpers(self) -> None:
        """End whatever a library started in the host's own session, or it would hold the pipes."""
        if sys.platform != "win32":
            with suppress(OSError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                continue  # an unsent command cannot be flushed into a dead child

    def _write(self) -> None:
        pipe = _present(self._process.stdin)
        while (payload := self._outbox.get()) is not None:
            try:
                pipe.write(payload)
                pipe.flush()
            except (OSError, ValueError):
                return  # the reading thread notices that the child is gone

    def _read(self) -> None:
        pipe = _present(self._process.stdout)
        self.events.put(Ended(_read_events(pipe, self.events.put)))

    def _keep_log(self) -> None:
        pipe = _present(self._process.stderr)
        written = 0
        with _LogFile(self._log) as log:
            while line := pipe.readline(4096):
                self._tail.append(line.decode("utf-8", "replace").rstrip())
                if written < LOG_BYTES:
                    log.write(line)
                    written += len(line)


class _LogFile:
    """A log that each host begins again and that gives up quietly when the disk refuses."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file: IO[bytes] | None = None

    def __enter__(self) -> _LogFile:
        if self._path is not None:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                self._file = self._path.open("wb", buffering=0)
            except OSError:
                self._file = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, line: bytes) -> None:
        """Append a line, as far as the disk lets us."""
        try:
            if self._file is not None:
                self._file.write(line)
        except OSError:
            self._file = None


def _encoded(command: Command) -> bytes:
    try:
        return encode(command)
    except UnicodeEncodeError:
        raise ParameterError(
            "The text holds half of a character, which is not valid Unicode.",
            "Delete that character and try again.",
        ) from None
    except OverflowError:
        raise ParameterError("A number is too large for the engine.") from None


def _present(pipe: IO[bytes] | None) -> BinaryIO:
    assert pipe is not None, "the process was started with pipes"
    return cast(BinaryIO, pipe)


def _read_events(pipe: BinaryIO, put: Callable[[HostEvent], None]) -> str:
    """Pass every event on until the stream ends; the result says what was wrong with it."""
    try:
        while (payload := read_frame(pipe)) is not None:
            put(decode_event(payload))
    except ProtocolError as error:
        return error.message
    except msgspec.MsgspecError as error:
        return f"A message of the engine could not be understood ({error})."
    except (OSError, ValueError):
        return ""
    return ""
