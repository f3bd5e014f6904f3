"""How fast a download is, smoothed so that the time left can be read."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

_EVERY_S = 0.5
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
        """So many bytes are there now."""
        now = self._clock()
        if self._at is None:
            self._at, self._done = now, done
            return
        elapsed = now - self._at
        if elapsed < _EVERY_S:
            return
        rate = (done - self._done) / elapsed
        weight = 1 - math.exp(-elapsed / _MEMORY_S) if self.value else 1.0
        self.value += weight * (rate - self.value)
        self._at, self._done = now, done

    def left_s(self, left: int) -> float | None:
        """The seconds that so many bytes take; None where nobody can know."""
        return left / self.value if self.value > 1 else None
