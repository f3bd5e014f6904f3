"""Guessing the next tokens with a smaller model, and when that pays.

The smaller model reads the same text and draws as the larger one is about to draw, with a copy of
its sampling steps and the same random numbers (coupled draws; see Daliri et al. 2024, "Coupling
without Communication and Drafter-Invariant Speculative Decoding", arXiv:2408.07978). Where both
foresee much the same, both draw the same token. The larger model still draws every token itself,
so that the guesses change no chance of any word, and a seed gives the text that it gives alone:
rejection sampling (Leviathan et al. 2023, arXiv:2211.17192) would keep more guesses, a few at the
usual temperatures and half as many again in a hot text, but give other texts where more or fewer
are made.

The random numbers of the next draws are known beforehand, and they tell much: a low one takes one
of the likeliest tokens, on which both models agree; a high one takes a rare token, on which they
seldom do. So does the margin by which a number missed another token's share.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from app.host.generation.prompt_lookup import Costs, DraftLength, extended
from app.host.generation.vocabulary import Ids

AHEAD = 8
"""How many random numbers are looked at: more guesses are never made at a time."""

_GOOD = 0.9
"""The share of right guesses with which a smaller model is tried at all."""

_REACH = 32
"""How much of a new text's end is read before the first guess, in tokens."""

_RISK = 0.04
"""How much of a text's time may be lost if no guess is right, reading its end included."""

_NEAR = 3  # guesses that are looked at to decide whether one more pays
_FIRST_PACE, _PACED = 1.25, 8  # tokens per step at first, and for how many steps that counts


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


class Plan(Protocol):
    """Decides how many tokens are guessed, before and while that is done."""

    def begin(self, numbers: Sequence[float]) -> int:
        """How many may be guessed, by the random numbers of the next draws; often 0."""

    def keeps(self, margin: float) -> bool:
        """Whether one that was drawn with this margin is worth reading; it is the last if not."""

    def goes_on(self) -> bool:
        """Whether one more is guessed after it."""


