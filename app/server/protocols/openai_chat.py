"""OpenAI's `/v1/chat/completions`: messages are answered in the model's chat template."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.engine.messages import Done, Take, TokenDetail
from app.server.access import while_connected
from app.server.protocols.endpoints import engine_of, headers_of, json_answer, json_of, model_of
from app.server.protocols.event_stream import DONE, event, opened
from app.server.protocols.generation import FINISH, Progress, Usage, collect, stream
from app.server.protocols.openai_requests import TextRequest, read_chat
from app.server.protocols.openai_shapes import Envelope, chat_logprobs


async def chat(request: Request) -> Response:
    """Answer a request of `/v1/chat/completions`."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    asked = read_chat(values, model, engine.limits)
    headers = headers_of(model, asked.ignored, asked.reduced)
    envelope = Envelope("chat", model, stream=asked.stream)
    if not asked.stream:
        answer = await while_connected(request, _whole(request, asked, envelope))
        return json_answer(answer, headers)
    progress = Progress()
    source = stream(request, asked.commands(), _ChatStream(asked, envelope), progress)
    return await opened(request, source, lambda: progress.text, "messages", headers)


async def _whole(request: Request, asked: TextRequest, envelope: Envelope) -> dict[str, Any]:
    (command,) = asked.commands()
    done, parts = await collect(request, command)
    usage = Usage()
    usage.add(done.stats)
    choices = [
        _choice(take, [detail for _, detail in parts[take.index]], asked) for take in done.takes
    ]
    return envelope.of(choices, usage=usage.json())


def _choice(take: Take, details: Sequence[TokenDetail], asked: TextRequest) -> dict[str, Any]:
    shows = asked.alternatives >= 0
    return {
        "index": take.index,
        "message": {"role": "assistant", "content": take.text, "refusal": None},
        "logprobs": chat_logprobs(details, asked.alternatives) if shows else None,
        "finish_reason": FINISH[take.finish_reason],
    }


class _ChatStream:
    """A chat's answer as OpenAI streams it."""

    def __init__(self, asked: TextRequest, envelope: Envelope) -> None:
        self._asked = asked
        self._envelope = envelope

    def begun(self, index: int) -> Sequence[Any]:
        """Whose turn it is."""
        return (self._chunk(index, {"role": "assistant", "content": "", "refusal": None}),)

    def text(self, index: int, text: str, detail: TokenDetail | None) -> Any:
        """A chunk of text."""
        details = () if detail is None else (detail,)
        logprobs = chat_logprobs(details, self._asked.alternatives) if details else None
        return self._chunk(index, {"content": text}, logprobs)

    def ended(self, index: int, take: Take, done: Done) -> Sequence[Any]:
        """Why the answer ended."""
        del done
        return (self._chunk(index, {}, finish=FINISH[take.finish_reason]),)

    def closed(self, usage: Usage) -> Sequence[bytes]:
        """The usage, if it was asked for, and the end."""
        if not self._asked.include_usage:
            return (DONE,)
        return (event(self._envelope.of((), usage=usage.json())), DONE)

    def _chunk(
        self, index: int, delta: dict[str, Any], logprobs: Any = None, finish: str | None = None
    ) -> Any:
        choice = {"index": index, "delta": delta, "logprobs": logprobs, "finish_reason": finish}
        no_usage = {"usage": None} if self._asked.include_usage else {}
        return self._envelope.of((choice,), **no_usage)
