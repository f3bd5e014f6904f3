"""How much of a download is there: over all its files, never running backwards."""

from __future__ import annotations

import time
from collections.abc import Callable

from app.downloads.messages import Progress

_EVERY_S = 0.1


class Tally:
    """Adds up the bytes of every file and reports them, often enough and not too often."""

    def __init__(
        self,
        total: int,
        report: Callable[[Progress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._report = report
        self._clock = clock
        self._there: dict[str, int] = {}
        self._shown = 0
        self._next = 0.0

    def expect(self, path: str, there: int) -> None:
        """So many bytes of one file were there before."""
        self._there[path] = there

    def put(self, path: str, done: int) -> None:
        """So many bytes of one file are there now."""
        self._there[path] = done
        done = max(self._shown, min(sum(self._there.values()), self._total))
        if done == self._total or self._clock() >= self._next:
            self._shown, self._next = done, self._clock() + _EVERY_S
            self._report(Progress(phase="downloading", done=done, total=self._total))


class Verifying:
    """Reports how much of what is there has been read again."""

    def __init__(
        self, report: Callable[[Progress], None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._report = report
        self._clock = clock
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        """So many bytes out of `total` were read."""
        if self._clock() >= self._next:
            self._next = self._clock() + _EVERY_S
            self._report(Progress(phase="verifying", done=done, total=total))
