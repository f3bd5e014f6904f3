"""Probabilities in the two shapes of OpenAI: of completions and of chats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.engine.messages import TokenDetail
from app.server.token_texts import log_probability, offsets, token_bytes

Parts = Sequence[tuple[str, TokenDetail | None]]
"""Tokens with the text that each is; None for one whose probability cannot be told: the first."""


def completion_logprobs(parts: Parts, alternatives: int, start: int = 0) -> dict[str, Any]:
    """The shape of completions: four lists side by side.

    `text_offset` counts characters of the choice's text, of which `start` were sent before.
    """
    shown = [detail for _, detail in parts]
    return {
        "tokens": [text if detail is None else detail.text for text, detail in parts],
        "token_logprobs": [detail and log_probability(detail.probability) for detail in shown],
        "top_logprobs": [detail and _top(detail, alternatives) for detail in shown],
        "text_offset": offsets((text for text, _ in parts), start),
    }


def _top(detail: TokenDetail, alternatives: int) -> dict[str, float]:
    """The likeliest tokens by text; the first of those that look alike, and always the chosen."""
    if not alternatives:
        return {}
    found: dict[str, float] = {}
    for other in detail.alternatives[:alternatives]:
        found.setdefault(other.text, log_probability(other.probability))
    found.setdefault(detail.text, log_probability(detail.probability))
    return found


def chat_logprobs(details: Sequence[TokenDetail], alternatives: int) -> dict[str, Any]:
    """The shape of chats: an object for each token."""
    content = [
        {
            **_entry(detail.text, detail.probability),
            "top_logprobs": [
                _entry(other.text, other.probability)
                for other in detail.alternatives[:alternatives]
            ],
        }
        for detail in details
    ]
    return {"content": content, "refusal": None}


def _entry(text: str, probability: float) -> dict[str, Any]:
    return {"token": text, "logprob": log_probability(probability), "bytes": token_bytes(text)}
