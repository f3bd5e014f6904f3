"""Saving an edited text so that the lines which were not edited keep their bytes.

A file's line ends, doubled marks and unusual byte sequences are not in the text of the page. The
file's lines are compared with the text's, and an unchanged line is written as it was read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from app.core.documents.encodings import ENCODINGS, decode_as, encode_as, mark_of
from app.core.documents.normalise import normalise

_ENDS = re.compile("\r\n|[\r\n\u2028\u2029]")
_ENDS_KEPT = re.compile(f"({_ENDS.pattern})")
_BYTE_ENDS = re.compile(b"(\r\n|[\r\n])")
_DEEPEST = 12  # how often the parts between unique lines are split again
_EXACT = 250_000  # pairs of lines in a gap up to which difflib compares them


class FileLine(NamedTuple):
    """A line of a file: its text on the page, its own bytes, and those of its line end."""

    text: str
    content: bytes
    end: bytes


def merged(data: bytes, encoding: str, text: str, newline: str) -> bytes:
    """The file for `text`, where `data` is what was read: unedited lines keep their bytes.

    Takes time linear in the lengths. `text` has line feeds only; new lines end in `newline`.
    Raises UnicodeEncodeError for a letter outside the encoding.
    """
    former = normalise(decode_as(data, encoding))
    if text == former:
        return data
    mark = mark_of(encoding)
    if mark + encode_as(former.replace("\n", newline), encoding) == data:
        return mark + encode_as(text.replace("\n", newline), encoding)
    raw = decode_as(data, encoding).lstrip("\ufeff")
    old, new = _lines(raw, data, encoding), text.split("\n")
    partners = align([line.text for line in old], new)
    ending, lone, feed = (encode_as(one, encoding) for one in (newline, "\r", "\n"))
    parts = [_marks(data, encoding)]
    for number, (line, partner) in enumerate(zip(new, partners, strict=True)):
        kept = old[partner] if partner >= 0 else None
        is_same = kept is not None and kept.text == line
        content = kept.content if kept and is_same else encode_as(line, encoding)
        end = ((kept.end if kept else b"") or ending) if number < len(new) - 1 else b""
        if not content and parts[-1] == lone and end == feed:
            end = lone + feed  # with the CR before it, a LF alone would be one line end
        parts += (content, end) if content else (end,)
    return b"".join(parts)


def align(old: Sequence[str], new: Sequence[str]) -> list[int]:
    """For each new line the old one that it is or was edited from; -1 for one that was added.

    Equal lines at both ends first, then lines that are unique on both sides, in the longest order
    that both share (patience difference), then by position.
    """
    partners = [-1] * len(new)
    spans = [(0, len(old), 0, len(new), 0)]
    while spans:
        a, a_end, b, b_end, depth = spans.pop()
        while a < a_end and b < b_end and old[a] == new[b]:
            partners[b] = a
            a, b = a + 1, b + 1
        while a < a_end and b < b_end and old[a_end - 1] == new[b_end - 1]:
            a_end, b_end = a_end - 1, b_end - 1
            partners[b_end] = a_end
        if a == a_end or b == b_end:
            continue
        anchors = _unique(old[a:a_end], new[b:b_end]) if depth < _DEEPEST else []
        if not anchors:
            _fill_gap(partners, old[a:a_end], new[b:b_end], a, b)
            continue
        stops = [*anchors, (a_end - a, b_end - b)]
        for (i, j), (k, m) in zip([(0, 0), *anchors], stops, strict=True):
            spans.append((a + i, a + k, b + j, b + m, depth + 1))
    return partners


def _unique(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of lines that are there once on both sides, in the longest common order."""
    once = {line for line, times in Counter(old).items() if times == 1}
    twice = Counter(line for line in new if line in once)
    places = {line: at for at, line in enumerate(old) if line in once}
    pairs = [(places[line], at) for at, line in enumerate(new) if twice[line] == 1]
    return _rising(pairs)


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of `pairs`, in order of their second, whose first rise."""
    ends: list[int] = []
    last: list[int] = []
    before: list[int] = []
    for at, (value, _) in enumerate(pairs):
        place = bisect_left(ends, value)
        before.append(last[place - 1] if place else -1)
        ends[place : place + 1] = [value]
        last[place : place + 1] = [at]
    found: list[tuple[int, int]] = []
    at = last[-1] if last else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _fill_gap(partners: list[int], old: Sequence[str], new: Sequence[str], a: int, b: int) -> None:
    """Pair what has no unique line: exactly where that is cheap, else by position."""
    blocks = [(0, len(old), 0, len(new))]
    if len(old) != len(new) and len(old) * len(new) <= _EXACT:
        from difflib import SequenceMatcher

        steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        blocks = [step[1:] for step in steps if step[0] != "insert"]
    for i, i_end, j, j_end in blocks:
        height, width = i_end - i, j_end - j
        for k in range(min(height, width) - (height != width)):
            partners[b + j + k] = a + i + k
        if height and width and height != width:
            partners[b + j_end - 1] = a + i_end - 1


def _lines(text: str, data: bytes, encoding: str) -> list[FileLine]:
    """The lines of a file whose text without marks is `text`; the last has no end."""
    codec = ENCODINGS[encoding].codec
    if data.endswith(text.encode(codec)):
        pieces = _split(text)
        ends = {end: end.encode(codec) for _, end in pieces}
        return [FileLine(normalise(one), one.encode(codec), ends[end]) for one, end in pieces]
    # Several byte sequences stand for one character: only the bytes themselves are exact.
    return [
        FileLine(normalise(content.decode(codec, "replace")), content, end)
        for content, end in _split_bytes(data.removeprefix(_marks(data, encoding)))
    ]


def _marks(data: bytes, encoding: str) -> bytes:
    """The marks that a file begins with: more than one where marked files were joined."""
    text = decode_as(data, encoding)
    more = "\ufeff" * (len(text) - len(text.lstrip("\ufeff")))
    mark = mark_of(encoding)
    return (mark if data.startswith(mark) else b"") + (encode_as(more, encoding) if more else b"")


def _split(text: str) -> list[tuple[str, str]]:
    pieces = _ENDS_KEPT.split(text)
    return list(zip(pieces[::2], [*pieces[1::2], ""], strict=True))


def _split_bytes(body: bytes) -> list[tuple[bytes, bytes]]:
    pieces = _BYTE_ENDS.split(body)
    return list(zip(pieces[::2], [*pieces[1::2], b""], strict=True))
