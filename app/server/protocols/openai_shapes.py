"""OpenAI's objects: what is around an answer's text, and probabilities in both of their shapes."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from app.engine.messages import Alternative, ModelInfo, TokenDetail
from app.server.protocols.token_texts import log_probability, offsets, token_json, token_name

OBJECTS = {
    ("completion", False): "text_completion",
    ("completion", True): "text_completion",
    ("chat", False): "chat.completion",
    ("chat", True): "chat.completion.chunk",
}
_PREFIXES = {"completion": "cmpl-", "chat": "chatcmpl-"}


def fingerprint(model: ModelInfo) -> str:
    """What changes when the model or anything that its numbers hang on does."""
    parts = (model.name, model.size_bytes, model.quantization, model.settings)
    return "fp_" + hashlib.sha256(msgspec.json.encode(parts)).hexdigest()[:12]


class Envelope:
    """What all events of one answer have around their choices; `kind` is completion or chat."""

    def __init__(self, kind: str, model: ModelInfo, *, stream: bool) -> None:
        self._fields = {
            "id": _PREFIXES[kind] + secrets.token_hex(12),
            "object": OBJECTS[kind, stream],
            "created": int(time.time()),
            "model": model.name,
            "system_fingerprint": fingerprint(model),
        }

    def of(self, choices: Sequence[Any], **more: Any) -> dict[str, Any]:
        """The object with these choices."""
        return {**self._fields, "choices": list(choices), **more}


Parts = Sequence[tuple[str, TokenDetail | None]]
"""Tokens with the text that each is; None for one whose probability cannot be told: the first."""


def completion_logprobs(parts: Parts, alternatives: int, start: int = 0) -> dict[str, Any]:
    """The shape of completions: four lists side by side, and llama-server's list of objects.

    `text_offset` counts characters of the choice's text, of which `start` were sent before.
    """
    shown = [detail for _, detail in parts]
    return {
        "tokens": [text if detail is None else token_name(detail) for text, detail in parts],
        "token_logprobs": [detail and log_probability(detail.probability) for detail in shown],
        "top_logprobs": [detail and _top(detail, alternatives) for detail in shown],
        "text_offset": offsets((text for text, _ in parts), start),
        "content": [token_json(detail, alternatives) for detail in shown if detail],
    }


def _top(detail: TokenDetail, alternatives: int) -> dict[str, float]:
    """The likeliest tokens by text; the first of those that look alike, and always the chosen."""
    if not alternatives:
        return {}
    found: dict[str, float] = {}
    shown: list[TokenDetail | Alternative] = [*detail.alternatives[:alternatives], detail]
    for other in shown:
        found.setdefault(token_name(other), log_probability(other.probability))
    return found


def chat_logprobs(details: Sequence[TokenDetail], alternatives: int) -> dict[str, Any]:
    """The shape of chats: an object for each token; its number is llama-server's addition."""
    return {"content": [token_json(one, alternatives) for one in details], "refusal": None}
