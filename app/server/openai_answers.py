"""OpenAI's objects around the text of an answer."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from app.engine.messages import ModelInfo

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
