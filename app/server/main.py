"""The service's child: serves HTTP on the socket that it was given, and owns nothing else.

What it may do comes as the first frame on its standard input, whose end is the child's own.
"""

from __future__ import annotations

import asyncio
import queue
import socket
import sys
import threading
from typing import BinaryIO

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
from app.engine.codec import frame, read_frame
from app.engine.messages import PROTOCOL_VERSION
from app.engine.service_messages import (
    FromService,
    Listening,
    ModelState,
    Serve,
    decode_to_service,
    encode_service,
)
from app.server.access import EngineAccess
from app.server.connection import Connection, Pool
from app.server.door import Door
from app.server.errors import error_response
from app.server.protocols.kobold import Writings
from app.server.routes import ROUTES

_HEADER_BYTES = 32 * 1024
_BACKLOG = 128
_GRACE_S = 2.0


def run_service(descriptor: str) -> int:
    """Serve on the listening socket of that number until standard input ends."""
    settle_process()
    deny_network()
    commands, events = take_streams()
    first = read_frame(commands)
    serve = decode_to_service(first) if first is not None else None
    if not isinstance(serve, Serve) or serve.version != PROTOCOL_VERSION:
        return 2
    if serve.socket:
        listening = socket.fromshare(serve.socket)  # type: ignore[attr-defined,unused-ignore]  # Windows
    else:
        listening = socket.socket(fileno=int(descriptor))
    with listening:
        listening.setblocking(False)
        asyncio.run(_serve(serve, listening, commands, events))
    return 0


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
    serve: Serve, listening: socket.socket, commands: BinaryIO, events: BinaryIO
) -> None:
    loop, upward = asyncio.get_running_loop(), _Upward(events)
    engine = EngineAccess(upward.send, serve.limits)
    ended = asyncio.Event()
    reading = threading.Thread(
        target=_read, args=[commands, engine, upward, loop, ended], name="commands", daemon=True
    )
    state, pool = ServerState(), Pool(serve.limits)
    server = await _listen(
        serve, Door(application(engine), serve, upward.send), state, pool, listening
    )
    upward.send(Listening())
    reading.start()
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
        timeout_keep_alive=int(serve.limits.idle_s),
        h11_max_incomplete_event_size=_HEADER_BYTES,
    )
    config.load()
    secure = server_context(serve.certificate, serve.key) if serve.certificate else None
    return await asyncio.get_running_loop().create_server(
        lambda: Connection(pool, secure, config, state, {}), sock=listening, backlog=_BACKLOG
    )


def _read(
    stream: BinaryIO,
    engine: EngineAccess,
    upward: _Upward,
    loop: asyncio.AbstractEventLoop,
    ended: asyncio.Event,
) -> None:
    """Pass on what the program says until it ends."""
    try:
        while (payload := read_frame(stream)) is not None:
            message = decode_to_service(payload)
            if isinstance(message, ModelState):
                loop.call_soon_threadsafe(engine.take, message)
                loop.call_soon_threadsafe(upward.send, Listening())
            elif not isinstance(message, Serve):
                loop.call_soon_threadsafe(engine.take, message)
    except (OSError, ProtocolError, ValueError) as error:
        sys.stderr.write(f"The program's messages broke off: {error}\n")
    finally:
        loop.call_soon_threadsafe(ended.set)
