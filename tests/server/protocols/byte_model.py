"""A stand-in for the engine: its tokens are bytes, and it writes what a test says."""

from __future__ import annotations

import asyncio
import codecs
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.errors import (
    LampblackError,
    ParameterError,
    PromptTooLongError,
    UnsupportedModelError,
)
from app.core.options.sampling import Sampling
from app.engine.messages import (
    Alternative,
    ChoiceScore,
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Done,
    EngineSettings,
    Finished,
    FinishReason,
    Generate,
    HostEvent,
    JobCommand,
    ModelInfo,
    Prefill,
    Score,
    ScoreChoices,
    Scored,
    Stats,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
)
from app.engine.service_messages import ModelState, ServiceLimits
from app.server.access import EngineAccess
from app.server.body import JSON_KEY, parse_json
from app.server.errors import response_of
from app.server.protocols.kobold import Writings
from app.server.protocols.routes import PROTOCOLS

BOS = 256
CONTEXT = 2048


def probability(token: int) -> float:
    return (token + 1) / 1000


def shown(token: int) -> str:
    return "<s>" if token == BOS else bytes([token]).decode("utf-8", "replace")


def torn(token: int) -> bytes:
    return bytes([token]) if 128 <= token < BOS else b""


def detail(token: int, alternatives: int) -> TokenDetail:
    others = (
        Alternative(id=other, text=shown(other), probability=probability(other), torn=torn(other))
        for other in range(122, 122 - alternatives, -1)
    )
    return TokenDetail(
        id=token,
        text=shown(token),
        probability=probability(token),
        alternatives=tuple(others),
        torn=torn(token),
    )


def model_info(**changes: Any) -> ModelInfo:
    fields = {
        "name": "bytes",
        "path": "/home/writer/bytes.gguf",
        "engine": "llama.cpp",
        "vocabulary": 257,
        "context": CONTEXT,
        "trained_context": CONTEXT,
        "has_chat_template": True,
        "settings": EngineSettings(engine="llama.cpp", context=CONTEXT),
    }
    return ModelInfo(**{**fields, **changes})


def _judged(choice: str) -> ChoiceScore:
    tokens = choice.encode()
    return ChoiceScore(
        log_probability=sum(math.log(probability(one)) for one in tokens), tokens=len(tokens)
    )


