"""OpenAI's `/v1/models`: the loaded model; and what has no place here."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from app.engine.messages import ModelInfo
from app.server.protocols.endpoints import NAMED_MODELS, engine_of, headers_of, json_answer
from app.server.protocols.fields import RequestError


async def models(request: Request) -> Response:
    """List the model that answers; the list is empty while none is loaded."""
    model = engine_of(request).state.model
    found = [_described(model)] if model else []
    # `models` is where some clients of llama-server look.
    return json_answer({"object": "list", "data": found}, headers_of(model) if model else {})


async def one_model(request: Request) -> Response:
    """Describe the model with a name; 404 for one that does not answer."""
    model, asked = engine_of(request).state.model, request.path_params["name"]
    if model is None or asked not in (model.name, *NAMED_MODELS):
        loaded = f"The loaded model is {model.name}." if model else "No model is loaded."
        message = f"The model {asked[:80]} does not answer here."
        raise RequestError(message, loaded, param="model", code="model_not_found", status=404)
    return json_answer(_described(model), headers_of(model))


def _described(model: ModelInfo) -> dict[str, Any]:
    """OpenAI's model object, with what clients look for in llama-server's and vLLM's."""
    return {
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


async def embeddings(request: Request) -> Response:
    """Say that there are none."""
    del request
    message = "Lampblack makes no embeddings: its models write."
    raise RequestError(message, "Use another server for them.", code="not_found", status=404)
