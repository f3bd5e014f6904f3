"""Reading server-sent events as a client does."""

from __future__ import annotations

import json
from typing import Any


def events(body: str) -> list[Any]:
    """The objects of all events; the last of OpenAI's is the text [DONE]."""
    found = [line[6:] for line in body.split("\n\n") if line.startswith("data: ")]
    return [text if text == "[DONE]" else json.loads(text) for text in found]


def comments(body: str) -> list[str]:
    return [line[2:] for line in body.split("\n\n") if line.startswith(": ")]
