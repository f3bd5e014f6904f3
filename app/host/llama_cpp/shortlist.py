"""The few candidates that decide a draw whose chain begins with top-k.

llama.cpp makes a list of the whole vocabulary for each draw. What lies below the `top_k` best never
counts, so that a list of the tokens above a threshold gives the same draw for a fraction of the
time, which matters where four texts are drawn after every step. Only among tokens whose logits are
equal to the last bit may another one come: llama.cpp sorts them as the length of its list has it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Collection
from typing import Any

import numpy as np
import numpy.typing as npt

from app.host.llama_cpp.grammar.gbnf import CANDIDATE, candidate_array
from app.host.llama_cpp.library import native

MOST_CANDIDATES = 4096
"""Where more are above the threshold, the list saves nothing."""

MOST_BIASED = 64
"""More tokens with a bias are not looked for one by one."""

_FIRST_GAP = 8.0
_TRIES = 4
_MANY = 1024


class Shortlist:
    """Draws from the tokens whose logit is at most a gap below the best one's.

    `top_k` is the chain's first step; of the steps before it only the bias counts, on the tokens
    `biased`. These are always in the list, and besides them at least `top_k` tokens, so that none
    left out can be among the `top_k` best. The gap follows what the last draws needed.
    """

    def __init__(self, top_k: int, biased: Collection[int], size: int) -> None:
        self._least = top_k + len(biased)
        self._biased = np.fromiter(biased, np.int32, len(biased))
        self._candidates = np.zeros(MOST_CANDIDATES + len(biased), CANDIDATE)
        self._array = candidate_array(self._candidates)
        self._data = candidate_array(self._candidates).data  # a pointer of its own
        self._gap = _FIRST_GAP
        self._is_above = np.zeros(size, np.bool_)

    @property
    def array(self) -> Any:
        """The candidates as the last draw left them."""
        return self._array

    def draw(self, chain: Any, logits: npt.NDArray[np.float32]) -> int | None:
        """The chain's draw, accepted; None where the list would be too short or too long."""
        ids = self._chosen(logits)
        if ids is None:
            return None
        candidates = self._candidates[: len(ids)]
        candidates["id"] = ids
        candidates["logit"] = logits[ids]
        array = self._array
        array.data, array.size, array.selected, array.sorted = self._data, len(ids), -1, False
        native.llama_sampler_apply(chain, ctypes.byref(array))
        if not 0 <= array.selected < array.size:
            return None
        token: int = array.data[array.selected].id
        native.llama_sampler_accept(chain, token)
        return token

    def _chosen(self, logits: npt.NDArray[np.float32]) -> npt.NDArray[np.int64] | None:
        best = logits.max()
        for _ in range(_TRIES):
            threshold = best - np.float32(self._gap)
            ids = self._above(logits, threshold)
            if len(ids) > MOST_CANDIDATES:
                self._gap *= 0.5
                return None
            if len(ids) >= self._least:
                break
            self._gap *= 1.5
        else:
            self._gap = _FIRST_GAP
            return None
        if len(ids) > max(_MANY, 2 * self._least):
            self._gap *= 0.9
        if len(self._biased):
            below = self._biased[logits[self._biased] < threshold]
            ids = np.concatenate((ids, below))
        return ids

    def _above(
        self, logits: npt.NDArray[np.float32], threshold: np.float32
    ) -> npt.NDArray[np.int64]:
        np.greater_equal(logits, threshold, out=self._is_above)
        return self._is_above.nonzero()[0]
