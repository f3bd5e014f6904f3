"""LampblackErrors as answers: which status, and what of OpenAI's error object."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    LampblackError,
    ModelCrashedError,
    NoModelLoadedError,
    OutOfMemoryError,
    ParameterError,
    PromptTooLongError,
    TemplateError,
)
from app.server.errors import error_response
from app.server.protocols.fields import RequestError

_STATUS: tuple[tuple[type[LampblackError], int], ...] = (
    (ParameterError, 400),
    (PromptTooLongError, 400),
    (TemplateError, 400),
    (NoModelLoadedError, 503),
    (EngineStoppedError, 503),
    (ModelCrashedError, 503),
    (OutOfMemoryError, 503),
    (CancelledError, 503),
)
_CODES = {PromptTooLongError.kind: "context_length_exceeded"}
RETRY_S = 5
"""How long a client is asked to wait where trying again may help."""


def error_object(error: LampblackError, field: str = "prompt") -> dict[str, Any]:
    """OpenAI's error object; `field` is where the request has its prompt."""
    param = error.param if isinstance(error, RequestError) else None
    code = error.code if isinstance(error, RequestError) else None
    if isinstance(error, PromptTooLongError | TemplateError):
        param = field
    kind = "invalid_request_error" if status(error) < 500 else "server_error"
    code = code or _CODES.get(error.kind) or (None if status(error) < 500 else error.kind)
    return {"message": str(error), "type": kind, "param": param, "code": code}


def status(error: LampblackError) -> int:
    """The status that says whose fault it was."""
    if isinstance(error, RequestError):
        return error.status
    return next((code for kind, code in _STATUS if isinstance(error, kind)), 500)


def failure(error: LampblackError, field: str = "prompt") -> Response:
    """The whole answer for an error before anything else was sent."""
    found = error_object(error, field)
    headers = {"Retry-After": str(RETRY_S)} if status(error) == 503 else None
    return error_response(status(error), found.pop("message"), headers=headers, **found)
