"""OpenAI's `/v1/completions`: a prompt goes on, byte for byte as it was sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.engine.messages import (
    Detokenize,
    Detokenized,
    Done,
    Generate,
    Score,
    Scored,
    Stats,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
)
from app.server.access import while_connected
from app.server.protocols.beside import all_of
from app.server.protocols.endpoints import engine_of, headers_of, json_answer, json_of, model_of
from app.server.protocols.event_stream import DONE, event, opened
from app.server.protocols.generation import FINISH, Progress, Usage, collect, stream
from app.server.protocols.openai_requests import TextRequest, read_completion
from app.server.protocols.openai_shapes import Envelope, Parts, completion_logprobs
from app.server.protocols.token_texts import TokenTexts


async def completions(request: Request) -> Response:
    """Answer a request of `/v1/completions`."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    asked = read_completion(values, model, engine.limits)
    headers = headers_of(model, asked.ignored, asked.reduced)
    envelope = Envelope("completion", model, stream=asked.stream)
    if asked.stream:
        return await _streamed(request, asked, envelope, headers)
    answer = await while_connected(request, _whole(request, asked, envelope))
    return json_answer(answer, headers)


async def _whole(request: Request, asked: TextRequest, envelope: Envelope) -> dict[str, Any]:
    async def answer(command: Generate) -> tuple[EchoedPrompt, Done, Sequence[Parts]]:
        prompt = await _echoed(request, asked, command)
        return prompt, *await _written(request, asked, command, prompt)

    usage, choices = Usage(), list[dict[str, Any]]()
    works = [answer(command) for command in asked.commands()]
    for prompt, done, parts in await all_of(works, engine_of(request).limits.parallel):
        usage.add(done.stats)
        for take in done.takes:
            choices.append(_choice(len(choices), take, prompt, parts[take.index], asked))
    return envelope.of(choices, usage=usage.json())


def _choice(
    index: int, take: Take, prompt: EchoedPrompt, parts: Parts, asked: TextRequest
) -> dict[str, Any]:
    logprobs = None
    if asked.alternatives >= 0:
        logprobs = completion_logprobs((*prompt.parts, *parts), asked.alternatives)
    return {
        "index": index,
        "text": prompt.text + take.text,
        "logprobs": logprobs,
        "finish_reason": FINISH[take.finish_reason],
    }


class EchoedPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """What `echo` puts before a text: the prompt, its tokens and how many the model reads."""

    text: str = ""
    parts: Parts = ()
    tokens: int = 0


async def _echoed(request: Request, asked: TextRequest, command: Generate) -> EchoedPrompt:
    """The prompt as `echo` gives it; empty without."""
    if not asked.echo:
        return EchoedPrompt()
    if command.tokens:
        return await _echoed_tokens(request, asked, command)
    if asked.alternatives < 0:
        return EchoedPrompt(text=command.prompt)
    plain = await _tokens(request, command, begins=False)
    begun = await _tokens(request, command, begins=True)
    scored = await _scored(request, asked, begun.ids)
    unscored = len(plain.ids) - len(scored)  # the first token of a model that wants none before it
    first = [(piece.decode("utf-8", "replace"), None) for piece in plain.pieces[: max(0, unscored)]]
    head = "".join(text for text, _ in first)
    parts = TokenTexts().feed(command.prompt[len(head) :], scored)
    return EchoedPrompt(text=command.prompt, parts=(*first, *parts), tokens=len(begun.ids))


async def _echoed_tokens(request: Request, asked: TextRequest, command: Generate) -> EchoedPrompt:
    text = await _text_of(request, command.tokens)
    if asked.alternatives < 0:
        return EchoedPrompt(text=text, tokens=len(command.tokens))
    head = await _text_of(request, command.tokens[:1])
    scored = await _scored(request, asked, command.tokens)
    parts = TokenTexts().feed(text[len(head) :], scored)
    return EchoedPrompt(text=text, parts=((head, None), *parts), tokens=len(command.tokens))


async def _tokens(request: Request, asked: Generate, *, begins: bool) -> Tokenized:
    command = Tokenize(job=0, text=asked.prompt, special=asked.special, begins=begins)
    return cast(Tokenized, await engine_of(request).run(command, request))


async def _text_of(request: Request, ids: tuple[int, ...]) -> str:
    return cast(Detokenized, await engine_of(request).run(Detokenize(job=0, ids=ids), request)).text


async def _scored(
    request: Request, asked: TextRequest, ids: tuple[int, ...]
) -> tuple[TokenDetail, ...]:
    """Every token after the first."""
    if len(ids) < 2:
        return ()
    command = Score(job=0, text="", tokens=ids, probabilities=asked.alternatives)
    return cast(Scored, await engine_of(request).run(command, request)).details


async def _written(
    request: Request, asked: TextRequest, command: Generate, prompt: EchoedPrompt
) -> tuple[Done, Sequence[Parts]]:
    """Write; nothing where only the prompt is asked for and was read already."""
    if asked.sampling.max_tokens or not prompt.tokens:
        return await collect(request, command)
    takes = tuple(Take(index=at, text="", finish_reason="length") for at in range(command.n))
    done = Done(job=0, takes=takes, stats=Stats(prompt_tokens=prompt.tokens))
    return done, [()] * command.n


async def _streamed(
    request: Request,
    asked: TextRequest,
    envelope: Envelope,
    headers: dict[str, str],
) -> Response:
    dialect, progress = _CompletionStream(asked, envelope), Progress()

    async def before(command: Generate, first: int) -> Sequence[Any]:
        if not asked.echo:
            return ()
        return dialect.prompted(await _echoed(request, asked, command), first)

    source = stream(request, asked.commands(), dialect, progress, before)
    return await opened(request, source, lambda: progress.text, "prompt", headers)


class _CompletionStream:
    """A completion as OpenAI streams it."""

    def __init__(self, asked: TextRequest, envelope: Envelope) -> None:
        self._asked = asked
        self._envelope = envelope
        self._sent: dict[int, int] = {}

    def prompted(self, prompt: EchoedPrompt, first: int) -> list[Any]:
        """The prompt as the beginning of every answer."""
        places = range(first, first + self._asked.n)
        return [self._chunk(index, prompt.text, prompt.parts) for index in places]

    def begun(self, index: int) -> Sequence[Any]:
        """Nothing."""
        del index
        return ()

    def text(self, index: int, text: str, detail: TokenDetail | None) -> Any:
        """A chunk of text."""
        return self._chunk(index, text, () if detail is None else ((text, detail),))

    def ended(self, index: int, take: Take, done: Done) -> Sequence[Any]:
        """Why the answer ended."""
        del done
        return (self._chunk(index, "", (), FINISH[take.finish_reason]),)

    def closed(self, usage: Usage) -> Sequence[bytes]:
        """The usage, if it was asked for, and the end."""
        if not self._asked.include_usage:
            return (DONE,)
        return (event(self._envelope.of((), usage=usage.json())), DONE)

    def _chunk(self, index: int, text: str, parts: Parts, finish: str | None = None) -> Any:
        start = self._sent.get(index, 0)
        self._sent[index] = start + len(text)
        logprobs = completion_logprobs(parts, self._asked.alternatives, start) if parts else None
        choice = {"index": index, "text": text, "logprobs": logprobs, "finish_reason": finish}
        return self._envelope.of((choice,), **_no_usage(self._asked))


def _no_usage(asked: TextRequest) -> dict[str, Any]:
    """OpenAI's chunks before the last have a usage of null, where it was asked for."""
    return {"usage": None} if asked.include_usage else {}
