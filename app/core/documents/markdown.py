"""What of a line is Markdown: headings, emphasis, lists, quotes, links, code; for colouring it.

A light reading, line by line and in linear time, of what writers use; no parser of Markdown.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

MARK, EMPHASIS, STRONG, STRIKE, CODE, LINK, HEADING, QUOTE, LIST, COMMENT = (
    1 << bit for bit in range(10)
)
"""What a part of a line is; several together are the sum. MARK is a sign that is no text itself."""

Span = tuple[int, int, int]
"""From and to in characters, and what is between."""

_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_RULE = re.compile(r"\s{0,3}([*_-])(?:\s*\1){2,}\s*")
_HEADING = re.compile(r" {0,3}#{1,6}(?=\s|$)")
_QUOTE = re.compile(r" {0,3}(?:>\s?)+")
_LIST = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?=\s)")
_INLINE = re.compile(r"[*_`~\[]")
_TOKEN = re.compile(r"\\[!-/:-@\[-`{-~]|`+|\*+|_+|~~|\[|\](?:\([^()\s]*(?:\s\"[^\"()]*\")?\))?")
_DEEPEST = 32  # marks within marks


def is_fence(line: str) -> bool:
    """Whether a line begins or ends a block of code."""
    return _FENCE.match(line) is not None


def line_spans(line: str, kind: int = 0) -> tuple[list[Span], int]:
    """The parts of a line that are Markdown, and the kind that all of the line is.

    With `kind`, the line goes on with one of that kind. Parts may lie within each other.
    """
    spans: list[Span] = []
    begin = 0
    if not kind:
        begin, kind = _start(line, spans)
    if kind:
        spans.append((0, len(line), kind))
    if _INLINE.search(line, begin):
        spans += _inline(line, begin)
    return spans, kind


def _start(line: str, spans: list[Span]) -> tuple[int, int]:
    """Where the text of a line begins, after the sign of its kind, and its kind."""
    first = line[:1]
    if first in "*_- \t" and _RULE.fullmatch(line):
        spans.append((0, len(line), MARK))
        return len(line), 0
    for pattern, mark, kind in ((_HEADING, MARK, HEADING), (_QUOTE, MARK, QUOTE), (_LIST, LIST, 0)):
        if found := pattern.match(line):
            spans.append((0, found.end(), mark))
            return found.end(), kind
    return 0, 0


def _inline(line: str, begin: int) -> Iterator[Span]:
    codes = _codes(line, begin)
    openers: list[tuple[str, int, int]] = []  # sign, how many are left, where they end
    end = begin
    for token in _TOKEN.finditer(line, begin):
        start, sign = token.start(), token[0][0]
        if start < end or sign == "\\":
            continue
        if sign == "`":
            end = codes.get(start, end)
            if end > start:
                yield (start, end, CODE)
        elif sign == "[":
            _push(openers, sign, 1, token.end())
        elif sign == "]":
            yield from _link(openers, token)
        else:
            yield from _emphasis(line, openers, token)


def _codes(line: str, begin: int) -> dict[int, int]:
    """Where each code begins and ends: at the next run of as many backticks."""
    runs: dict[int, list[re.Match[str]]] = defaultdict(list)
    for run in re.finditer("`+", line[begin:]):
        runs[len(run[0])].append(run)
    found = {}
    for same in runs.values():
        for one, other in pairwise(same):
            found[begin + one.start()] = begin + other.end()
    return found


def _push(openers: list[tuple[str, int, int]], sign: str, count: int, end: int) -> None:
    if len(openers) < _DEEPEST:
        openers.append((sign, count, end))


def _opener(openers: list[tuple[str, int, int]], sign: str) -> tuple[str, int, int] | None:
    """Take the last opener of that sign, and all after it."""
    for index in range(len(openers) - 1, -1, -1):
        if openers[index][0] == sign:
            found = openers[index]
            del openers[index:]
            return found
    return None


def _link(openers: list[tuple[str, int, int]], token: re.Match[str]) -> Iterator[Span]:
    opener = _opener(openers, "[")
    if opener is not None and len(token[0]) > 1:
        yield (opener[2] - 1, opener[2], MARK)
        yield (opener[2], token.start(), LINK)
        yield (token.start(), token.end(), MARK)


def _emphasis(
    line: str, openers: list[tuple[str, int, int]], token: re.Match[str]
) -> Iterator[Span]:
    """Close what this run of signs can close, and let the rest open."""
    sign, count, start = token[0][0], len(token[0]), token.start()
    before, after = line[start - 1 : start], line[token.end() : token.end() + 1]
    is_word = sign == "_"  # within a word it is a letter
    closes = bool(before.strip()) and not (is_word and after.isalnum())
    opens = bool(after.strip()) and not (is_word and before.isalnum())
    while closes and count and (opener := _opener(openers, sign)) is not None:
        _sign, left, end = opener
        used = min(2, count, left)
        kind = STRIKE if sign == "~" else STRONG if used == 2 else EMPHASIS
        yield (end - used, end, MARK)
        yield (end, start, kind)
        yield (start, start + used, MARK)
        start, count = start + used, count - used
        if left > used:
            openers.append((sign, left - used, end - used))
    if opens and count:
        _push(openers, sign, count, token.end())


def flattened(spans: list[Span]) -> Iterator[Span]:
    """The same parts side by side, each with everything that it is."""
    events = sorted(
        event
        for start, end, kind in spans
        if start < end
        for event in ((start, 1, kind), (end, -1, kind))
    )
    counts: dict[int, int] = defaultdict(int)
    at = 0
    for place, step, kind in events:
        now = 0
        for one, count in counts.items():
            now |= one * bool(count)
        if place > at and now:
            yield (at, place, now)
        at = place
        counts[kind] += step
