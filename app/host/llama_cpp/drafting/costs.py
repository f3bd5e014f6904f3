"""What guessing with a smaller model costs here, measured when both models are loaded."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import msgspec
import numpy as np

from app.host.generation.prompt_lookup import MOST, Costs
from app.host.llama_cpp.context import Context

_ROWS = (1, 2, 4, 8)
_MANY = 32
_ROUNDS, _LONGEST_S = 5, 1.5
_STRIDE = 7919  # between the tokens that are computed, lest all of them go the same way


class DraftCosts(msgspec.Struct, frozen=True):
    """In single steps of the larger model; see `PartnerCosts`."""

    rows: Costs
    step: float
    row: float


def measured(larger: Context, smaller: Context, vocabulary: int) -> DraftCosts:
    """Compare both models' empty contexts, which are empty again afterwards.

    Takes a second and a half at most, but at least one round of all batches.
    """
    batches: list[tuple[Context, int]] = [(larger, count) for count in _ROWS]
    batches += [(smaller, 1), (smaller, min(_MANY, smaller.chunk))]
    taken: list[list[float]] = [[] for _batch in batches]

    def seconds(context: Context, count: int) -> float:
        context.clear()
        tokens = np.arange(1, count + 1) * _STRIDE % vocabulary
        context.batch.fill(tokens.astype(np.int32), 0, 0)
        if context is larger:
            context.batch.output[:count] = 1
        begun = perf_counter()
        context.decode(count)
        context.logits(-1)  # on a GPU the numbers are there only now
        return perf_counter() - begun

    try:
        _fill(taken, batches, seconds)
    finally:
        larger.clear()
        smaller.clear()
    single, *rows, step, many = map(min, taken)
    costs = np.interp(range(2, MOST + 2), _ROWS, [1.0, *(row / single for row in rows)])
    beyond = max(0.0, rows[-1] - rows[-2]) / (_ROWS[-1] - _ROWS[-2]) / single
    costs += beyond * np.maximum(0, np.arange(2, MOST + 2) - _ROWS[-1])
    return DraftCosts(
        rows=tuple(map(float, costs)), step=step / single, row=many / batches[-1][1] / single
    )


def _fill(
    taken: list[list[float]],
    batches: list[tuple[Context, int]],
    seconds: Callable[[Context, int], float],
) -> None:
    """Measure each batch in turn, a first time for nothing."""
    begun = perf_counter()
    for turn in range(_ROUNDS + 1):
        for (context, count), found in zip(batches, taken, strict=True):
            took = seconds(context, count)
            if turn == 1:
                found.clear()  # the first turn only counts where there is no second
            found.append(took)
        if turn and perf_counter() - begun > _LONGEST_S:
            return
