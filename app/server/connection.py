"""A connection with the patience of a service that others may try to hold up.

uvicorn waits for ever for the rest of a half-sent request, and counts connections that say nothing
against its limit. Here the header, the body and the reading of an answer each have their time, and
where there are too many connections the one that has been idle longest goes. A TLS handshake has
the time of a header, and counts as a connection from its beginning: each takes 256 KB.
"""

from __future__ import annotations

import asyncio
import ssl
from time import monotonic
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from app.engine.service_messages import ServiceLimits

_LINGER_S = 1.0
_HEADER_BYTES = 32 * 1024

_LATE = (
    b"HTTP/1.1 408 Request Timeout\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
    b'{"error": {"message": "The request took too long to arrive.", '
    b'"type": "timeout_error", "param": null, "code": "request_timeout"}}'
)
_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 2\r\n"
    b"Connection: close\r\n\r\n"
    b'{"error": {"message": "There are too many connections.", '
    b'"type": "service_unavailable_error", "param": null, "code": "too_many_connections"}}'
)


class Pool:
    """The connections that are open, and what they may take."""

    def __init__(self, limits: ServiceLimits) -> None:
        self.limits = limits
        self.connections: set[Connection] = set()

    def admit(self, newcomer: Connection) -> bool:
        """Take a connection up, for an idle one if there are too many; False if all are at work."""
        if len(self.connections) >= self.limits.max_connections:
            idle = [one for one in self.connections if not one.is_at_work]
            if not idle:
                return False
            min(idle, key=lambda one: one.idle_since).drop()
        self.connections.add(newcomer)
        return True


class JoinedHead(h11.Connection):
    """Keeps the head of an answer until its first part: both then wake the client once."""

    _head = b""

    def send(self, event: h11.Event) -> bytes | None:  # type: ignore[override]  # one for all events
        """The bytes to be sent."""
        data = super().send(event)
        if isinstance(event, h11.Response):
            self._head = data or b""
            return b""
        head, self._head = self._head, b""
        return head + data if data is not None else head or None


class Connection(H11Protocol):
    """uvicorn's protocol with limits of time; with a `secure` context it begins by a handshake."""

    def __init__(
        self, pool: Pool, secure: ssl.SSLContext | None, *arguments: Any, **more: Any
    ) -> None:
        super().__init__(*arguments, **more)
        self.conn = JoinedHead(h11.SERVER, _HEADER_BYTES)
        self.timeout_keep_alive = pool.limits.idle_s  # type: ignore[assignment]  # a delay, which may be a part of a second
        self._pool = pool
        self._secure = secure
        self._handshake: asyncio.Task[None] | None = None
        self._raw: asyncio.Transport | None = None
        self._has_begun = False
        self._early: list[bytes] = []  # what came with the handshake's last message
        self._timer: asyncio.TimerHandle | None = None
        self._waits_for = ""
        self._stalled: asyncio.TimerHandle | None = None
        self._is_over = False
        self.idle_since = monotonic()

    @property
    def is_at_work(self) -> bool:
        """Whether a request has arrived and is being answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def drop(self) -> None:
        """End it at once."""
        self._pool.connections.discard(self)
        if self._handshake is not None:
            self._handshake.cancel()
            self._handshake = None  # or its traceback keeps this, in a circle
        transport = self._raw or self.transport
        transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Wait for a header from now on, or for a handshake before."""
        is_admitted = self._pool.admit(self)
        if self._secure is None:
            self._begin(transport, is_admitted=is_admitted)
        elif is_admitted:
            transport.pause_reading()  # until the task does
            self._raw = transport
            self._handshake = self.loop.create_task(self._shake_hands(transport, self._secure))
        else:
            transport.abort()  # there is no way to say it before a handshake

    async def _shake_hands(self, raw: asyncio.Transport, secure: ssl.SSLContext) -> None:
        seconds = self._pool.limits.header_s
        try:
            transport = await self.loop.start_tls(
                raw, self, secure, server_side=True, ssl_handshake_timeout=seconds
            )
        except OSError:  # no TLS, a client that is too old or has left, or too late
            transport = None
        self._raw = self._handshake = None
        if transport is None or transport.is_closing():
            self._pool.connections.discard(self)
            return
        self._begin(transport, is_admitted=True)
        early, self._early = self._early, []
        for data in early:
            self.data_received(data)

    def _begin(self, transport: asyncio.Transport, *, is_admitted: bool) -> None:
        self._has_begun = True
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=64 * 1024)
        if is_admitted:
            self._wait("header")
        else:
            self._say_last(_FULL)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop all clocks."""
        self._pool.connections.discard(self)
        self._wait("")
        self._stop_stalled()
        if self._has_begun:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """See whether it is the rest of a header or of a body that is still to come."""
        if self._is_over:
            return
        if not self._has_begun:
            self._early.append(data)
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """A request that already lies in the buffer is looked at like a new one."""
        self.idle_since = monotonic()
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._wait("body")
        elif self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            self._wait("header")

    def pause_writing(self) -> None:
        """The client reads too slowly: it has a while to go on."""
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(self._pool.limits.stall_s, self.drop)

    def resume_writing(self) -> None:
        """It has read on."""
        self._stop_stalled()
        super().resume_writing()

    def _stop_stalled(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _look(self) -> None:
        state = self.conn.their_state
        if state is h11.IDLE and not self.is_at_work:
            self._wait("header")
        else:
            self._wait("body" if state is h11.SEND_BODY else "")

    def _wait(self, what: str) -> None:
        """Wait for a header or a body; one clock for all of it, however it dribbles in."""
        if what == self._waits_for:
            return
        self._waits_for = what
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if what:
            limits = self._pool.limits
            seconds = limits.header_s if what == "header" else limits.body_s
            self._timer = self.loop.call_later(seconds, self._end_late)

    def _end_late(self) -> None:
        cycle = self.cycle
        if cycle is None or cycle.response_complete or not cycle.response_started:
            self._say_last(_LATE)
        else:
            self.drop()

    def _say_last(self, answer: bytes) -> None:
        """Answer and end it; what still comes is read, or the answer would be lost with it."""
        self._is_over = True
        self.transport.write(answer)
        if self.transport.can_write_eof():
            self.transport.write_eof()
            self.loop.call_later(_LINGER_S, self.transport.abort)
        else:
            self.transport.close()
