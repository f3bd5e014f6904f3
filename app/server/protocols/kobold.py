"""KoboldCpp's own API: write, read meanwhile what is written, stop it; and what the service is.

Other than there, a prompt that is too long is refused, and several requests are written side by
side: `genkey` says which one is meant.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import Annotated, Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.core.errors import CancelledError
from app.core.options.rows import Row, rows_by_name
from app.engine.messages import (
    Done,
    Generate,
    HostEvent,
    Take,
    TokenDetail,
    Tokenize,
    Tokenized,
    Tokens,
)
from app.server.access import EngineAccess, while_connected
from app.server.protocols.endpoints import (
    Handler,
    endpoint,
    engine_of,
    headers_of,
    json_answer,
    json_of,
    model_of,
)
from app.server.protocols.event_stream import event, opened
from app.server.protocols.fields import Fields, RequestError
from app.server.protocols.generation import Progress, Usage, stream
from app.server.protocols.openai_requests import AskedPrompt, TextRequest, read_common
from app.server.protocols.openai_shapes import chat_logprobs
from app.server.protocols.parameters import read_sampling
from app.server.protocols.unsupported import ignored

API_VERSION, PROGRAM_VERSION = "1.2.5", "1.76"
"""Of KoboldAI's API and of the KoboldCpp whose API this is: clients look at them."""

MOST_PROBABILITIES = 100
_USUAL_PROBABILITIES = 5


class KoboldFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a request may hold beside the prompt, the sampling parameters and `logprobs`."""

    memory: Annotated[str, Row(label="Memory", help="A text before the prompt.")] = ""
    genkey: Annotated[
        str, Row(label="Key", help="By which the text is looked at and stopped meanwhile.")
    ] = ""
    trim_stop: Annotated[
        bool, Row(label="Trim stop", help="Leave out the stop sequence that ended the text.")
    ] = False


class _Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as read; `count` alternatives are told of each token, -1 for none of it."""

    command: Generate
    key: str
    trims: bool
    count: int
    ignored: tuple[str, ...]
    reduced: str

    def end(self, take: Take | None) -> str:
        """The stop sequence that ended it, where that is wanted."""
        return "" if take is None or self.trims else take.stop_text


class Writing:
    """A text that is being written for a request."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.text = ""
        self.is_cut = False

    def hear(self, happened: HostEvent) -> None:
        """Take note of what was written."""
        if isinstance(happened, Tokens):
            self.text += happened.text


class Writings:
    """Those of all requests, by their keys; many have none."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[Writing]] = {}

    @contextmanager
    def added(self, key: str, request: Request) -> Iterator[Writing]:
        """One that goes on inside the `with`."""
        made = Writing(request)
        self._by_key.setdefault(key, []).append(made)
        try:
            yield made
        finally:
            self._by_key[key].remove(made)
            if not self._by_key[key]:
                del self._by_key[key]

    def text(self, key: str) -> str:
        """What the latest of that key has written so far; nothing where there is none."""
        found = self._by_key.get(key)
        return found[-1].text if found else ""

    def cut(self, key: str, engine: EngineAccess) -> bool:
        """End all of that key early; whether there was one."""
        found = self._by_key.get(key, [])
        for writing in found:
            writing.is_cut = True
            engine.cut_short(writing.request)
        return bool(found)


def _writings(request: Request) -> Writings:
    return cast(Writings, request.app.state.kobold)


def answering(handler: Handler) -> Handler:
    """The handler with errors as answers, which say the sentence where KoboldCpp's clients look."""
    answer = endpoint(handler)

    async def answered(request: Request) -> Response:
        found = await answer(request)
        if found.status_code >= 400:
            error = msgspec.json.decode(bytes(found.body))["error"]
            detail = {"msg": error["message"], "type": error["type"]}
            content = {"error": error, "detail": detail}
            again = {name: text for name, text in found.headers.items() if name == "retry-after"}
            return Response(
                msgspec.json.encode(content), found.status_code, again, "application/json"
            )
        return found

    return answered


