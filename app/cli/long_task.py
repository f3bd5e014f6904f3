"""What the words about models share: JSON, and long work with a progress line and Ctrl+C."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any

from app.cli import output
from app.core.errors import CancelledError, UsageError
from app.core.units import size_text


class StopKey:
    """While it is entered, Ctrl+C calls `stop` instead of raising KeyboardInterrupt.

    `stop` runs on a thread of its own: the interrupted main thread may hold the very lock that
    stopping needs.
    """

    def __init__(self, stop: Callable[[], None]) -> None:
        self._stop = stop
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="stop key")
        self._former: Any = None
        self.pressed = False

    def __enter__(self) -> StopKey:
        self._thread.start()
        self._former = signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGINT, self._former)
        self._wake.set()
        self._thread.join()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.pressed:
            raise KeyboardInterrupt
        self.pressed = True
        self._wake.set()

    def _wait(self) -> None:
        self._wake.wait()
        if self.pressed:
            self._stop()


def write_json(content: Any) -> None:
    """Write one JSON document; a path that is not valid text has its odd bytes escaped."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    output.write(text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n")


class Work:
    """One long work: where it shows how far it is, and asks whether to go on."""

    def __init__(self, what: str, line: output.ProgressLine) -> None:
        self._what = what
        self._line = line
        self._stop = threading.Event()

    def stop(self) -> None:
        """Ask the work to end."""
        self._stop.set()

    def cancelled(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    def show(self, done: int, total: int) -> None:
        """Show how many bytes are done."""
        sizes = f"{size_text(done)} of {size_text(total)}"
        self._line.show(f"{self._what}… {sizes}")


@contextmanager
def stoppable(what: str) -> Iterator[Work]:
    """A work that the first Ctrl+C ends with a sentence; its line is gone afterwards."""
    line = output.ProgressLine()
    work = Work(what, line)
    try:
        with StopKey(work.stop):
            yield work
    finally:
        line.clear()


def confirm(sentence: str, question: str, nothing: str) -> None:
    """Ask on the terminal; raises UsageError where nobody can be asked, CancelledError for no."""
    if not sys.stdin.isatty():
        raise UsageError(f"{sentence} Nobody can be asked here.", "Say --yes to do it.")
    sys.stderr.write(f"{sentence}\n{question} [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CancelledError(nothing)
