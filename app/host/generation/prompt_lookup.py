"""Guessing the next tokens from what the text already says (prompt lookup), and when it pays.

Where a text repeats itself, as a rewrite repeats its source, the tokens that followed the same
last few are a good guess (Saxena 2023, "Prompt Lookup Decoding"). The engine checks several guesses
in one batch. All decisions depend on counts, never on a clock, so that a seed repeats its text.

A batch rounds otherwise than single steps, which could turn two words round that are equally
likely: engines guess nothing at temperature 0, so that a greedy text is always the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

from app.host.generation.vocabulary import Ids

Costs = tuple[float, ...]
"""What a batch of 2, 3, 4, … rows costs, as multiples of a single step."""

MOST = 15
"""The most tokens guessed at a time."""

_LONG, _SHORT = 3, 2  # tokens that must agree; so few as the latter only after a success
_LONGEST = 16  # more agreement says nothing new
_WORTH = 1.1  # tokens per cost that a batch must promise; a single step has one


class Index:
    """A growing text's n-grams, each with the place after its latest occurrence before the end."""

    def __init__(self, prompt: Ids) -> None:
        self._tokens: list[int] = prompt.tolist()
        tokens = self._tokens
        places = range(_SHORT, len(tokens))
        self._pairs = dict(zip(pairwise(tokens), places, strict=False))
        triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
        self._triples = dict(zip(triples, places[1:], strict=False))

    def __len__(self) -> int:
        return len(self._tokens)

    def append(self, token: int) -> None:
        """Take one more token; only now do the n-grams before it have something after them."""
        tokens, end = self._tokens, len(self._tokens)
        if end >= _SHORT:
            self._pairs[tokens[-2], tokens[-1]] = end
        if end >= _LONG:
            self._triples[tokens[-3], tokens[-2], tokens[-1]] = end
        tokens.append(token)

    def cut(self, length: int) -> None:
        """Go back to the first `length` tokens; what is found is compared with them anyway."""
        del self._tokens[length:]

    def find(self) -> tuple[int, int]:
        """A place whose tokens before it are the text's last ones, and how many agree; or 0, 0."""
        tokens = self._tokens
        if len(tokens) < _LONG:
            return 0, 0
        for place in (
            self._triples.get((tokens[-3], tokens[-2], tokens[-1]), 0),
            self._pairs.get((tokens[-2], tokens[-1]), 0),
        ):
            if place and (agreeing := self._agreeing(place)) >= _SHORT:
                return place, agreeing
        return 0, 0

    def draft(self, place: int, count: int) -> list[int]:
        """The `count` tokens from `place` on; past the end, the draft itself goes on."""
        found = self._tokens[place : place + count]
        while found and len(found) < count:
            found.append(found[place - len(self._tokens)])
        return found

    def _agreeing(self, place: int) -> int:
        tokens, end = self._tokens, len(self._tokens)
        count = 0
        if place >= end:  # left behind by a cut
            return 0
        while count < min(place, _LONGEST) and tokens[place - 1 - count] == tokens[end - 1 - count]:
            count += 1
        return count


class DraftLength:
    """Decides how many tokens to guess, by what the last guesses brought.

    It keeps an account in steps. A batch costs what its rows cost and brings the tokens that were
    right; none is begun that could overdraw the account. So text that never repeats itself takes
    at most 1.015 times its steps, and one more. `first` and `saved` are the steps that may be lost
    at first and after any success, `fading` is how much of the past counts at the next batch, and
    `allowance` is what may be lost per written token, in steps.
    """

    first, saved, fading, allowance = 1.0, 4.0, 0.8, 0.015

    def __init__(self, costs: Costs) -> None:
        self._costs = extended(costs)
        self._account = self.first
        self._right = self._tried = 0.0
        self._trusted = False

    def length(self, agreeing: int, beside: float = 0.0) -> int:
        """How many tokens to guess where this many before them agree; 0 for a single step.

        `beside` is what else must be paid for it, in steps.
        """
        if agreeing < (_SHORT if self._trusted else _LONG):
            return 0
        chance = (self._right + agreeing + 1) / (self._tried + agreeing + 2)  # Laplace's rule
        best, worth, expected, likely = 0, _WORTH, 1.0, 1.0
        for count, cost in enumerate(self._costs, 1):
            likely *= chance
            expected += likely
            if cost - 1 + beside <= self._account and expected / cost > worth:
                best, worth = count, expected / cost
        return best

    def written(self, guessed: int, right: int) -> None:
        """Note a step that guessed this many tokens, of which the first `right` were."""
        self._account += self.allowance * (right + 1)
        if guessed:
            self._account += right + 1 - self._costs[guessed - 1]
            self._right = self._right * self.fading + right
            self._tried = self._tried * self.fading + min(guessed, right + 1)
            self._trusted = right > 0
        self._account = min(self._account, self.saved)


def extended(costs: Costs) -> Costs:
    """The costs for every length up to MOST; beyond what was measured they rise as they did there.

    More rows never cost less: where a measurement says so, another program was busy.
    """
    found = list(accumulate((max(1.0, cost) for cost in costs[:MOST]), max))
    begin, steps = (found[0], len(found) - 1) if len(found) > 1 else (1.0, 1)
    rise = (found[-1] - begin) / steps
    while len(found) < MOST:
        found.append(found[-1] + rise)
    return tuple(found)


class Lookup:
    """Index and gate of one take."""

    def __init__(self, prompt: Ids, costs: Costs) -> None:
        self._index = Index(prompt)
        self._start = len(prompt)
        self._gate = DraftLength(costs)

    def draft(self, written: Sequence[int], most: int) -> list[int]:
        """Guesses for what follows the prompt and `written`, at most `most`; often none."""
        self._follow(written)
        place, agreeing = self._index.find()
        count = min(self._gate.length(agreeing), most) if agreeing else 0
        return self._index.draft(place, count) if count > 0 else []

    def written(self, guessed: int, right: int) -> None:
        """Take note of a step's guesses and of how many were right."""
        self._gate.written(guessed, right)

    def _follow(self, written: Sequence[int]) -> None:
        known = len(self._index) - self._start
        if len(written) < known:  # a banned phrase was taken back
            self._index.cut(self._start + len(written))
            known = len(written)
        for token in written[known:]:
            self._index.append(token)
