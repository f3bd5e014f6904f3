"""How much of a manuscript a server reads at once, which only it can count."""

from __future__ import annotations

from typing import Any

from app.core.documents.prompts import latest
from app.core.masking import Masker
from app.engine.messages import ModelInfo, Stats

_BYTES_PER_TOKEN = 2.0  # before a server has counted any: less than in most languages
_MARGIN = 0.9
_TEMPLATE = 64  # tokens of a chat's template, at most
_FEWEST_COUNTED = 100


class ServerRoom:
    """Lets a server see only the end of a text that is too long for it.

    A model of this machine counts by itself. How many bytes a token has is learnt from what the
    server counted before.
    """

    def __init__(self) -> None:
        self._ratios: dict[str, float] = {}

    def end_of(self, before: str, beside: str, max_tokens: int, model: ModelInfo | None) -> str:
        """The end of `before` that has room with `beside` and `max_tokens` of answer.

        It begins within no name or number that is masked, the rest of which masking would miss.
        """
        if model is None or model.server is None or not model.context:
            return before
        answer = max_tokens if max_tokens >= 0 else model.context // 4
        room = (model.context - answer - _TEMPLATE) * self.bytes_per_token(model)
        left = int(room) - _size(beside)
        if left <= 0:
            return before
        place = len(before) - len(latest(before, left))
        if place and model.server.masks:
            place = Masker(model.server.names).undivided(before, place)
        return before[place:]

    def bytes_per_token(self, model: ModelInfo) -> float:
        """How many bytes a token of the model has, as far as it is known."""
        return self._ratios.get(model.path, _BYTES_PER_TOKEN)

    def learn(self, sent: int, model: ModelInfo | None, stats: Stats) -> None:
        """Take up how many tokens a server counted in the bytes that it was sent in all."""
        if model is not None and model.server is not None and stats.prompt_tokens > _FEWEST_COUNTED:
            self._ratios[model.path] = sent / stats.prompt_tokens * _MARGIN


def sent_bytes(fields: dict[str, Any]) -> int:
    """How many bytes of text the fields of a `Generate` have, in all turns of a chat."""
    turns = sum(_size(turn.content) for turn in fields.get("messages", ()))
    return _size(fields.get("prompt", "")) + turns


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
