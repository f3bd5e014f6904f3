"""The sampling steps between the word bias and the draw, each with llama.cpp's exact meaning.

A step changes the candidates in place. Formulas: top-k and temperature are older than their
names; top-p Holtzman et al. 2020 (arXiv:1904.09751), typical-p Meister et al. 2023
(arXiv:2202.00666), min-p Nguyen et al. 2024 (arXiv:2407.01082), top-n-sigma Tang et al. 2024
(arXiv:2411.07641); XTC and dynamic temperature come from the programs of their inventors.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from app.host.torch_engine.sampling.candidates import Candidates, Floats, likeliest_first, log
from app.host.torch_engine.sampling.mersenne_twister import Generator

Step = Callable[[Candidates], None]

CERTAIN = np.float32(1e-30)
"""Below this share of the likeliest token's probability a token does not count for typical-p:
its logarithm would not be finite."""

_SMALL, _FIRST = 1024, 256  # of more candidates than the former, only the latter are sorted first


def top_k(count: int) -> Step:
    """Keep the `count` likeliest; 0 keeps all."""

    def apply(candidates: Candidates) -> None:
        if count > 0:
            candidates.sort(min(count, len(candidates)))

    return apply


def top_p(share: float) -> Step:
    """Keep the likeliest that together reach `share`."""
    wanted = np.float32(share)

    def apply(candidates: Candidates) -> None:
        if wanted >= 1:
            return
        probabilities = candidates.probabilities()
        if candidates.is_sorted:
            candidates.keep(slice(_reaching(probabilities, wanted)))
            return
        few = _FIRST if len(candidates) > _SMALL else len(candidates)
        order = likeliest_first(candidates.logits, few)
        if few < len(candidates) and np.add.accumulate(probabilities[order])[-1] < wanted:
            order = likeliest_first(candidates.logits, len(candidates))
        candidates.keep(order[: _reaching(probabilities[order], wanted)])
        candidates.is_sorted = True

    return apply


def _reaching(probabilities: Floats, wanted: np.float32) -> int:
    """How many of the first probabilities reach `wanted` together; all if they never do."""
    sums = np.add.accumulate(probabilities)
    return min(len(sums), int(np.searchsorted(sums, wanted, side="left")) + 1)


def min_p(share: float) -> Step:
    """Keep what is at least `share` times as likely as the likeliest."""
    wanted = np.float32(share)

    def apply(candidates: Candidates) -> None:
        if wanted > 0:
            _cut_below(candidates, wanted)

    return apply


def _cut_below(candidates: Candidates, share: np.float32) -> None:
    lowest = candidates.logits.max() + np.log(share)
    candidates.keep(candidates.logits >= lowest)


def typical_p(share: float) -> Step:
    """Keep the tokens whose surprise comes nearest to the expected one, up to `share`."""
    wanted = np.float32(share)

    def apply(candidates: Candidates) -> None:
        if wanted >= 1:
            return
        _cut_below(candidates, CERTAIN)
        candidates.sort()
        probabilities = candidates.probabilities()
        surprise = -log(probabilities)
        expected = np.add.accumulate(probabilities * surprise)[-1]
        order = np.argsort(np.abs(surprise - expected), kind="stable")
        sums = np.add.accumulate(probabilities[order])
        candidates.keep(order[: int(np.searchsorted(sums, wanted, side="right")) + 1])
        candidates.is_sorted = False

    return apply


def top_n_sigma(count: float) -> Step:
    """Mask what lies more than `count` standard deviations below the highest logit."""
    wanted = np.float32(count)

    def apply(candidates: Candidates) -> None:
        if wanted <= 0 or len(candidates) < 2:
            return
        logits = candidates.logits
        finite = logits[logits != -np.inf]
        if not len(finite):
            return
        mean = np.add.accumulate(finite)[-1] / np.float32(len(finite))
        squares = np.add.accumulate((finite - mean) ** 2)[-1]
        deviation = np.sqrt(squares / np.float32(len(finite)))
        candidates.logits = np.where(
            logits < finite.max() - wanted * deviation, np.float32(-np.inf), logits
        )

    return apply


def xtc(probability: float, threshold: float, generator: Generator) -> Step:
    """With `probability`, take away all tokens above `threshold` but the least likely of them."""
    chance, lowest = np.float32(probability), np.float32(threshold)

    def apply(candidates: Candidates) -> None:
        if chance <= 0 or lowest > 0.5 or len(candidates) < 2 or generator.single() > chance:
            return
        candidates.sort()
        above = int(np.count_nonzero(candidates.probabilities() >= lowest))
        if above > 1:
            candidates.keep(slice(above - 1, None))

    return apply


def temperature(value: float, spread: float, exponent: float) -> Step:
    """Divide the logits by `value`, or by one within `spread` of it that grows with the doubt."""
    low, high = max(0.0, value - spread), value + spread

    def apply(candidates: Candidates) -> None:
        if spread <= 0:
            _heat(candidates, value)
        elif len(candidates) > 1:
            candidates.sort()
            share = _doubt(candidates.probabilities())
            _heat(candidates, low + (high - low) * math.pow(share, exponent))

    return apply


def _doubt(probabilities: Floats) -> float:
    """The entropy as a share of the highest that there can be."""
    positive = probabilities[probabilities > 0]
    entropy = -np.add.accumulate(positive * log(positive))[-1]
    return max(0.0, float(entropy)) / math.log(len(probabilities))


def _heat(candidates: Candidates, value: float) -> None:
    if value > 0:
        candidates.logits = candidates.logits / np.float32(value)
        return
    logits = np.full_like(candidates.logits, -np.inf)
    best = int(candidates.logits.argmax())
    logits[best] = candidates.logits[best]
    candidates.logits = logits
