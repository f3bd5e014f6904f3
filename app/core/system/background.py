"""Work on the disk that nobody should have to wait for, done in order on a thread of its own."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress


class Chores:
    """Does one thing after the other; its thread lives only while there is something to do."""

    def __init__(self) -> None:
        self._jobs: deque[Callable[[], None]] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def add(self, job: Callable[[], None]) -> None:
        """Do this when what was asked before is done; it must not raise."""
        with self._changed:
            self._jobs.append(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="chores")
                self._thread.start()

    def wait(self) -> None:
        """Wait until everything is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._thread is None)

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._jobs:
                    self._thread = None
                    self._changed.notify_all()
                    return
                job = self._jobs.popleft()
            job()


_NICE = 10


def give_way() -> None:
    """Let the present thread have only what others leave; where a thread cannot, nothing happens.

    It is for good: a thread that is nicer once may not go back.
    """
    if sys.platform == "linux":  # where every thread has a priority of its own
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
