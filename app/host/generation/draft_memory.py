"""The smaller model's memory of a text's end: what both engines' draft models do alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.core.errors import LampblackError, UnsupportedModelError
from app.core.memory_fit.draft import PADDING
from app.host.generation.draft_costs import DraftCosts
from app.host.generation.partner import AHEAD, Plan, promises
from app.host.generation.prompt_lookup import MOST
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Job

WORTH = 1.1
"""Times writing alone that must be in sight for a smaller model to be used."""

_AGAIN = 4  # times the reach: so much is read again where the context is full


Logits = npt.NDArray[np.float32]


class Foresight(Protocol):
    """The draws that a sampler chain will make next, out of other logits.

    After a draw `margin` is how far its random number was from another token's share, from 0 to 1:
    the larger, the more other logits give the same token. It is 1 where that is not known.
    """

    margin: float

    def numbers(self, count: int) -> list[float]:
        """The random numbers of the next draws, from 0 to 1; none where the draw has no such."""

    def draw(self, logits: Logits) -> int | None:
        """The next draw; None if nothing is allowed."""


class Foreseeing(Protocol):
    """A sampler chain whose next draws can be seen before they are made."""

    def foreseeing(self) -> AbstractContextManager[Foresight]:
        """The next draws; those that are made in it are not made for the chain itself."""
        ...


class DraftStoppedError(Exception):
    """What the smaller model computes was stopped; part of it may be in its memory."""


class DraftMemory(ABC):
    """A smaller model that holds one stretch of a text: tokens `base` and following.

    `name` is the model's, `words` are the tokens that both models have. What goes wrong in it only
    ends the guessing.
    """

    def __init__(
        self, name: str, costs: DraftCosts, words: int, ends: frozenset[int], size: int
    ) -> None:
        self.name = name
        self.costs = costs
        self._words, self._ends, self._size = words, ends, size
        self._base = 0
        self._held = np.zeros(0, np.int32)
        self._is_broken = False
        self._jobs: Sequence[Job] = ()

    @abstractmethod
    def close(self) -> None:
        """Free it; it may be closed twice."""

    @abstractmethod
    def _compute(self, tokens: Ids, length: int) -> None:
        """Compute some tokens behind the first `length`; the last one's logits are at hand then.

        Raises DraftStoppedError, or a LampblackError where it cannot go on.
        """

    @abstractmethod
    def _cut(self, length: int) -> bool:
        """Keep the first `length` positions; False if they could not be kept."""

    @abstractmethod
    def _clear(self) -> None:
        """Forget all positions."""

    @property
    @abstractmethod
    def chunk(self) -> int:
        """How many tokens are computed at once at most."""

    @property
    @abstractmethod
    def logits(self) -> Logits:
        """Those after what was read last; valid until it reads on."""

    def watch(self, jobs: Sequence[Job]) -> None:
        """Stop where one of these jobs is cancelled."""
        self._jobs = jobs

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens must be read before it can guess what follows `text`."""
        if self._is_broken:
            return len(text)
        base, kept = self._plan(text, reach)
        return len(text) - base - kept

    def guess(self, text: Ids, reach: int, count: int, draws: Foresight, plan: Plan) -> list[int]:
        """What is drawn after the text, up to `count` tokens or one that ends the text.

        The `plan` may end it before. Guesses nothing where something goes wrong.
        """
        if self._is_broken:
            return []
        try:
            self._follow(text, reach)
            return self._drawn(count, draws, plan)
        except DraftStoppedError:
            self._forget()
            return []
        except LampblackError:
            self._is_broken = True
            return []

    def _drawn(self, count: int, draws: Foresight, plan: Plan) -> list[int]:
        found: list[int] = []
        while len(found) < count:
            token = draws.draw(self.logits)
            if token is None or token in self._ends or token >= self._words:
                break
            if not plan.keeps(draws.margin):
                break
            found.append(token)
            if not plan.goes_on():
                break
            if len(found) < count:
                self._read(np.array([token], np.int32))
        return found

    def _follow(self, text: Ids, reach: int) -> None:
        """Hold the text's end, all of it read, its last token newly."""
        base, kept = self._plan(text, reach)
        if not kept or not self._cut(kept):
            self._clear()
            kept = 0
        self._base, self._held = base, self._held[:kept]
        lacking = text[base + kept :]
        if int(lacking.max()) >= self._words:
            raise DraftStoppedError
        for start in range(0, len(lacking), self.chunk):
            self._read(lacking[start : start + self.chunk])

    def _plan(self, text: Ids, reach: int) -> tuple[int, int]:
        """From where on the text is held, and how many tokens of it are there already."""
        end = len(text)
        stretch = text[self._base : self._base + len(self._held)]
        differing = np.flatnonzero(stretch != self._held[: len(stretch)])
        kept = int(differing[0]) if len(differing) else len(stretch)
        kept = min(kept, end - 1 - self._base)
        has_room = end - self._base + MOST < self._size
        if kept > 0 and has_room and end - self._base - kept <= max(reach, kept):
            return self._base, kept
        room = self._size - MOST - 1
        wanted = _AGAIN * reach if kept > reach else reach
        return max(0, end - min(wanted, room // 2)), 0

    def _read(self, tokens: Ids) -> None:
        """Hold some tokens more."""
        if any(job.cancelled for job in self._jobs):
            raise DraftStoppedError
        self._compute(tokens, len(self._held))
        self._held = np.concatenate((self._held, tokens))

    def _forget(self) -> None:
        """After something that was not done: what is there of it is not known."""
        self._clear()
        self._held = self._held[:0]


class ChainReader:
    """A smaller model with the chain of one take; a `Reader`."""

    def __init__(self, memory: DraftMemory, chain: Foreseeing) -> None:
        self._memory, self._chain = memory, chain

    def lacks(self, text: Ids, reach: int) -> int:
        """How many tokens it must read."""
        return self._memory.lacks(text, reach)

    def guess(self, text: Ids, reach: int, plan: Plan) -> list[int]:
        """What the take's chain would draw."""
        with self._chain.foreseeing() as draws:
            count = plan.begin(draws.numbers(AHEAD))
            if not count:
                return []
            return self._memory.guess(text, reach, count, draws, plan)


def same_words(larger: Vocabulary, smaller: Vocabulary, name: str) -> int:
    """How many tokens both have, each number standing for the same one.

    At the end of the list one may have room for more, which no text uses. Raises
    UnsupportedModelError where they differ otherwise.
    """
    count = min(larger.size, smaller.size)
    same = abs(larger.size - smaller.size) <= PADDING
    if not same or any(larger.shown(one) != smaller.shown(one) for one in range(count)):
        raise UnsupportedModelError(
            f"{name} has another vocabulary than the large model, so it cannot guess for it.",
            "Choose a smaller model of the same family.",
        )
    return count


def check_worth(costs: DraftCosts, name: str) -> None:
    """Raise UnsupportedModelError where guessing would not be faster here."""
    if promises(costs) < WORTH:
        raise UnsupportedModelError(
            f"{name} guesses too slowly here to make the large model faster.",
            "Choose a smaller draft model, or none.",
        )
