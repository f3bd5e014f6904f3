"""llama-server's own endpoints, as mikupad and SillyTavern speak them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.core.options.sampling import Sampling
from app.engine.messages import (
    Counted,
    Detokenized,
    Done,
    ModelInfo,
    Stats,
    Take,
    TokenDetail,
    Tokenized,
)
from app.engine.service_messages import ServiceLimits
from app.server.access import while_connected
from app.server.protocols.endpoints import engine_of, headers_of, json_answer, json_of, model_of
from app.server.protocols.event_stream import opened
from app.server.protocols.generation import Progress, Usage, collect_all, stream
from app.server.protocols.llama_requests import (
    LlamaRequest,
    read_count,
    read_detokenize,
    read_infill,
    read_llama,
    read_tokenize,
    settings_json,
)
from app.server.protocols.token_texts import token_json

STOP_TYPES = {"stop": "eos", "length": "limit", "cancelled": "limit", "banned": "limit"}
"""llama-server's `stop_type`; `word` where a stop text ended it."""


async def completion(request: Request) -> Response:
    """Answer a request of `/completion`."""
    return await _answered(request, read_llama)


async def infill(request: Request) -> Response:
    """Answer a request of `/infill`: the text between a prefix and a suffix."""
    return await _answered(request, read_infill)


async def _answered(
    request: Request, read: Callable[[dict[str, Any], ModelInfo, ServiceLimits], LlamaRequest]
) -> Response:
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    asked = read(values, model, engine.limits)
    headers = headers_of(model, asked.text.ignored, asked.text.reduced)
    if not asked.text.stream:
        answer = await while_connected(request, _whole(request, asked, model))
        return json_answer(answer, headers)
    progress = Progress()
    source = stream(request, asked.text.commands(), _LlamaStream(asked, model), progress)
    return await opened(request, source, lambda: progress.text, "prompt", headers)


async def _whole(request: Request, asked: LlamaRequest, model: ModelInfo) -> Any:
    answers: list[dict[str, Any]] = []
    for done, parts in await collect_all(request, asked.text.commands()):
        for take in done.takes:
            answer = _last(len(answers), take, done, asked, model)
            answer["content"] = take.text
            if asked.return_tokens:
                answer["tokens"] = list(take.token_ids)
            if asked.n_probs:
                found = [_probabilities(one, asked) for _, one in parts[take.index]]
                answer["completion_probabilities"] = found
            answers.append(answer)
    return answers if asked.many else answers[0]


