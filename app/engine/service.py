"""The program's half of the local service: its child, and what that asks of the engine.

The child is given the listening socket and may ask only for what `ServedCommand` is. Its clients'
jobs run side by side on threads of their own, and never wait for a client that reads slowly.
"""

from __future__ import annotations

import os
import queue
import secrets
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, Protocol, cast

import msgspec
from msgspec.structs import replace

from app.core.errors import LampblackError, ParameterError, ProtocolError, ServiceError
from app.core.system.processes import (
    end_child,
    host_environment,
    program_command,
    start_child,
)
from app.engine.codec import frame, read_frame
from app.engine.messages import (
    PROTOCOL_VERSION,
    Cancel,
    Event,
    Failed,
    Finished,
    JobCommand,
    Prefill,
)
from app.engine.service_messages import (
    FromService,
    Listening,
    ModelState,
    Seen,
    Serve,
    ServedCommand,
    ServedEvent,
    ToService,
    decode_from_service,
    encode_service,
)

SHORTEST_TOKEN = 16
"""The fewest characters of a token."""

_START_S = 30.0
_QUICK = 4
"""How many threads answer what takes a moment, such as counting, beside the jobs."""

_SHORT = 256
"""How many tokens of a prompt are read too soon to be told of."""

_MOST_WAITING = 64 * 1024 * 1024
"""How many bytes may wait for a child that reads nothing, before it is ended."""


class ServedEngine(Protocol):
    """What the service needs of an engine client; `run` is called from several threads at once."""

    def next_job(self) -> int:
        """A job number that was never used."""
        ...

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        """The command's last event; raises LampblackError."""
        ...

    def cancel(self, job: int) -> None:
        """Stop a job, before or after it began."""


