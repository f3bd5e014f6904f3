"""Server-sent events: their form, the wait for the first, and what a client that leaves ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.core.errors import CancelledError, LampblackError, PromptTooLongError, TemplateError
from app.server.access import while_connected
from app.server.errors import body_of
from app.server.protocols.fields import RequestError

T = TypeVar("T")

DONE = b"data: [DONE]\n\n"

PING_S = 2.0
"""How long a client hears nothing at most."""


def event(data: Any) -> bytes:
    """An event with an object of JSON."""
    return b"data: " + msgspec.json.encode(data) + b"\n\n"


def comment(text: str) -> bytes:
    """A line that clients skip, to show that the connection lives; `text` is one line."""
    return f": {text}\n\n".encode()


async def heard(events: AsyncGenerator[T, None], every_s: float) -> AsyncGenerator[T | None, None]:
    """The events, and None whenever none came for that long; closes them at its end."""
    waiting: asyncio.Future[T | None] | None = None
    try:
        while True:
            waiting = waiting or asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait({waiting}, timeout=every_s)
            if not done:
                yield None
                continue
            finished, waiting = waiting, None
            if (found := finished.result()) is None:
                return
            yield found
    finally:
        if waiting is not None:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        await events.aclose()


async def _next(events: AsyncIterator[T]) -> T | None:
    return await anext(events, None)


def param_of(error: LampblackError, field: str) -> str | None:
    """The field at fault; a prompt that the engine refuses stood in `field`."""
    if isinstance(error, RequestError):
        return error.param
    return field if isinstance(error, PromptTooLongError | TemplateError) else None


class EventStream(Response):
    """An answer of events that are made while they are sent.

    `pieces` are events, and None where a while passed without one, at which the client hears what
    is waited for. An error that comes after the first piece is an event, too, and the last. A
    client that leaves closes `pieces` at once.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        request: Request,
        first: bytes | None,
        pieces: AsyncGenerator[bytes | None, None],
        waits_for: Callable[[], str],
        field: str,
        headers: Mapping[str, str],
    ) -> None:
        kept = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(headers={**kept, **headers})
        del self.headers["content-length"]
        self._request = request
        self._first = first
        self._pieces = pieces
        self._waits_for = waits_for
        self._field = field

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send everything, unless the client leaves."""
        del scope, receive
        async with aclosing(self._pieces):
            with suppress(CancelledError, OSError):  # the client has left
                await while_connected(self._request, self._send(send))

    async def _send(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await self._send_piece(send, self._first)
        try:
            async for piece in self._pieces:
                await self._send_piece(send, piece)
        except LampblackError as error:
            await self._send_piece(send, event(body_of(error, param_of(error, self._field))))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_piece(self, send: Send, piece: bytes | None) -> None:
        body = comment(self._waits_for() or "waiting") if piece is None else piece
        if body:
            await send({"type": "http.response.body", "body": body, "more_body": True})


async def opened(
    request: Request,
    source: AsyncGenerator[bytes, None],
    waits_for: Callable[[], str],
    field: str,
    headers: Mapping[str, str],
) -> EventStream:
    """The answer, once there is a first piece or a while has passed; an error before is raised."""
    pieces = heard(source, PING_S)
    try:
        first = await while_connected(request, _next(pieces))
    except BaseException:  # whatever it was, the job must not go on
        await pieces.aclose()
        raise
    return EventStream(request, first, pieces, waits_for, field, headers)
