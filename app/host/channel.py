"""The way from the app into the host: commands and cancels."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import BinaryIO

import msgspec

from app.core.errors import CancelledError, ProtocolError
from app.engine.codec import read_frame
from app.engine.messages import (
    Cancel,
    Command,
    Done,
    Failed,
    Generate,
    HostEvent,
    JobCommand,
    Quit,
    Take,
    decode_command,
)
from app.host.interface import MAX_TAKES, Job


class Inbox:
    """The way in: commands wait for the main thread, cancels reach the running jobs at once.

    A command that is cancelled while it waits is answered at once, by the reading thread: what it
    waits for may take long.
    """

    def __init__(
        self, stream: BinaryIO, emit: Callable[[HostEvent], None] = lambda _event: None
    ) -> None:
        self._stream = stream
        self._emit = emit
        self._commands: queue.SimpleQueue[JobCommand] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting: dict[int, JobCommand] = {}
        self._cancelled: set[int] = set()
        self._running: dict[int, Job] = {}
        self._yielding: set[int] = set()

    def next(self, timeout: float | None = None) -> JobCommand | None:
        """The next command that starts a job; None when none came for `timeout` seconds."""
        try:
            return self._commands.get(timeout != 0, timeout)
        except queue.Empty:
            return None

    @property
    def is_empty(self) -> bool:
        """Whether no command waits."""
        return self._commands.empty()

    def begin(self, job: Job, *, gives_way: bool = False) -> bool:
        """Let cancels reach `job` until its end; one that `gives_way` is stopped by any command.

        False if it was cancelled while it waited: then it is answered, and not to be begun.
        """
        with self._lock:
            self._waiting.pop(job.number, None)
            if job.number in self._cancelled:
                self._cancelled.discard(job.number)
                job.cancel()
                return False
            self._running[job.number] = job
            if gives_way:
                self._yielding.add(job.number)
            if gives_way and not self.is_empty:
                job.cancel()
            return True

    def is_cancelled(self, job: int) -> bool:
        """Whether a job that waits was cancelled."""
        return job in self._cancelled

    def end(self, job: int) -> None:
        """It is over: a cancel that comes now is too late."""
        with self._lock:
            self._waiting.pop(job, None)
            self._cancelled.discard(job)
            self._running.pop(job, None)
            self._yielding.discard(job)

    def read_forever(self) -> None:
        """Read until the app is gone, then leave at once, so that no orphan keeps the GPU."""
        try:
            while (payload := read_frame(self._stream)) is not None:
                self._take(decode_command(payload))
        except (ProtocolError, msgspec.MsgspecError) as error:
            sys.stderr.write(f"The app sent something that is not a command: {error}\n")
            sys.stderr.flush()
            os._exit(2)
        except OSError:
            pass  # the pipe broke: the app is gone all the same
        finally:
            os._exit(0)

    def _take(self, command: Command) -> None:
        if isinstance(command, Quit):
            os._exit(0)
        withdrawn = None
        with self._lock:
            if not isinstance(command, Cancel):
                self._waiting[command.job] = command
                self._commands.put(command)
                for number in self._yielding:
                    self._running[number].cancel()
            elif command.job in self._running:
                self._running[command.job].cancel()
            elif (withdrawn := self._waiting.pop(command.job, None)) is not None:
                self._cancelled.add(command.job)
        if withdrawn is not None:  # not under the lock: what answers may have to wait for the app
            self._emit(_withdrawn(withdrawn))


def _withdrawn(command: JobCommand) -> Done | Failed:
    """The answer to a command that was cancelled before it began."""
    if isinstance(command, Generate):
        count = max(0, min(command.n, MAX_TAKES))
        takes = tuple(Take(index=n, text="", finish_reason="cancelled") for n in range(count))
        return Done(job=command.job, takes=takes, seed=command.sampling.seed or 0)
    stopped = CancelledError("Stopped.")
    return Failed(job=command.job, kind=stopped.kind, message=stopped.message, hint=stopped.hint)
