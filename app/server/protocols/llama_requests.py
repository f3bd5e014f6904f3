"""From the JSON of llama-server's own endpoints to what the engine is asked, and settings back."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from app.core.options.json_schema import is_schema
from app.core.options.rows import Row, rows_by_name
from app.core.options.sampling import Sampling
from app.engine.messages import Count, Detokenize, ModelInfo, Tokenize
from app.engine.service_messages import ServiceLimits
from app.server.protocols.fields import Fields, RequestError
from app.server.protocols.openai_requests import (
    TextRequest,
    check_answers,
    check_infill,
    read_common,
    read_messages,
    read_prompts,
    read_tokens,
)
from app.server.protocols.parameters import read_sampling
from app.server.protocols.unsupported import ignored

ANY_SEED = 2**32 - 1
"""What llama-server shows for a seed that was not given."""


class LlamaFields(msgspec.Struct, frozen=True, kw_only=True):
    """What a completion may hold beside the sampling parameters and what all requests have."""

    n_probs: Annotated[
        int,
        Row(
            label="Likeliest tokens",
            help="Give each token's log probability and those of this many likeliest ones.",
            low=0,
            high=100,
        ),
    ] = 0
    post_sampling_probs: Annotated[
        bool,
        Row(
            label="After sampling",
            help="Give the probabilities that the sampling steps left to draw from.",
        ),
    ] = False
    return_tokens: Annotated[
        bool, Row(label="Return tokens", help="Give the numbers of the written tokens, too.")
    ] = False


class InfillFields(msgspec.Struct, frozen=True, kw_only=True):
    """What `/infill` has in place of a prompt alone: the text around what is to be written."""

    input_prefix: Annotated[str, Row(label="Prefix", help="The text before.")] = ""
    input_suffix: Annotated[str, Row(label="Suffix", help="The text after.")] = ""
    prompt: Annotated[
        str, Row(label="Prompt", help="The beginning of the middle, which follows the prefix.")
    ] = ""


class TokenizeFields(msgspec.Struct, frozen=True, kw_only=True):
    """What tokenizing may be asked."""

    content: Annotated[str, Row(label="Text", help="The text to tokenize.")] = ""
    add_special: Annotated[
        bool, Row(label="Add special", help="Put the token in front that the model begins with.")
    ] = False
    parse_special: Annotated[
        bool, Row(label="Parse special", help="Turn texts of control tokens into those tokens.")
    ] = True
    with_pieces: Annotated[
        bool, Row(label="With pieces", help="Give the text of each token, too.")
    ] = False


class LlamaRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request of `/completion`; `many` wants a list for an answer."""

    text: TextRequest
    n_probs: int
    return_tokens: bool
    many: bool


def read_infill(values: dict[str, Any], model: ModelInfo, limits: ServiceLimits) -> LlamaRequest:
    """A request of `/infill`; raises RequestError naming the field."""
    check_infill(model, "input_suffix")
    fields = Fields(values)
    for name in ("input_prefix", "input_suffix"):
        if not fields.has(name):
            raise RequestError(f"{name} is missing.", "Give a text, or an empty one.", param=name)
    found = {name: fields.read(row) for name, row in rows_by_name(InfillFields).items()}
    left = {name: fields.take(name) for name in fields.names()}
    prompt = found["input_prefix"] + found["prompt"]
    return read_llama({**left, "prompt": prompt}, model, limits, found["input_suffix"])


def read_llama(
    values: dict[str, Any], model: ModelInfo, limits: ServiceLimits, suffix: str | None = None
) -> LlamaRequest:
    """A request of `/completion`; raises RequestError naming the field."""
    fields = Fields(values)
    rows = rows_by_name(LlamaFields)
    prompt = fields.take("prompt")
    prompts = read_prompts(prompt, model.vocabulary)
    if fields.has("n_cmpl"):
        fields = _renamed(fields, "n_cmpl", "n")
    common = read_common(fields, limits)
    check_answers(len(prompts), common["n"])
    n_probs, returns = fields.read(rows["n_probs"]), fields.read(rows["return_tokens"])
    sampled = fields.read(rows["post_sampling_probs"])
    details = n_probs or (returns and common["stream"])
    sampling = read_sampling(fields, model, limits.max_tokens, {"max_tokens": -1})
    text = TextRequest(
        prompts=prompts,
        suffix=suffix,
        alternatives=n_probs if details else -1,
        sampled=sampled,
        sampling=sampling,
        **common,
        ignored=ignored(fields),
        reduced=fields.reduced,
    )
    many = len(prompts) > 1 or common["n"] > 1
    return LlamaRequest(text=text, n_probs=n_probs, return_tokens=returns, many=many)


def _renamed(fields: Fields, name: str, ours: str) -> Fields:
    """Fields with one under another name."""
    values = {other: fields.take(other) for other in fields.names()}
    if values.get(ours, values[name]) != values[name]:
        raise RequestError(f"{name} and {ours} differ.", "Give one of them.", param=name)
    return Fields({**values, ours: values.pop(name)})


def read_tokenize(values: dict[str, Any]) -> tuple[Tokenize, bool, tuple[str, ...]]:
    """A request of `/tokenize`, whether it wants the tokens' texts, and what is ignored."""
    fields = Fields(values)
    if not fields.has("content"):
        raise RequestError("content is missing.", "Give the text to tokenize.", param="content")
    found = {name: fields.read(row) for name, row in rows_by_name(TokenizeFields).items()}
    command = Tokenize(
        job=0, text=found["content"], special=found["parse_special"], begins=found["add_special"]
    )
    return command, found["with_pieces"], fields.names()


def read_count(values: dict[str, Any]) -> tuple[Count, tuple[str, ...]]:
    """A request of `/tokenize` with a chat, and what is ignored."""
    fields = Fields(values)
    if fields.has("content"):
        raise RequestError("Give either content or messages.", param="content")
    messages, beside = read_messages(fields.take("messages"))
    fields.take("model")
    return Count(job=0, messages=messages), (*beside, *fields.names())


def read_detokenize(values: dict[str, Any], model: ModelInfo) -> tuple[Detokenize, tuple[str, ...]]:
    """A request of `/detokenize`, and what is ignored."""
    fields = Fields(values)
    ids = read_tokens(fields.take("tokens"), model.vocabulary, "tokens")
    return Detokenize(job=0, ids=ids), fields.names()


_THEIR_NAMES = {
    "repetition_penalty": "repeat_penalty",
    "repetition_window": "repeat_last_n",
    "dry_window": "dry_penalty_last_n",
    "dry_breakers": "dry_sequence_breakers",
    "max_tokens": "n_predict",
    "order": "samplers",
}


def settings_json(sampling: Sampling, n_probs: int = 0, *, stream: bool = False) -> dict[str, Any]:
    """llama-server's `generation_settings`: the parameters by its names, and ours that it lacks."""
    found = {_THEIR_NAMES.get(name, name): value for name, value in _values(sampling).items()}
    found["seed"] = ANY_SEED if sampling.seed is None else sampling.seed
    found["max_tokens"] = sampling.max_tokens
    if is_schema(sampling.grammar):
        found["grammar"], found["json_schema"] = "", msgspec.json.decode(sampling.grammar)
    return {**found, "n_probs": n_probs, "stream": stream, "n_keep": 0, "ignore_eos": False}


def _values(sampling: Sampling) -> dict[str, Any]:
    return {name: getattr(sampling, name) for name in sampling.__struct_fields__}
