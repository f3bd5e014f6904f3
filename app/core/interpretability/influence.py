"""What of a prompt drove a sentence: each part is left out, and the sentence is scored again.

The method is leave-one-out attribution, also called occlusion or erasure (Li, Monroe and Jurafsky
2016, "Understanding Neural Networks through Representation Erasure"; for the contexts of language
models, Cohen-Wang et al. 2024, "ContextCite: Attributing Model Generation to Context"). The
influence of a part is log p(sentence | all) - log p(sentence | all but the part), in nats: above 0
the part made the sentence likelier, by the factor e to the power of it; below 0 it was against it.

Its limits: parts that say the same cover for each other, so that neither seems to matter; effects
of parts together do not add up; and it tells what this model does with this prompt, not why.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import msgspec

from app.core.interpretability.influence_parts import PromptPart

HARDLY = 0.05
"""Nats below which a part hardly matters: other threads or batches already change as much."""


class Influence(msgspec.Struct, frozen=True):
    """What part `number` did for the sentence, in nats."""

    number: int
    nats: float

    @property
    def factor(self) -> float:
        """How many times as likely the sentence is with it; below 1 where it was against it."""
        return math.exp(min(self.nats, 700.0))

    @property
    def matters(self) -> bool:
        """Whether it is more than rounding."""
        return abs(self.nats) >= HARDLY


class Reading(msgspec.Struct, frozen=True):
    """A prompt with the sentence of so many `tokens`, of which `known` need not be read."""

    tokens: int
    known: int

    @property
    def read(self) -> int:
        """How many are read."""
        return max(1, self.tokens - self.known)


class InfluencePlan(msgspec.Struct, frozen=True):
    """What is to be done for a sentence: its prompt's parts with their tokens, and the text.

    `text` is the sentence as it follows the prompt, `tokens` are its own. `kept` are the numbers
    that the parts had before `dropped` ones were left out, for which the context has no room.
    """

    parts: tuple[PromptPart, ...]
    counts: tuple[int, ...]
    text: str
    tokens: int
    kept: tuple[int, ...]
    dropped: int = 0

    @property
    def is_within(self) -> bool:
        """Whether the sentence goes on with the last paragraph, and does not begin one."""
        return bool(self.parts) and not self.parts[-1].text.endswith("\n")

    @property
    def open_parts(self) -> tuple[int, ...]:
        """The numbers of the parts that can be left out, in the order in which it is done.

        The last comes first: what is before it has been read then.
        """
        places = range(len(self.parts) - 1, -1, -1)
        return tuple(place for place in places if not self.parts[place].is_fixed)

    def readings(self, numbers: Sequence[int]) -> tuple[Reading, ...]:
        """What is read to score the sentence with all, and without each part of these numbers."""
        whole = sum(self.counts) + self.tokens
        return (
            Reading(whole, 0),
            *(Reading(whole - self.counts[one], sum(self.counts[:one])) for one in numbers),
        )


def plan_of(
    parts: Sequence[PromptPart], counts: Sequence[int], text: str, tokens: int, room: int
) -> InfluencePlan:
    """The plan for what fits into `room` tokens with the text.

    As the engine does, of a text that is too long the beginning is left out: here whole paragraphs.
    """
    excess, kept = sum(counts) + tokens - room, list[int]()
    for place, (part, count) in enumerate(zip(parts, counts, strict=True)):
        if excess > 0 and part.kind == "paragraph":
            excess -= count
        else:
            kept.append(place)
    return InfluencePlan(
        parts=tuple(parts[place] for place in kept),
        counts=tuple(counts[place] for place in kept),
        text=text,
        tokens=tokens,
        kept=tuple(kept),
        dropped=len(parts) - len(kept),
    )


def ranked(whole: float, without: Mapping[int, float]) -> tuple[Influence, ...]:
    """The parts by how much they mattered, for or against; of equals the nearest first.

    `whole` is the sentence's log probability with all, `without` has it without each part.
    """
    found = (Influence(number, whole - one) for number, one in without.items())
    return tuple(sorted(found, key=lambda one: (-abs(one.nats), -one.number)))
