"""What the probe measures in a loaded model: contexts of its own, with and without flash attention.

A depth is made without reading it. What a few tokens left in the context's memory is copied out and
put back as other sequences, twice as much each time, and all of them are shown to the first: a step
then attends to about 2,000 cells, as after as many tokens.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from app.core.errors import CancelledError
from app.core.memory_fit.demand import SEQUENCES
from app.host.interface import Job
from app.host.llama_cpp.context import BatchAbortedError, Context
from app.host.llama_cpp.library import native

DEPTH = 2048
CONTEXT = DEPTH + 256
"""The size of a context that is measured: the depth and some steps."""

OUTPUTS = SEQUENCES
"""How many rows of a measured batch can give logits: the fewest that llama.cpp makes room for."""

_STRIDE = 7919  # between the tokens that are computed, lest all of them go the same way


class ModelSubject:
    """The model as a `Subject`; `make` gives a native context with or without flash attention."""

    def __init__(
        self, make: Callable[[bool], Any], vocabulary: int, job: Job, *, can_deepen: bool
    ) -> None:
        self._make = make
        self._vocabulary = vocabulary
        self._job = job
        self._can_deepen = can_deepen
        self._lanes: dict[bool, _Lane] = {}

    def close(self) -> None:
        """Free the contexts."""
        for lane in self._lanes.values():
            lane.context.close()
        self._lanes.clear()

    def step(self, threads: int, *, flash: bool) -> float:
        """The seconds of a single step."""
        return self.rows(1, threads, flash=flash)

    def rows(self, count: int, threads: int, *, flash: bool) -> float:
        """The seconds of one batch of `count` rows, as many of them with logits as there can be."""
        self._check()
        try:
            return self._lane(flash).read(count, threads)
        except BatchAbortedError:
            raise _stopped() from None

    def prompt(self, tokens: int, block: int, threads: int, *, flash: bool) -> float:
        """The seconds of reading this many tokens, `block` at a time, into an empty context."""
        self._lane(flash).empty()
        return sum(self.rows(block, threads, flash=flash) for _ in range(tokens // block))

    def deepen(self) -> bool:
        """Fill both contexts; False where only one can be had."""
        if not self._can_deepen:
            return False
        for flash in (False, True):
            self.step(1, flash=flash)
            if not self._lane(flash).deepen():
                return False
        return True

    def empty(self) -> None:
        """Empty the contexts."""
        for lane in self._lanes.values():
            lane.empty()

    def _lane(self, flash: bool) -> _Lane:
        if flash not in self._lanes:
            context = Context(self._make(flash), self._vocabulary)
            context.watch([self._job])
            self._lanes[flash] = _Lane(context, self._vocabulary)
        return self._lanes[flash]

    def _check(self) -> None:
        if self._job.cancelled:
            raise _stopped()


class _Lane:
    """One context that is written on and on in sequence 0."""

    def __init__(self, context: Context, vocabulary: int) -> None:
        self.context = context
        self._vocabulary = vocabulary
        self._length = 0  # the positions of sequence 0; joined cells repeat them

    def read(self, count: int, threads: int) -> float:
        """The seconds for this many rows, their logits included."""
        context, batch = self.context, self.context.batch
        tokens = np.arange(self._length, self._length + count) * _STRIDE % self._vocabulary
        batch.fill(tokens.astype(np.int32), self._length, 0)
        if count <= OUTPUTS:
            batch.output[:count] = 1
        native.llama_set_n_threads(context.handle, threads, threads)
        begun = perf_counter()
        context.decode(count)
        context.logits(-1)  # on a GPU the numbers are there only now
        seconds = perf_counter() - begun
        self._length += count
        return seconds

    def deepen(self) -> bool:
        """Let the next step see as many cells as it would at the depth."""
        cells = 1 << (self._length.bit_length() - 1)
        self.context.truncate(0, cells)
        self._length = cells
        for sequence in range(1, SEQUENCES):
            state = self.context.save(0)
            if state is None or not self.context.restore(state, sequence):
                return False
            self.context.join(sequence, 0)
            cells *= 2
            if cells >= DEPTH:
                return True
        return False

    def empty(self) -> None:
        """Forget everything."""
        self.context.clear()
        self._length = 0


def _stopped() -> CancelledError:
    return CancelledError("Loading the model was stopped.")
