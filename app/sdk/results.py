"""What a model answers with: texts, labels, and how well it foresees a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.engine.messages import Stats, Take, TokenDetail


@dataclass(frozen=True)
class Generation:
    """What one request wrote; `text`, `tokens` and `finish_reason` are the first take's.

    As a string it is its text.
    """

    takes: tuple[Take, ...]
    seed: int
    stats: Stats

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        others = f", first of {len(self.takes)}" if len(self.takes) > 1 else ""
        return f"<Generation ({self.finish_reason}): {self.text!r}{others}>"

    @property
    def text(self) -> str:
        """The text."""
        return self.takes[0].text

    @property
    def tokens(self) -> tuple[int, ...]:
        """The numbers of its tokens."""
        return self.takes[0].token_ids

    @property
    def finish_reason(self) -> str:
        """Why it ended."""
        return self.takes[0].finish_reason


@dataclass(frozen=True)
class Classification:
    """The most probable label, and the probability of each; they add up to 1."""

    label: str
    probabilities: Mapping[str, float]


@dataclass(frozen=True)
class Judgement:
    """How well a model foresees a text: every token after the first, and their perplexity."""

    perplexity: float
    tokens: tuple[TokenDetail, ...]

    def __repr__(self) -> str:
        return f"<Judgement of {len(self.tokens)} tokens: perplexity {self.perplexity:.4g}>"
