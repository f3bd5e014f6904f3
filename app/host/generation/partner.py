"""Guessing the next tokens with a smaller model, and when that pays.

The smaller model reads the same text and draws as the larger one is about to draw, with a copy of
its sampling steps and their generators. Where both foresee much the same, both draw the same token.
The larger model still draws every token itself, so that the guesses change no chance of any word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from app.host.generation.prompt_lookup import Costs, DraftLength, extended
from app.host.generation.vocabulary import Ids

_TRUST = 4  # right guesses that are taken for granted at first, of one more
_GOOD = 0.9
"""The share of right guesses with which a smaller model is tried at all."""

_REACH = 64
"""How much of a new text's end is read before the first guess, in tokens."""


class Guesser(Protocol):
    """What proposes tokens, and is told what became of them."""

    def draft(self, written: Sequence[int], most: int) -> list[int]:
        """Guesses for what follows the prompt and `written`, at most `most`; often none."""

    def written(self, guessed: int, right: int) -> None:
        """Take note of a step's guesses and of how many were right."""


class PartnerCosts(Protocol):
    """What guessing with the smaller model costs, in single steps of the larger one."""

    @property
    def rows(self) -> Costs:
        """What the larger model's batches of 2, 3, 4, … rows cost."""

    @property
    def step(self) -> float:
        """What a step of the smaller model costs."""

    @property
    def row(self) -> float:
        """What a row costs where it reads many."""


class Reader(Protocol):
    """The smaller model as one take uses it."""

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens must be read before it can guess what follows `text`."""

    def guess(self, text: Ids, reach: int, count: int) -> list[int]:
        """Guess `count` tokens, or fewer where one may be the last or something goes wrong."""


class PartnerLength(DraftLength):
    """Decides how many tokens to guess; the guesses' own cost counts like that of the batch.

    The account begins with a little more than reading the text's end costs, and so does never lose
    more than that and a hundredth of what is written.
    """

    first, saved, fading, allowance = 2.0, 8.0, 0.95, 0.01

    def __init__(self, costs: PartnerCosts) -> None:
        super().__init__(_with_guesses(costs))
        self._account = self.first + _REACH * costs.row
        self.saved = max(self.saved, self._account)

    def spend(self, steps: float) -> None:
        """Take from the account what was spent beside the guesses."""
        self._account -= steps


def promises(costs: PartnerCosts) -> float:
    """How many tokens the time of a single step brings where nine of ten guesses are right."""
    best, expected, likely = 0.0, 1.0, 1.0
    for cost in _with_guesses(costs):
        likely *= _GOOD
        expected += likely
        best = max(best, expected / cost)
    return best


def _with_guesses(costs: PartnerCosts) -> Costs:
    """What a batch with 1, 2, 3, … guesses costs together with making them."""
    rows = extended(costs.rows)
    return tuple(cost + count * costs.step for count, cost in enumerate(rows, 1))


class Partner:
    """The smaller model and its gate, for one take; a `Guesser`."""

    def __init__(self, reader: Reader, costs: PartnerCosts, prompt: Ids, size: int) -> None:
        self._reader = reader
        self._costs = costs
        self._text = np.zeros(max(size, len(prompt)) + 1, np.int32)
        self._text[: len(prompt)] = prompt
        self._start = self._length = len(prompt)
        self._gate = PartnerLength(costs)
        self._open = 0  # guesses of which nothing was told: there was no room to read them

    def draft(self, written: Sequence[int], most: int) -> list[int]:
        """What the smaller model draws, as many as promise to pay; often none."""
        self._gate.spend(self._open * self._costs.step)
        self._open = 0
        text = self._followed(written)
        lacking = self._reader.lacks(text, _REACH)
        reading = max(0, lacking - 2) * self._costs.row  # the usual ones are in a guess's own cost
        count = min(self._gate.length(_TRUST, reading), most)
        if count <= 0:
            return []
        found = self._reader.guess(text, _REACH, count)
        lost = 0.0 if found else self._costs.step
        self._gate.spend(reading + lost)
        self._open = len(found)
        return found

    def written(self, guessed: int, right: int) -> None:
        """Take note of a step's guesses and of how many were right."""
        self._open = 0 if guessed else self._open
        self._gate.written(guessed, right)

    def _followed(self, written: Sequence[int]) -> Ids:
        """The text with all that is written; a banned phrase may have been taken back."""
        end = self._start + len(written)
        begin = max(self._start, min(self._length, end - 1))
        self._text[begin:end] = written[begin - self._start :]
        self._length = end
        return self._text[:end]


class Together:
    """Two guessers: the second is asked where the first has no guess."""

    def __init__(self, first: Guesser, second: Guesser) -> None:
        self._first, self._second = first, second
        self._asked = first

    def draft(self, written: Sequence[int], most: int) -> list[int]:
        """The first's guesses, else the second's."""
        self._asked = self._first
        found = self._first.draft(written, most)
        if not found:
            self._asked = self._second
            found = self._second.draft(written, most)
        return found

    def written(self, guessed: int, right: int) -> None:
        """Tell the one that guessed; to the other they were plain steps."""
        other = self._second if self._asked is self._first else self._first
        self._asked.written(guessed, right)
        other.written(0, right)
