"""Changes of emphasis as changes of content: a span of Markdown is in a change wholly or not."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from app.core.changes.compare import TextChange, applied

_MARK = re.compile(r"\\.|`+|\*{1,3}|_{1,3}|~~", re.DOTALL)
_BREAK = re.compile(r"\n[^\S\n]*\n")

Pair = tuple[int, int, int]
"""Where a span begins and ends, with its marks, and how long each of the two marks is."""


def with_whole_spans(
    text: str, changes: Sequence[TextChange], authors: Sequence[str]
) -> tuple[tuple[TextChange, ...], tuple[str, ...]]:
    """The changes, joined so that none has one of a span's two marks alone, and their authors.

    What is joined is the first one's. Marks of a changed span that must not stand within a word
    become those that may.
    """
    new = applied(text, changes)
    old_pairs, new_pairs = list(_pairs(text)), list(_pairs(new))
    if not old_pairs and not new_pairs:
        return tuple(changes), tuple(authors)
    places = _Places(changes)
    borders = [(one.position, one.end) for one in changes]
    known = set(old_pairs)
    in_old = [places.pair_in_old(pair) for pair in new_pairs]
    kept = set(in_old)
    spans = [pair for pair in old_pairs if pair not in kept]
    spans += [
        (places.back(begin, 0), places.back(end, 1), size)
        for (begin, end, size), old in zip(new_pairs, in_old, strict=True)
        if old not in known
    ]
    groups = _joined([*borders, *((begin, end) for begin, end, _size in spans)])
    old_pairs.sort()
    longest = max((end - begin for begin, end, _size in old_pairs), default=0)
    while (wider := _joined(_widened(one, old_pairs, longest) for one in groups)) != groups:
        groups = wider
    return _as_changes(text, new, groups, changes, authors)


def _as_changes(
    text: str,
    new: str,
    groups: Sequence[tuple[int, int]],
    changes: Sequence[TextChange],
    authors: Sequence[str],
) -> tuple[tuple[TextChange, ...], tuple[str, ...]]:
    found, whose, shift, number = list[TextChange](), list[str](), 0, 0
    for begin, end in groups:
        first, before = number, shift
        while number < len(changes) and changes[number].end <= end:
            shift += len(changes[number].added) - len(changes[number].removed)
            number += 1
        one = TextChange(begin, text[begin:end], new[begin + before : end + shift])
        if number > first:
            found.append(TextChange(begin, _plain(one.removed), _plain(one.added)))
            whose.append(authors[first])
    return tuple(found), tuple(whose)


def _pairs(text: str) -> Iterator[Pair]:
    """The spans of emphasis and code of each paragraph."""
    begin = 0
    for found in (*_BREAK.finditer(text), None):
        end = found.start() if found is not None else len(text)
        for first, last, size in _pairs_of(text[begin:end]):
            yield begin + first, begin + last, size
        begin = found.end() if found is not None else end


def _pairs_of(text: str) -> Iterator[Pair]:
    is_open: list[tuple[str, int]] = []
    code = ""
    for found in _MARK.finditer(text):
        mark, at = found[0], found.start()
        before, after = text[at - 1 : at], text[found.end() : found.end() + 1]
        if (code and mark != code) or mark[0] == "\\":
            continue
        marks = [one for one, _at in is_open]
        is_inside = mark[0] == "_" and before.isalnum() and after.isalnum()
        if mark in marks and (code or (before and not before.isspace())) and not is_inside:
            place = len(marks) - 1 - marks[::-1].index(mark)
            yield is_open[place][1], found.end(), len(mark)
            del is_open[place:]
            code = ""
        elif after and not after.isspace() and not (mark[0] == "_" and before.isalnum()):
            is_code = mark[0] == "`"
            if is_code and text.find(mark, found.end()) < 0:
                continue
            is_open.append((mark, at))
            code = mark if is_code else ""


class _Places:
    """Where places of the new text are in the old one, by changes that are in order."""

    def __init__(self, changes: Sequence[TextChange]) -> None:
        self._changes = changes
        self._starts, self._stops = list[int](), list[int]()  # of each in the new text
        shift = 0
        for one in changes:
            self._starts.append(one.position + shift)
            shift += len(one.added) - len(one.removed)
            self._stops.append(one.end + shift)

    def back(self, place: int, side: int) -> int:
        """A place of the new text in the old one; within a change its beginning (0) or end (1)."""
        first = (bisect_right, bisect_left)[side](self._stops, place)
        following = (bisect_left, bisect_right)[side](self._starts, place)
        if first < following:
            one = self._changes[first]
            return (one.position, one.end)[side]
        return place + self._shift(following)

    def pair_in_old(self, pair: Pair) -> Pair | None:
        """Where a span of the new text is in the old one; None if one of its marks is not."""
        begin, end, size = pair
        if self._reaches_into(begin, begin + size) or self._reaches_into(end - size, end):
            return None
        return self._outside(begin), self._outside(end - size) + size, size

    def _reaches_into(self, first: int, last: int) -> bool:
        """Whether a change has put in some of a mark of the new text, or parted it."""
        numbers = range(bisect_left(self._stops, first), bisect_left(self._starts, last))
        return any(
            self._stops[at] > first if self._changes[at].added else self._starts[at] > first
            for at in numbers
        )

    def _outside(self, place: int) -> int:
        """A place that is in no change, in the old text: behind those that end there."""
        return place + self._shift(bisect_right(self._stops, place))

    def _shift(self, number: int) -> int:
        """What so many changes have moved what follows them by, from the new text to the old."""
        return self._changes[number - 1].end - self._stops[number - 1] if number else 0


def _widened(group: tuple[int, int], pairs: Sequence[Pair], longest: int) -> tuple[int, int]:
    """A range, made so wide that it has both marks or none of each span that it reaches into.

    The `pairs` are in order, and none is longer than `longest`.
    """
    begin, end = group
    near = range(bisect_left(pairs, (begin - longest, 0, 0)), bisect_left(pairs, (end, 0, 0)))
    for first, last, size in (pairs[at] for at in near):
        has_first = begin < first + size and end > first
        has_last = begin < last and end > last - size
        if has_first or has_last:
            begin, end = min(begin, first), max(end, last)
    return begin, end


def _joined(ranges: Iterator[tuple[int, int]] | Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(ranges):
        if found and begin <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((begin, end))
    return found


def _plain(text: str) -> str:
    """The text with stars for the low lines of its spans: those hold within a word as well."""
    letters = list(text)
    for begin, end, size in _pairs(text):
        if text[begin] == "_":
            letters[begin : begin + size] = letters[end - size : end] = "*" * size
    return "".join(letters)