class ByteModel:
    """An `EngineAccess` whose model writes `reply`; `commands` are what it was asked.

    With `bos`, prompts begin with that token. After a number of events comes the `error`, or the
    `hold` is waited for; `left` counts the generations whose client is gone.
    """

    def __init__(self, reply: str = "Hello world.", *, bos: bool = True) -> None:
        self.state = ModelState(model=model_info(), names=("bytes",))
        self.limits = ServiceLimits(max_n=4, max_tokens=1000)
        self.reply = reply
        self.bos = bos
        self.commands: list[JobCommand] = []
        self.error: LampblackError | None = None
        self.error_after = 0
        self.hold: asyncio.Event | None = None
        self.hold_after = 0
        self.left = 0
        self.busy = 0

    def prompt_tokens(self, command: Generate) -> int:
        if command.tokens:
            return len(command.tokens)
        turns = "".join(turn.content for turn in command.messages)
        return len((command.prompt + turns).encode()) + self.bos

    async def run(self, command: JobCommand, request: Any = None) -> Finished:
        if isinstance(command, Generate):
            async with self.events(command) as events:
                found = [event async for event in events]
            assert isinstance(found[-1], Done)
            return found[-1]
        self.commands.append(command)
        if self.error is not None:
            raise self.error
        if isinstance(command, Tokenize):
            ids = tuple(command.text.encode())
            ids = (BOS, *ids) if command.begins and self.bos else ids
            pieces = tuple(shown(one).encode() if one == BOS else bytes([one]) for one in ids)
            return Tokenized(job=0, ids=ids, pieces=pieces)
        if isinstance(command, Detokenize):
            pieces = tuple(b"<s>" if one == BOS else bytes([one]) for one in command.ids)
            return Detokenized(job=0, text=b"".join(pieces).decode("utf-8", "replace"))
        if isinstance(command, Score):
            ids = command.tokens or (BOS, *command.text.encode())
            details = tuple(detail(one, command.probabilities) for one in ids[1:])
            return Scored(job=0, details=details)
        if isinstance(command, Count):
            turns = "".join(turn.content for turn in command.messages)
            return Counted(job=0, tokens=len((command.prompt + turns).encode()) + self.bos)
        if isinstance(command, ScoreChoices):
            return ChoicesScored(
                job=0, choices=tuple(map(_judged, command.choices)), prompt_tokens=7
            )
        if isinstance(command, Classify):
            if not self.state.model or not self.state.model.labels:
                raise UnsupportedModelError("bytes is no classifier: it has no labels.")
            rows = tuple((math.log(0.25), math.log(0.75)) for _text in command.texts)
            return Classified(job=0, log_probabilities=rows, tokens=tuple(map(len, command.texts)))
        raise AssertionError(command)

    @asynccontextmanager
    async def events(
        self, command: Generate, request: Any = None
    ) -> AsyncIterator[AsyncIterator[HostEvent]]:
        self.commands.append(command)
        try:
            yield self._events(command)
        finally:
            self.left += 1

    async def _events(self, command: Generate) -> AsyncIterator[HostEvent]:
        assert isinstance(command.sampling, Sampling)
        total = self.prompt_tokens(command)
        if total >= CONTEXT:
            raise PromptTooLongError(
                f"The prompt has {total:,} tokens, but there is room for {CONTEXT - 1:,}."
            )
        if not total:
            raise ParameterError("The prompt is empty.")
        for sent, event in enumerate(self._all(command, total)):
            if sent >= self.error_after and self.error is not None:
                raise self.error
            if sent >= self.hold_after and self.hold is not None:
                await self.hold.wait()
            yield event

    def _all(self, command: Generate, total: int) -> list[HostEvent]:
        events: list[HostEvent] = [
            Prefill(job=0, done=total * step // 2, total=total) for step in (1, 2)
        ]
        takes = []
        for index in range(command.n):
            text, reason, stop = self._ended(command.sampling, f"{index or ''}{self.reply}")
            events += self._tokens(command, index, text)
            ids = tuple(text.encode())
            takes.append(
                Take(index=index, text=text, finish_reason=reason, token_ids=ids, stop_text=stop)
            )
        stats = Stats(
            prompt_tokens=total,
            reused_tokens=2,
            completion_tokens=sum(len(take.token_ids) for take in takes),
            prefill_s=0.5,
            decode_s=0.25,
        )
        seed = 7 if command.sampling.seed is None else command.sampling.seed
        return [*events, Done(job=0, takes=tuple(takes), stats=stats, seed=seed)]

    def _ended(self, sampling: Sampling, text: str) -> tuple[str, FinishReason, str]:
        places = {text.find(stop): stop for stop in sampling.stop if stop in text}
        reason: FinishReason = "stop"
        stop = ""
        if places:
            text, stop = text[: min(places)], places[min(places)]
        if 0 <= sampling.max_tokens < len(text.encode()):
            return text.encode()[: sampling.max_tokens].decode("utf-8", "ignore"), "length", ""
        return text, reason, stop

    def _tokens(self, command: Generate, take: int, text: str) -> list[HostEvent]:
        """As an engine tells them: the bytes of one character are certain together."""
        decoder = codecs.getincrementaldecoder("utf-8")()
        events: list[HostEvent] = []
        waiting: list[int] = []
        for byte in text.encode():
            waiting.append(byte)
            if part := decoder.decode(bytes([byte])):
                details = (
                    tuple(detail(one, command.probabilities) for one in waiting)
                    if command.probabilities
                    else ()
                )
                events.append(
                    Tokens(job=0, take=take, text=part, tokens=len(waiting), details=details)
                )
                waiting = []
        return events


class _Door:
    """Reads the body before the endpoint, as the service's door does."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST":
            try:
                scope[JSON_KEY] = parse_json(await Request(scope, receive).body())
            except ParameterError as error:
                await response_of(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def service(engine: ByteModel | EngineAccess) -> Starlette:
    """The protocols alone."""
    app = Starlette(routes=PROTOCOLS, middleware=[Middleware(_Door)])
    app.state.engine = engine
    app.state.kobold = Writings()
    return app
