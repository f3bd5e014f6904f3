"""Ctrl+C on the command line: the first press asks the work to stop, the second ends it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any


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
