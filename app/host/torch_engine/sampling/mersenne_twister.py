"""Chance: the Mersenne Twister and its draws as C++ defines them.

llama.cpp draws with C++'s standard library. With the same generator, seeded and read in the same
way (as GNU's library does it), a seed means the same on both engines.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_WORD = 2.0**32
_BLOCK, _KEPT = 256, 4096  # words that are computed at a time, and that can be gone back to
_BELOW_ONE = float(np.nextafter(np.float32(1), np.float32(0)))


class Generator:
    """`std::mt19937` with a seed from 0 to 2**32 - 1.

    `place` is where it stands in its sequence; it can be set back by a few thousand.
    """

    def __init__(self, seed: int) -> None:
        self._bits = np.random.MT19937()
        self._bits._legacy_seeding(seed)  # the seeding of C++; a plain seed is mixed first
        self._words: list[int] = []
        self._first = 0  # the number of the first word that is kept
        self.place = 0

    def single(self) -> float:
        """A number from 0 to below 1 with the precision of a C++ float."""
        return min(float(np.float32(self._word() / _WORD)), _BELOW_ONE)

    def double(self) -> float:
        """A number from 0 to below 1."""
        low = self._word()
        number = (low + self._word() * _WORD) / (_WORD * _WORD)
        return min(number, float(np.nextafter(1.0, 0.0)))

    def index(self, weights: npt.NDArray[np.float32]) -> int:
        """A place with the chance of its weight, as `std::discrete_distribution` draws it."""
        if len(weights) < 2:
            return 0
        shares = weights.astype(np.float64)
        sums = np.add.accumulate(shares / np.add.accumulate(shares)[-1])
        sums[-1] = 1.0
        return int(np.searchsorted(sums, self.double(), side="left"))

    def _word(self) -> float:
        at = self.place - self._first
        if at >= len(self._words):
            if at > _KEPT:
                del self._words[: at - _KEPT]
                self._first, at = self.place - _KEPT, _KEPT
            self._words += self._bits.random_raw(_BLOCK).tolist()
        self.place += 1
        return float(self._words[at])
