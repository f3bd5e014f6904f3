"""The service's child: serves HTTP on the socket that it was given, and owns nothing else.

What it may do comes as the first frame on its standard input, whose end is the child's own.
"""

from __future__ import annotations

import asyncio
import os
import queue
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import BinaryIO

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import Response
from uvicorn.server import ServerState

from app.core.errors import ProtocolError
from app.core.system.network import deny_network
from app.core.system.serving import server_context
from app.engine.child import settle_process, take_streams
from app.engine.codec import Frames, frame
from app.engine.messages import PROTOCOL_VERSION
from app.engine.service_messages import (
    FromService,
    Listening,
    ModelState,
    Serve,
    ToService,
    decode_to_service,
    encode_service,
)
from app.server.access import EngineAccess
from app.server.connection import Connection, Pool
from app.server.door import Door
from app.server.errors import error_response
from app.server.protocols.kobold import Writings
from app.server.routes import ROUTES

_BACKLOG = 128
_GRACE_S = 2.0
_CHUNK = 64 * 1024


def run_service(descriptor: str) -> int:
    """Serve on the listening socket of that number until standard input ends."""
    settle_process()
    deny_network()
    commands, events = take_streams()
    downward = _Downward(commands)
    try:
        serve = downward.first()
    except (ProtocolError, msgspec.MsgspecError) as error:
        _tell_broken(error)
        return 2
    if not isinstance(serve, Serve) or serve.version != PROTOCOL_VERSION:
        return 2
    if serve.socket:
        listening = socket.fromshare(serve.socket)  # type: ignore[attr-defined,unused-ignore]  # Windows
    else:
        listening = socket.socket(fileno=int(descriptor))
    with listening:
        listening.setblocking(False)
        asyncio.run(_serve(serve, listening, downward, events))
    return 0


def _tell_broken(error: Exception) -> None:
    sys.stderr.write(f"The program's messages broke off: {error}\n")


class _Upward:
    """Messages to the program, written by a thread of their own."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write, name="upward", daemon=True)
        self._thread.start()

    def send(self, message: FromService) -> None:
        """Send a message; raises UnicodeEncodeError and OverflowError."""
        self._waiting.put(frame(encode_service(message)))

    def close(self) -> None:
        """Write what waits, and end."""
        self._waiting.put(None)
        self._thread.join(_GRACE_S)

    def _write(self) -> None:
        try:
            while (payload := self._waiting.get()) is not None:
                self._stream.write(payload)
                self._stream.flush()
        except OSError:
            return  # the program is gone, and standard input ends as well


class _Downward:
    """What the program says, read by the event loop itself: a thread would be one more to wake.

    Windows' loop cannot wait for such a pipe; there it is a thread.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._frames = Frames()
        self._early: list[bytes] = []
        self._is_over = False

    def first(self) -> ToService | None:
        """The first message; None where there is none. Raises ProtocolError and MsgspecError."""
        while not self._early and (data := self._read()):
            self._early += self._frames.feed(data)
        return decode_to_service(self._early.pop(0)) if self._early else None

    def begin(self, take: Callable[[ToService], None], end: Callable[[], None]) -> None:
        """Pass on every message on this event loop, and call `end` after the last one."""
        self._take, self._end = take, end
        loop = asyncio.get_running_loop()
        if not self._pass_on(self._early):
            return
        if sys.platform == "win32":
            threading.Thread(target=self._wait, args=[loop], name="commands", daemon=True).start()
        else:
            loop.add_reader(self._stream, self._read_on, loop)

    def _read(self) -> bytes:
        try:
            return os.read(self._stream.fileno(), _CHUNK)
        except OSError:
            return b""

    def _read_on(self, loop: asyncio.AbstractEventLoop) -> None:
        if not self._heard(self._read()):
            loop.remove_reader(self._stream)

    def _wait(self, loop: asyncio.AbstractEventLoop) -> None:
        data = b"more"
        while data and not self._is_over:
            data = self._read()
            loop.call_soon_threadsafe(self._heard, data)

    def _heard(self, data: bytes) -> bool:
        """Take up what was read; whether there may be more."""
        if self._is_over:
            return False
        return self._pass_on(self._frames.feed(data), is_end=not data)

    def _pass_on(self, payloads: Iterable[bytes], *, is_end: bool = False) -> bool:
        """Take up these messages; whether there may be more, which is not so after a broken one."""
        try:
            for payload in payloads:
                self._take(decode_to_service(payload))
            if not is_end:
                return True
            if self._frames.is_torn:
                raise ProtocolError("The stream ended within a message.")
        except (ProtocolError, msgspec.MsgspecError) as error:
            _tell_broken(error)
        self._is_over = True
        self._end()
        return False


def application(engine: EngineAccess) -> Starlette:
    """The routes, without a door."""
    app = Starlette(routes=ROUTES)
    app.state.engine = engine
    app.state.kobold = Writings()
    app.router.redirect_slashes = False
    # Without Starlette's own last net, which answers in plain text and logs what was sent.
    app.middleware_stack = ExceptionMiddleware(app.router, {HTTPException: _http_error})
    return app


async def _http_error(request: Request, error: Exception) -> Response:
    """No such path, or not by this method."""
    del request
    assert isinstance(error, HTTPException)
    known = {404: "There is no such path here.", 405: "This path does not take this method."}
    message = known.get(error.status_code, error.detail)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code)
    return error_response(error.status_code, message, code=code, headers=error.headers)


async def _serve(
    serve: Serve, listening: socket.socket, downward: _Downward, events: BinaryIO
) -> None:
    upward = _Upward(events)
    engine = EngineAccess(upward.send, serve.limits)
    ended = asyncio.Event()

    def take(message: ToService) -> None:
        if not isinstance(message, Serve):
            engine.take(message)
        if isinstance(message, ModelState):
            upward.send(Listening())

    state, pool = ServerState(), Pool(serve.limits)
    server = await _listen(
        serve, Door(application(engine), serve, upward.send), state, pool, listening
    )
    upward.send(Listening())
    downward.begin(take, ended.set)
    await ended.wait()
    server.close()
    engine.stop()
    if state.tasks:
        await asyncio.wait(state.tasks, timeout=_GRACE_S)
    for connection in [*pool.connections]:
        connection.drop()
    for task in [*state.tasks]:
        task.cancel()
    upward.close()


async def _listen(
    serve: Serve, door: Door, state: ServerState, pool: Pool, listening: socket.socket
) -> asyncio.Server:
    config = uvicorn.Config(
        door,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="none",
        proxy_headers=False,
        server_header=False,
        date_header=False,
    )
    config.load()
    secure = server_context(serve.certificate, serve.key) if serve.certificate else None
    return await asyncio.get_running_loop().create_server(
        lambda: Connection(pool, secure, config, state, {}), sock=listening, backlog=_BACKLOG
    )
