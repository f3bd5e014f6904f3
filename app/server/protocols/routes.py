"""The endpoints of OpenAI's API, also without its `/v1`, and of llama-server's own."""

from __future__ import annotations

from starlette.routing import Route

from app.server.protocols import (
    llama_server,
    openai_chat,
    openai_completions,
    openai_models,
    openapi,
)
from app.server.protocols.endpoints import Handler, endpoint


def _routes(path: str, handler: Handler, method: str, field: str = "prompt") -> tuple[Route, ...]:
    """The route with and without OpenAI's prefix."""
    answer = endpoint(handler, field)
    return tuple(Route(prefix + path, answer, methods=[method]) for prefix in ("/v1", ""))


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(path, endpoint(handler), methods=[method])


PROTOCOLS: tuple[Route, ...] = (
    *_routes("/models", openai_models.models, "GET"),
    *_routes("/models/{name:path}", openai_models.one_model, "GET"),
    *_routes("/completions", openai_completions.completions, "POST"),
    *_routes("/chat/completions", openai_chat.chat, "POST", "messages"),
    *_routes("/embeddings", openai_models.embeddings, "POST"),
    _route("/completion", llama_server.completion, "POST"),
    _route("/infill", llama_server.infill, "POST"),
    _route("/tokenize", llama_server.tokenize, "POST"),
    _route("/detokenize", llama_server.detokenize, "POST"),
    _route("/props", llama_server.props, "GET"),
    _route("/openapi.json", openapi.openapi, "GET"),
)
