"""One task with many texts, side by side, and how far that is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sized
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from app.core.errors import LampblackError
from app.core.units import duration_text
from app.sdk.progress import Progress, ShownProgress
from app.sdk.requests import Begun
from app.tasks.options import TaskResult

_LOOK_S, _TICK_S = 0.05, 0.2

T = TypeVar("T")

Outcome = TaskResult | LampblackError


def batch_outcomes(
    begin: Callable[[str], Begun[TaskResult]],
    texts: Iterable[str],
    parallel: int,
    progress: Progress,
) -> Generator[Outcome, None, None]:
    """What comes of each text, in order; leaving early ends those that are going on."""
    running: deque[tuple[Begun[TaskResult], Future[Outcome]]] = deque()
    with ThreadPoolExecutor(parallel, "lampblack batch") as pool, ShownProgress(progress) as shown:
        counted = BatchCount(texts, shown)
        try:
            for text in texts:
                begun = begin(text)
                running.append((begun, pool.submit(_outcome, begun)))
                if len(running) >= 2 * parallel:
                    yield counted.wait(running[0][1])
                    running.popleft()
            while running:
                yield counted.wait(running[0][1])
                running.popleft()
        finally:
            _end(running)


def _outcome(begun: Begun[TaskResult]) -> Outcome:
    try:
        return begun.run()
    except LampblackError as error:
        return error


def _end(running: Iterable[tuple[Begun[TaskResult], Future[Outcome]]]) -> None:
    """Cancel all of them before any is waited for."""
    for begun, future in running:
        future.cancel()
        begun.cancel()
    for begun, future in running:
        _stop(begun, future)


def _stop(begun: Begun[Any], future: Future[Any]) -> None:
    """Cancel what goes on until it has ended; what was cancelled before it began counts as such."""
    while not future.cancelled() and wait((future,), 0).not_done:
        begun.cancel()
        wait((future,), _LOOK_S)


class BatchCount:
    """How many texts of a batch are done, which its line says while one is waited for."""

    def __init__(self, texts: Iterable[str], shown: ShownProgress) -> None:
        self._total = len(texts) if isinstance(texts, Sized) else 0
        self._shown = shown
        self._done = 0
        self._begin = time.monotonic()
        self._tell()

    def wait(self, future: Future[T]) -> T:
        """The next result."""
        while wait((future,), _TICK_S).not_done:
            self._tell()
        self.add()
        return future.result()

    def add(self) -> None:
        """One more is done."""
        self._done += 1
        self._tell()

    def _tell(self) -> None:
        speed = self._done / max(1e-9, time.monotonic() - self._begin)
        left = (self._total - self._done) / speed if self._done and self._total else 0
        of = f" of {self._total:,}" if self._total else ""
        more = f", {duration_text(left)} left" if left else ""
        fraction = self._done / self._total if self._total else 0.0
        self._shown.tell(fraction, f"{self._done:,}{of} done, {speed:.1f} per second{more}")
