"""Bootstrap: how far figures would move if other rows of the same kind had been measured.

Percentile intervals after Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter
13. A resample is written as weights: how often it draws each row. Two models are compared on the
same resamples (paired), so that what makes rows hard for both does not widen the difference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

RESAMPLES = 1000
LEVEL = 0.95
"""The part of the resamples that lies within an interval."""

_CELLS = 4_000_000  # of one block of weights: 32 MB


class FigureTitle(msgspec.Struct, frozen=True):
    """What a figure is called: in JSON, and for people; `better` is the side of the good ones."""

    name: str
    title: str
    better: str = "higher"


class Measures(Protocol):
    """The figures of a number of rows, each of them counted as often as its weight says."""

    @property
    def titles(self) -> tuple[FigureTitle, ...]:
        """The figures, in the order of the columns."""

    @property
    def count(self) -> int:
        """How many rows there are; at least one."""

    def figures(self, weights: Matrix) -> Matrix:
        """A line of figures for each line of weights, which has a weight for each row."""


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """A figure, and the ends of its interval."""

    name: str
    title: str
    value: float
    low: float
    high: float
    better: str = "higher"


def whole(measures: Measures) -> Matrix:
    """The figures of the rows themselves."""
    figures: Matrix = measures.figures(np.ones((1, measures.count)))[0]
    return figures


def estimates(measures: Measures, seed: int, resamples: int = RESAMPLES) -> tuple[Estimate, ...]:
    """Every figure with its interval."""
    drawn = resampled(measures, seed, resamples)
    return _estimates(measures.titles, whole(measures), drawn)


def differences(
    first: Measures, second: Measures, seed: int, resamples: int = RESAMPLES
) -> tuple[Estimate, ...]:
    """The second's figures less the first's, over the same rows and the same resamples."""
    drawn = resampled(second, seed, resamples) - resampled(first, seed, resamples)
    return _estimates(first.titles, whole(second) - whole(first), drawn)


def resampled(measures: Measures, seed: int, resamples: int = RESAMPLES) -> Matrix:
    """A line of figures for each resample."""
    return np.concatenate(
        [measures.figures(weights) for weights in drawn_weights(measures.count, seed, resamples)]
    )


def drawn_weights(rows: int, seed: int, resamples: int = RESAMPLES) -> Iterator[Matrix]:
    """How often each resample draws each row, in blocks of resamples; the same for a seed."""
    random = np.random.default_rng(seed)
    size = max(1, min(resamples, _CELLS // rows))
    for start in range(0, resamples, size):
        lines = min(size, resamples - start)
        drawn = random.integers(0, rows, (lines, rows)) + rows * np.arange(lines)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=lines * rows)
        yield counts.reshape(lines, rows).astype(np.float64)


def _estimates(
    titles: tuple[FigureTitle, ...], values: Matrix, drawn: Matrix
) -> tuple[Estimate, ...]:
    outside = 50 * (1 - LEVEL)
    lows, highs = np.percentile(drawn, (outside, 100 - outside), axis=0)
    return tuple(
        Estimate(
            name=title.name,
            title=title.title,
            value=float(value),
            low=float(low),
            high=float(high),
            better=title.better,
        )
        for title, value, low, high in zip(titles, values, lows, highs, strict=True)
    )
