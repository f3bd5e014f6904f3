"""How much of a prompt is handed over at a time, so that a cancel is never long in coming."""

from __future__ import annotations

_FIRST, _LEAST = 64, 8
_LONGEST_S = 0.04  # a cancel must be back within 50 ms
_SHORT_S = _LONGEST_S / 3  # twice as many rows take at most twice as long


class Slices:
    """The rows of the next slice, at most `most`.

    A processor looks for a cancel inside a batch and gets whole batches. A GPU does not: it gets
    slices as long as they may take by what the last one took.
    """

    def __init__(self, most: int, *, on_gpu: bool = False) -> None:
        self.on_gpu = on_gpu
        self.fixed = min(most, _FIRST) if on_gpu else most
        """What is always the same, for a text that can be repeated exactly."""
        self._most = most
        self._rows = self.fixed

    def rows(self, *, exact: bool = False) -> int:
        """How many rows come next; the same every time for an exact run."""
        return self.fixed if exact else self._rows

    def learn(self, rows: int, seconds: float) -> None:
        """Take up what a slice took; a shorter one at a prompt's end says nothing."""
        if not self.on_gpu or rows < self._rows:
            return
        if seconds > _LONGEST_S:
            self._rows = max(_LEAST, self._rows // 2)
        elif seconds < _SHORT_S:
            self._rows = min(self._most, self._rows * 2)
