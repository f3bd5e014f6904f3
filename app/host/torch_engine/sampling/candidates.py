"""The tokens that are still candidates, and what the sampling steps share.

Every step computes in float32 and in the candidates' own order, as llama.cpp does: the cut of a
cumulative sum must fall on the same token on both engines.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

_BLOCK = 64


def exp(values: Floats) -> Floats:
    """The exponential, rounded once as by C's `expf`.

    numpy's own for float32 is off by up to four units in the last place, on some processors only:
    enough to let two tokens that are all but equally likely change places at a cut.
    """
    found: Floats = np.exp(values.astype(np.float64)).astype(np.float32)
    return found


def log(values: Floats) -> Floats:
    """The natural logarithm, rounded once as by C's `logf`; for the same reason."""
    found: Floats = np.log(values.astype(np.float64)).astype(np.float32)
    return found


def log2(values: Floats) -> Floats:
    """The logarithm to the base 2, rounded once as by C's `log2f`; for the same reason."""
    found: Floats = np.log2(values.astype(np.float64)).astype(np.float32)
    return found


class Candidates:
    """Tokens and their logits; `is_sorted` says that the likeliest comes first."""

    def __init__(self, logits: Floats) -> None:
        self.ids: Ids = np.arange(len(logits), dtype=np.int64)
        self.logits = logits
        self.is_sorted = False

    def __len__(self) -> int:
        return len(self.ids)

    def keep(self, chosen: npt.NDArray[np.intp] | npt.NDArray[np.bool_] | slice) -> None:
        """Keep only the chosen places, in that order."""
        self.ids, self.logits = self.ids[chosen], self.logits[chosen]

    def sort(self, count: int = 0) -> None:
        """Sort the likeliest to the front; with `count` keep only that many."""
        if not self.is_sorted:
            self.keep(likeliest_first(self.logits, count or len(self)))
            self.is_sorted = True
        elif count:
            self.keep(slice(count))

    def probabilities(self) -> Floats:
        """The softmax of the logits."""
        weights = exp(self.logits - self.logits.max())
        found: Floats = weights / np.add.accumulate(weights)[-1]
        return found


def likeliest_first(logits: Floats, count: int) -> npt.NDArray[np.intp]:
    """The places of the `count` highest logits, highest first, of equals the first."""
    if count >= len(logits):
        return np.argsort(-logits, kind="stable")
    places = _few(logits, count)
    return places[np.argsort(-logits[places], kind="stable")[:count]]


def _few(logits: Floats, count: int) -> npt.NDArray[np.intp]:
    """Few places with the `count` likeliest among them, ascending.

    Those lie in the blocks with the highest maxima: ten times faster than partitioning them all.
    """
    whole = len(logits) // _BLOCK * _BLOCK
    blocks = logits[:whole].reshape(-1, _BLOCK).max(axis=1)
    if count >= len(blocks):
        return np.arange(len(logits))
    best = np.sort(np.argpartition(blocks, -count)[-count:])
    inside = (best[:, None] * _BLOCK + np.arange(_BLOCK)).ravel()
    return np.concatenate((inside, np.arange(whole, len(logits))))
