"""The surprise of a text that is being written: found while it is edited, and kept where it can be.

What is scored is scored as it was at that moment; an edit takes the numbers of what it touches
away at once, moves those behind it, and leaves the others as they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

import msgspec

from app.core.interpretability.surprise import SurpriseRun, SurpriseSum
from app.core.text.run_spans import RunSpan, RunSpans
from app.core.text.words import makes_words

_NEAR = 64  # units on either side of a change in which the words lie that it makes others


class _Snapshot(msgspec.Struct, frozen=True):
    """Units that stand as they were at `offset` when a scoring began; -1 for newer ones."""

    length: int
    offset: int = -1

    def cut(self, start: int, end: int) -> _Snapshot:
        return _Snapshot(end - start, self.offset + start if self.offset >= 0 else -1)

    def longer(self, by: int) -> _Snapshot:
        return _Snapshot(self.length + by, self.offset)

    def joins(self, following: _Snapshot) -> bool:
        if self.offset < 0 or following.offset < 0:
            return self.offset == following.offset
        return self.offset + self.length == following.offset


class SurpriseMap:
    """The numbers of a text of so many units; positions count units."""

    def __init__(self, length: int = 0) -> None:
        self.clear(length)

    def clear(self, length: int) -> None:
        """Another text, or none of its numbers any more."""
        self.spans = RunSpans((SurpriseRun(length),))
        self.total = SurpriseSum()
        self._snapshot: RunSpans[_Snapshot] | None = None

    @property
    def has_numbers(self) -> bool:
        """Whether anything is scored."""
        return self.total.tokens > 0

    @property
    def needs_changes(self) -> bool:
        """Whether it has to be told of changes."""
        return self._snapshot is not None or self.spans.count > 1

    def begin(self) -> None:
        """The text is scored as it is now."""
        self._snapshot = RunSpans((_Snapshot(len(self.spans), 0),))

    def end(self) -> None:
        """Nothing more comes of what was begun."""
        self._snapshot = None

    def put(self, runs: Iterable[tuple[int, SurpriseRun]]) -> None:
        """Take runs up, in order, each with its place in the text as it was at `begin`.

        Those of which anything has changed since are left out.
        """
        if self._snapshot is None:
            return
        kept = [span for span in self._snapshot if span.run.offset >= 0]
        offsets = [span.run.offset for span in kept]
        for place, run in runs:
            index = bisect_right(offsets, place) - 1
            if index < 0:
                continue
            span = kept[index]
            if place + run.length <= span.run.offset + span.run.length:
                self._set(span.start + place - span.run.offset, run.length, run)

    def follow(self, position: int, removed: int, added: int, left: str, right: str) -> None:
        """At `position`, `removed` units were replaced by `added` ones.

        `left` and `right` are some of the text on either side of the `added` one and all of that,
        each with at most so many letters as `around` says.
        """
        before, after = torn_words(left, right, added)
        start, end = position - before, position + removed + after
        self._set(start, end - start, SurpriseRun(before + added + after))
        if self._snapshot is not None:
            self._snapshot.replace(start, end - start, (_Snapshot(before + added + after),))

    def _set(self, start: int, length: int, run: SurpriseRun) -> None:
        """Put `run` in the place of units; tokens that they are a part of lose their numbers."""
        end = start + length
        first, last = start, end
        for place in {start, max(start, end - 1)}:
            span = self.spans.at(place) if place < len(self.spans) else None
            if span is None or span.run.surprise < 0:
                continue
            if span.start < start or (length and span.end > end):  # only a part of it is replaced
                first, last = min(first, span.start), max(last, span.end)
        added = (SurpriseRun(start - first), run, SurpriseRun(last - end))
        self.total.add(self.spans.replace(first, last - first, added), -1)
        self.total.add(added)

    def between(self, start: int, end: int) -> Iterator[RunSpan[SurpriseRun]]:
        """The runs of which a part lies from `start` to `end`, each whole."""
        return self.spans.between(start, end)

    def at(self, position: int) -> SurpriseRun | None:
        """What the unit after `position` is in, if that has a number."""
        span = self.spans.at(position) if position < len(self.spans) else None
        return span.run if span is not None and span.run.surprise >= 0 else None

    def is_new(self, start: int, end: int) -> bool:
        """Whether none of it was scored yet, or tried."""
        found = (span.run for span in self.spans.between(start, end))
        return not any(run.surprise >= 0 or run.is_tried for run in found)

    def try_all(self, start: int, end: int) -> None:
        """Remember that it is being scored."""
        self._set(start, end - start, SurpriseRun(end - start, is_tried=True))


NEAR = _NEAR
"""How many letters `follow` is told at most on either side of a change."""


def torn_words(left: str, right: str, added: int) -> tuple[int, int]:
    """How many units of words on both sides become parts of another word by a change.

    `left` is what stands before it; `right` are the `added` units, and what follows.
    """
    data = right.encode("utf-16-le", "surrogatepass")
    text = data[: added * 2].decode("utf-16-le", "surrogatepass")
    rest = data[added * 2 :].decode("utf-16-le", "surrogatepass")
    before = after = 0
    if left and _is_letter(left[-1]) and _is_letter((text + rest)[:1]):
        before = len(left) - len(left.rstrip(_letters(left)))
    if rest and _is_letter(rest[0]) and _is_letter((left + text)[-1:]):
        after = len(rest) - len(rest.lstrip(_letters(rest)))
    return before, after


def _is_letter(sign: str) -> bool:
    return bool(sign) and makes_words(sign)


def _letters(text: str) -> str:
    return "".join({sign for sign in text if _is_letter(sign)})
