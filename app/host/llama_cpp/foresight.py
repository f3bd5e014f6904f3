"""The next draws of a sampler chain, made on a copy of it: what a smaller model guesses with."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt

from app.host.llama_cpp.grammar.gbnf import CANDIDATE, candidate_array
from app.host.llama_cpp.library import native
from app.host.llama_cpp.shortlist import Shortlist

_CELLS = 200  # equally likely: the one that is drawn tells the random number


class LlamaForesight:
    """Draws as a chain will draw next, with the same random numbers; a `Foresight`.

    `copy` is a native copy of the chain, whose last sampler draws by `numbers` if it
    `has_numbers`. The grammar is left out.
    """

    def __init__(
        self, copy: Any, shortlist: Shortlist | None, size: int, *, has_numbers: bool
    ) -> None:
        self._copy = copy
        self._shortlist = shortlist
        self._size = size
        self._has_numbers = has_numbers
        self._numbers: list[float] = []
        self._drawn = 0
        self.margin = 1.0

    def numbers(self, count: int) -> list[float]:
        """The random numbers of the next draws, from 0 to 1; none where the draw has no such."""
        if not self._has_numbers:
            return []
        last = native.llama_sampler_chain_n(self._copy) - 1
        draw = native.llama_sampler_clone(native.llama_sampler_chain_get(self._copy, last))
        cells = np.zeros(_CELLS, CANDIDATE)
        array = candidate_array(cells)
        data, found = candidate_array(cells).data, []
        for _ in range(count):
            array.data, array.size, array.selected, array.sorted = data, _CELLS, -1, False
            native.llama_sampler_apply(draw, ctypes.byref(array))
            found.append((array.selected + 0.5) / _CELLS)
        native.llama_sampler_free(draw)
        self._numbers, self._drawn = found, 0
        return found

    def draw(self, logits: npt.NDArray[np.float32]) -> int | None:
        """Draw and accept a token; `margin` is then how far the number was from another's share."""
        token = array = None
        if self._shortlist is not None and len(logits) == self._size:
            token = self._shortlist.draw(self._copy, logits)
            array = self._shortlist.array
        if token is None:
            candidates = np.zeros(len(logits), CANDIDATE)
            candidates["id"] = np.arange(len(candidates), dtype=np.int32)
            candidates["logit"] = logits
            array = candidate_array(candidates)
            native.llama_sampler_apply(self._copy, ctypes.byref(array))
            if not 0 <= array.selected < array.size:
                return None
            token = int(array.data[array.selected].id)
            native.llama_sampler_accept(self._copy, token)
        self.margin = self._margin(array)
        self._drawn += 1
        return token

    def _margin(self, array: Any) -> float:
        if self._drawn >= len(self._numbers):
            return 1.0
        start = ctypes.cast(array.data, ctypes.c_void_p).value
        buffer = (ctypes.c_char * (array.size * CANDIDATE.itemsize)).from_address(start or 0)
        shares = np.frombuffer(buffer, CANDIDATE)["p"]
        number, place = self._numbers[self._drawn], array.selected
        below = float(shares[:place].sum())
        above = below + float(shares[place])
        under = number - below if place else 1.0
        return max(0.0, min(under, above - number if place < array.size - 1 else 1.0))


@contextmanager
def foreseen(
    chain: Any, shortlist: Shortlist | None, size: int, *, has_numbers: bool
) -> Iterator[LlamaForesight]:
    """The draws that the native `chain` will make next; it stays as it is."""
    copy = native.llama_sampler_clone(chain)
    try:
        yield LlamaForesight(copy, shortlist, size, has_numbers=has_numbers)
    finally:
        native.llama_sampler_free(copy)
