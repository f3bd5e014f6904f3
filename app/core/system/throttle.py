"""Limit how often something is told, such as progress."""

from __future__ import annotations

import time
from collections.abc import Callable


class Throttle:
    """Says yes at most once in each `step`: seconds of `clock`, or units of what it is asked at."""

    def __init__(self, step: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._step = step
        self._clock = clock
        self._next = float("-inf")

    def __call__(
        self, at: float | None = None, *, always: bool = False, step: float | None = None
    ) -> bool:
        """Whether it is time, at a moment or a position that only grows; `always` is an exception.

        The first question is answered yes; an exception counts like any other yes. `step` is the
        least to the next one, where it differs from the usual.
        """
        now = self._clock() if at is None else at
        if now < self._next and not always:
            return False
        self._next = now + (self._step if step is None else step)
        return True
