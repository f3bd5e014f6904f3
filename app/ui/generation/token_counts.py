"""Counting tokens by the loaded model's own tokenizer, or by estimate for a server."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, Protocol

from msgspec import convert
from msgspec.structs import replace

from app.core.context.composition import ComposedPrompt, TokenCounter
from app.engine.messages import (
    ChatMessage,
    Count,
    Counted,
    Finished,
    ModelInfo,
    Tokenize,
    Tokenized,
)

_AT_ONCE = 2_000_000  # characters of texts in one message
_MOST_KEPT = 4_000_000  # characters of texts whose tokens are remembered
_TEMPLATE = 64  # tokens of a chat's template, at most


class PromptReading(NamedTuple):
    """How a prompt will be read: its tokens, how many are known, how many dropped, what is left."""

    tokens: int
    known: int
    dropped: int
    read: ComposedPrompt


class RunsHere(Protocol):
    """Does a command on this machine; see `app.engine.worker.LocalEngine`."""

    def next_job(self) -> int:
        """A number for it."""
        ...

    def run(self, command: Any, on_event: Any) -> Finished:
        """Its last event."""
        ...


class EngineCounter(TokenCounter):
    """Counts with the engine, many texts at a time, and remembers what it counted.

    It waits for the engine: not for the window's thread.
    """

    def __init__(self, engine: RunsHere, model: ModelInfo | None) -> None:
        self._engine = engine
        self.model = model
        self._known: dict[str, int] = {}
        self._kept = 0

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """The tokens of each text by itself."""
        known = {text: self._known[text] for text in texts if text in self._known}
        waiting: list[str] = []
        length = 0
        for text in dict.fromkeys(text for text in texts if text not in known):
            waiting.append(text)
            length += len(text)
            if length >= _AT_ONCE:
                known |= self._count(waiting)
                waiting, length = [], 0
        if waiting:
            known |= self._count(waiting)
        return tuple(known[text] for text in texts)

    def whole(self, prompt: ComposedPrompt) -> int:
        """The tokens of all that the engine would read."""
        return self._ask(_asked(prompt)).tokens

    def reading(self, prompt: ComposedPrompt, max_tokens: int, takes: int) -> PromptReading:
        """What the engine would do to read a prompt of which it may drop the beginning."""
        room = {"max_tokens": max_tokens, "n": takes, "overflow": "drop_head"}
        counted = self._ask(_asked(prompt) | {"seeks": True} | room)
        read = self._without_head(prompt, counted.dropped) if counted.dropped else prompt
        return PromptReading(counted.tokens, counted.known, counted.dropped, read)

    def _without_head(self, prompt: ComposedPrompt, dropped: int) -> ComposedPrompt:
        """What is left of a prompt, or of the longest turn, when its first tokens are dropped."""
        if not prompt.turns:
            return replace(prompt, prompt=self._rest(prompt.prompt, dropped))
        place = max(range(len(prompt.turns)), key=lambda one: len(prompt.turns[one][1]))
        turns = list(prompt.turns)
        turns[place] = turns[place][0], self._rest(turns[place][1], dropped)
        return replace(prompt, turns=tuple(turns))

    def _rest(self, text: str, dropped: int) -> str:
        command = Tokenize(job=self._engine.next_job(), text=text)
        found = self._engine.run(command, lambda _event: None)
        assert isinstance(found, Tokenized)
        return b"".join(found.pieces[dropped:]).decode("utf-8", "ignore")

    def _count(self, texts: list[str]) -> dict[str, int]:
        found = dict(zip(texts, self._ask({"texts": tuple(texts)}).texts, strict=True))
        length = sum(map(len, texts))
        if self._kept + length > _MOST_KEPT:
            self._known, self._kept = {}, 0
        self._known |= found
        self._kept += length
        return found

    def _ask(self, fields: dict[str, Any]) -> Counted:
        command = Count(job=self._engine.next_job(), **fields)
        counted = self._engine.run(command, lambda _event: None)
        assert isinstance(counted, Counted)
        return counted


class EstimatedCounter(TokenCounter):
    """Estimates a server's tokens by the bytes that one has."""

    def __init__(self, bytes_per_token: float) -> None:
        self._bytes = bytes_per_token

    def texts(self, texts: tuple[str, ...]) -> tuple[int, ...]:
        """About the tokens of each text."""
        return tuple(
            math.ceil(len(text.encode("utf-8", "surrogatepass")) / self._bytes) for text in texts
        )

    def whole(self, prompt: ComposedPrompt) -> int:
        """About the tokens of all that is sent."""
        every = (prompt.prompt, prompt.suffix or "", *(text for _role, text in prompt.turns))
        return sum(self.texts(every)) + _TEMPLATE * bool(prompt.turns)

    def reading(self, prompt: ComposedPrompt, max_tokens: int, takes: int) -> PromptReading:
        """About its tokens; what a server knows of them it does not tell."""
        del max_tokens, takes
        return PromptReading(self.whole(prompt), 0, 0, prompt)


def _asked(prompt: ComposedPrompt) -> dict[str, Any]:
    """The fields of `Count` for a prompt."""
    turns = [{"role": role, "content": text} for role, text in prompt.turns]
    messages = convert(turns, tuple[ChatMessage, ...])
    return {"prompt": prompt.prompt, "suffix": prompt.suffix, "messages": messages}
