"""The store's own thread: the only one that touches the database, in short batches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
_Call = tuple[Callable[[], Any], Future[Any], Any]

BATCH_S = 0.25
"""How long an edit may wait for others before all are written together."""


class Target(Protocol):
    """What the thread works for; every method runs on the thread."""

    def open(self) -> None:
        """Called first."""

    def commit(self) -> None:
        """Put everything that was done since the last commit on disk; never raises."""

    def retry_after(self) -> float | None:
        """The seconds after which to commit again although nothing came; None for never."""

    def close(self) -> None:
        """Called last, after the last commit."""


class BatchThread:
    """Does what it is given in order and commits at most `BATCH_S` after the first of it."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._condition = threading.Condition()
        self._work: list[Callable[[], None]] = []
        self._first: list[_Call] = []
        self._calls: list[_Call] = []
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="lampblack-store", daemon=True)
        self._thread.start()

    def put(self, work: Callable[[], None]) -> None:
        """Have `work` done soon; after `close`, nothing happens."""
        with self._condition:
            if not self._closing:
                self._work.append(work)
                if len(self._work) == 1:  # the thread waits for more of it in vain each time
                    self._condition.notify()

    def call(self, work: Callable[[], T], otherwise: T, *, at_once: bool = False) -> T:
        """Commit all that was put before, then do `work` and return its result.

        With `at_once` it is done before what was put and not begun, whose outcome it cannot need;
        that stays until its batch is due.
        Once the thread is over, `otherwise` is returned.
        """
        future: Future[T] = Future()
        with self._condition:
            if self._closing:
                return otherwise
            (self._first if at_once else self._calls).append((work, future, otherwise))
            self._condition.notify()
        return future.result()

    def close(self) -> None:
        """Do what is left, commit, and end the thread."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        self._thread.join()

    def _run(self) -> None:
        try:
            self._target.open()
            while self._wait():
                self._do_batch()
            self._do_batch()
        finally:
            self._answer_the_rest()
            self._target.close()

    def _wait(self) -> bool:
        """Wait for a batch to be due; False when it is the last one."""
        self._wait_for(lambda: bool(self._work) or self._is_asked, self._target.retry_after())
        if self._work:
            self._wait_for(lambda: self._is_asked, BATCH_S)
        return not self._closing

    def _wait_for(self, is_due: Callable[[], bool], most: float | None) -> None:
        """Wait so many seconds at most, and answer meanwhile what is asked at once."""
        end = None if most is None else time.monotonic() + most
        while True:
            left = None if end is None else max(0.0, end - time.monotonic())
            with self._condition:
                self._condition.wait_for(lambda: is_due() or bool(self._first), left)
                first, self._first = self._first, []
            if not first:
                return
            _answer(first)

    @property
    def _is_asked(self) -> bool:
        return bool(self._calls or self._closing)

    def _do_batch(self) -> None:
        with self._condition:
            work, self._work = self._work, []
            first, self._first = self._first, []
            calls, self._calls = self._calls, []
        _answer(first)
        for step in work:
            step()
        self._target.commit()
        _answer(calls)

    def _answer_the_rest(self) -> None:
        """Answer the calls that are left when the thread ends, so that no caller waits for ever."""
        with self._condition:
            self._closing = True
            calls = self._first + self._calls
            self._first, self._calls = [], []
        for _step, future, otherwise in calls:
            future.set_result(otherwise)


def _answer(calls: list[_Call]) -> None:
    for step, future, _otherwise in calls:
        try:
            future.set_result(step())
        except Exception as error:  # noqa: BLE001 - it is raised again where it was called
            future.set_exception(error)