class Reader(Protocol):
    """The smaller model as one take uses it."""

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens must be read before it can guess what follows `text`."""

    def guess(self, text: Ids, reach: int, plan: Plan) -> list[int]:
        """Guess as many tokens as planned, or fewer where one may be the last."""


class Chances:
    """How often guesses were right, by a number that was known of each beforehand.

    `edges` divide the numbers; `first` are the shares taken for granted in each part, as if
    `weight` guesses had shown them. The past fades.
    """

    weight, fading, most = 4.0, 0.9, 40.0

    def __init__(self, edges: Sequence[float], first: Sequence[float]) -> None:
        self._edges = edges
        self._right = [share * self.weight for share in first]
        self._tried = [self.weight] * len(first)

    def of(self, number: float) -> float:
        """The share of right ones."""
        part = bisect_right(self._edges, number)
        return self._right[part] / self._tried[part]

    def learn(self, number: float, *, is_right: bool) -> None:
        """Take note of one."""
        part = bisect_right(self._edges, number)
        if self._tried[part] > self.most:
            self._right[part] *= self.fading
            self._tried[part] *= self.fading
        self._right[part] += is_right
        self._tried[part] += 1


class PartnerLength(DraftLength):
    """Decides how many tokens to guess; the guesses' own cost counts like that of the batch.

    The account begins with a step and a half more than reading the text's end costs, and so does
    never lose more than that and a hundredth of what is written.
    """

    first, saved, fading, allowance = 1.5, 8.0, 0.95, 0.01

    def __init__(self, costs: PartnerCosts) -> None:
        super().__init__(_with_guesses(costs))

    def begin(self, reading: float) -> None:
        """Allow for the text's end being read, in steps."""
        self._account = self.first + reading
        self.saved = max(self.saved, self._account)

    def cost(self, guessed: int) -> float:
        """What a batch with so many guesses costs, making them included."""
        return self._costs[guessed - 1] if guessed else 1.0

    def affords(self, guessed: int, beside: float = 0.0) -> bool:
        """Whether they could all be wrong without overdrawing the account."""
        return self.cost(guessed) - 1 + beside <= self._account

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
    """The smaller model and its gate, for one take; a `Guesser` and a `Plan`."""

    def __init__(self, reader: Reader, costs: PartnerCosts, prompt: Ids, size: int) -> None:
        self._reader = reader
        self._costs = costs
        self._text = np.zeros(max(size, len(prompt)) + 1, np.int32)
        self._text[: len(prompt)] = prompt
        self._start = self._length = len(prompt)
        self._gate = PartnerLength(costs)
        self._by_number = Chances((0.3, 0.5, 0.7, 0.85, 0.95), (0.9, 0.85, 0.75, 0.65, 0.55, 0.45))
        self._by_margin = Chances(
            (0.01, 0.03, 0.06, 0.1, 0.2, 0.3), (0.08, 0.15, 0.3, 0.55, 0.7, 0.8, 0.97)
        )
        self._numbers: Sequence[float] = ()
        self._margins: list[float] = []
        self._most = self._drawn = 0
        self._beside = 0.0
        self._reach = 1.0
        self._is_begun = False
        self._open = 0  # guesses of which nothing was told: there was no room to read them
        self._tokens = self._guessed = self._right = 0
        self._spent = 0.0

    @property
    def kept(self) -> float:
        """The share of its guesses that were right."""
        return self._right / self._guessed if self._guessed else 0.0

    @property
    def gain(self) -> float:
        """How many tokens the time of a single step brought; 0 before the first."""
        return self._tokens / self._spent if self._spent else 0.0

    def draft(self, written: Sequence[int], most: int) -> list[int]:
        """What the smaller model draws, as many as promise to pay; often none."""
        self._spend(self._open * self._costs.step)
        self._open = 0
        text = self._followed(written)
        lacking = self._reader.lacks(text, _REACH)
        self._prepare(most, max(0, lacking - 2))  # the usual ones are in a guess's own cost
        if not self._is_begun and not self._begins(most):
            return []
        if self._most <= 0 or not self._gate.affords(1, self._beside):
            return []
        found = self._reader.guess(text, _REACH, self)
        if self._numbers:
            self._spend(self._beside + (self._drawn - len(found)) * self._costs.step)
        self._open = len(found)
        return found

    def _prepare(self, most: int, lacking: int) -> None:
        """Nothing is planned yet: at most so many guesses, behind so many tokens to be read."""
        self._most = min(most, AHEAD)
        self._beside = lacking * self._costs.row
        self._numbers, self._margins, self._drawn = (), [], 0

    def _begins(self, most: int) -> bool:
        """Whether so much is still to be written that reading the text's end can pay."""
        if self._beside + self._gate.first > _RISK * most:
            return False
        self._gate.begin(self._beside)
        self._is_begun = True
        return True

    def begin(self, numbers: Sequence[float]) -> int:
        """How many may be guessed, by the random numbers of the next draws; often 0."""
        self._reach = 1.0
        numbers = numbers or (0.4,) * AHEAD  # as likely as any
        while self._most and not self._gate.affords(self._most, self._beside):
            self._most -= 1
        if not self._pays(0, numbers):
            return 0
        self._numbers = numbers
        return self._most

    def keeps(self, margin: float) -> bool:
        """Whether one that was drawn with this margin is worth reading; it is the last if not."""
        self._drawn += 1
        made, likely = len(self._margins), self._reach * self._by_margin.of(margin)
        row = self._gate.cost(made + 1) - self._gate.cost(made) - self._costs.step
        if likely < self._pace() * row:
            return False
        self._margins.append(margin)
        self._reach = likely
        return True

    def goes_on(self) -> bool:
        """Whether one more is guessed after it."""
        return self._pays(len(self._margins), self._numbers)

    def written(self, guessed: int, right: int) -> None:
        """Take note of a step's guesses and of how many were right."""
        self._open = 0 if guessed else self._open
        self._gate.written(guessed, right)
        self._tokens += right + 1 if guessed else 1  # what another guesser brought is not its own
        self._guessed += guessed
        self._right += right if guessed else 0
        self._spent += self._gate.cost(guessed)
        for place in range(min(guessed, right + 1)):
            self._by_number.learn(self._numbers[place], is_right=place < right)
            self._by_margin.learn(self._margins[place], is_right=place < right)

    def _pays(self, made: int, numbers: Sequence[float]) -> bool:
        """Whether the next guess, or a few more, bring more than their time is worth."""
        likely, expected = self._reach, 0.0
        begun = self._gate.cost(made)
        pace = self._pace()
        for count in range(made + 1, min(made + _NEAR, self._most) + 1):
            likely *= self._by_number.of(numbers[count - 1])
            expected += likely
            if expected > pace * (self._gate.cost(count) - begun):
                return True
        return False

    def _pace(self) -> float:
        """How many tokens the time of a step has brought so far, which is what it is worth."""
        return max(1.0, (self._tokens + _FIRST_PACE * _PACED) / (self._spent + _PACED))

    def _spend(self, steps: float) -> None:
        self._gate.spend(steps)
        self._spent += steps

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