async def generate(request: Request) -> Response:
    """Answer `/api/v1/generate`: the whole text at once."""
    model = model_of(engine_of(request))
    asked = _read(request)
    with _writings(request).added(asked.key, request) as writing:
        done, details = await while_connected(request, _whole(request, asked, writing))
    take = None if done is None else done.takes[0]
    result = {
        "text": (writing.text if take is None else take.text) + asked.end(take),
        "finish_reason": _finish(take),
        "logprobs": chat_logprobs(details, asked.count) if asked.count >= 0 else None,
        "prompt_tokens": 0 if done is None else done.stats.prompt_tokens,
        "completion_tokens": 0 if done is None else done.stats.completion_tokens,
    }
    return json_answer({"results": [result]}, headers_of(model, asked.ignored, asked.reduced))


async def _whole(
    request: Request, asked: _Asked, writing: Writing
) -> tuple[Done | None, list[TokenDetail]]:
    """The end, None for a text that was stopped before it began, and the tokens' details."""
    details: list[TokenDetail] = []
    done: HostEvent | None = None
    try:
        async with engine_of(request).events(asked.command, request) as events:
            async for done in events:
                writing.hear(done)
                if isinstance(done, Tokens):
                    details += done.details
    except CancelledError:
        if not writing.is_cut:
            raise
        return None, details
    return cast(Done, done), details


async def generate_stream(request: Request) -> Response:
    """Answer `/api/extra/generate/stream`: an event for each piece of text."""
    model = model_of(engine_of(request))
    asked, progress = _read(request), Progress()
    source = _events(request, asked, progress)
    headers = headers_of(model, asked.ignored, asked.reduced)
    return await opened(request, source, lambda: progress.text, "prompt", headers)


async def _events(
    request: Request, asked: _Asked, progress: Progress
) -> AsyncGenerator[bytes, None]:
    with _writings(request).added(asked.key, request) as writing:
        source = stream(request, (asked.command,), _KoboldStream(asked, writing), progress)
        try:
            async with aclosing(source) as pieces:
                async for piece in pieces:
                    yield b"event: message\n" + piece if piece else piece
        except CancelledError:
            if not writing.is_cut:
                raise
            yield b"event: message\n" + event({"token": "", "finish_reason": _finish(None)})


class _KoboldStream:
    """A text as KoboldCpp streams it; `top_logprobs` are as mikupad reads them."""

    def __init__(self, asked: _Asked, writing: Writing) -> None:
        self._asked = asked
        self._writing = writing

    def begun(self, index: int) -> Sequence[Any]:
        """Nothing."""
        del index
        return ()

    def text(self, index: int, text: str, detail: TokenDetail | None) -> Any:
        """A piece."""
        del index
        self._writing.text += text
        found: dict[str, Any] = {"token": text, "finish_reason": None}
        if detail is not None:
            (entry,) = chat_logprobs([detail], self._asked.count)["content"]
            found |= {"logprob": entry["logprob"], "top_logprobs": entry["top_logprobs"]}
        return found

    def ended(self, index: int, take: Take, done: Done) -> Sequence[Any]:
        """The reason."""
        del index, done
        return ({"token": self._asked.end(take), "finish_reason": _finish(take)},)

    def closed(self, usage: Usage) -> Sequence[bytes]:
        """Nothing: the connection is closed."""
        del usage
        return ()


def _finish(take: Take | None) -> str:
    return "stop" if take is not None and take.finish_reason == "stop" else "length"


