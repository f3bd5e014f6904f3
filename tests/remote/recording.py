"""A server that records what it is asked, for tests: with a script, or with a stand-in for one."""

from __future__ import annotations

import json
import queue
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, Self

from app.engine.child import Opening
from app.engine.client import EngineClient
from app.engine.messages import Event, Load, Loaded
from app.engine.server_child import given_once, open_server, start_server_child
from app.remote.probing import PROBE

Reply = dict[str, Any] | bytes
"""An object of JSON, or a whole answer."""

Stand = Callable[[str, dict[str, Any]], Reply]
"""Answers a path and the fields of a request."""

Script = Sequence[bytes | Sequence[bytes | None]]

Told = list[Event]


@contextmanager
def loaded(server: Recording, told: Told, **opening: Any) -> Iterator[EngineClient]:
    """A client of the real child, which has loaded the server's model; `told` gets all events."""
    with loaded_from(f"http://127.0.0.1:{server.port}", told, **opening) as client:
        yield client


@contextmanager
def loaded_from(address: str, told: Told, **opening: Any) -> Iterator[EngineClient]:
    """The same, of any address."""
    child = start_server_child(address)
    open_server(child, Opening(**opening))
    client = EngineClient(given_once(child), cancel_s=20)
    try:
        found = client.run(Load(job=client.next_job(), path="", engine="server"), told.append)
        assert isinstance(found, Loaded)
        told.append(found)
        yield client
    finally:
        client.close()


def answer(content: bytes, status: int = 200, head: str = "") -> bytes:
    start = f"HTTP/1.1 {status} X\r\nContent-Length: {len(content)}\r\n{head}\r\n"
    return start.encode() + content


def streamed(*texts: str, ends: bool = True) -> bytes:
    """The body of a stream of completions."""
    choices = [{"index": 0, "text": text, "finish_reason": None} for text in texts]
    if ends:
        choices.append({"index": 0, "text": "", "finish_reason": "stop"})
    lines = [b"data: " + json.dumps({"choices": [one]}, ensure_ascii=False).encode() + b"\n\n"
             for one in choices]  # fmt: skip
    return b"".join(lines) + b"data: [DONE]\n\n" * ends


def plain(path: str, fields: dict[str, Any]) -> Reply:
    """A server that lists a model, writes, heeds a schema and counts, and can do nothing else."""
    if path == "/v1/models":
        return {"data": [{"id": "m", "owned_by": "vllm", "max_model_len": 4096}]}
    if path == "/tokenize":
        return {"tokens": [1, 2]}
    if path == "/v1/completions":
        asked = fields.get("response_format")
        text = json.dumps(asked["json_schema"]["schema"]["const"]) if asked else " a"
        return {"choices": [{"index": 0, "text": text, "finish_reason": "length"}]}
    if path == "/v1/chat/completions":
        return {"choices": [{"index": 0, "message": {"content": "a"}, "finish_reason": "length"}]}
    return answer(b"{}", 404)


class Recording:
    """Answers as `stand` does where it is probed; `script` has the other answers in turn.

    Without a script all is answered as `stand` does. `received` has all bytes, `connections` how
    many there were. An answer of the script may come in several pieces; after one that is None
    nothing comes until the end, and each ends its connection.
    """

    def __init__(
        self,
        script: Script | None = None,
        stand: Stand = plain,
        tls: ssl.SSLContext | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.received: list[bytes] = []
        self.asked: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.connections = 0
        self._script = None if script is None else [*script]
        self._stand = stand
        self._tls = tls
        self._over = threading.Event()
        self._listener = socket.create_server((host, 0), backlog=128)
        self.address = self._listener.getsockname()
        self.port = self.address[1]
        self._open: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._over.set()
        socket.create_connection(self.address).close()
        self._threads[0].join()
        for one in [*self._open]:
            with suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The fields of the requests of a path that were no probes."""
        asked = [one for one in self.received if one.startswith(f"POST {path} ".encode())]
        return [_fields(one) for one in asked if not _is_probe(one)]

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._over.is_set():
                connection.close()
                return
            self.connections += 1
            self._open.add(connection)
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            with suppress(OSError):  # the client was faster, or the test is over
                if self._tls is not None:
                    connection = self._tls.wrap_socket(connection, True)
                    self._open.add(connection)
                while (asked := _request(connection)) is not None and self._answer(
                    connection, asked
                ):
                    pass
        finally:
            self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, asked: bytes) -> bool:
        """Answer; whether the connection stays."""
        self.received.append(asked)
        path = asked.split(b" ")[1].decode()
        is_scripted = "completions" in path and not _is_probe(asked)
        if self._script is None or not is_scripted:
            reply = self._stand(path, _fields(asked))
            content = reply if isinstance(reply, bytes) else answer(json.dumps(reply).encode())
            connection.sendall(content)
            return True
        given = self._script.pop(0)
        for piece in [given] if isinstance(given, bytes) else given:
            if piece is None:
                self.asked.put(None)
                self._over.wait(30)
            else:
                connection.sendall(piece)
        return False


def _is_probe(asked: bytes) -> bool:
    return json.dumps(PROBE).encode()[1:-1] in asked


def _fields(asked: bytes) -> dict[str, Any]:
    content = asked.partition(b"\r\n\r\n")[2]
    found: dict[str, Any] = json.loads(content) if content else {}
    return found


def _request(connection: socket.socket) -> bytes | None:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return None
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")]
    length = int(lengths[0].partition(b":")[2]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
