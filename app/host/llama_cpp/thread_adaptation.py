"""Live thread adaptation: fewer threads while other programs keep the processor busy.

The threads of a step wait for each other hundreds of times. When the system gives one of their
cores to another program, all of them wait for it, and a step takes up to fifty times as long with
two threads as with one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from app.host.llama_cpp.thread_levels import SHORTEST_LIMIT_S, Clock, ThreadLevels

SMALL = 16
"""Batches of up to this many rows are steps: takes side by side, drafts, the shortest prompts."""

_UNKNOWN = 3.0  # times the most that a batch of an unknown kind should take


class ThreadAdaptation:
    """Sets the threads before each batch, and learns from how long it took.

    `apply` sets the number of threads; `step_s` are the usual seconds of a single step by number of
    threads and `row_s` those of a prompt's row with all `threads`, where they were measured. Steps
    and prompt chunks are adapted apart, for in a long chunk the threads seldom wait. While it
    `is_fixed` all threads are used.
    """

    def __init__(
        self,
        apply: Callable[[int], None],
        threads: int,
        step_s: Mapping[int, float] | None = None,
        row_s: float = 0.0,
        *,
        clock: Clock = time.perf_counter,
    ) -> None:
        levels = levels_of(threads)
        self._apply = apply
        self._steps = ThreadLevels(levels, clock, kind=1, usual_s=step_s or {}, curious=True)
        self._chunks = ThreadLevels(levels, clock)
        self._row_s = row_s
        self._most = threads
        self.threads = threads
        self.is_fixed = False

    @property
    def adapts(self) -> bool:
        """Whether there is anything to choose from."""
        return self._most > 1 and not self.is_fixed

    def begin(self, rows: int, depth: int) -> float:
        """Set the threads for a batch at position `depth`.

        Returns the seconds after which it should be given up; 0 for never.
        """
        ladder = self._ladder(rows)
        self._use(self._most if self.is_fixed else ladder.threads)
        if not self.adapts or ladder.is_lowest:
            return 0.0
        if known := ladder.limit(_kind(rows), depth):
            return max(SHORTEST_LIMIT_S, known * _weight(rows))
        expected = rows * (self._row_s if rows > SMALL and self._row_s else self._steps.usual_s(1))
        return max(SHORTEST_LIMIT_S, _UNKNOWN * expected) if expected else 0.0

    def took(self, rows: int, depth: int, seconds: float) -> None:
        """Learn from a batch that was computed."""
        if self.adapts:
            self._ladder(rows).took(_kind(rows), depth, seconds / _weight(rows))

    def stalled(self, rows: int) -> None:
        """Take fewer threads, for the batch was given up."""
        self._ladder(rows).stalled(_kind(rows))

    def _ladder(self, rows: int) -> ThreadLevels:
        return self._steps if rows <= SMALL else self._chunks

    def _use(self, threads: int) -> None:
        if threads != self.threads:
            self.threads = threads
            self._apply(threads)


def levels_of(threads: int) -> tuple[int, ...]:
    """The numbers of threads to fall back to: all, all but one, then halves down to one."""
    levels = [threads, threads - 1] if threads > 2 else [threads]
    half = threads // 2
    while half >= 1:
        if half < levels[-1]:
            levels.append(half)
        half //= 2
    return tuple(levels)


def _kind(rows: int) -> int:
    """Batches of one kind cost the same, or the same per row: of equally or about as many rows."""
    return rows if rows <= SMALL else -rows.bit_length()


def _weight(rows: int) -> int:
    return 1 if rows <= SMALL else rows