def _read(request: Request) -> _Asked:
    engine = engine_of(request)
    model, fields = model_of(engine), Fields(json_of(request))
    prompt = fields.take("prompt")
    if not isinstance(prompt, str):
        raise RequestError("prompt must be a text.", param="prompt")
    own = {name: fields.read(row) for name, row in rows_by_name(KoboldFields).items()}
    count = _count(fields.take("logprobs"))
    common = read_common(fields, engine.limits)
    if common["n"] != 1:
        raise RequestError("n is 1 here: this way gives one answer.", "Leave it out.", param="n")
    asked = TextRequest(
        prompts=(AskedPrompt(text=own["memory"] + prompt),),
        alternatives=count,
        sampling=read_sampling(
            fields, model, engine.limits.max_tokens, {}, also={"max_length": "max_tokens"}
        ),
        **common,
        ignored=ignored(fields),
        reduced=fields.reduced,
    )
    (command,) = asked.commands()
    return _Asked(
        command=command, key=own["genkey"], trims=own["trim_stop"], count=count,
        ignored=asked.ignored, reduced=asked.reduced,
    )  # fmt: skip


def _count(value: Any) -> int:
    """How many likeliest tokens are wanted with each: a number, or true for the usual one."""
    if value is None or value is False:
        return -1
    if value is True:
        return _USUAL_PROBABILITIES
    if not isinstance(value, int) or not 0 <= value <= MOST_PROBABILITIES:
        message = f"logprobs must be true, false or a number from 0 to {MOST_PROBABILITIES}."
        raise RequestError(message, param="logprobs")
    return value


async def check(request: Request) -> Response:
    """Answer `/api/extra/generate/check`: what is written so far of the request of `genkey`."""
    return json_answer({"results": [{"text": _writings(request).text(_key(request))}]})


async def abort(request: Request) -> Response:
    """Answer `/api/extra/abort`: stop the request of `genkey`; its text so far is its answer."""
    was_there = _writings(request).cut(_key(request), engine_of(request))
    return json_answer({"success": "true" if was_there else "false", "done": "true"})


def _key(request: Request) -> str:
    key = json_of(request).get("genkey") or "" if request.method == "POST" else ""
    if not isinstance(key, str):
        raise RequestError("genkey must be a text.", param="genkey")
    return key


async def token_count(request: Request) -> Response:
    """Answer `/api/extra/tokencount`: the tokens of `prompt`, with the beginning one."""
    engine, fields = engine_of(request), Fields(json_of(request))
    model = model_of(engine)
    prompt, special = fields.take("prompt"), fields.take("special")
    if not isinstance(prompt, str):
        raise RequestError("prompt must be a text.", param="prompt")
    if not isinstance(special, bool | None):
        raise RequestError("special must be true or false.", param="special")
    command = Tokenize(job=0, text=prompt, special=True, begins=special is not False)
    found = cast(Tokenized, await engine.run(command, request))
    answer = {"value": len(found.ids), "ids": found.ids}
    return json_answer(answer, headers_of(model, fields.names()))


def told(answer: Callable[[EngineAccess], dict[str, Any]]) -> Handler:
    """A handler that says something of the service."""

    async def handler(request: Request) -> Response:
        return json_answer(answer(engine_of(request)))

    return handler


def model_name(engine: EngineAccess) -> dict[str, Any]:
    """The loaded model's name."""
    return {"result": model_of(engine).name}


def version(_engine: EngineAccess) -> dict[str, Any]:
    """Of KoboldAI's API."""
    return {"result": API_VERSION}


def program_version(_engine: EngineAccess) -> dict[str, Any]:
    """Whose API it is, and what there is of it."""
    abilities = dict.fromkeys(("txt2img", "vision", "transcribe"), False)
    own = {"protected": True, "server": f"Lampblack {__version__}"}
    return {"result": "KoboldCpp", "version": PROGRAM_VERSION, **own, **abilities}


def most_tokens(engine: EngineAccess) -> dict[str, Any]:
    """How long an answer may be."""
    return {"value": min(engine.limits.max_tokens, model_of(engine).context)}


def context_length(engine: EngineAccess) -> dict[str, Any]:
    """How many tokens there is room for."""
    return {"value": model_of(engine).context}
