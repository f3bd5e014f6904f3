"""One batch out of the rows of several jobs: what fits into it, and who goes when nothing does."""

from __future__ import annotations

import time
from collections.abc import Sequence as ListOf
from typing import cast

from app.core.errors import LampblackError
from app.core.memory_fit.demand import OUTPUTS
from app.host.generation.decode_loop import ContextFullError
from app.host.interface import Answer, PreemptedError, Rows
from app.host.llama_cpp.context import BatchAbortedError, Context, StalledError
from app.host.llama_cpp.decoding import LlamaRows
from app.host.llama_cpp.prefix_cache import LlamaPrefixCache

_BESIDE_S = 0.05
"""How long a batch may take in which prompts are read beside jobs that write."""

_TOGETHER_S = 0.25
"""How long one may take in which several prompts are read: a cancel waits for its end."""

_LEAST = 16
"""The fewest rows of prompts in a batch with others."""

_Part = list[tuple[LlamaRows, int]]


class LlamaBatcher:
    """Computes the rows of jobs, in one batch if there are several."""

    def __init__(self, context: Context, cache: LlamaPrefixCache) -> None:
        self._context = context
        self._cache = cache
        self._row_s = 0.0
        self._left_out: set[LlamaRows] = set()

    def compute(self, wanted: ListOf[Rows]) -> list[Answer]:
        """Compute rows, the most important first, and answer each.

        None is the answer for those that did not fit into the batch. Where the memory has no room
        for all, jobs at the end of the list lose theirs.
        """
        rows = cast("list[LlamaRows]", [*wanted])
        found: dict[LlamaRows, Answer] = {}
        while left := [one for one in rows if one not in found]:
            part = self._part(left)
            try:
                going = self._decode(part)
            except ContextFullError as error:
                found |= self._without_room(left, error)
            except LampblackError as error:
                found |= dict.fromkeys(left, error)
            else:
                taken = {one for one, _count in part}
                found |= {one: going if one in taken else None for one in left}
        return [found[one] for one in rows]

    def release(self, rows: Rows) -> None:
        """Free the memory of the sequences that `rows` lengthen."""
        for sequence in cast(LlamaRows, rows).sequences:
            self._context.truncate(sequence.id, 0)
            sequence.length = 0

    def _without_room(
        self, left: list[LlamaRows], error: ContextFullError
    ) -> dict[LlamaRows, Answer]:
        """Who goes: guesses first, then the last in the list, if there are others."""
        for one in left:
            if one.has_drafts:
                return {one: error}
        loser = left[-1]
        if len(left) == 1:
            return {loser: error}
        self.release(loser)
        return {loser: PreemptedError()}

    def _part(self, rows: list[LlamaRows]) -> _Part:
        """What comes into the next batch: a whole slice of a single job, or some of each."""
        if len(rows) == 1:
            return [(rows[0], rows[0].most(self._context.slices))]
        room, outputs, part = self._context.chunk, OUTPUTS, _Part()
        # those that found no room in the last batch come first, or they might never find any
        for one in sorted(rows, key=lambda one: one not in self._left_out):
            if one.is_whole and (one.count <= min(room, outputs) or not part):
                part.append((one, one.count))
                room, outputs = room - one.count, outputs - one.count
        room = min(room, self._prompt_rows(_BESIDE_S if part else _TOGETHER_S))
        for one in rows:
            if not one.is_whole and room and outputs:
                count = min(one.count, room, outputs if one.outputs else room)
                part.append((one, count))
                room, outputs = room - count, outputs - (count if one.outputs else 1)
        self._left_out = set(rows) - {one for one, _count in part}
        return part

    def _prompt_rows(self, seconds: float) -> int:
        """How many rows of prompts take about so long."""
        return max(_LEAST, int(seconds / self._row_s)) if self._row_s else 4 * _LEAST

    def _decode(self, part: _Part) -> bool:
        """Compute a batch, forgetting cached sequences to make room; False if cancelled.

        A failed or aborted batch leaves each sequence as it was. Raises ContextFullError when
        nothing is left to forget, or nothing may be for guesses.
        """
        total = 0
        for one, count in part:
            one.fill(self._context.batch, total, count)
            total += count
        begun = time.perf_counter()
        while True:
            try:
                self._context.decode(total, [one.job for one, _count in part])
            except ContextFullError:
                if any(one.has_drafts for one, _count in part):
                    raise
                self._cache.make_room()
            except StalledError:
                self._repair(part)
            except BatchAbortedError:
                self._repair(part)
                return False
            except LampblackError:
                self._repair(part)
                raise
            else:
                break
        self._take_up(part, total, begun)
        return True

    def _take_up(self, part: _Part, total: int, begun: float) -> None:
        row, slices = 0, self._context.slices
        for one, count in part:
            one.take_up(row, count)
            row += count
        prompts = sum(count for one, count in part if not one.is_whole)
        if not prompts:
            return
        if slices.on_gpu:
            self._context.wait()
        seconds = time.perf_counter() - begun
        if slices.on_gpu and len(part) == 1:
            slices.learn(total, seconds)
        if prompts >= _LEAST:
            self._row_s += (seconds / total - self._row_s) / (4 if self._row_s else 1)

    def _repair(self, part: _Part) -> None:
        for one, _count in part:
            for sequence in one.sequences:
                if not self._context.truncate(sequence.id, sequence.length):
                    sequence.length = 0
