"""The steps that look back: the three penalties, and DRY.

DRY ("don't repeat yourself") is p-e-w's; the breakers and the limits are llama.cpp's.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from app.host.generation.vocabulary import Vocabulary
from app.host.torch_engine.sampling.candidates import Candidates

Breakers = Mapping[int, Sequence[tuple[int, ...]]]
"""For each token that can begin a breaker the tokens that must follow to complete it."""

_FLOAT_MAX_LOG = 88.7228391


class Penalties:
    """Makes the tokens of the last `window` rarer: by a factor, by their count, by their being."""

    def __init__(self, window: int, repetition: float, frequency: float, presence: float) -> None:
        self._last: deque[int] = deque(maxlen=window)
        self._repetition = np.float32(repetition)
        self._frequency = np.float32(frequency)
        self._presence = np.float32(presence)

    @property
    def tokens(self) -> list[int]:
        """The history."""
        return [*self._last]

    def remember(self, tokens: Iterable[int]) -> None:
        """Begin the history again."""
        self._last.clear()
        self._last.extend(tokens)

    def accept(self, token: int) -> None:
        """Add a token to the history."""
        self._last.append(token)

    def __call__(self, candidates: Candidates) -> None:
        """Lower the logits."""
        candidates.is_sorted = False
        if not self._last:
            return
        tokens, counts = np.unique(np.array(self._last, np.int64), return_counts=True)
        places, which = _places(candidates, tokens)
        logits = candidates.logits[places]
        logits = np.where(logits <= 0, logits * self._repetition, logits / self._repetition)
        amount = counts[which].astype(np.float32) * self._frequency + self._presence
        candidates.logits[places] = logits - amount


class Dry:
    """Makes every token rarer that would go on with a phrase that was there before."""

    def __init__(
        self, window: int, multiplier: float, base: float, allowed: int, breakers: Breakers
    ) -> None:
        self._last: deque[int] = deque(maxlen=window)
        self._multiplier, self._base, self._allowed = multiplier, float(np.float32(base)), allowed
        self._breakers = breakers
        self._most = int(_FLOAT_MAX_LOG / math.log(self._base)) if self._base > 1.000001 else 0

    @property
    def tokens(self) -> list[int]:
        """The history."""
        return [*self._last]

    def remember(self, tokens: Iterable[int]) -> None:
        """Begin the history again."""
        self._last.clear()
        self._last.extend(tokens)

    def accept(self, token: int) -> None:
        """Add a token to the history."""
        self._last.append(token)

    def __call__(self, candidates: Candidates) -> None:
        """Lower the logits."""
        if len(self._last) <= self._allowed:
            return
        backwards = np.array(self._last, np.int64)[::-1]
        limit = self._limit(backwards)
        if limit < self._allowed:
            return
        candidates.is_sorted = False
        found = self._repeats(backwards, limit)
        tokens = np.array(sorted(found), np.int64)
        amounts = np.array([self._amount(found[int(token)]) for token in tokens], np.float32)
        places, which = _places(candidates, tokens)
        candidates.logits[places] -= amounts[which]

    def _amount(self, length: int) -> float:
        over = length - self._allowed
        return self._multiplier * math.pow(
            self._base, min(over, self._most) if self._most else over
        )

    def _limit(self, backwards: npt.NDArray[np.int64]) -> int:
        """How many tokens lie behind the last breaker."""
        heads = np.fromiter(self._breakers, np.int64, len(self._breakers))
        for place in np.flatnonzero(np.isin(backwards, heads)):
            after = tuple(backwards[:place][::-1].tolist())
            tails = self._breakers[int(backwards[place])]
            fitting = [len(tail) for tail in tails if after[: len(tail)] == tail]
            if fitting:
                return int(place) - max(fitting)
        return len(backwards)

    def _repeats(self, backwards: npt.NDArray[np.int64], limit: int) -> dict[int, int]:
        """Each token that followed an earlier copy of the text's end, with the longest copy."""
        longest = min(limit, self._allowed + self._most) if self._most else limit
        starts = np.flatnonzero(backwards[1:] == backwards[0]) + 1
        found: dict[int, int] = {}
        length = 1
        while len(starts):
            if length >= self._allowed:
                for token in np.unique(backwards[starts - 1]).tolist():
                    found[token] = length
            if length >= longest:
                break
            starts = starts[starts + length < len(backwards)]
            starts = starts[backwards[starts + length] == backwards[length]]
            length += 1
        return {token: most for token, most in found.items() if not self._is_breaker(token)}

    def _is_breaker(self, token: int) -> bool:
        return () in self._breakers.get(token, ())


def _places(
    candidates: Candidates, tokens: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Where some of the ascending `tokens` are among the candidates, and which those are."""
    if not len(tokens):
        return np.empty(0, np.intp), np.empty(0, np.intp)
    which = np.minimum(np.searchsorted(tokens, candidates.ids), len(tokens) - 1)
    places = np.flatnonzero(tokens[which] == candidates.ids)
    return places, which[places]


_LONGEST = 40  # bytes of a text, as in llama.cpp
_MOST_TOKENS = 20  # after the first, as in llama.cpp


class BreakerTable:
    """Finds, and keeps, the tokens that each text can begin in."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._pieces: list[bytes] = []
        self._found: dict[str, dict[int, list[tuple[int, ...]]]] = {}

    def of(self, texts: tuple[str, ...]) -> dict[int, list[tuple[int, ...]]]:
        """For each token in which one of `texts` begins, the tokens that must follow it."""
        merged: dict[int, list[tuple[int, ...]]] = {}
        for text in texts:
            for token, tails in self._of(text).items():
                merged.setdefault(token, []).extend(tails)
        return merged

    def _of(self, text: str) -> dict[int, list[tuple[int, ...]]]:
        if text not in self._found:
            self._found[text] = self._search(text.encode()[:_LONGEST])
        return self._found[text]

    def _search(self, data: bytes) -> dict[int, list[tuple[int, ...]]]:
        vocabulary = self._vocabulary
        if not self._pieces:
            self._pieces = [vocabulary.shown(token) for token in range(vocabulary.size)]
        found: dict[int, list[tuple[int, ...]]] = {}
        for token, piece in enumerate(self._pieces):
            if data in piece:
                found[token] = [()]
            elif data[:1] in piece:
                tails = dict.fromkeys(self._tokens(tail) for tail in _tails(data, piece))
                if tails:
                    found[token] = list(tails)
        return found

    def _tokens(self, tail: bytes) -> tuple[int, ...]:
        tokens = self._vocabulary.tokenize(tail.decode("utf-8", "replace"))
        return tuple(tokens[:_MOST_TOKENS].tolist())


def _tails(data: bytes, piece: bytes) -> Iterator[bytes]:
    """What is left of `data` after each beginning of it that ends `piece`."""
    for place in range(len(piece)):
        if data.startswith(piece[place:]):
            yield data[len(piece) - place :]
