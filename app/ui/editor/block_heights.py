"""How high the blocks of a page are, and where each begins: sums made as far as they are needed."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, islice

ABOVE, SEEN = 1, 2
"""A block with rows whose height is not taken yet, and one that is where it belongs."""

_WITH_ROWS = re.compile(b"[\1\2]")
_STEP = 256  # blocks whose places are summed up at a time


class BlockHeights:
    """The heights of blocks by their numbers, in pixels; the first begins at `margin`.

    `states` has what is known of each: 0, `ABOVE` or `SEEN`. `total` is the sum of all heights.
    """

    def __init__(self, count: int) -> None:
        self.heights = [0.0] * count
        self.states = bytearray(count)
        self.total = 0.0
        self._tops = [0.0]

    def __len__(self) -> int:
        return len(self.heights)

    def __getitem__(self, number: int) -> float:
        return self.heights[number]

    def set_margin(self, margin: float) -> None:
        """Begin the first block so many pixels from the top."""
        self._tops = [margin]

    def begin(self, heights: list[float]) -> None:
        """Take these heights for all blocks, of which nothing is known."""
        self.heights, self.states = heights, bytearray(len(heights))
        self.total = math.fsum(heights)
        del self._tops[1:]

    def replace(self, first: int, end: int, heights: Sequence[float]) -> None:
        """Put blocks of these heights in the place of those from `first` to before `end`."""
        self.total += math.fsum(heights) - math.fsum(self.heights[first:end])
        self.heights[first:end] = heights
        self.states[first:end] = bytes(len(heights))
        del self._tops[first + 1 :]

    def set(self, number: int, height: float) -> None:
        """The block of that number is so high, and where it belongs."""
        self.states[number] = SEEN
        if height != self.heights[number]:
            self.total += height - self.heights[number]
            self.heights[number] = height
            del self._tops[number + 1 :]

    def top(self, number: int) -> float:
        """Where the block of that number begins; the end of all if there is none."""
        tops = self._tops
        number = min(number, len(self.heights))
        if number >= len(tops):
            part = islice(self.heights, len(tops) - 1, number)
            tops += islice(accumulate(part, initial=tops[-1]), 1, None)
        return tops[number]

    def end(self, number: int) -> float:
        """Where the block of that number ends."""
        return self.top(number) + self.heights[number]

    def at(self, place: float) -> int:
        """The number of the block at `place`, in pixels from the top; the nearest if none is."""
        while self._tops[-1] <= place and len(self._tops) <= len(self.heights):
            self.top(len(self._tops) + _STEP)
        return max(0, min(bisect_right(self._tops, place), len(self.heights)) - 1)

    def following(self, number: int) -> int:
        """The number of the next block that has a height; how many there are if none has."""
        found = self.at(self.end(number))
        return found if found > number else len(self)

    def with_rows(self, first: int, end: int) -> list[int]:
        """The numbers of the blocks that have rows, from `first` to before `end`."""
        return [first + found.start() for found in _WITH_ROWS.finditer(self.states[first:end])]
