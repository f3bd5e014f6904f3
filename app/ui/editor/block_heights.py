"""How high the blocks of a page are, or will be about, and where each begins.

Sums are made as far as they are needed.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice

from PySide6.QtGui import QFontMetricsF, QTextDocument

ABOVE, SEEN = 1, 2
"""A block with rows whose height is not taken yet, and one that is where it belongs."""

_WITH_ROWS = re.compile(b"[\1\2]")
_STEP = 256  # blocks whose places are summed up at a time
_FEW = 200  # blocks that are looked at one by one
_SAMPLE = 500  # letters by which the width of the others is estimated


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


class HeightEstimates:
    """Estimates by the lengths of a document's blocks; `gap` is what follows each, in pixels.

    `coming` is the text that is about to be the document's, which need not be read from it then.
    """

    def __init__(self, document: QTextDocument) -> None:
        self._document = document
        self._row, self._letter, self._width = 1.0, 1.0, 1.0
        self.gap = 0.0
        self.coming = ""

    def set_spacing(self, line_height: float, gap: float) -> None:
        """Take this line height in percent, and this gap after a paragraph in pixels."""
        metrics = QFontMetricsF(self._document.defaultFont())
        raw = math.ceil(metrics.ascent() + metrics.descent() + metrics.leading())
        self._row, self.gap = raw * line_height / 100, gap

    def look(self, width: float) -> None:
        """Look at the text again, which is set so wide."""
        self._width = max(1.0, width)
        self._letter = self._letter_width()

    def heights(self, first: int, last: int, *, are_hidden: bool) -> list[float]:
        """How high the blocks from `first` to before `last` will be about.

        `are_hidden` says that some blocks may be hidden; they have no height.
        """
        row, gap = self._row, self.gap
        per_row = max(1.0, self._width / self._letter)
        lengths = self._lengths(first, last)
        known = {one: row * math.ceil((one + 1) / per_row) + gap for one in set(lengths)}
        heights = [known[length] for length in lengths]
        for index, is_hidden in enumerate(self._is_hidden(first, last if are_hidden else first)):
            if is_hidden:
                heights[index] = 0.0
        return heights

    def _is_hidden(self, first: int, last: int) -> Iterator[bool]:
        """Of each block whether it is."""
        block = self._document.findBlockByNumber(first)
        for _ in range(first, last):
            yield not block.isVisible()
            block = block.next()

    def _lengths(self, first: int, last: int) -> Sequence[int]:
        if last - first > _FEW:
            for text in (self.coming, None):
                lines = (self._document.toPlainText() if text is None else text).split("\n")
                if len(lines) == self._document.blockCount():
                    return list(map(len, lines[first:last]))
        block, lengths = self._document.findBlockByNumber(first), []
        for _ in range(first, last):
            lengths.append(block.length() - 1)
            block = block.next()
        return lengths

    def _letter_width(self) -> float:
        """How wide a letter of the text is about: ideographs are twice as wide as others."""
        block = self._document.findBlockByNumber(self._document.blockCount() // 2)
        text = ""
        for _ in range(10):
            text += block.text()
            block = block.next()
            if len(text) > _SAMPLE or not block.isValid():
                break
        metrics = QFontMetricsF(self._document.defaultFont())
        text = text[:_SAMPLE]
        return metrics.horizontalAdvance(text) / len(text) if text else metrics.averageCharWidth()
