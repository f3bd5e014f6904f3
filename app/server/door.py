"""The door: who may come in, what a request may look like, and a line for each that is over."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from hmac import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import LampblackError, ParameterError
from app.core.system.crash_report import crash_text
from app.engine.service_messages import Seen, Serve
from app.server.access import TOKENS_KEY
from app.server.body import JSON_KEY, parse_json
from app.server.errors import error_response, response_of
from app.server.routes import EMPTY_PATHS, OPEN_PATHS

_METHODS = "GET, POST, OPTIONS"
_HEADERS = ("authorization", "content-type", "x-api-key", "api-key")
_SHOWN = "x-lampblack-model, x-lampblack-ignored, x-lampblack-reduced, retry-after"
_CACHED_S = "600"
_LONGEST_PATH = 200


class _RefusedError(Exception):
    """The request is answered with this, and goes no further."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


class Door:
    """Lets in whom `serve` allows; `seen` is called with a line for every request that is over."""

    def __init__(self, app: ASGIApp, serve: Serve, seen: Callable[[Seen], None]) -> None:
        self._app = app
        self._serve = serve
        self._seen = seen
        self._token = serve.token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            return
        visit = _Visit(self._cors(Headers(scope=scope)), send)
        scope = dict(scope)
        begun, at = time.perf_counter(), time.time()
        try:
            await self._let_in(scope, receive, visit)
        finally:
            prompt, text = scope.get(TOKENS_KEY, (0, 0))
            seconds = time.perf_counter() - begun
            self._seen(
                Seen(
                    at=at,
                    method=str(scope["method"])[:10],
                    path=_shown(scope["path"]),
                    status=visit.status if visit.is_complete else 499,
                    seconds=seconds,
                    prompt_tokens=prompt,
                    completion_tokens=text,
                )
            )

    async def _let_in(self, scope: Scope, receive: Receive, visit: _Visit) -> None:
        try:
            headers = Headers(scope=scope)
            has_token = self._take_token(scope)
            self._check_host(headers)
            self._check_origin(headers)
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                raise _RefusedError(self._preflight(headers))
            if scope["path"] not in OPEN_PATHS and not (has_token or self._has_token(headers)):
                raise _RefusedError(_no_token())
            if scope["method"] == "POST":
                receive = await self._read(scope, headers, receive)
            await self._app(scope, receive, visit.send)
        except _RefusedError as refused:
            await refused.response(scope, receive, visit.send)
        except LampblackError as error:
            if not visit.is_begun:
                await response_of(error)(scope, receive, visit.send)
        except Exception as error:  # noqa: BLE001 - a bug ends one request, not the service
            _report(error)
            if visit.is_begun:
                return  # the connection is closed with the answer unfinished
            message = "The service met an unexpected problem."
            await error_response(500, message, type="server_error")(scope, receive, visit.send)

    def _take_token(self, scope: Scope) -> bool:
        """Take `/k/TOKEN` off the path; whether it was the token, and such paths are allowed.

        The path never shows what was there, right or wrong.
        """
        path: str = scope["path"]
        if not path.startswith("/k/"):
            return False
        token, _, rest = path[3:].partition("/")
        scope["path"] = scope["root_path"] + "/" + rest
        scope["raw_path"] = scope["path"].encode("utf-8", "replace")
        if self._serve.allows_path_token and self._is_token(token):
            return True
        raise _RefusedError(_no_token())

    def _is_token(self, given: str) -> bool:
        return compare_digest(given.encode("utf-8", "replace"), self._token)

    def _has_token(self, headers: Headers) -> bool:
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        given = [headers.get("x-api-key", ""), headers.get("api-key", "")]
        if scheme.lower() == "bearer":
            given.append(bearer.strip())
        return any(map(self._is_token, given))

    def _check_host(self, headers: Headers) -> None:
        """Only its own names: a page whose name points to this machine has another one."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._serve.hosts:
            message = "The service does not answer to this Host."
            raise _RefusedError(error_response(421, message, code="wrong_host"))

    def _origin(self, headers: Headers) -> str:
        """The origin of a page that may call; empty for none."""
        origins = headers.getlist("origin")
        if len(origins) != 1:
            return ""
        allowed = self._serve.origins + (("null",) if self._serve.allows_null_origin else ())
        return origins[0] if origins[0] in allowed else ""

    def _check_origin(self, headers: Headers) -> None:
        if "origin" in headers and not self._origin(headers):
            message = "Pages of this origin may not ask the service."
            raise _RefusedError(error_response(403, message, code="origin_not_allowed"))

    def _cors(self, headers: Headers) -> dict[str, str]:
        if origin := self._origin(headers):
            return {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Expose-Headers": _SHOWN,
                "Vary": "Origin",
            }
        return {}

    def _preflight(self, headers: Headers) -> Response:
        """The answer to a browser that asks before it asks; the token comes with the request."""
        if not self._origin(headers):
            return error_response(403, "There is no origin.", code="origin_not_allowed")
        asked = headers.get("access-control-request-headers", "").lower()
        names = [name.strip() for name in asked.split(",") if name.strip()]
        # the last ones are what OpenAI's own client for pages adds to each request
        allowed = [name for name in names if name in _HEADERS or name.startswith("x-stainless-")]
        found = {
            "Access-Control-Allow-Methods": _METHODS,
            "Access-Control-Allow-Headers": ", ".join(allowed or _HEADERS),
            "Access-Control-Max-Age": _CACHED_S,
        }
        if "access-control-request-private-network" in headers:
            found["Access-Control-Allow-Private-Network"] = "true"
        return Response(status_code=204, headers=found)

    async def _read(self, scope: Scope, headers: Headers, receive: Receive) -> Receive:
        """Read and check the body; all that is received afterwards is that the client leaves."""
        if _is_empty(scope, headers):
            await self._body(headers, receive)
            scope[JSON_KEY] = {}
            return receive
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            message = "The body must be JSON, with Content-Type: application/json."
            raise _RefusedError(error_response(415, message, code="unsupported_media_type"))
        body = await self._body(headers, receive)
        try:
            scope[JSON_KEY] = parse_json(body)
        except ParameterError as error:
            raise _RefusedError(response_of(error)) from None
        return receive

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        most = self._serve.limits.max_body
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > most:
            raise _RefusedError(_too_large(most))
        parts: list[bytes] = []
        total, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _RefusedError(Response(status_code=499))
            part: bytes = message.get("body", b"")
            total += len(part)
            if total > most:
                raise _RefusedError(_too_large(most))
            parts.append(part)
            more = message.get("more_body", False)
        return b"".join(parts)


class _Visit:
    """One answer on its way out: its status, and the headers that each has."""

    def __init__(self, headers: dict[str, str], send: Send) -> None:
        self._headers = headers | {"X-Content-Type-Options": "nosniff"}
        self._send = send
        self.status = 500
        self.is_begun = self.is_complete = False

    async def send(self, message: Message) -> None:
        """Pass on a part of the answer."""
        if message["type"] == "http.response.start":
            self.is_begun, self.status = True, message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in self._headers.items():
                headers[name] = value
        await self._send(message)
        if message["type"] == "http.response.body" and not message.get("more_body", False):
            self.is_complete = True


def _is_empty(scope: Scope, headers: Headers) -> bool:
    """Whether there is no body, and need be none."""
    is_told = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
    return scope["path"] in EMPTY_PATHS and not is_told


def _no_token() -> Response:
    message = "The service's token is missing or wrong."
    headers = {"WWW-Authenticate": "Bearer"}
    return error_response(
        401, message, type="authentication_error", code="invalid_api_key", headers=headers
    )


def _too_large(most: int) -> Response:
    message = f"The body is larger than {most:,} bytes."
    headers = {"Connection": "close"}
    return error_response(413, message, code="body_too_large", headers=headers)


def _shown(path: str) -> str:
    """A path for the list of requests: short, and of plain characters."""
    return "".join(char if 32 < ord(char) < 127 else "?" for char in path[:_LONGEST_PATH])


def _report(error: Exception) -> None:
    """Write where it happened to the log, and nothing that a client sent."""
    sys.stderr.write(f"The service failed. {crash_text(error)}")
    sys.stderr.flush()
