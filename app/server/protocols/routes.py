"""Endpoints of OpenAI's API, also without its `/v1`, of llama-server's, KoboldCpp's and ours."""

from __future__ import annotations

from starlette.routing import Route

from app.server.protocols import (
    kobold,
    llama_server,
    openai_chat,
    openai_completions,
    openai_models,
    openapi,
    scoring,
)
from app.server.protocols.endpoints import Handler, endpoint


def _routes(path: str, handler: Handler, method: str, field: str = "prompt") -> tuple[Route, ...]:
    """The route with and without OpenAI's prefix."""
    answer = endpoint(handler, field)
    return tuple(Route(prefix + path, answer, methods=[method]) for prefix in ("/v1", ""))


def _route(path: str, handler: Handler, method: str) -> Route:
    return Route(path, endpoint(handler), methods=[method])


def _kobold(path: str, handler: Handler, *methods: str) -> tuple[Route, ...]:
    """The route under both names of the API's version."""
    answer = kobold.answering(handler)
    return tuple(Route(f"/api/{name}/{path}", answer, methods=methods) for name in ("v1", "latest"))


KOBOLD: tuple[Route, ...] = (
    *_kobold("generate", kobold.generate, "POST"),
    *_kobold("model", kobold.told(kobold.model_name), "GET"),
    *_kobold("info/version", kobold.told(kobold.version), "GET"),
    *_kobold("config/max_length", kobold.told(kobold.most_tokens), "GET"),
    *_kobold("config/max_context_length", kobold.told(kobold.context_length), "GET"),
    *(
        Route(f"/api/extra/{path}", kobold.answering(handler), methods=methods)
        for path, handler, methods in (
            ("generate/stream", kobold.generate_stream, ["POST"]),
            ("generate/check", kobold.check, ["GET", "POST"]),
            ("abort", kobold.abort, ["POST"]),
            ("tokencount", kobold.token_count, ["POST"]),
            ("version", kobold.told(kobold.program_version), ["GET"]),
            ("true_max_context_length", kobold.told(kobold.context_length), ["GET"]),
        )
    ),
)

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
    _route("/score", scoring.score, "POST"),
    _route("/choices", scoring.choices, "POST"),
    _route("/classify", scoring.classify, "POST"),
    _route("/props", llama_server.props, "GET"),
    _route("/slots", llama_server.slots, "GET"),
    _route("/openapi.json", openapi.openapi, "GET"),
    *KOBOLD,
)
