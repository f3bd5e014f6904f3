"""Errors as HTTP answers, in the JSON shape of OpenAI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from starlette.responses import JSONResponse

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    LampblackError,
    ModelLoadingError,
    ModelNotFoundError,
    NoModelLoadedError,
    ParameterError,
    PromptTooLongError,
    QueueFullError,
    TemplateError,
    TimeLimitError,
    UnsupportedModelError,
)

RETRY_S = 2
"""After how many seconds a client that was turned away may ask again."""


class _Status(NamedTuple):
    """The HTTP status of an error, its `type` for OpenAI's clients, and whether to ask again."""

    status: int
    type: str
    again: bool = False


_STATUSES: dict[type[LampblackError], _Status] = {
    ParameterError: _Status(400, "invalid_request_error"),
    PromptTooLongError: _Status(400, "invalid_request_error"),
    TemplateError: _Status(400, "invalid_request_error"),
    UnsupportedModelError: _Status(400, "invalid_request_error"),
    ModelNotFoundError: _Status(404, "invalid_request_error"),
    QueueFullError: _Status(429, "rate_limit_error", again=True),
    NoModelLoadedError: _Status(503, "service_unavailable_error", again=True),
    ModelLoadingError: _Status(503, "service_unavailable_error", again=True),
    EngineStoppedError: _Status(503, "service_unavailable_error", again=True),
    CancelledError: _Status(499, "cancelled"),
    TimeLimitError: _Status(504, "timeout_error"),
}
_OTHER = _Status(500, "server_error")

_CODES = {"prompt_too_long": "context_length_exceeded", "model_not_found": "model_not_found"}
"""Names that OpenAI's clients compare; every other error's code is its kind."""


def error_body(
    message: str, *, type: str, param: str | None = None, code: str | None = None
) -> dict[str, object]:
    """The JSON object of an error."""
    return {"error": {"message": message, "type": type, "param": param, "code": code}}


def error_response(
    status: int,
    message: str,
    *,
    type: str = "invalid_request_error",
    param: str | None = None,
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error as an answer."""
    body = error_body(message, type=type, param=param, code=code)
    return JSONResponse(body, status, headers)


def status_of(error: LampblackError) -> int:
    """The HTTP status of an error."""
    return _status_of(error).status


def body_of(error: LampblackError, param: str | None = None) -> dict[str, object]:
    """The JSON object of an error, for an answer or an event of a stream that has begun."""
    code = _CODES.get(error.kind, error.kind)
    return error_body(str(error), type=_status_of(error).type, param=param, code=code)


def response_of(error: LampblackError, param: str | None = None) -> JSONResponse:
    """The answer to a request that ended with `error`; `param` is the field that was wrong."""
    found = _status_of(error)
    headers = {"Retry-After": str(RETRY_S)} if found.again else None
    return JSONResponse(body_of(error, param), found.status, headers)


def _status_of(error: LampblackError) -> _Status:
    """That of the error's type, or of the nearest type above it."""
    return next((_STATUSES[kind] for kind in type(error).__mro__ if kind in _STATUSES), _OTHER)
