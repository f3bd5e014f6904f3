"""What the page has and the manuscript has not: soft breaks, and text that is only proposed.

Qt shapes and breaks a whole block again at every key, and in a line without a space it looks at the
rest of the block for every row. A paragraph above `LONGEST` is therefore broken on the page alone.
Proposed text stands in the page's document, too, without being part of the manuscript.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from app.core.documents.letters import border_before
from app.core.text.shared_ends import shared_ends
from app.ui.editor.manuscript import units

LONGEST = 4000
"""The longest block that is laid out in one piece, in UTF-16 units: about 2 ms a key."""

WISHED = 2000
"""How long the pieces of a longer one are made, in UTF-16 units."""


class SoftBreaks:
    """The mapping between positions in the manuscript and in the page's document.

    Both count UTF-16 units. The document has one more at each soft break, the end of a block. The
    manuscript's position there is two of the document: that end, and the start of the next block.
    A piece of text that only the page has is like a break that is longer; every position in it is
    the same one of the manuscript. The writer's caret stands behind both.
    """

    def __init__(self) -> None:
        self._places: list[int] = []
        self._pieces: list[str] = []  # empty for a soft break
        self._sums: Sequence[int] = range(1)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[int]:
        """The breaks' places in the manuscript, rising; without the pieces'."""
        pairs = zip(self._places, self._pieces, strict=True)
        return (place for place, piece in pairs if not piece)

    @property
    def pieces(self) -> list[tuple[int, str]]:
        """The text that only the page has, by its places in the manuscript, rising."""
        pairs = zip(self._places, self._pieces, strict=True)
        return [(place, piece) for place, piece in pairs if piece]

    @property
    def units(self) -> int:
        """How many units the document has that the manuscript has not."""
        return self._sums[-1]

    def to_document(self, position: int, *, before: bool = False) -> int:
        """The document's position; at a break or a piece the one after it, unless `before`."""
        find = bisect_left if before else bisect_right
        return position + self._sums[find(self._places, position)]

    def to_manuscript(self, position: int) -> int:
        """The manuscript's position for one of the document."""
        index = self._before(position)
        place = self._places[index - 1] if index else 0
        return max(place, position - self._sums[index])

    def is_soft(self, position: int) -> bool:
        """Whether a soft break stands at `position` of the document."""
        index = self._before(position)
        is_one = index < len(self._places) and self._start(index) == position
        return is_one and not self._pieces[index]

    def piece_around(self, position: int) -> tuple[int, int]:
        """The piece that would part, or that `position` of the document is the start of.

        From and to in the document; both are `position` where there is none.
        """
        index = self._before(position + 1) - 1
        if index >= 0 and self._pieces[index]:
            start, end = self._start(index), self._end(index)
            if position < end:
                return start, end
        return position, position

    def piece_before(self, position: int) -> int:
        """Where the piece begins that ends at `position` of the document; that, without one."""
        index = self._before(position) - 1
        if index >= 0 and self._pieces[index] and self._end(index) == position:
            return self._start(index)
        return position

    def has_pieces(self, start: int, end: int) -> bool:
        """Whether any of a piece lies from `start` to before `end` of the document."""
        first, last = self._before(start), self._before(end)
        if first and self._end(first - 1) > start:
            first -= 1
        return any(self._pieces[first:last])

    def follow(self, position: int, removed: int, added: int) -> tuple[int, int]:
        """Follow a change of the document that `added` no soft break, and of no piece.

        Returns where in the manuscript it was, and how many of the manuscript's units it removed.
        What is left of a piece that the change was in stays one, or two.
        """
        if not self._places:
            return position, removed
        end = position + removed
        first, last = self._before(position), self._before(end)
        start, stop = self.to_manuscript(position), self.to_manuscript(end)
        growth = added - (stop - start)
        places, pieces = self._places[:first], self._pieces[:first]
        if last and self._end(last - 1) > end:
            places.append(start + added)
            pieces.append(_part(self._pieces[last - 1], end - self._start(last - 1), None))
        if first and self._end(first - 1) > position:
            pieces[first - 1] = _part(pieces[first - 1], 0, position - self._start(first - 1))
        places += [place + growth for place in self._places[last:]]
        self._places, self._pieces = places, pieces + self._pieces[last:]
        self._sum_up()
        return start, stop - start

    def add(self, place: int, piece: str = "") -> None:
        """There is a break at `place` of the manuscript, or a `piece`, which stands before it."""
        find = bisect_left if piece else bisect_right
        index = find(self._places, place)
        self._places.insert(index, place)
        self._pieces.insert(index, piece)
        self._sum_up()

    def remove(self, place: int, *, is_piece: bool = False) -> None:
        """There is no break any more, or no piece; raises ValueError if there was none."""
        index = self._places.index(place)
        while bool(self._pieces[index]) is not is_piece:
            index = self._places.index(place, index + 1)
        del self._places[index], self._pieces[index]
        self._sum_up()

    def narrowed(self, position: int, before: str, text: str) -> tuple[int, int, str]:
        """Where the document was changed, how many units that removed, and what it put in.

        At `position`, `before` became `text`, of which both ends may be the same. A piece is in the
        change or it is not: what was typed in its place may begin as it does.
        """
        head, tail = shared_ends(before, text)
        start, stop = position + units(before[:head]), position + units(before)
        end = stop - units(before[len(before) - tail :])
        start = max(position, self.piece_around(start)[0])
        begin, close = self.piece_around(end)
        end = min(stop, close) if begin < end else end
        encoded = _encoded(text)[2 * (start - position) :]
        rest = encoded[: len(encoded) - 2 * (stop - end)]
        return start, end - start, rest.decode("utf-16-le", "surrogatepass")

    def own_text(self, start: int, end: int, text: str) -> str:
        """What the document has from `start` to `end`, where the manuscript has `text`."""
        first, last = self._before(start), self._before(end)
        if first == last and (not first or self._end(first - 1) <= start):
            return text
        encoded, at, parts = _encoded(text), self.to_manuscript(start), list[bytes]()
        if first and self._end(first - 1) > start:
            first -= 1
        done = 0
        for index in range(first, last):
            begin, to = max(start, self._start(index)), min(end, self._end(index))
            place = self._places[index] - at
            parts.append(encoded[2 * done : 2 * place])
            piece = _encoded(self._pieces[index] or "\n")
            parts.append(piece[2 * (begin - self._start(index)) : 2 * (to - self._start(index))])
            done = place
        return b"".join((*parts, encoded[2 * done :])).decode("utf-16-le", "surrogatepass")

    def _start(self, index: int) -> int:
        return self._places[index] + self._sums[index]

    def _end(self, index: int) -> int:
        return self._places[index] + self._sums[index + 1]

    def _sum_up(self) -> None:
        if any(self._pieces):
            lengths = (units(piece) or 1 for piece in self._pieces)
            self._sums = list(accumulate(lengths, initial=0))
        else:
            self._sums = range(len(self._places) + 1)

    def _before(self, position: int) -> int:
        """How many breaks and pieces begin before `position` of the document."""
        if not self._places:
            return 0
        return bisect_left(range(len(self._places)), position, key=self._start)


