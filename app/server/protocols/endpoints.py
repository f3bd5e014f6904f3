"""What all endpoints do around their own work: the body, the model, errors, and the headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import LampblackError
from app.engine.messages import ModelInfo
from app.server.access import EngineAccess, check_model
from app.server.body import read_json
from app.server.errors import error_response, response_of
from app.server.protocols.event_stream import param_of
from app.server.protocols.fields import RequestError, shown_names

Handler = Callable[[Request], Awaitable[Response]]


def endpoint(handler: Handler, field: str = "prompt") -> Handler:
    """The handler with LampblackErrors as answers; `field` is where requests have their prompt."""

    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except LampblackError as error:
            return _failure(error, field)

    return answer


def _failure(error: LampblackError, field: str) -> Response:
    if isinstance(error, RequestError):
        kind = "invalid_request_error"
        return error_response(
            error.status, str(error), type=kind, param=error.param, code=error.code
        )
    return response_of(error, param_of(error, field))


def engine_of(request: Request) -> EngineAccess:
    """The engine behind the service."""
    engine: EngineAccess = request.app.state.engine
    return engine


def json_of(request: Request) -> dict[str, Any]:
    """The fields of the request's body; raises ParameterError for what is no object of text."""
    values = read_json(request)
    try:
        msgspec.json.encode(values)
    except UnicodeEncodeError:
        raise RequestError("The body holds half of a surrogate pair.") from None
    return values


def model_of(engine: EngineAccess) -> ModelInfo:
    """The loaded model, under the name that the service gives it.

    It answers whatever model a client asks for: many have names of hosted ones built in, and each
    answer says which it was.
    """
    check_model(engine.state)
    state = engine.state
    assert state.model is not None
    return msgspec.structs.replace(state.model, name=state.name or state.model.name)


def headers_of(model: ModelInfo, ignored: Sequence[str] = (), reduced: str = "") -> dict[str, str]:
    """Which model answers, and what of the request was ignored or reduced."""
    found = {"X-Lampblack-Model": quote(model.name[:100], safe=" ()[]+")}
    if ignored:
        found["X-Lampblack-Ignored"] = shown_names(ignored)
    if reduced:
        found["X-Lampblack-Reduced"] = reduced
    return found


def json_answer(content: Any, headers: Mapping[str, str] | None = None) -> Response:
    """A whole answer; text of a writer is in it, so nothing on the way may keep it."""
    kept = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(content), 200, kept, "application/json")
