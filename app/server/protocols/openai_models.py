"""OpenAI's `/v1/models`: the loaded model; and what has no place here."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.engine.messages import ModelInfo
from app.server.protocols.endpoints import engine_of, headers_of, json_answer, model_of
from app.server.protocols.fields import RequestError

ANY_MODEL = ("default", "lampblack")
"""Names of whatever model is loaded."""


async def models(request: Request) -> Response:
    """List the model that answers; the list is empty while none is there."""
    engine = engine_of(request)
    if engine.state.model is None or engine.state.is_loading:
        return json_answer({"object": "list", "data": []})
    model = model_of(engine)
    return json_answer({"object": "list", "data": [_described(model)]}, headers_of(model))


async def one_model(request: Request) -> Response:
    """Describe the model with a name; 404 for one that is not the loaded one's."""
    engine, asked = engine_of(request), request.path_params["name"]
    model = model_of(engine)
    if asked not in (model.name, *engine.state.names, *ANY_MODEL):
        message = f"The model {asked[:80]} is not loaded; {model.name} is."
        raise RequestError(message, param="model", code="model_not_found", status=404)
    return json_answer(_described(model), headers_of(model))


def _described(model: ModelInfo) -> dict[str, Any]:
    """OpenAI's model object, with what clients look for in llama-server's and vLLM's.

    A classifier has its labels beside.
    """
    found = {
        "id": model.name,
        "object": "model",
        "created": 0,
        "owned_by": "lampblack",
        "max_model_len": model.context,
        "meta": {
            "n_vocab": model.vocabulary,
            "n_ctx": model.context,
            "n_ctx_train": model.trained_context,
            "n_params": model.parameters,
            "size": model.size_bytes,
        },
    }
    return {**found, "labels": model.labels} if model.labels else found


async def embeddings(request: Request) -> Response:
    """Say that there are none."""
    del request
    message = "Lampblack makes no embeddings: its models write."
    raise RequestError(message, "Use another server for them.", code="not_found", status=404)
