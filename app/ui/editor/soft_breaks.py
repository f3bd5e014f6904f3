"""Soft breaks: where a long paragraph is several blocks of the page, though one in the manuscript.

Qt shapes and breaks a whole block again at every key, and in a line without a space it looks at the
rest of the block for every row. A paragraph above `LONGEST` is therefore broken on the page alone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator

from app.core.documents.letters import border_before
from app.ui.editor.manuscript import units

LONGEST = 4000
"""The longest block that is laid out in one piece, in UTF-16 units: about 2 ms a key."""

WISHED = 2000
"""How long the pieces of a longer one are made, in UTF-16 units."""


class SoftBreaks:
    """The mapping between positions in the manuscript and in the page's document.

    Both count UTF-16 units. The document has one more at each soft break, the end of a block. The
    manuscript's position there is two of the document: that end, and the start of the next block.
    """

    def __init__(self) -> None:
        self._places: list[int] = []

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        """The breaks' places in the manuscript, rising."""
        return iter(self._places)

    def to_document(self, position: int, *, before: bool = False) -> int:
        """The document's position; at a break the one after it, unless `before`."""
        find = bisect_left if before else bisect_right
        return position + find(self._places, position)

    def to_manuscript(self, position: int) -> int:
        """The manuscript's position for one of the document."""
        return position - self._before(position)

    def is_soft(self, position: int) -> bool:
        """Whether a soft break stands at `position` of the document."""
        index = self._before(position)
        return index < len(self._places) and self._places[index] + index == position

    def follow(self, position: int, removed: int, added: int) -> tuple[int, int]:
        """Follow a change of the document that `added` no soft break.

        Returns where in the manuscript it was, and how many of the manuscript's units it removed.
        """
        first, last = self._before(position), self._before(position + removed)
        start, gone = position - first, removed - (last - first)
        moved = [place + added - gone for place in self._places[last:]]
        self._places[first:] = moved
        return start, gone

    def add(self, place: int) -> None:
        """There is a break at `place` of the manuscript."""
        insort(self._places, place)

    def remove(self, place: int) -> None:
        """There is none any more; raises ValueError if there was none."""
        self._places.remove(place)

    def _before(self, position: int) -> int:
        """How many breaks stand before `position` of the document."""
        if not self._places:
            return 0
        places = self._places
        return bisect_left(range(len(places)), position, key=lambda index: places[index] + index)


def cuts(text: str) -> list[int]:
    """Where to break a `text` so that no line of it is longer than `LONGEST`, in UTF-16 units."""
    found: list[int] = []
    begin, lines = 0, text.split("\n")
    if max(map(len, lines)) <= LONGEST // 2:  # characters, of one or two units
        return found
    for line in lines:
        length = units(line)
        if length > LONGEST:
            place = begin
            for piece in _pieces(line):
                place += units(piece)
                found.append(place)
            del found[-1]
        begin += length + 1
    return found


def _pieces(line: str) -> Iterator[str]:
    """`line` in pieces of at most `WISHED` characters, which are at most twice as many units."""
    begin = 0
    while len(line) - begin > WISHED:
        end = begin + WISHED
        space = line.rfind(" ", end - WISHED // 10, end)
        end = space + 1 if space >= 0 else border_before(line, end, end - WISHED // 10)
        yield line[begin:end]
        begin = end
    yield line[begin:]
