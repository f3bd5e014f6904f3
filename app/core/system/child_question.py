"""A question to a child process that can be given up: one request in, one answer out."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import IO, Generic, TypeVar

from app.core.system.processes import end_child, start_child

T = TypeVar("T")

_TOLD = 600  # of what the child says of its end, in bytes


class ChildQuestion(Generic[T]):
    """One question; `cancel` may be called from any thread.

    After `ask`, `is_cancelled` and `is_late` say why there was no answer, `errors` what the child
    wrote to its standard error at the end.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self.is_cancelled = self.is_late = False
        self.errors = ""

    def ask(
        self,
        command: Sequence[str],
        environ: Mapping[str, str],
        request: bytes,
        read: Callable[[IO[bytes]], T],
        limit_s: float | None = None,
    ) -> T:
        """What `read` makes of the child's output, which ends early where it is given up.

        The child is killed after `limit_s`. Raises OSError where it does not start.
        """
        with self._start(command, environ) as child:
            assert child.stdin is not None
            assert child.stdout is not None
            said: list[bytes] = []
            reader = threading.Thread(target=_drain, args=(child.stderr, said))
            reader.start()
            late = threading.Timer(limit_s, self._give_up) if limit_s else None
            if late is not None:
                late.start()
            try:
                with suppress(OSError):  # it has ended already, which is seen below
                    child.stdin.write(request)
                    child.stdin.close()
                return read(child.stdout)
            finally:
                if late is not None:
                    late.cancel()
                    late.join()
                end_child(child)
                reader.join()
                self.errors = b"".join(said).decode(errors="replace").strip()[-_TOLD:]

    def cancel(self) -> None:
        """Give up: kill the child, now or as soon as it starts."""
        with self._lock:
            self.is_cancelled = True
            if self._child is not None:
                self._child.kill()

    def _give_up(self) -> None:
        with self._lock:
            self.is_late = True
            if self._child is not None:
                self._child.kill()

    def _start(self, command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        with self._lock:
            child = self._child = start_child(command, log=subprocess.PIPE, environ=environ)
            if self.is_cancelled:
                child.kill()
        return child


def _drain(stream: IO[bytes] | None, found: list[bytes]) -> None:
    if stream is not None:
        found.append(stream.read())
