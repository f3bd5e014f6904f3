"""The service's description in OpenAPI 3.1, made out of the tables that requests are checked by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app import __version__
from app.core.options.rows import BoundRow, rows
from app.core.options.sampling import Sampling
from app.engine.service_messages import ServiceLimits
from app.server.protocols.endpoints import engine_of, json_answer
from app.server.protocols.kobold import KoboldFields
from app.server.protocols.llama_requests import InfillFields, LlamaFields, TokenizeFields
from app.server.protocols.openai_requests import (
    MOST_PROMPTS,
    ChatFields,
    CommonFields,
    CompletionFields,
)
from app.server.protocols.parameters import FLOORS, NAMES
from app.server.protocols.scoring import ChoicesFields, ClassifyFields, ScoreFields
from app.server.protocols.unsupported import IDLE

_TYPES = {"bool": "boolean", "int": "integer", "float": "number", "text": "string"}
_TEXTS = {"type": "array", "items": {"type": "string", "minLength": 1}}
_TOKENS = {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1}
_OBJECT = {"type": "object"}


async def openapi(request: Request) -> Response:
    """Answer with the description; limits are those of this service."""
    return json_answer(description(engine_of(request).limits))


def description(limits: ServiceLimits) -> dict[str, Any]:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lampblack",
            "version": __version__,
            "description": "The local service: the APIs of OpenAI, llama-server and KoboldCpp. "
            "A field that changes nothing is ignored and named in X-Lampblack-Ignored; a longest "
            "answer above the context or the service's limit is reduced, and X-Lampblack-Reduced "
            "says to what.",
        },
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": _schemas(limits),
        },
    }


def field_schema(bound: BoundRow) -> dict[str, Any]:
    """A row as JSON schema; null is the same as not given."""
    row = bound.row
    found: dict[str, Any] = {"description": f"{row.label}: {row.help}"}
    if bound.kind in _TYPES:
        found["type"] = [_TYPES[bound.kind], "null"]
    elif bound.kind == "texts":
        found |= {**_TEXTS, "type": ["array", "null"]}
    else:
        number = {"type": "number", **_limits(bound)}
        found |= {"type": ["object", "null"], "additionalProperties": number}
    if bound.kind in ("int", "float"):
        found |= _limits(bound)
    if row.choices:
        place = found["items"] if bound.kind == "texts" else found
        place["enum"] = [*row.choices, *((None,) if place is found else ())]
    if row.max_length:
        found[_LENGTHS[bound.kind]] = row.max_length
    if bound.default is not None:
        found["default"] = bound.default
    return found


_LENGTHS = {"text": "maxLength", "texts": "maxItems", "bias": "maxProperties"}


def _limits(bound: BoundRow) -> dict[str, Any]:
    found = {"minimum": bound.row.low, "maximum": bound.row.high}
    return {name: limit for name, limit in found.items() if limit is not None}


def _sampling_fields() -> dict[str, Any]:
    """Every parameter by every name."""
    schemas = {bound.name: field_schema(bound) for bound in rows(Sampling)}
    for name, floor in FLOORS.items():
        schemas[name]["minimum"] = min(floor, -1)
    schemas["seed"]["minimum"] = -1
    schemas["stop"] = {**schemas["stop"], "type": ["array", "string", "null"]}
    fields = {name: schemas[ours] for name, ours in sorted(NAMES.items())}
    fields["response_format"] = {
        "description": schemas["grammar"]["description"],
        "type": ["object", "null"],
        "properties": {"type": {"enum": ["text", "json_object", "json_schema"]}},
        "required": ["type"],
    }
    fields["json_schema"] = {"type": ["object", "null"]}
    idle = {name: {"enum": [*values, None]} for name, values in sorted(IDLE.items())}
    return {**idle, **fields}


def _fields(table: type[msgspec.Struct], limits: ServiceLimits) -> dict[str, Any]:
    found = {bound.name: field_schema(bound) for bound in rows(table)}
    if "n" in found:
        found["n"]["maximum"] = limits.max_n
    return found


def _schemas(limits: ServiceLimits) -> dict[str, Any]:
    common = {**_sampling_fields(), **_fields(CommonFields, limits)}
    common["model"] = {"type": ["string", "null"]}
    common["stream_options"] = {
        "type": ["object", "null"],
        "properties": {"include_usage": {"type": ["boolean", "null"]}},
    }
    prompt = {
        "description": "One prompt or several, each a text or a list of tokens.",
        "anyOf": [
            {"type": "string"},
            _TOKENS,
            {**_TEXTS, "items": {"type": "string"}, "minItems": 1, "maxItems": MOST_PROMPTS},
            {"type": "array", "items": _TOKENS, "minItems": 1, "maxItems": MOST_PROMPTS},
        ],
    }
    texts = {"type": "array", "items": _part()}
    message = _struct(
        {
            "role": {"enum": ["system", "developer", "user", "assistant"]},
            "content": {"anyOf": [{"type": "string"}, texts]},
        },
        ("role", "content"),
    )
    messages = {"type": "array", "items": message, "minItems": 1}
    tokens = {"type": "array", "items": {"type": "integer", "minimum": 0}}
    return {
        "Completion": _struct(
            {**common, **_fields(CompletionFields, limits), "prompt": prompt}, ("prompt",)
        ),
        "Chat": _struct(
            {**common, **_fields(ChatFields, limits), "messages": messages}, ("messages",)
        ),
        "LlamaCompletion": _struct(
            {**common, **_fields(LlamaFields, limits), "prompt": prompt}, ("prompt",)
        ),
        "Infill": _struct(
            {**common, **_fields(LlamaFields, limits), **_fields(InfillFields, limits)},
            ("input_prefix", "input_suffix"),
        ),
        "Tokenize": _struct({**_fields(TokenizeFields, limits), "messages": messages}),
        "Detokenize": _struct({"tokens": tokens}, ("tokens",)),
        "Score": _struct({**_fields(ScoreFields, limits), "tokens": tokens}),
        "Choices": _struct({**_fields(ChoicesFields, limits), "messages": messages}, ("choices",)),
        "Classify": _struct(_fields(ClassifyFields, limits)),
        "Embeddings": _OBJECT,
        **_kobold_schemas(common, limits),
        "Error": _error(),
        **_answers(),
    }


def _kobold_schemas(common: Mapping[str, Any], limits: ServiceLimits) -> dict[str, Any]:
    text = {"type": "string"}
    more = {
        "prompt": text,
        "max_length": common["max_tokens"],
        "logprobs": {"type": ["boolean", "integer", "null"]},
    }
    fields = {**common, **_fields(KoboldFields, limits), **more}
    count = {"prompt": text, "special": {"type": ["boolean", "null"]}}
    return {
        "KoboldGenerate": _struct(fields, ("prompt",)),
        "KoboldCount": _struct(count, ("prompt",)),
        "KoboldKey": _struct({"genkey": {"type": ["string", "null"]}}),
    }


def _part() -> dict[str, Any]:
    return _struct({"type": {"const": "text"}, "text": {"type": "string"}}, ("type", "text"))


def _struct(properties: Mapping[str, Any], required: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "required": list(required)}


def _error() -> dict[str, Any]:
    text = {"type": ["string", "null"]}
    inner = {"message": {"type": "string"}, "type": {"type": "string"}, "param": text, "code": text}
    return _struct({"error": _struct(inner, tuple(inner))}, ("error",))


def _answers() -> dict[str, Any]:
    """What the answers hold at least."""
    text, number, items = {"type": "string"}, {"type": "integer"}, {"type": "array"}
    usage = dict.fromkeys(("prompt_tokens", "completion_tokens", "total_tokens"), number)
    answer = {
        "id": text, "object": text, "created": number, "model": text,
        "choices": items, "usage": _struct(usage, tuple(usage)),
    }  # fmt: skip
    model = _struct({"id": text, "object": {"const": "model"}}, ("id", "object"))
    return {
        "CompletionAnswer": _struct(answer, tuple(answer)),
        "ChatAnswer": _struct(answer, tuple(answer)),
        "LlamaCompletionAnswer": {"type": ["object", "array"]},
        "InfillAnswer": {"type": ["object", "array"]},
        "TokenizeAnswer": {
            "anyOf": [
                _struct({"tokens": items}, ("tokens",)),
                _struct({"count": number}, ("count",)),
            ]
        },
        "ScoreAnswer": _struct({"tokens": items}, ("tokens",)),
        "ChoicesAnswer": _struct(
            {"choices": items, "prompt_tokens": number}, ("choices", "prompt_tokens")
        ),
        "ClassifyAnswer": _struct({"results": items}, ("results",)),
        "DetokenizeAnswer": _struct({"content": text}, ("content",)),
        "Models": _struct({"object": {"const": "list"}, "data": items}, ("object", "data")),
        "Model": model,
        "KoboldResults": _struct({"results": items}, ("results",)),
        "KoboldResult": _struct({"result": text}, ("result",)),
        "KoboldValue": _struct({"value": number}, ("value",)),
        "KoboldAborted": _struct({"success": text, "done": text}, ("success", "done")),
        "Slots": items,
        "Props": _struct({"default_generation_settings": _OBJECT, "total_slots": number}),
    }


_REFUSALS = {
    "400": "The request cannot be done as asked; `param` names the field.",
    "401": "The token is missing or wrong.",
    "403": "The page that asks is not allowed to.",
    "404": "There is nothing of that name.",
    "408": "The request did not come in time.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "421": "The Host header names another machine.",
    "429": "The queue is full; Retry-After says when to try again.",
    "500": "The engine failed.",
    "503": "No model is loaded, or it is still loading.",
}


def _paths() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path, body, stream in (
        ("/completions", "Completion", True),
        ("/chat/completions", "Chat", True),
        ("/embeddings", "Embeddings", False),
    ):
        for prefix in ("/v1", ""):
            found[prefix + path] = {"post": _operation(f"{body}Answer", body, stream=stream)}
    for prefix in ("/v1", ""):
        found[f"{prefix}/models"] = {"get": _operation("Models")}
        name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
        found[f"{prefix}/models/{{name}}"] = {"get": {**_operation("Model"), "parameters": [name]}}
    for path, body, stream in (
        ("/completion", "LlamaCompletion", True),
        ("/infill", "Infill", True),
        ("/tokenize", "Tokenize", False),
        ("/detokenize", "Detokenize", False),
        ("/score", "Score", False),
        ("/choices", "Choices", False),
        ("/classify", "Classify", False),
    ):
        found[path] = {"post": _operation(f"{body}Answer", body, stream=stream)}
    found["/props"] = {"get": _operation("Props")}
    found["/slots"] = {"get": _operation("Slots")}
    found |= _kobold_paths()
    del found["/v1/embeddings"]["post"]["responses"]["200"]
    del found["/embeddings"]["post"]["responses"]["200"]
    return found


def _kobold_paths() -> dict[str, Any]:
    results, key = "KoboldResults", "KoboldKey"
    found: dict[str, Any] = {
        "/api/extra/generate/stream": {"post": _operation(results, "KoboldGenerate", stream=True)},
        "/api/extra/generate/check": {
            "get": _operation(results),
            "post": _operation(results, key),
        },
        "/api/extra/abort": {"post": _operation("KoboldAborted", key)},
        "/api/extra/tokencount": {"post": _operation("KoboldValue", "KoboldCount")},
        "/api/extra/version": {"get": _operation("KoboldResult")},
        "/api/extra/true_max_context_length": {"get": _operation("KoboldValue")},
    }
    for name in ("v1", "latest"):
        found[f"/api/{name}/generate"] = {"post": _operation(results, "KoboldGenerate")}
        for path, answer in (
            ("model", "KoboldResult"),
            ("info/version", "KoboldResult"),
            ("config/max_length", "KoboldValue"),
            ("config/max_context_length", "KoboldValue"),
        ):
            found[f"/api/{name}/{path}"] = {"get": _operation(answer)}
    return found


def _operation(answer: str, body: str = "", *, stream: bool = False) -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}}
    if stream:
        content["text/event-stream"] = {}
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    refusals = {code: {"description": text, "content": error} for code, text in _REFUSALS.items()}
    found: dict[str, Any] = {
        "responses": {"200": {"description": "The answer.", "content": content}, **refusals}
    }
    if body:
        schema = {"schema": {"$ref": f"#/components/schemas/{body}"}}
        found["requestBody"] = {"required": True, "content": {"application/json": schema}}
    return found
