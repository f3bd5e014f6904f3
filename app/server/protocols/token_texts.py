"""Which part of a written text each of its tokens is, and the probabilities as numbers of JSON."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from app.engine.messages import Alternative, TokenDetail

UNLIKELY = -9999.0
"""What OpenAI writes for the logarithm of a probability of zero."""


def log_probability(probability: float) -> float:
    """The natural logarithm as a number that JSON has."""
    return math.log(probability) if probability > 0 else UNLIKELY


def token_bytes(token: TokenDetail | Alternative) -> list[int]:
    """The bytes of a token, which may be a part of a character."""
    return list(token.torn or token.text.encode())


def token_name(token: TokenDetail | Alternative) -> str:
    """A token's text, or its bytes as OpenAI's completions write those that are none."""
    if not token.torn:
        return token.text
    return "bytes:" + "".join(f"\\x{byte:02x}" for byte in token.torn)


def token_json(detail: TokenDetail, alternatives: int, *, sampled: bool = False) -> dict[str, Any]:
    """A token as llama-server tells it, with its likeliest alternatives.

    `sampled` names the probabilities as those that sampling has left.
    """
    found = [_token(other, sampled) for other in detail.alternatives[:alternatives]]
    return {**_token(detail, sampled), "top_probs" if sampled else "top_logprobs": found}


def _token(token: TokenDetail | Alternative, sampled: bool) -> dict[str, Any]:
    found = {"id": token.id, "token": token.text, "bytes": token_bytes(token)}
    if sampled:
        return {**found, "prob": token.probability}
    return {**found, "logprob": log_probability(token.probability)}


class TokenTexts:
    """Parts a text that arrives in pieces into its tokens, whose details arrive with it or later.

    The parts joined are the whole text. A control token has none, and of the tokens that share a
    character only the last has it.
    """

    def __init__(self) -> None:
        self._text = ""
        self._waiting: list[TokenDetail] = []

    def feed(self, text: str, details: Sequence[TokenDetail]) -> list[tuple[str, TokenDetail]]:
        """Take more text and details; every token whose text is known now, with that text."""
        self._text += text
        self._waiting += details
        found: list[tuple[str, TokenDetail]] = []
        while self._waiting:
            count, end = self._next()
            for detail in self._waiting[: count - 1]:
                found.append(("", detail))
            found.append((self._text[:end], self._waiting[count - 1]))
            self._text, self._waiting = self._text[end:], self._waiting[count:]
        return found

    def rest(self) -> str:
        """The text that no token was told for."""
        text, self._text = self._text, ""
        return text

    def _next(self) -> tuple[int, int]:
        """How many tokens share the next part, and where it ends."""
        first = self._waiting[0]
        if not first.torn and first.text and self._text.startswith(first.text):
            return 1, len(first.text)
        for count, detail in enumerate(self._waiting[1:], 1):
            if detail.text and not detail.torn:
                place = self._text.find(detail.text)
                if place >= 0:
                    return count, place
        return len(self._waiting), len(self._text)


def offsets(parts: Iterable[str], start: int = 0) -> list[int]:
    """Where each part begins, in characters."""
    found = []
    for part in parts:
        found.append(start)
        start += len(part)
    return found
