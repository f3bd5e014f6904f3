"""Cuts a text into parts that fit, at the ends of paragraphs and sentences; nothing gets lost."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

from app.core.documents.letters import is_border

BLOCK = 1 << 20
"""How many characters are counted at once: their tokens travel in one message."""

_STOPS = "。！？｡"
_CLOSERS = "」』”’）】》"
_PARAGRAPH = re.compile(r"\n[^\S\n]*\n\s*")
_LINE = re.compile(r"\n\s*")
_SENTENCE = re.compile(rf"[.!?…]+[\"'”’»)\]]*\s+|[{_STOPS}…]+[{_CLOSERS}]*\s*")
_WORD = re.compile(r"\s+|[，、；：,;]")
_UNIT = re.compile(
    r"(?<![a-z0-9+.-])(?:[a-z][a-z0-9+.-]{1,20}://|www\.)[^\s<>\"”’\u3000-\u9fff\uf900-\uffef]+"
    r"|(?<![a-z0-9.+%_-])[a-z0-9.+%_-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|[+−-]?\d+(?:[.,:;/'’·٫٬．，：／-]\d+|[ \u00a0\u2009\u202f]\d{3}(?!\d))*",
    re.IGNORECASE,
)
"""What is torn only where it alone is too long: addresses, and numbers with their groups."""

_AHEAD = 1000  # characters after a part's end in which the rest of such a one is looked for
_WITHOUT_SPACES = 0x2E80  # from here on come the scripts of East Asia
Spans = Sequence[tuple[int, int]]
"""Beginnings and ends of parts of a text, in order."""

_ENDS = ((_PARAGRAPH, 0.5), (_LINE, 0.5), (_SENTENCE, 0.0), (_WORD, 0.0))
"""Where a part may end, the best first, and how full it must be at least to end there."""


def sentence_at(text: str, place: int) -> tuple[int, int]:
    """Where the sentence of a paragraph begins and ends that `place` is in; at its end, the last.

    The space after a sentence belongs to it.
    """
    start = 0
    for sentence in _SENTENCE.finditer(text):
        if place < sentence.end() or sentence.end() == len(text):
            return start, sentence.end()
        start = sentence.end()
    return start, len(text)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence or line of a text begins and ends; together they are the text.

    The space after one belongs to it, and what is only space at the beginning to the first.
    """
    found = {match.end() for ends in (_LINE, _SENTENCE) for match in ends.finditer(text)}
    spans = list[tuple[int, int]]()
    start = 0
    for end in sorted(found | {len(text)}):
        if text[start:end].strip() or (end == len(text) and start < end and not spans):
            spans.append((start, end))
            start = end
    if spans and start < len(text):
        spans[-1] = (spans[-1][0], len(text))
    return spans


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
    sentence, else with a word, and within a word, number, address or letter with its marks only
    where that alone is too long. `count` gives the tokens of the characters from one place to
    another. What is `whole` is not divided, and is a part by itself where it has more than `limit`
    tokens.
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
    units = [found.span() for found in _UNIT.finditer(text, start, end + _AHEAD)]
    for pattern, fill in _ENDS:
        least = start + max(1, int((end - start) * fill))
        ends = [match.end() for match in pattern.finditer(text, start, end)]
        fits = (one for one in reversed(ends) if _is_end(text, one, whole, units))
        if (found := next(fits, start)) >= least:
            return found
    for apart in (units, ()):
        if (found := _undivided(text, start, end, whole, apart)) > start:
            return found
    span = _divided(end, whole)
    return span[1] if span is not None else end


def _undivided(text: str, start: int, end: int, whole: Spans, units: Spans) -> int:
    """The last end up to this one that divides nothing; not after `start` where there is none."""
    while end > start:
        if (span := _divided(end, whole) or _divided(end, units)) is not None:
            end = span[0]
        elif is_border(text, end):
            return end
        else:
            end -= 1
    return start


def _is_end(text: str, place: int, whole: Spans, units: Spans) -> bool:
    is_whole = _divided(place, whole) is None and _divided(place, units) is None
    return is_whole and is_border(text, place)


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
