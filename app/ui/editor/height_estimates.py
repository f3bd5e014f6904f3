"""How high blocks will be about that were not laid out yet."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from PySide6.QtGui import QFontMetricsF, QTextDocument

_FEW = 200  # blocks that are looked at one by one
_SAMPLE = 500  # letters by which the width of the others is estimated


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
