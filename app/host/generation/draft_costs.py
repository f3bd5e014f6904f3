"""What guessing with a smaller model costs here, measured when both models are loaded."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import msgspec
import numpy as np

from app.host.generation.prompt_lookup import MOST, Costs

Timer = Callable[[int], float]
"""Computes so many tokens of an empty text; returns the seconds that it took."""

MANY = 32
"""How many tokens the smaller model reads at once where its cost per token is measured."""

STRIDE = 7919
"""Between the tokens that are computed, lest all of them go the same way."""

_ROWS = (1, 2, 4, 8)
_ROUNDS, _LONGEST_S = 5, 1.5


class DraftCosts(msgspec.Struct, frozen=True):
    """In single steps of the larger model; see `PartnerCosts`."""

    rows: Costs
    step: float
    row: float


def timed(larger: Timer, smaller: Timer, many: int = MANY) -> DraftCosts:
    """Compare both models.

    Takes a second and a half at most, but at least one round of all batches.
    """
    batches = [(larger, count) for count in _ROWS] + [(smaller, 1), (smaller, many)]
    single, *rows, step, whole = map(min, _taken(batches))
    costs = np.interp(range(2, MOST + 2), _ROWS, [1.0, *(row / single for row in rows)])
    beyond = max(0.0, rows[-1] - rows[-2]) / (_ROWS[-1] - _ROWS[-2]) / single
    costs += beyond * np.maximum(0, np.arange(2, MOST + 2) - _ROWS[-1])
    return DraftCosts(rows=tuple(map(float, costs)), step=step / single, row=whole / many / single)


def _taken(batches: list[tuple[Timer, int]]) -> list[list[float]]:
    """Measure each batch in turn, a first time for nothing."""
    taken: list[list[float]] = [[] for _batch in batches]
    begun = perf_counter()
    for turn in range(_ROUNDS + 1):
        for (timer, count), found in zip(batches, taken, strict=True):
            seconds = timer(count)
            if turn == 1:
                found.clear()  # the first turn only counts where there is no second
            found.append(seconds)
        if turn and perf_counter() - begun > _LONGEST_S:
            break
    return taken
