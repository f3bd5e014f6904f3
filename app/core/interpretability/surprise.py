"""How unexpected a text is to a model: each token's surprise, in steps, and what they sum up to.

The surprise of a token is the negative natural logarithm of the probability that the model gives
it after what stands before it; that of a word of several tokens is their sum, which is the word's
own. Perplexity is the exponential of the mean over the tokens.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from app.core.text.run_spans import RunSpan

STEPS = (10, 100, 1000)
"""From one in how many on a word or sign is marked in each of the steps, the lightest first."""

SURPRISING = 2
"""The step from which on a word counts as surprising."""

_LIMITS = tuple(math.log(one) for one in STEPS)
_LEAST = 5e-324  # a probability that is 0 only because it was too small for its number
_LARGEST = 700.0  # whose exponential is still a number


def surprise_of(probability: float) -> float:
    """The surprise of a token with this probability."""
    return -math.log(min(max(probability, _LEAST), 1.0))


def step_of(surprise: float) -> int:
    """0 for what was to be expected or was not scored, else the number of the step, from 1 on."""
    return sum(surprise >= limit for limit in _LIMITS)


def odds_of(surprise: float) -> int:
    """One in how many a token with this surprise is, rounded so that nobody takes it for exact."""
    odds = math.exp(min(surprise, 20.7))  # a billion
    unit = int(10 ** max(0, math.floor(math.log10(max(odds, 1.0))) - 1))
    return max(1, round(odds / unit) * unit)


class SurpriseRun(msgspec.Struct, frozen=True):
    """Units of a text with their `surprise`, that of `tokens` tokens together; -1 for none.

    Several tokens are together where a letter or a word is divided among them. `words` begin in it,
    of which so many are `surprising`. What has none was not scored, or has changed since;
    `is_tried` where it was in what was scored, and has no number all the same.
    """

    length: int
    surprise: float = -1.0
    tokens: int = 0
    words: int = 0
    surprising: int = 0
    is_tried: bool = False

    def cut(self, start: int, end: int) -> SurpriseRun:
        """Its units from `start` to `end`; a part of a token has no number."""
        if (start, end) == (0, self.length):
            return self
        return SurpriseRun(end - start, is_tried=self.is_tried and self.surprise < 0)

    def longer(self, by: int) -> SurpriseRun:
        """The run with so many more units at its end."""
        return msgspec.structs.replace(self, length=self.length + by)

    def joins(self, following: SurpriseRun) -> bool:
        """Only runs without a number do."""
        is_blank = self.surprise < 0 and following.surprise < 0
        return is_blank and self.is_tried is following.is_tried


class SurpriseSum(msgspec.Struct):
    """What the runs of a text sum up to."""

    surprise: float = 0.0
    tokens: int = 0
    words: int = 0
    surprising: int = 0

    def add(self, runs: Iterable[SurpriseRun], sign: int = 1) -> None:
        """Take runs up; with a `sign` of -1, take them out again."""
        for run in runs:
            if run.surprise >= 0:
                self.surprise += sign * run.surprise
                self.tokens += sign * run.tokens
                self.words += sign * run.words
                self.surprising += sign * run.surprising

    @property
    def share(self) -> float:
        """The share of words that are surprising, 0 to 1."""
        return self.surprising / self.words if self.words else 0.0

    @property
    def perplexity(self) -> float:
        """Among how many equally likely tokens the model wavered on average; 1 without tokens."""
        return math.exp(min(max(self.surprise, 0.0) / self.tokens, _LARGEST)) if self.tokens else 1


class SurpriseMark(msgspec.Struct, frozen=True):
    """Where in units of the text a step is shown, and which."""

    start: int
    end: int
    step: int


def marks_of(
    spans: Iterable[RunSpan[SurpriseRun]], text: str, start: int
) -> Iterator[SurpriseMark]:
    """What is shown of the spans in `text`, which begins at the unit `start`.

    Spaces around a token are left out; neighbours in one step that touch are one.
    """
    data = text.encode("utf-16-le", "surrogatepass")
    former: SurpriseMark | None = None
    for span in spans:
        step = step_of(span.run.surprise)
        if not step:
            continue
        piece = data[max(0, span.start - start) * 2 : max(0, span.end - start) * 2]
        letters = piece.decode("utf-16-le", "surrogatepass")
        left, right = len(letters) - len(letters.lstrip()), len(letters.rstrip())
        first = max(span.start, start) + left  # a space is one unit
        mark = SurpriseMark(first, first + (right - left) + _wide(letters), step)
        if right <= left:
            continue
        if former is not None and (former.end, former.step) == (mark.start, step):
            former = SurpriseMark(former.start, mark.end, step)
            continue
        if former is not None:
            yield former
        former = mark
    if former is not None:
        yield former


def _wide(letters: str) -> int:
    """How many letters have two units."""
    return 0 if letters.isascii() else sum(letter > "\uffff" for letter in letters)
