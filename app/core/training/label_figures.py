"""Accuracy and macro F1 of chosen labels, in plain Python: the training child has no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec


class LabelScores(msgspec.Struct, frozen=True, kw_only=True):
    """How often the right label was chosen, and the mean of the labels' F1, from 0 to 1."""

    accuracy: float
    macro_f1: float


def scores(right: Sequence[int], chosen: Sequence[int]) -> LabelScores:
    """The figures of labels chosen for at least one text, beside the right ones.

    F1 of a label is 2PR / (P + R) after van Rijsbergen 1979, "Information Retrieval", chapter 7;
    the mean is over the labels that are right or chosen at least once.
    """
    hits = Counter(one for one, other in zip(right, chosen, strict=True) if one == other)
    wanted, given = Counter(right), Counter(chosen)
    labels = wanted.keys() | given.keys()
    parts = [2 * hits[label] / (wanted[label] + given[label]) for label in sorted(labels)]
    return LabelScores(accuracy=hits.total() / len(right), macro_f1=sum(parts) / len(parts))


def most_frequent(learned: Sequence[int], count: int) -> tuple[int, ...]:
    """The answers of who always says the most frequent label: `count` of it."""
    counts = Counter(learned)
    label = max(sorted(counts), key=lambda one: counts[one])
    return (label,) * count


def confusion(
    right: Sequence[int], chosen: Sequence[int], labels: int
) -> tuple[tuple[int, ...], ...]:
    """How often each label was chosen: a line for each right label, a column for each chosen."""
    counts = Counter(zip(right, chosen, strict=True))
    return tuple(tuple(counts[one, other] for other in range(labels)) for one in range(labels))
