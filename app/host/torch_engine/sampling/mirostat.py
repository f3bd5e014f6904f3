"""Mirostat (Basu et al. 2021, arXiv:2007.14966), as llama.cpp computes it: a step and the draw."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from app.host.torch_engine.sampling.candidates import Candidates, Floats
from app.host.torch_engine.sampling.mersenne_twister import Generator

_M = 100  # how many of the likeliest tokens version 1 estimates its exponent from
_MAX_INT = 2.0**31


class Mirostat:
    """Keeps the surprise near `tau` bits: cuts the candidates, draws, and learns at rate `eta`."""

    def __init__(
        self, version: int, vocabulary: int, tau: float, eta: float, generator: Generator
    ) -> None:
        self._cut: Callable[[Candidates], None] = self._cut_1 if version == 1 else self._cut_2
        self._vocabulary = vocabulary
        self._tau, self._eta = np.float32(tau), np.float32(eta)
        self._generator = generator
        self._mu = 2 * self._tau

    def cut(self, candidates: Candidates) -> None:
        """Leave the candidates that are not too surprising."""
        candidates.sort()
        self._cut(candidates)

    def draw(self, candidates: Candidates) -> int:
        """Choose a place among the candidates that are left."""
        probabilities = candidates.probabilities()
        place = self._generator.index(probabilities)
        surprise = -np.log2(probabilities[place])
        self._mu = self._mu - self._eta * (surprise - self._tau)
        return place

    def _cut_1(self, candidates: Candidates) -> None:
        count = _count(candidates.probabilities(), float(self._mu), self._vocabulary)
        candidates.keep(slice(max(1, count)))

    def _cut_2(self, candidates: Candidates) -> None:
        with np.errstate(divide="ignore"):
            too_high = -np.log2(candidates.probabilities()) > self._mu
        count = int(too_high.argmax()) if too_high.any() else len(candidates)
        candidates.keep(slice(max(1, count)))


def _count(probabilities: Floats, mu: float, vocabulary: int) -> int:
    """How many candidates Zipf's law with an estimated exponent gives a surprise of `mu`.

    Where the formula has no finite value, or one beyond C's int, one is left, as in llama.cpp.
    """
    head = probabilities[:_M]
    steps = np.log((np.arange(1, len(head)) + 1) / np.arange(1, len(head))).astype(np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        falls = np.log(head[:-1] / head[1:])
        exponent = float(np.float32((steps * falls).sum()) / np.float32((steps * steps).sum()))
    try:
        over = exponent - 1
        base = over * math.pow(2, mu) / (1 - math.pow(vocabulary, -over))
        count = math.pow(base, 1 / exponent)
    except (ValueError, OverflowError, ZeroDivisionError):
        return 1
    return int(count) if count < _MAX_INT else 1