def _encoded(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _part(text: str, start: int, end: int | None) -> str:
    """The text from `start` to `end`, in UTF-16 units."""
    if text.isascii():
        return text[start:end]
    part = _encoded(text)[2 * start : None if end is None else 2 * end]
    return part.decode("utf-16-le", "surrogatepass")


def cuts(text: str) -> list[int]:
    """Where to break a `text` so that no line of it is longer than `LONGEST`, in UTF-16 units."""
    found: list[int] = []
    if not _has_line_above(LONGEST // 2, text):  # characters, of one or two units
        return found
    begin = 0
    for line in text.split("\n"):
        length = units(line)
        if length > LONGEST:
            place = begin
            for piece in _pieces(line):
                place += units(piece)
                found.append(place)
            del found[-1]
        begin += length + 1
    return found


def _has_line_above(most: int, text: str) -> bool:
    """Whether a line has more than so many characters; few of the line ends are looked at."""
    begin = 0
    while len(text) - begin > most:
        end = text.rfind("\n", begin, begin + most + 1)
        if end < 0:
            return True
        begin = end + 1
    return False


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


def with_ends(text: str, places: list[int]) -> str:
    """`text` with a line end at each of `places`, in UTF-16 units."""
    if not places:
        return text
    if text.isascii():
        ends = [0, *places, len(text)]
        return "\n".join(text[start:end] for start, end in pairwise(ends))
    data = text.encode("utf-16-le", "surrogatepass")
    ends = [0, *(2 * place for place in places), len(data)]
    return "\n".join(
        data[start:end].decode("utf-16-le", "surrogatepass") for start, end in pairwise(ends)
    )
