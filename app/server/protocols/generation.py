"""Writing for a request: all of it at once, or as events, whatever the client's dialect."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import Any, Protocol, cast

from starlette.requests import Request

from app.engine.messages import (
    Done,
    Generate,
    HostEvent,
    Prefill,
    Stats,
    Take,
    TokenDetail,
    Tokens,
)
from app.server.protocols.beside import all_of, merged
from app.server.protocols.endpoints import engine_of
from app.server.protocols.event_stream import event
from app.server.protocols.token_texts import TokenTexts

FINISH = {"stop": "stop", "length": "length", "cancelled": "length", "banned": "content_filter"}
"""OpenAI's `finish_reason`. What was stopped met the service's time limit; a text ends as
`content_filter` where banned phrases left no way to go on."""


class Usage:
    """The tokens that a request took, over all of its prompts."""

    def __init__(self) -> None:
        self._prompt = self._cached = self._written = 0

    def add(self, stats: Stats) -> None:
        """Count what a generation took."""
        self._prompt += stats.prompt_tokens
        self._cached += stats.reused_tokens
        self._written += stats.completion_tokens

    def json(self) -> dict[str, Any]:
        """OpenAI's usage object."""
        return {
            "prompt_tokens": self._prompt,
            "completion_tokens": self._written,
            "total_tokens": self._prompt + self._written,
            "prompt_tokens_details": {"cached_tokens": self._cached},
        }


class Progress:
    """What a request's stream is waiting for, in words; empty until the engine has begun."""

    def __init__(self) -> None:
        self.text = ""

    def hear(self, happened: HostEvent) -> None:
        """Take note of an event."""
        if isinstance(happened, Prefill):
            self.text = f"reading the prompt {happened.done}/{happened.total}"
        else:
            self.text = "writing"


class Dialect(Protocol):
    """How a kind of client reads a stream; every answer has an index."""

    def begun(self, index: int) -> Sequence[Any]:
        """The events before an answer's text."""
        ...

    def text(self, index: int, text: str, detail: TokenDetail | None) -> Any:
        """An event with more text; one for each token where probabilities were asked for."""

    def ended(self, index: int, take: Take, done: Done) -> Sequence[Any]:
        """The events at an answer's end."""
        ...

    def closed(self, usage: Usage) -> Sequence[bytes]:
        """What ends the stream."""
        ...


Written = tuple[Done, Sequence[list[tuple[str, TokenDetail]]]]
"""What was written, and each take's tokens with their texts where probabilities were asked for."""


async def collect_all(request: Request, commands: Sequence[Generate]) -> list[Written]:
    """Write for all commands side by side."""
    works = [collect(request, command) for command in commands]
    return await all_of(works, engine_of(request).limits.parallel)


async def collect(request: Request, command: Generate) -> Written:
    """Write it all; each take's tokens with their texts where probabilities were asked for."""
    parts: list[list[tuple[str, TokenDetail]]] = [[] for _ in range(command.n)]
    if not command.probabilities:
        return cast(Done, await engine_of(request).run(command, request)), parts
    texts = [TokenTexts() for _ in range(command.n)]
    done: HostEvent | None = None
    async with engine_of(request).events(command, request) as events:
        async for done in events:
            if isinstance(done, Tokens):
                parts[done.take] += texts[done.take].feed(done.text, done.details)
    return cast(Done, done), parts


async def stream(
    request: Request,
    commands: Sequence[Generate],
    dialect: Dialect,
    progress: Progress,
    before: Callable[[Generate, int], Awaitable[Sequence[Any]]] | None = None,
) -> AsyncGenerator[bytes, None]:
    """Write for all commands side by side, as events of the dialect.

    The first piece is empty: it says that the engine has begun. `before` gives the events that come
    before the text of a command's answers.
    """
    usage = Usage()

    async def told(place: int, command: Generate) -> AsyncGenerator[Sequence[Any], None]:
        first = place * command.n
        ahead = await before(command, first) if before else ()
        writing = _Writing(dialect, command, first)
        async with engine_of(request).events(command, request) as events:
            async for happened in events:
                progress.hear(happened)
                yield (*ahead, *writing.items(happened))
                ahead = ()
                if isinstance(happened, Done):
                    usage.add(happened.stats)

    sources = [told(place, command) for place, command in enumerate(commands)]
    is_begun = False
    async with aclosing(merged(sources, engine_of(request).limits.parallel)) as found:
        async for items in found:
            if not is_begun:
                is_begun = True
                yield b""
            for item in items:
                yield event(item)
    for piece in dialect.closed(usage):
        yield piece


class _Writing:
    """One command's events as items of a stream."""

    def __init__(self, dialect: Dialect, command: Generate, first: int) -> None:
        self._dialect = dialect
        self._first = first
        self._texts = [TokenTexts() for _ in range(command.n)] if command.probabilities else []
        self._count = command.n
        self._is_begun = False

    def items(self, happened: HostEvent) -> list[Any]:
        """What the client hears of it."""
        if isinstance(happened, Tokens):
            return [*self._begin(), *self._text(happened)]
        return [*self._begin(), *self._end(happened)] if isinstance(happened, Done) else []

    def _begin(self) -> list[Any]:
        if self._is_begun:
            return []
        self._is_begun = True
        places = range(self._first, self._first + self._count)
        return [item for place in places for item in self._dialect.begun(place)]

    def _text(self, tokens: Tokens) -> list[Any]:
        index = self._first + tokens.take
        if not self._texts:
            return [self._dialect.text(index, tokens.text, None)] if tokens.text else []
        parts = self._texts[tokens.take].feed(tokens.text, tokens.details)
        return [self._dialect.text(index, text, detail) for text, detail in parts]

    def _end(self, done: Done) -> list[Any]:
        found: list[Any] = []
        for take in done.takes:
            index = self._first + take.index
            rest = self._texts[take.index].rest() if self._texts else ""
            if rest:
                found.append(self._dialect.text(index, rest, None))
            found += self._dialect.ended(index, take, done)
        return found
