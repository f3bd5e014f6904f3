"""Figures of tasks that choose a label: accuracy, precision, recall, F1, and the calibration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from app.tasks.evaluation.resamples import FigureTitle, Matrix

BINS = 10
"""Equal parts of 0 to 1 into which probabilities are sorted; each holds its upper end."""

_PER_LABEL = ("precision", "recall", "f1")


class ReliabilityBin(msgspec.Struct, frozen=True, kw_only=True):
    """Answers of about the same probability: the mean of it, and how many of them were right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


class LabelMeasures:
    """The figures of chosen labels, which are given beside the right ones, row by row.

    Where a figure would divide by zero (the precision of a label that was never chosen, the recall
    of one that is never right) it is 0. Macro figures are the means over the labels that are right
    or chosen in at least one row; the others are `absent`. Without `probabilities` there is no
    calibration.
    """

    def __init__(
        self,
        labels: Sequence[str],
        expected: Sequence[str],
        chosen: Sequence[str],
        probabilities: Sequence[Mapping[str, float]] = (),
    ) -> None:
        places = {label: place for place, label in enumerate(labels)}
        self.labels = tuple(labels)
        self._right = np.array([places[label] for label in expected], dtype=np.intp)
        self._chosen = np.array([places[label] for label in chosen], dtype=np.intp)
        self._hit = self._right == self._chosen
        occurring = np.isin(np.arange(len(labels)), [self._right, self._chosen])
        self._occurring = occurring
        self.absent = tuple(
            label for label, there in zip(labels, occurring, strict=True) if not there
        )
        self._probabilities: Matrix | None = None
        if probabilities:
            table = [[row.get(label, 0.0) for label in labels] for row in probabilities]
            self._probabilities = np.array(table, dtype=np.float64)

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self._right)

    @property
    def titles(self) -> tuple[FigureTitle, ...]:
        """The figures of the whole, then precision, recall and F1 of each label."""
        found = [
            FigureTitle("accuracy", "accuracy"),
            *(FigureTitle(f"macro_{name}", f"macro {_shown(name)}") for name in _PER_LABEL),
        ]
        if self._probabilities is not None:
            found.append(FigureTitle("calibration_error", "calibration error", "lower"))
            found.append(FigureTitle("brier_score", "Brier score", "lower"))
        for label in self.labels:
            found += [
                FigureTitle(f"{name}:{label}", f"{_shown(name)} of {label}") for name in _PER_LABEL
            ]
        return tuple(found)

    @property
    def whole_count(self) -> int:
        """How many of the figures are not of a single label."""
        return 4 if self._probabilities is None else 6

    def figures(self, weights: Matrix) -> Matrix:
        """The figures for each line of weights.

        Accuracy, precision, recall and F1 = 2PR / (P + R) after van Rijsbergen 1979, "Information
        Retrieval", chapter 7.
        """
        size = len(self.labels)
        totals = weights.sum(axis=1)
        hits = _grouped(weights * self._hit, self._right, size)
        right = _grouped(weights, self._right, size)
        chosen = _grouped(weights, self._chosen, size)
        each = np.stack(
            [_parts(hits, chosen), _parts(hits, right), _parts(2 * hits, chosen + right)], axis=2
        )
        found = [_parts(hits.sum(axis=1), totals)[:, None], each[:, self._occurring].mean(axis=1)]
        if self._probabilities is not None:
            found += [self._calibration_error(weights, totals), self._brier(weights, totals)]
        return np.concatenate([*found, each.reshape(len(weights), 3 * size)], axis=1)

    def confusion(self) -> NDArray[np.int64]:
        """How often each label (column) was chosen where each (line) was right."""
        size = len(self.labels)
        cells = np.bincount(self._right * size + self._chosen, minlength=size * size)
        return cells.reshape(size, size).astype(np.int64)

    def reliability(self) -> tuple[ReliabilityBin, ...]:
        """The bins that hold answers: their mean probability beside the part that was right."""
        if self._probabilities is None:
            return ()
        sure, bins = self._confidence()
        counts = np.bincount(bins, minlength=BINS)
        sums = np.bincount(bins, sure, BINS)
        hits = np.bincount(bins, self._hit, BINS)
        return tuple(
            ReliabilityBin(
                low=float(place / BINS),
                high=float((place + 1) / BINS),
                count=int(counts[place]),
                confidence=float(sums[place] / counts[place]),
                accuracy=float(hits[place] / counts[place]),
            )
            for place in np.flatnonzero(counts)
        )

    def _confidence(self) -> tuple[Matrix, NDArray[np.intp]]:
        """The probability of each chosen label, and its bin."""
        assert self._probabilities is not None
        sure = self._probabilities[np.arange(self.count), self._chosen]
        return sure, np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], sure)

    def _calibration_error(self, weights: Matrix, totals: Matrix) -> Matrix:
        """Expected calibration error of the chosen label, after Guo et al. 2017, equation 3.

        "On Calibration of Modern Neural Networks": the mean over the answers of how far apart the
        accuracy and the mean probability of their bin are.
        """
        sure, bins = self._confidence()
        apart = _grouped(weights * (self._hit - sure), bins, BINS)
        return np.asarray(np.abs(apart).sum(axis=1) / totals)[:, None]

    def _brier(self, weights: Matrix, totals: Matrix) -> Matrix:
        """Brier 1950, "Verification of Forecasts Expressed in Terms of Probability", equation 2.

        The mean over the rows of the sum over the labels of (probability - 1 or 0)², so 0 to 2.
        """
        assert self._probabilities is not None
        apart = self._probabilities.copy()
        apart[np.arange(self.count), self._right] -= 1
        return np.asarray(weights @ (apart**2).sum(axis=1) / totals)[:, None]


def _shown(name: str) -> str:
    return "F1" if name == "f1" else name


def _parts(above: Matrix, below: Matrix) -> Matrix:
    """The quotients; 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below != 0)


def _grouped(weights: Matrix, groups: NDArray[np.intp], count: int) -> Matrix:
    """The sums of the weights of each group of rows, for each line."""
    order = np.argsort(groups, kind="stable")
    present, starts = np.unique(groups[order], return_index=True)
    sums = np.zeros((len(weights), count))
    sums[:, present] = np.add.reduceat(weights[:, order], starts, axis=1)
    return sums
