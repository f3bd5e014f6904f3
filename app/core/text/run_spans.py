"""Spans that cover a text without a gap, each with what is known of its part.

The spans lie on both sides of a gap at the last change: those before it are counted from the
text's beginning, those after it from its end. A change there touches the spans beside the gap
alone, however many there are; one elsewhere moves the gap first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

import msgspec


class SpanRun(Protocol):
    """`length` units of a text that are alike, or belong together."""

    @property
    def length(self) -> int:
        """How many UTF-16 units it has."""

    def cut(self: R, start: int, end: int) -> R:
        """The units of it from `start` to `end`."""

    def longer(self: R, by: int) -> R:
        """The run with so many more units at its end."""

    def joins(self: R, following: R) -> bool:
        """Whether `following`, right after it, is the same span going on."""


R = TypeVar("R", bound=SpanRun)


class RunSpan(msgspec.Struct, Generic[R], frozen=True):
    """A run at its place, in units of the text."""

    start: int
    run: R

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + self.run.length


def joined(runs: Iterable[R]) -> tuple[R, ...]:
    """The runs without empty ones, and neighbours that go on as one."""
    found: list[R] = []
    for run in runs:
        if run.length:
            _append(found, run)
    return tuple(found)


def length_of(runs: Iterable[SpanRun]) -> int:
    """How many units the runs have."""
    return sum(run.length for run in runs)


def cut(runs: Iterable[R], start: int, end: int) -> tuple[R, ...]:
    """The part of the runs from `start` to `end`, in units."""
    found, at = list[R](), 0
    for run in runs:
        first, last = max(start - at, 0), min(end - at, run.length)
        if first < last:
            found.append(run.cut(first, last))
        at += run.length
        if at >= end:
            break
    return tuple(found)


def _append(runs: list[R], run: R) -> None:
    if runs and runs[-1].joins(run):
        runs[-1] = runs[-1].longer(run.length)
    else:
        runs.append(run)


class RunSpans(Generic[R]):
    """The spans of a text of so many units; positions count units."""

    def __init__(self, runs: Iterable[R] = ()) -> None:
        self._before: list[R] = []
        self._starts: list[int] = []  # of those before the gap, from the beginning
        self._after: list[R] = []  # the last of the text first
        self._ends: list[int] = []  # from where each of them begins to the text's end
        self._gap = self._rest = 0  # units before and after it
        for run in joined(runs):
            self._push(run)

    def __len__(self) -> int:
        return self._gap + self._rest

    def __iter__(self) -> Iterator[RunSpan[R]]:
        return self.between(0, len(self))

    @property
    def count(self) -> int:
        """How many spans there are."""
        return len(self._before) + len(self._after)

    @property
    def runs(self) -> tuple[R, ...]:
        """All of them, as one tuple."""
        return joined((*self._before, *reversed(self._after)))

    def at(self, position: int) -> RunSpan[R] | None:
        """The span that the unit after `position` is in, at the end the last; None for no text."""
        if not len(self):
            return None
        return next(self.between(min(max(position, 0), len(self) - 1), len(self)))

    def between(self, start: int, end: int) -> Iterator[RunSpan[R]]:
        """The spans of which a part lies from `start` to `end`, each whole."""
        if start >= end:
            return
        if start < min(end, self._gap):
            for index in range(bisect_right(self._starts, start) - 1, len(self._before)):
                if self._starts[index] >= end:
                    return
                yield RunSpan(self._starts[index], self._before[index])
        total = len(self)
        if end <= self._gap or not self._after:
            return
        first = bisect_left(self._ends, total - max(start, self._gap))
        for index in range(min(first, len(self._after) - 1), -1, -1):
            begin = total - self._ends[index]
            if begin >= end:
                return
            yield RunSpan(begin, self._after[index])

    def cut(self, start: int, end: int) -> tuple[R, ...]:
        """What the units from `start` to `end` are."""
        return joined(
            span.run.cut(max(start - span.start, 0), min(end - span.start, span.run.length))
            for span in self.between(start, end)
        )

    def replace(self, position: int, removed: int, added: Iterable[R]) -> tuple[R, ...]:
        """Put `added` in the place of `removed` units; returns what those were.

        Raises ValueError where there are not so many.
        """
        if position < 0 or removed < 0 or position + removed > len(self):
            raise ValueError(position, removed)
        self._move_to(position)
        taken = self._take(removed)
        for run in added:
            if run.length:
                self._push(run)
        self._close_gap()
        return taken

    # The gap

    def _push(self, run: R) -> None:
        """Put a run before the gap."""
        before = self._before
        if before and before[-1].joins(run):
            before[-1] = before[-1].longer(run.length)
        else:
            before.append(run)
            self._starts.append(self._gap)
        self._gap += run.length

    def _put_after(self, run: R) -> None:
        """Put a run after the gap."""
        self._after.append(run)
        self._rest += run.length
        self._ends.append(self._rest)

    def _move_to(self, position: int) -> None:
        """Have the gap at `position`, and a span end there.

        No two runs beside the gap are one before, so those that it passes are moved as they are.
        """
        before, starts, after, ends = self._before, self._starts, self._after, self._ends
        while starts and starts[-1] >= position:
            run, self._gap = before.pop(), starts.pop()
            self._put_after(run)
        while after and self._gap + after[-1].length <= position:
            run = after.pop()
            ends.pop()
            before.append(run)
            starts.append(self._gap)
            self._gap += run.length
            self._rest -= run.length
        if self._gap > position:
            run, self._gap = before.pop(), starts.pop()
            self._put_after(run.cut(position - self._gap, run.length))
            self._push(run.cut(0, position - self._gap))
        elif self._gap < position:
            for run in self._pull(position - self._gap):
                self._push(run)

    def _pull(self, most: int) -> tuple[R, ...]:
        """Take the run after the gap away, or `most` units of it."""
        run = self._after.pop()
        self._ends.pop()
        self._rest -= run.length
        if run.length <= most:
            return (run,)
        self._put_after(run.cut(most, run.length))
        return (run.cut(0, most),)

    def _take(self, removed: int) -> tuple[R, ...]:
        taken: list[R] = []
        while removed:
            for run in self._pull(removed):
                removed -= run.length
                taken.append(run)
        return joined(taken)

    def _close_gap(self) -> None:
        """Make one span of the two beside the gap, where they are."""
        if self._before and self._after and self._before[-1].joins(self._after[-1]):
            for run in self._pull(self._rest):
                self._push(run)
