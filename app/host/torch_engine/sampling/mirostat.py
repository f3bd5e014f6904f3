"""Mirostat (Basu et al. 2021, arXiv:2007.14966), as llama.cpp computes it: a step and the draw."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from app.host.torch_engine.sampling.candidates import Candidates, Floats, log, log2
from app.host.torch_engine.sampling.mersenne_twister import Generator

_M = 100  # how many of the likeliest tokens version 1 estimates its exponent from
_MAX_INT = 2.0**31


class Mirostat:
    """Keeps the surprise near `tau` bits: cuts the candidates, draws, and learns at rate `eta`.

    `surprise` (mu) is the most that is allowed at present.
    """

    def __init__(
        self, version: int, vocabulary: int, tau: float, eta: float, generator: Generator
    ) -> None:
        self._cut: Callable[[Candidates], None] = self._cut_1 if version == 1 else self._cut_2
        self._vocabulary = vocabulary
        self._tau, self._eta = np.float32(tau), np.float32(eta)
        self.generator = generator
        self.surprise = 2 * self._tau

    def cut(self, candidates: Candidates) -> None:
        """Leave the candidates that are not too surprising."""
        candidates.sort()
        self._cut(candidates)

    def draw(self, candidates: Candidates) -> int:
        """Choose a place among the candidates that are left."""
        probabilities = candidates.probabilities()
        place = self.generator.index(probabilities)
        surprise = -log2(probabilities[place : place + 1])[0]
        self.surprise = self.surprise - self._eta * (surprise - self._tau)
        return place

    def _cut_1(self, candidates: Candidates) -> None:
        count = _count(candidates.probabilities(), float(self.surprise), self._vocabulary)
        candidates.keep(slice(max(1, count)))

    def _cut_2(self, candidates: Candidates) -> None:
        with np.errstate(divide="ignore"):
            too_high = -log2(candidates.probabilities()) > self.surprise
        count = int(too_high.argmax()) if too_high.any() else len(candidates)
        candidates.keep(slice(max(1, count)))


def _count(probabilities: Floats, mu: float, vocabulary: int) -> int:
    """How many candidates Zipf's law with an estimated exponent gives a surprise of `mu`.

    Every result is rounded to float32 and sums go from left to right, as in llama.cpp: the count
    may be thousands, and then an error in the last place is a candidate more. Where the formula has
    no finite value, or one beyond C's int, one is left, as there.
    """
    head = probabilities[:_M]
    if len(head) < 2:
        return 1
    ranks = np.arange(1, len(head), dtype=np.float32)
    steps = log((ranks + 1) / ranks)
    with np.errstate(divide="ignore", invalid="ignore"):
        falls = log(head[:-1] / head[1:])
        exponent = float(
            np.add.accumulate(steps * falls)[-1] / np.add.accumulate(steps * steps)[-1]
        )
    try:
        over = _rounded(exponent - 1)
        above = _rounded(over * _rounded(math.pow(2, mu)))
        below = _rounded(1 - _rounded(math.pow(vocabulary, -over)))
        count = math.pow(_rounded(above / below), _rounded(1 / exponent))
    except (ValueError, OverflowError, ZeroDivisionError):
        return 1
    return int(_rounded(count)) if count < _MAX_INT else 1


def _rounded(value: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(value))