class Service:
    """A running service. `seen` hears of every request, `ended` is set when the child is gone.

    `gone` is then called, on a thread of the service's.

    With `background` its jobs leave most of the engine to the program's own.
    """

    def __init__(
        self,
        engine: ServedEngine,
        listening: socket.socket,
        serve: Serve,
        *,
        background: bool = False,
        seen: Callable[[Seen], None] = lambda _seen: None,
        gone: Callable[[], None] = lambda: None,
        log: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        self._gone = gone
        self._engine = engine
        self._background = background
        self._seen = seen
        self._lock = threading.Lock()
        self._numbers: dict[int, int] = {}
        self._down: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._waiting = 0
        self._listening = threading.Event()
        self.ended = threading.Event()
        self._child = _start(listening, log)
        self._pool = ThreadPoolExecutor(serve.limits.parallel + _QUICK, "service job")
        self._threads = [
            threading.Thread(target=target, name=f"service {name}", daemon=True)
            for name, target in (("writer", self._write), ("reader", self._read))
        ]
        shared = b""
        if sys.platform == "win32":
            shared = listening.share(self._child.pid)
        self._send(replace(serve, version=PROTOCOL_VERSION, socket=shared))
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        """Wait until it answers, and knows what it was told; raises ServiceError if it does not."""
        if not self._listening.wait(_START_S) or self.ended.is_set():
            raise ServiceError("The local service could not be started.", "Try again.")

    def tell(self, state: ModelState) -> None:
        """Say which model answers."""
        self._listening.clear()
        self._send(state)

    def close(self) -> None:
        """End the child and every job of its clients; may be called twice."""
        self._down.put(None)
        end_child(self._child)
        for thread in self._threads:
            thread.join()
        self._cancel_all()
        self._pool.shutdown()
        for pipe in (self._child.stdin, self._child.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()

    def _cancel_all(self) -> None:
        with self._lock:
            numbers = [*self._numbers.values()]
        for number in numbers:
            self._engine.cancel(number)

    def _send(self, *messages: ToService) -> None:
        payload = b"".join(frame(encode_service(message)) for message in messages)
        with self._lock:
            if not self._waiting and self._wrote(payload):
                return
            self._waiting += len(payload)
            is_stuck = self._waiting > _MOST_WAITING
        if is_stuck:
            self._child.kill()
        self._down.put(payload)

    def _wrote(self, payload: bytes) -> bool:
        """Write it where nothing can keep that waiting: the writing thread need not be woken."""
        pipe = self._child.stdin
        if sys.platform == "win32" or pipe is None or len(payload) > select.PIPE_BUF:
            return False
        with suppress(OSError, ValueError):  # as in the writing thread
            poll = select.poll()
            poll.register(pipe, select.POLLOUT)
            return bool(poll.poll(0)) and os.write(pipe.fileno(), payload) == len(payload)
        return False

    def _write(self) -> None:
        pipe = self._child.stdin
        assert pipe is not None
        with suppress(OSError, ValueError):  # the reading thread notices that the child is gone
            while (payload := self._down.get()) is not None:
                pipe.write(payload)
                pipe.flush()
                with self._lock:
                    self._waiting -= len(payload)
            with self._lock:  # nobody else writes to its number afterwards
                pipe.close()

    def _read(self) -> None:
        pipe = self._child.stdout
        assert pipe is not None
        try:
            while (payload := read_frame(cast(BinaryIO, pipe))) is not None:
                self._take(decode_from_service(payload))
        except (OSError, ProtocolError, msgspec.MsgspecError):
            self._child.kill()
        finally:
            self.ended.set()
            self._listening.set()
            self._down.put(None)
            self._cancel_all()
            self._gone()

    def _take(self, message: FromService) -> None:
        if isinstance(message, Listening):
            self._listening.set()
        elif isinstance(message, Seen):
            self._seen(message)
        elif isinstance(message, Cancel):
            with self._lock:
                number = self._numbers.get(message.job, 0)
            self._engine.cancel(number)
        else:
            number = self._engine.next_job()
            with self._lock:
                self._numbers[message.job] = number
            self._pool.submit(self._do, message, number)

    def _do(self, command: ServedCommand, number: int) -> None:
        """Do a job and tell its events under the child's own number.

        How far a short prompt is read goes with what comes next: telling it by itself would take
        the processor from the first token.
        """
        held: list[Prefill] = []

        def tell(event: Event) -> None:
            if isinstance(event, Prefill) and event.total - event.done <= _SHORT:
                held[:] = [event]
            elif isinstance(event, ServedEvent):
                self._send(*(replace(one, job=command.job) for one in (*held, event)))
                held.clear()

        own = replace(command, job=number)
        if self._background and hasattr(own, "background"):
            own = replace(own, background=True)
        try:
            if self._background and getattr(own, "exact", False):
                raise ParameterError(
                    "An exact text is written alone, and would keep the window's writer waiting.",
                    "Leave exact out, or ask `lampblack serve`.",
                )
            tell(self._engine.run(own, tell))
        except LampblackError as error:
            tell(_failed(number, error))
        except Exception as error:  # noqa: BLE001 - a bug must reach the client, or it waits for ever
            what = f"The engine met an unexpected problem ({type(error).__name__})."
            tell(_failed(number, LampblackError(what)))
        finally:
            with self._lock:
                self._numbers.pop(command.job, None)


def _failed(job: int, error: LampblackError) -> Failed:
    return Failed(job=job, kind=error.kind, message=error.message, hint=error.hint)


def _start(listening: socket.socket, log: IO[bytes] | int) -> subprocess.Popen[bytes]:
    """Start the child with the listening socket and nothing else of the program's."""
    descriptor = listening.fileno()
    command = [*program_command("service"), str(descriptor)]
    passed = () if sys.platform == "win32" else (descriptor,)
    try:
        return start_child(command, passed, log=log, environ=host_environment())
    except OSError as error:
        raise ServiceError(
            f"The local service could not be started: {error.strerror}.", "Close other programs."
        ) from error


def kept_token(file: Path) -> str:
    """The service's token, made and kept in `file` at the first time; raises ServiceError.

    A file that others may read is replaced: its token may be known.
    """
    try:
        if not (sys.platform != "win32" and file.exists() and file.stat().st_mode & 0o077):
            with suppress(FileNotFoundError):
                token = file.read_text("ascii").strip()
                if len(token) >= SHORTEST_TOKEN:
                    return token
        token = secrets.token_urlsafe(32)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        made = file.with_name(f"{file.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(token + "\n")
        try:
            os.link(made, file)
        except FileExistsError:  # another program was first
            token = file.read_text("ascii").strip()
        finally:
            made.unlink()
    except (OSError, UnicodeDecodeError) as error:
        raise ServiceError(
            f"The service's token cannot be kept in {file}: {error}.",
            "Make the folder writable, or give a token in LAMPBLACK_API_TOKEN.",
        ) from error
    return token
