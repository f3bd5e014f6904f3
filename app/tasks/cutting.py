"""Cuts a text into parts that fit, at the ends of paragraphs and sentences; nothing gets lost."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

BLOCK = 1 << 20
"""How many characters are counted at once: their tokens travel in one message."""

_STOPS = "。！？｡"
_CLOSERS = "」』”’）】》"
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SENTENCE = re.compile(rf"[.!?…]+[\"'”’»)\]]*\s+|[{_STOPS}…]+[{_CLOSERS}]*\s*")
_WORD = re.compile(r"\s+|[，、；：,;]")
_WITHOUT_SPACES = 0x2E80  # from here on come the scripts of East Asia
Spans = Sequence[tuple[int, int]]
"""Beginnings and ends of parts of a text, in order."""

_ENDS = ((_PARAGRAPH, 0.5), (_LINE, 0.5), (_SENTENCE, 0.0), (_WORD, 0.0))
"""Where a part may end, the best first, and how full it must be at least to end there."""


class Ruler:
    """The tokens of a text from one place in it to another, out of the bytes of each token.

    A piece that is tokenized alone may have a few tokens more than are counted here.
    """

    def __init__(self, text: str, lengths: Sequence[int]) -> None:
        """`lengths` are the bytes of each of the text's tokens."""
        self._ends = list(accumulate(lengths))
        self._places = None if text.isascii() else [0, *accumulate(map(_byte_length, text))]

    def count(self, start: int, end: int) -> int:
        """The tokens of the characters from `start` to `end`, those that are cut included."""
        first = bisect_right(self._ends, self._byte(start))
        last = bisect_right(self._ends, self._byte(end) - 1)
        return min(last + 1, len(self._ends)) - first if end > start else 0

    def _byte(self, place: int) -> int:
        return self._places[place] if self._places is not None else place


def _byte_length(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def cut(
    text: str, limit: int, count: Callable[[int, int], int], whole: Spans = ()
) -> Iterator[str]:
    """Parts of at most `limit` tokens, which are the text when they are joined.

    A part ends with a paragraph if one ends in its second half, else with a line, else with a
    sentence, else with a word, and within a word only where that alone is too long. `count` gives
    the tokens of the characters from one place to another. What is `whole` is not divided, and is
    a part by itself where it has more than `limit` tokens.
    """
    start = 0
    while start < len(text):
        end = _reach(text, start, limit, count)
        if end < len(text):
            end = _best_end(text, start, end, whole)
        yield text[start:end]
        start = end


def _reach(text: str, start: int, limit: int, count: Callable[[int, int], int]) -> int:
    """The last place that is not too far, and at least one character."""
    low, high = start + 1, min(len(text), start + 8 * limit)
    while high < len(text) and count(start, high) <= limit:
        high = min(len(text), start + 2 * (high - start))
    while low < high:
        middle = (low + high + 1) // 2
        if count(start, middle) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _best_end(text: str, start: int, end: int, whole: Spans) -> int:
    for pattern, fill in _ENDS:
        least = start + max(1, int((end - start) * fill))
        ends = [match.end() for match in pattern.finditer(text, start, end)]
        found = next((one for one in reversed(ends) if _divided(one, whole) is None), start)
        if found >= least:
            return found
    if (span := _divided(end, whole)) is None:
        return end
    return span[0] if span[0] > start else span[1]


def _divided(place: int, whole: Spans) -> tuple[int, int] | None:
    """Which of the spans an end at this place would divide."""
    before = bisect_left(whole, place, key=lambda span: span[0])
    return whole[before - 1] if before and place < whole[before - 1][1] else None


def last_sentence_end(text: str) -> int:
    """Where the last sentence or line of `text` ends that is over; 0 where none is."""
    found = (match.end() for ends in (_LINE, _SENTENCE) for match in ends.finditer(text))
    return max(found, default=0)


def spaced(part: str) -> tuple[str, str, str]:
    """The spaces before a part's words, its words, and the spaces after them."""
    words = part.strip()
    if not words:
        return part, "", ""
    begin = part.index(words)
    return part[:begin], words, part[begin + len(words) :]


def seam(before: str, written: str) -> str:
    """What stands between two answers whose parts met without a space.

    Nothing, as in the text itself, but a space where a sentence of a script without spaces was
    answered in one with them.
    """
    if before.rstrip(_CLOSERS)[-1:] not in tuple(_STOPS):
        return ""
    last = next((letter for letter in reversed(written) if letter.isalnum()), "")
    is_spaced = last and ord(last) < _WITHOUT_SPACES
    return " " if is_spaced and written.rstrip(_CLOSERS)[-1:] not in tuple(_STOPS) else ""
