"""Long work: Ctrl+C, the progress line, and the question before it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Self

from app.cli import output
from app.core.errors import CancelledError, UsageError


class LongTask:
    """One long work, to be entered: its progress line, and whether Ctrl+C has asked it to end.

    The first Ctrl+C calls `stop` on another thread, because the interrupted main thread may hold
    the very lock that stopping needs; the second raises KeyboardInterrupt.
    """

    def __init__(self, what: str = "", stop: Callable[[], object] = lambda: None) -> None:
        self.line = output.ProgressLine()
        self._what = what
        self._stops = [stop]
        self._is_stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="stop key")
        self._former: Any = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._former = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *_error: object) -> None:
        signal.signal(signal.SIGINT, self._former)
        self._wake.set()
        self._thread.join()
        self.line.clear()

    def cancelled(self) -> bool:
        """Whether Ctrl+C was pressed."""
        return self._is_stopped

    def stops(self, also: Callable[[], object]) -> None:
        """Let the first Ctrl+C call this, too."""
        self._stops.append(also)

    def show(self, done: int, total: int) -> None:
        """Show how many bytes are done."""
        self.line.show_bytes(self._what, done, total)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self._is_stopped:
            raise KeyboardInterrupt
        self._is_stopped = True
        self._wake.set()

    def _wait(self) -> None:
        self._wake.wait()
        if self._is_stopped:
            for stop in self._stops:
                stop()


def confirm(question: str, refusal: UsageError, nothing: str) -> None:
    """Ask on the terminal; raises `refusal` where there is none, CancelledError for a no."""
    if not sys.stdin.isatty():
        raise refusal
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CancelledError(nothing)
