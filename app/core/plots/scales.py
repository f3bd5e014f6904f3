"""The scale of an axis: from where to where, with round ticks, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor, log10

import msgspec

_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_PLACES = 8
_LEAST = 1e-280  # between the ends of a scale
_MOST = 1e300  # two of them are no infinity yet


def is_drawable(value: float) -> bool:
    """Whether a value has a place on a scale: it is a number, and not beyond all measure."""
    return abs(value) <= _MOST


class Scale(msgspec.Struct, frozen=True):
    """An axis from `low` to `high`, which differ; its ticks lie within, rising, evenly spaced."""

    low: float
    high: float
    ticks: tuple[float, ...]
    places: int = 0

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the low end, 1 at the high one; beyond them at an end."""
        return min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))

    def label(self, value: float) -> str:
        """A value with as many decimals as tell its ticks apart."""
        if self.places >= _MOST_PLACES:
            return f"{value:.4g}"
        text = f"{value:,.{self.places}f}"
        return text.removeprefix("-") if not float(text.replace(",", "")) else text


def scale_of(
    values: Iterable[float], most: int = 6, *, whole: bool = False, tight: bool = False
) -> Scale:
    """A scale that has room for the values, with at most `most` ticks beside the ends.

    Its ends are ticks, or with `tight` the least and the greatest value. `whole` has ticks at
    whole numbers alone. What is no number is left out; without any it goes from 0 to 1.
    """
    found = [value for value in values if is_drawable(value)]
    low, high = (min(found), max(found)) if found else (0.0, 1.0)
    if high - low <= max(_LEAST, 1e-12 * max(abs(low), abs(high))):
        room = abs(low) * 0.05 if abs(low) > _LEAST else 0.5
        low, high = low - room, high + room
    step = _round_step((high - low) / max(1, most - 1), whole=whole)
    if tight:
        if step > (high - low) / 2:  # one tick alone says nothing
            step = _round_step((high - low) / 4, whole=whole)
        first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
        marks = tuple(number * step for number in range(first, last + 1))
        return Scale(low, high, marks or (low,), _places(step))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    if last == first:
        last += 1
    ticks = tuple(number * step for number in range(first, last + 1))
    return Scale(ticks[0], ticks[-1], ticks, _places(step))


def _round_step(least: float, *, whole: bool) -> float:
    """The first round number that is not below `least`."""
    if whole and least <= 1:
        return 1.0
    power = 10.0 ** floor(log10(least))
    step: float = next(one * power for one in _ROUND if one * power >= least * (1 - 1e-9))
    return float(ceil(step)) if whole else step


def _places(step: float) -> int:
    """How many decimals a step has."""
    for places in range(_MOST_PLACES):
        if abs(round(step, places) - step) <= 1e-9 * step:
            return places
    return _MOST_PLACES
