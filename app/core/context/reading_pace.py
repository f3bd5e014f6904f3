"""How long a model takes to read a prompt, foreseen by what it took before."""

from __future__ import annotations

from collections import deque

import msgspec

LEAST = 32
"""How many tokens must have been read for a measurement to count: fewer are mostly overhead."""

_MOST = 24  # measurements that are remembered
_FADE = 0.85  # what an earlier one counts beside the next: other programs come and go


class _Measured(msgspec.Struct, frozen=True):
    """`read` tokens took `seconds`; each of them looked back at `back` tokens on average."""

    read: int
    back: float
    seconds: float


class ReadingPace:
    """Learns what a token costs, and what it costs more the more tokens come before it.

    A token's cost is a + b · (tokens before it): the layers' products are the same for each, and
    attention looks at all before it. Both are fitted to the last measurements by least squares of
    the relative error, none below 0, the newest counting most.
    """

    def __init__(self) -> None:
        self._measured: deque[_Measured] = deque(maxlen=_MOST)

    def learn(self, tokens: int, known: int, seconds: float) -> None:
        """A prompt of `tokens`, of which `known` were not read, took `seconds` to be read."""
        read = tokens - known
        if read >= LEAST and seconds > 0:
            self._measured.append(_Measured(read, (tokens + known) / 2, seconds))

    def forget(self) -> None:
        """Another model was loaded."""
        self._measured.clear()

    def wait(self, tokens: int, known: int) -> float | None:
        """The seconds that reading a prompt will take; None where nothing was measured yet."""
        if not self._measured:
            return None
        cost, growth = self._fitted()
        read = max(1, tokens - known)
        return read * (cost + growth * (tokens + known) / 2)

    def _fitted(self) -> tuple[float, float]:
        """What a token costs in seconds, and each token before it."""
        xx = xy = yy = x = y = 0.0
        weight = 1.0
        for one in reversed(self._measured):
            first, second = one.read / one.seconds, one.read * one.back / one.seconds
            xx += weight * first * first
            xy += weight * first * second
            yy += weight * second * second
            x += weight * first
            y += weight * second
            weight *= _FADE
        determinant = xx * yy - xy * xy
        if determinant > 1e-9 * xx * yy:
            cost, growth = (x * yy - y * xy) / determinant, (y * xx - x * xy) / determinant
            if cost >= 0 and growth >= 0:
                return cost, growth
            if cost < 0:
                return 0.0, y / yy
        return x / xx, 0.0