def _last(
    index: int, take: Take, done: Done, asked: LlamaRequest, model: ModelInfo
) -> dict[str, Any]:
    """What is told of an answer at its end, with no text."""
    command = asked.text.commands()[index // asked.text.n]
    stop_type = "word" if take.stop_text else STOP_TYPES[take.finish_reason]
    stats, settings = done.stats, settings_json(asked.text.sampling, asked.n_probs)
    return {
        "index": index,
        "content": "",
        "tokens": [],
        "id_slot": -1,
        "stop": True,
        "model": model.name,
        "tokens_predicted": len(take.token_ids),
        "tokens_evaluated": stats.prompt_tokens,
        "tokens_cached": stats.reused_tokens,
        "generation_settings": {
            **settings,
            "seed": done.seed,
            "n_ctx": model.context,
            "stream": asked.text.stream,
        },
        "prompt": command.prompt,
        "has_new_line": "\n" in take.text,
        "truncated": False,
        "stop_type": stop_type,
        "stopping_word": take.stop_text,
        "stopped_eos": stop_type == "eos",
        "stopped_word": stop_type == "word",
        "stopped_limit": stop_type == "limit",
        "timings": timings(stats),
    }


def timings(stats: Stats) -> dict[str, Any]:
    """llama-server's figures of how fast it went; times in milliseconds."""
    read = stats.prompt_tokens - stats.reused_tokens
    prompt_ms, written_ms = stats.prefill_s * 1000, stats.decode_s * 1000
    return {
        "cache_n": stats.reused_tokens,
        "prompt_n": read,
        "prompt_ms": prompt_ms,
        "prompt_per_token_ms": _ratio(prompt_ms, read),
        "prompt_per_second": _ratio(read, stats.prefill_s),
        "predicted_n": stats.completion_tokens,
        "predicted_ms": written_ms,
        "predicted_per_token_ms": _ratio(written_ms, stats.completion_tokens),
        "predicted_per_second": _ratio(stats.completion_tokens, stats.decode_s),
    }


def _ratio(value: float, by: float) -> float:
    return value / by if by > 0 else 0.0


def _probabilities(detail: TokenDetail, asked: LlamaRequest) -> dict[str, Any]:
    return token_json(detail, asked.n_probs, sampled=asked.text.sampled)


class _LlamaStream:
    """A completion as llama-server streams it."""

    def __init__(self, asked: LlamaRequest, model: ModelInfo) -> None:
        self._asked = asked
        self._model = model

    def begun(self, index: int) -> Sequence[Any]:
        """Nothing."""
        del index
        return ()

    def text(self, index: int, text: str, detail: TokenDetail | None) -> Any:
        """A chunk of text."""
        found = {"index": index, "content": text, "tokens": [], "stop": False}
        if detail is not None:
            found["tokens"] = [detail.id]
            if self._asked.n_probs:
                found["completion_probabilities"] = [_probabilities(detail, self._asked)]
        return found

    def ended(self, index: int, take: Take, done: Done) -> Sequence[Any]:
        """All that is told of an answer at its end."""
        return (_last(index, take, done, self._asked, self._model),)

    def closed(self, usage: Usage) -> Sequence[bytes]:
        """Nothing: the connection is closed."""
        del usage
        return ()


async def tokenize(request: Request) -> Response:
    """Answer a request of `/tokenize`; of a chat in the model's template comes the count."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    if values.get("messages") is not None:
        count, ignored = read_count(values)
        counted = cast(Counted, await engine.run(count, request))
        return json_answer({"count": counted.tokens}, headers_of(model, ignored))
    command, with_pieces, ignored = read_tokenize(values)
    found = cast(Tokenized, await engine.run(command, request))
    tokens: list[Any] = list(found.ids)
    if with_pieces:
        tokens = [
            {"id": number, "piece": _piece(piece)}
            for number, piece in zip(found.ids, found.pieces, strict=True)
        ]
    return json_answer({"tokens": tokens}, headers_of(model, ignored))


def _piece(piece: bytes) -> str | list[int]:
    """A token's text, or its bytes where they are none."""
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return list(piece)


async def detokenize(request: Request) -> Response:
    """Answer a request of `/detokenize`."""
    engine = engine_of(request)
    values, model = json_of(request), model_of(engine)
    command, ignored = read_detokenize(values, model)
    found = cast(Detokenized, await engine.run(command, request))
    return json_answer({"content": found.text}, headers_of(model, ignored))


async def props(request: Request) -> Response:
    """Answer `/props`: what is served, and the parameters of a request that gives none."""
    engine = engine_of(request)
    model = model_of(engine)
    settings = {**settings_json(Sampling(max_tokens=-1)), "n_ctx": model.context}
    answer = {
        "default_generation_settings": {
            "id": 0,
            "n_ctx": model.context,
            "speculative": False,
            "is_processing": False,
            "params": settings,
        },
        "total_slots": engine.limits.parallel,
        "model_alias": model.name,
        "model_path": model.name,  # a path may hold the writer's name
        "chat_template": "",
        "modalities": {"vision": False, "audio": False},
        "build_info": f"lampblack-{__version__}",
        "is_sleeping": False,
    }
    return json_answer(answer, headers_of(model))


async def slots(request: Request) -> Response:
    """Answer `/slots`: how many jobs the engine works on; nothing of their texts."""
    engine = engine_of(request)
    model = model_of(engine)
    answer = [
        {"id": place, "n_ctx": model.context, "is_processing": place < engine.busy}
        for place in range(engine.limits.parallel)
    ]
    return json_answer(answer, headers_of(model))
