"""Changes of emphasis as changes of content: a span of Markdown is in a change wholly or not."""

from __future__ import annotations

import re
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
    starts = _starts(changes)
    borders = [(one.position, one.end) for one in changes]
    kept = {_in_old(pair, changes, starts) for pair in new_pairs}
    spans = [pair for pair in old_pairs if pair not in kept]
    spans += [
        (_back(begin, changes, starts, 0), _back(end, changes, starts, 1), size)
        for begin, end, size in new_pairs
        if _in_old((begin, end, size), changes, starts) not in old_pairs
    ]
    groups = _joined([*borders, *((begin, end) for begin, end, _size in spans)])
    while (wider := _joined(_widened(one, old_pairs) for one in groups)) != groups:
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


def _starts(changes: Sequence[TextChange]) -> list[int]:
    """Where each change begins in the new text."""
    found, shift = list[int](), 0
    for one in changes:
        found.append(one.position + shift)
        shift += len(one.added) - len(one.removed)
    return found


def _back(place: int, changes: Sequence[TextChange], starts: Sequence[int], side: int) -> int:
    """A place of the new text in the old one; within a change its beginning (0) or end (1)."""
    shift = 0
    for one, start in zip(changes, starts, strict=True):
        if place < start or (place == start and not side):
            break
        if place < start + len(one.added) or (place == start + len(one.added) and side):
            return (one.position, one.end)[side]
        shift = one.end - (start + len(one.added))
    return place + shift


def _in_old(pair: Pair, changes: Sequence[TextChange], starts: Sequence[int]) -> Pair | None:
    """Where a span of the new text is in the old one; None if one of its marks is not."""
    begin, end, size = pair
    for one, start in zip(changes, starts, strict=True):
        stop = start + len(one.added)
        for first, last in ((begin, begin + size), (end - size, end)):
            if one.added and start < last and first < stop:
                return None
            if not one.added and first < start < last:
                return None
    first = _outside(begin, changes, starts)
    last = _outside(end - size, changes, starts) + size
    return first, last, size


def _outside(place: int, changes: Sequence[TextChange], starts: Sequence[int]) -> int:
    """A place of the new text that is in no change, in the old one: behind those that end there."""
    shift = 0
    for one, start in zip(changes, starts, strict=True):
        if start + len(one.added) > place:
            break
        shift = one.end - (start + len(one.added))
    return place + shift


def _widened(group: tuple[int, int], pairs: Sequence[Pair]) -> tuple[int, int]:
    """A range, made so wide that it has both marks or none of each span that it reaches into."""
    begin, end = group
    for first, last, size in pairs:
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
