"""One server over httpx2, against one that misbehaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from app.core.errors import ServerError, ServerLostError, ServerUnreachableError
from app.core.options.servers import ServerAddress
from app.remote.address import Pinned
from app.remote.web import Server


@contextmanager
def answering(answer: bytes, *, silent: bool = False) -> Iterator[tuple[Pinned, list[bytes]]]:
    """A server that gives one answer to one connection; what it received is in the list."""
    received: list[bytes] = []
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            received.append(connection.recv(65536))
            connection.sendall(answer)
            if silent:
                over.wait(30)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        yield Pinned(ServerAddress("http", "box.invalid", port), "127.0.0.1"), received
        over.set()
        thread.join()


def asked(pinned: Pinned, silent_s: float = 20.0) -> list[bytes]:
    server = Server(pinned, "a-key", silent_s=silent_s)
    try:
        with server.post("/v1/completions", {"prompt": "x"}) as body:
            return list(body)
    finally:
        server.close()


def test_the_name_is_never_looked_up_nor_a_proxy_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") as (pinned, received):
        assert b"".join(asked(pinned)) == b"hi"
    head = received[0].lower()
    assert f"host: box.invalid:{pinned.address.port}\r\n".encode() in head
    assert b"authorization: bearer a-key\r\n" in head


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (302, "sends on to another address", "server_unreachable"),
        (401, "does not accept the key", "server_key"),
        (403, "does not allow this", "server_unreachable"),
        (404, "does not know this request", "server_unreachable"),
        (429, "too many requests", "server_unreachable"),
        (502, "cannot be reached by the machine", "server_unreachable"),
        (503, "is not ready", "server_unreachable"),
        (504, "has not answered for too long", "server_lost"),
        (500, "failed", "server"),
        (400, "refused the request", "server"),
        (418, "refused the request", "server"),
    ],
)
def test_refusals(status: int, words: str, kind: str) -> None:
    """The kind says whether others can be asked (server), or none (unreachable)."""
    answer = f"HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n"
    with (
        answering(answer.encode()) as (pinned, _),
        pytest.raises(ServerError, match=words) as raised,
    ):
        asked(pinned)
    assert raised.value.kind == kind


@pytest.mark.parametrize(
    "answer", [b"garbage\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi"]
)
def test_broken_answers(answer: bytes) -> None:
    with answering(answer) as (pinned, _), pytest.raises(ServerLostError, match="connection to"):
        asked(pinned)


def test_no_server_at_all() -> None:
    with answering(b"") as (pinned, _), pytest.raises(ServerLostError):
        asked(pinned)
    with pytest.raises(ServerUnreachableError, match="connection to"):
        asked(pinned)


def test_silence() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"
    with (
        answering(head, silent=True) as (pinned, _),
        pytest.raises(ServerLostError, match="not answered for too long"),
    ):
        asked(pinned, silent_s=0.05)
