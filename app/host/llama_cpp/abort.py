"""What can end a batch before it is done: the user's cancel, and a machine that became too slow."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Sequence
from time import perf_counter
from typing import Any

from app.host.interface import Job
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.thread_adaptation import SMALL
from app.host.llama_cpp.thread_levels import SHORTEST_LIMIT_S

_POLL_S = 0.05

CHECKED = ctypes.CDLL("msvcrt" if sys.platform == "win32" else None).strlen
"""The function that llama.cpp asks before each operation of a step whether to stop.

The length of a text of at most one byte is what a flag needs: 0 goes on, 1 stops. A step has
hundreds of operations, and a Python function asked at each would cost it two to four percent.
"""

no_watch = native.ggml_abort_callback()


class AbortCallback:
    """Watches the batches of jobs; llama.cpp's abort callback as long as it is not closed.

    Steps look at a flag, which the last cancel of a batch's jobs raises, and a thread where there
    is a limit of time. Prompt chunks are long enough to ask a Python function, which sees how far
    they have come. A batch that was ended although the user did not stop the job took too long.
    """

    def __init__(self, handle: Any, jobs: Sequence[Job], *, limits: bool) -> None:
        self._handle = handle
        self._jobs = jobs
        self._of_batch = jobs
        self.is_cancelled = False
        """Whether all jobs of the batch were stopped."""
        self._library = library()
        self._flag = ctypes.create_string_buffer(2)
        self._check = ctypes.cast(CHECKED, native.ggml_abort_callback)
        self._look = native.ggml_abort_callback(self._is_over)
        self._pointer = ctypes.cast(self._flag, ctypes.c_void_p)
        self._looks: bool | None = None
        self._seen = self._operations = 0
        self._operations_of: dict[int, int] = {}
        self._begun = self._limit = self._deadline = 0.0
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="watch") if limits else None
        for job in jobs:
            job.on_cancel = self._look_at_jobs
        self._look_at_jobs()
        if self._thread is not None:
            self._thread.start()

    def close(self) -> None:
        """Watch no longer."""
        self._closed.set()
        for job in self._jobs:
            job.on_cancel = None
        native.llama_set_abort_callback(self._handle, no_watch, None)
        if self._thread is not None:
            self._thread.join()
        self._library.is_muted = False  # a cancel between two batches mutes what is not said

    def begin(self, rows: int, limit: float, jobs: Sequence[Job] = ()) -> None:
        """Let a batch of `rows` take `limit` seconds; 0 for as long as it needs.

        It is of these `jobs`, or else of all.
        """
        self._attach(rows > SMALL)
        self._of_batch = jobs or self._jobs
        self._flag[0] = b"\0"
        self.is_cancelled = False
        self._look_at_jobs()  # after the flag was taken down: no cancel is lost
        self._seen, self._operations = 0, self._operations_of.get(rows, 0)
        self._begun, self._limit = perf_counter(), limit
        self._deadline = self._begun + limit if limit and rows <= SMALL else 0.0

    def end(self, rows: int, *, done: bool) -> float:
        """The seconds that the batch took."""
        self._deadline = 0.0
        self._library.is_muted = False
        if done and self._looks:
            self._operations_of[rows] = self._seen
        return perf_counter() - self._begun

    def _attach(self, looks: bool) -> None:
        if looks is not self._looks:
            self._looks = looks
            check = self._look if looks else self._check
            native.llama_set_abort_callback(self._handle, check, self._pointer)

    def _look_at_jobs(self) -> None:
        if all(job.cancelled for job in self._of_batch):
            self.is_cancelled = True
            self._raise_flag()

    def _raise_flag(self) -> None:
        self._library.is_muted = True
        self._flag[0] = b"\1"

    def _wait(self) -> None:
        """Raise the flag for a step that takes too long, in a thread of its own."""
        while not self._closed.wait(_POLL_S):
            deadline = self._deadline
            if deadline and perf_counter() > deadline == self._deadline:
                self._raise_flag()

    def _is_over(self, _data: object) -> bool:
        self._seen += 1
        if self.is_cancelled or (self._limit and self._is_late()):
            self._library.is_muted = True
            return True
        return False

    def _is_late(self) -> bool:
        """Whether the part of the chunk that is done took longer than the part of its limit."""
        share = min(1.0, self._seen / self._operations) if self._operations else 1.0
        allowed = SHORTEST_LIMIT_S + self._limit * share
        return perf_counter() - self._begun > allowed
