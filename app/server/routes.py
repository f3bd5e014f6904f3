"""Every path that the service answers; all but `/health` want the token."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.server.protocols.routes import PROTOCOLS

OPEN_PATHS = frozenset({"/health"})
"""What answers without the token."""

EMPTY_PATHS = frozenset({"/api/extra/abort", "/api/extra/generate/check"})
"""What may be posted without a body, as KoboldCpp's clients do."""


async def health(request: Request) -> Response:
    """Whether a model can be asked: 200 `ok`, or 503 while none is there; as llama-server says."""
    state = request.app.state.engine.state
    if state.model is not None and not state.is_loading:
        return JSONResponse({"status": "ok"})
    status = "loading model" if state.is_loading else "no model loaded"
    return JSONResponse({"status": status}, 503, {"Retry-After": "2"})


ROUTES: list[Route] = [Route("/health", health), Route("/v1/health", health), *PROTOCOLS]
