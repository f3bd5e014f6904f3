"""One server over HTTP, against one that misbehaves."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from app.core.errors import (
    GenerationError,
    ParameterError,
    ServerError,
    ServerLostError,
    ServerUnreachableError,
)
from app.core.options.servers import ServerAddress
from app.remote.address import Pinned
from app.remote.event_stream import LONGEST_EVENT, events
from app.remote.web import Patience, Server
from tests.remote.recording import streamed


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
        once = Patience(tries=1)
        with server.post("/v1/completions", {"prompt": "x"}, patience=once) as body:
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


@pytest.mark.parametrize("key", ["two words", "é", "a\r\nX: b"])
def test_a_key_that_cannot_be_one(key: str) -> None:
    pinned = Pinned(ServerAddress("http", "box.invalid", 1), "127.0.0.1")
    with pytest.raises(ParameterError, match="that no key can have"):
        Server(pinned, key)


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


# Servers without an end


OPEN = b"HTTP/1.1 200 OK\r\n\r\n"
PACE_S = 0.02
GIGABYTE = 2**30


@contextmanager
def endless(
    before: bytes, piece: bytes, pace_s: float = 0.0, **limits: float
) -> Iterator[tuple[Server, list[int]]]:
    """Asks one that sends `before`, then pieces up to a gigabyte; how many bytes of them went."""
    sent = [0]
    over = threading.Event()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):  # the client has left
            connection.recv(65536)
            connection.sendall(before)
            while sent[0] < GIGABYTE and not over.wait(pace_s):
                connection.sendall(piece)
                sent[0] += len(piece)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        port = listener.getsockname()[1]
        pinned = Pinned(ServerAddress("http", "box.invalid", port), "127.0.0.1")
        server = Server(pinned, **limits)  # type: ignore[arg-type]  # only numbers
        try:
            yield server, sent
        finally:
            server.close()
            over.set()
            thread.join()


MUCH = 64 * LONGEST_EVENT
"""What the system may hold on the way to a client that reads no more, and far below a gigabyte."""


@pytest.mark.parametrize("piece", [b"a" * 65536, b"data: a\n" * 4096], ids=["line", "event"])
def test_a_line_of_a_gigabyte_is_left_early(piece: bytes) -> None:
    left = pytest.raises(GenerationError, match="in one piece")
    with endless(OPEN + b"data: ", piece) as (server, sent), left, server.post("/", {}) as body:
        list(events(body))
    assert sent[0] < MUCH


@pytest.mark.parametrize(
    ("before", "said"),
    [(OPEN, "far too much"), (OPEN[:-2] + b"X: ", "what came is no HTTP")],
    ids=["body", "head"],
)
def test_an_answer_of_a_gigabyte_is_left_early(before: bytes, said: str) -> None:
    left = pytest.raises(ServerError, match=said)
    with endless(before, b"a" * 65536) as (server, sent), left:
        server.get("/v1/models")
    assert sent[0] < MUCH


@pytest.mark.parametrize(
    ("before", "limit"), [(OPEN[:-2] + b"X: ", "silent_s"), (OPEN, "whole_s")], ids=["head", "body"]
)
def test_an_answer_that_drips_has_a_time_in_all(before: bytes, limit: str) -> None:
    left = pytest.raises(ServerError, match="not answered for too long")
    with endless(before, b"a", PACE_S, **{limit: 0.2}) as (server, _sent), left:
        server.get("/v1/models")


def test_what_drips_after_the_end_of_a_text_holds_nothing_up() -> None:
    with endless(OPEN + streamed("a"), b"\n", PACE_S) as (server, sent):
        with server.post("/", {}) as body:
            assert len(list(events(body))) == 2
        assert sent[0] < 2 / PACE_S


def test_a_text_may_drip() -> None:
    piece = streamed("a", ends=False)
    asked = endless(OPEN, piece, PACE_S, whole_s=0.1)
    with asked as (server, _sent), server.post("/", {}) as body:
        found = events(body)
        assert len([next(found) for _ in range(20)]) == 20
