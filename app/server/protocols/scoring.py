"""Lampblack's own endpoints: how likely a text is to the model, each of several choices, and each
label of a classifier.

Another Lampblack asks for the first two when this one is its server. A token is told as
llama-server tells it.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, cast

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.core.options.rows import Row, rows_by_name
from app.engine.messages import (
    ChoicesScored,
    Classified,
    Classify,
    ModelInfo,
    Score,
    ScoreChoices,
    Scored,
)
from app.server.protocols.endpoints import engine_of, headers_of, json_answer, json_of, model_of
from app.server.protocols.fields import Fields, RequestError
from app.server.protocols.openai_requests import read_messages, read_tokens
from app.server.protocols.token_texts import token_json


class ScoreFields(msgspec.Struct, frozen=True, kw_only=True):
    """What scoring may be asked, beside the text's `tokens`."""

    content: Annotated[str, Row(label="Text", help="The text to score.")] = ""
    parse_special: Annotated[
        bool, Row(label="Parse special", help="Turn texts of control tokens into those tokens.")
    ] = False
    n_probs: Annotated[
        int,
        Row(
            label="Likeliest tokens",
            help="Give this many likeliest tokens with each token of the text.",
            low=0,
            high=1000,
        ),
    ] = 0


class ChoicesFields(msgspec.Struct, frozen=True, kw_only=True):
    """What choosing may be asked, beside the `messages` of a chat."""

    prompt: Annotated[str, Row(label="Prompt", help="What the choices follow.")] = ""
    choices: Annotated[
        tuple[str, ...], Row(label="Choices", help="The texts to choose from.", max_length=1000)
    ] = ()


class ClassifyFields(msgspec.Struct, frozen=True, kw_only=True):
    """What sorting by a classifier's labels may be asked."""

    content: Annotated[str, Row(label="Text", help="The text to sort.")] = ""
    texts: Annotated[
        tuple[str, ...], Row(label="Texts", help="Several texts to sort.", max_length=1000)
    ] = ()


def read_score(values: dict[str, Any], model: ModelInfo) -> tuple[Score, tuple[str, ...]]:
    """A request of `/score`, and what is ignored; raises RequestError naming the field."""
    fields = Fields(values)
    if fields.has("tokens") == fields.has("content"):
        raise RequestError("Give either content or tokens.", param="content")
    has_tokens = fields.has("tokens")
    tokens = read_tokens(fields.take("tokens"), model.vocabulary, "tokens") if has_tokens else ()
    found = {name: fields.read(row) for name, row in rows_by_name(ScoreFields).items()}
    command = Score(
        job=0,
        text=found["content"],
        tokens=tokens,
        special=found["parse_special"],
        probabilities=found["n_probs"],
    )
    return command, _beside(fields)


def read_choices(values: dict[str, Any]) -> tuple[ScoreChoices, tuple[str, ...]]:
    """A request of `/choices`, and what is ignored; raises RequestError naming the field."""
    fields = Fields(values)
    if fields.has("prompt") == fields.has("messages"):
        raise RequestError("Give either prompt or messages.", param="prompt")
    turns, beside = read_messages(fields.take("messages")) if fields.has("messages") else ((), ())
    found = {name: fields.read(row) for name, row in rows_by_name(ChoicesFields).items()}
    if not found["choices"]:
        raise RequestError("choices is missing.", "Give the texts to choose from.", param="choices")
    command = ScoreChoices(job=0, prompt=found["prompt"], messages=turns, choices=found["choices"])
    return command, (*beside, *_beside(fields))


def read_classify(values: dict[str, Any]) -> tuple[Classify, tuple[str, ...]]:
    """A request of `/classify`, and what is ignored; raises RequestError naming the field."""
    fields = Fields(values)
    if fields.has("content") == fields.has("texts"):
        raise RequestError("Give either content or texts.", param="content")
    is_one = fields.has("content")
    found = {name: fields.read(row) for name, row in rows_by_name(ClassifyFields).items()}
    texts = (found["content"],) if is_one else found["texts"]
    if not texts:
        raise RequestError("texts is empty.", "Give the texts to sort.", param="texts")
    return Classify(job=0, texts=texts), _beside(fields)


def _beside(fields: Fields) -> tuple[str, ...]:
    """The names of what is ignored, but the model's, which every client sends."""
    fields.take("model")
    return fields.names()


async def score(request: Request) -> Response:
    """Answer a request of `/score`: every token after the first."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    command, ignored = read_score(values, model)
    found = cast(Scored, await engine.run(command, request))
    tokens = [token_json(detail, command.probabilities) for detail in found.details]
    return json_answer({"tokens": tokens}, headers_of(model, ignored))


async def choices(request: Request) -> Response:
    """Answer a request of `/choices`: the log probability of each, and how many tokens it has."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    command, ignored = read_choices(values)
    found = cast(ChoicesScored, await engine.run(command, request))
    answer = {
        "choices": [msgspec.to_builtins(choice) for choice in found.choices],
        "prompt_tokens": found.prompt_tokens,
    }
    return json_answer(answer, headers_of(model, ignored))


async def classify(request: Request) -> Response:
    """Answer a request of `/classify`: of each text the likeliest label, and each one's share."""
    engine, values = engine_of(request), json_of(request)
    model = model_of(engine)
    command, ignored = read_classify(values)
    found = cast(Classified, await engine.run(command, request))
    answers = []
    for row, tokens in zip(found.log_probabilities, found.tokens, strict=True):
        shares = {label: math.exp(one) for label, one in zip(model.labels, row, strict=True)}
        likeliest = max(shares, key=lambda label: shares[label])
        answers.append({"label": likeliest, "probabilities": shares, "tokens": tokens})
    return json_answer({"results": answers}, headers_of(model, ignored))
