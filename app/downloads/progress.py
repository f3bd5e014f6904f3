"""How much of a download is there: over all its files, never running backwards."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from app.core.system.throttle import Throttle
from app.downloads.messages import DownloadProgress

_EVERY_S = 0.1


class Tally:
    """Adds up the bytes of every file and reports them, often enough and not too often."""

    def __init__(
        self,
        total: int,
        report: Callable[[DownloadProgress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._report = report
        self._is_time = Throttle(_EVERY_S, clock)
        self._there: dict[str, int] = {}
        self._shown = 0

    def expect(self, path: str, there: int) -> None:
        """Count `there` bytes of one file that were on the disk before."""
        self._there[path] = there

    def put(self, path: str, done: int) -> None:
        """Take `done` bytes of one file as its present size."""
        self._there[path] = done
        done = max(self._shown, min(sum(self._there.values()), self._total))
        if self._is_time(always=done == self._total):
            self._shown = done
            self._report(DownloadProgress(phase="downloading", done=done, total=self._total))


class Verifying:
    """Reports how much of a part has been read again."""

    def __init__(
        self,
        report: Callable[[DownloadProgress], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._report = report
        self._is_time = Throttle(_EVERY_S, clock)

    def __call__(self, done: int, total: int) -> None:
        """Take `done` of `total` bytes as read."""
        if self._is_time(always=done == total):
            self._report(DownloadProgress(phase="verifying", done=done, total=total))


_SPEED_EVERY_S = 0.5
_MEMORY_S = 4.0


class Speed:
    """Bytes per second, of which older ones count less; what was there before does not count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at: float | None = None
        self._done = 0
        self.value = 0.0

    def begin(self) -> None:
        """Forget everything: what comes next is the new beginning."""
        self._at, self.value = None, 0.0

    def update(self, done: int) -> None:
        """Take `done` bytes as the present size."""
        now = self._clock()
        if self._at is None:
            self._at, self._done = now, done
            return
        elapsed = now - self._at
        if elapsed < _SPEED_EVERY_S:
            return
        rate = (done - self._done) / elapsed
        weight = 1 - math.exp(-elapsed / _MEMORY_S) if self.value else 1.0
        self.value += weight * (rate - self.value)
        self._at, self._done = now, done

    def left_s(self, left: int) -> float | None:
        """The seconds that `left` bytes take; None as long as that is not known."""
        return left / self.value if self.value > 1 else None
