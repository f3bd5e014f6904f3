"""Connections that are kept: used again, tried anew once, never more than allowed, cut at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.core.errors import CancelledError, ServerError
from app.core.options.servers import ServerAddress
from app.remote.address import Pinned
from app.remote.connections import OpenLine
from app.remote.web import LONGEST_WAIT_S, Patience, Server, ServerBusyError
from tests.remote.recording import Recording, Reply, Script, Stand, answer, plain, streamed

ONCE = Patience(tries=1)
WRITE = "/v1/completions"


@contextmanager
def asking(
    script: Script | None = None, stand: Stand = plain
) -> Iterator[tuple[Recording, Server]]:
    with Recording(script, stand) as recording:
        pinned = Pinned(ServerAddress("http", "127.0.0.1", recording.port), "127.0.0.1")
        server = Server(pinned, silent_s=20)
        try:
            yield recording, server
        finally:
            server.close()


def read(server: Server, line: OpenLine | None = None) -> bytes:
    with server.post(WRITE, {"prompt": "x"}, line, ONCE) as body:
        return b"".join(body)


def test_a_connection_is_used_again() -> None:
    with asking() as (recording, server):
        for _ in range(5):
            assert server.get("/v1/models")
        assert server.ask("/tokenize", {"prompt": "a"}) == {"tokens": [1, 2]}
    assert len(recording.received) == 6
    assert recording.connections == 1


def test_what_follows_the_end_of_a_stream_is_read_so_that_the_connection_is_kept() -> None:
    with asking(stand=lambda _path, _fields: answer(streamed("a"))) as (recording, server):
        for _ in range(3):
            with server.post(WRITE, {}) as body:
                next(body)  # the first piece has the end in it, and more may follow
    assert recording.connections == 1


def test_an_answer_that_is_left_closes_its_connection() -> None:
    with asking() as (recording, server):
        with suppress(EOFError), server.post(WRITE, {"prompt": "x"}) as body:
            next(body)
            raise EOFError
        assert server.get("/v1/models")
    assert recording.connections == 2


def test_a_kept_connection_that_turns_out_dead_is_tried_anew_once() -> None:
    """The server reads the request and ends the connection without a word."""
    with asking([b"", answer(b"{}")]) as (recording, server):
        assert server.get("/v1/models")
        assert read(server) == b"{}"
    assert recording.connections == 2
    assert len(recording.bodies(WRITE)) == 2


@pytest.mark.parametrize(
    ("script", "asked"),
    [
        ([b"", b"", answer(b"late")], 2),  # the second was a new connection: no third
        ([b"HTTP/1.1 2", answer(b"late")], 1),  # something came, so it may have been done
        ([answer(b"half")[:-1], answer(b"late")], 1),
    ],
)
def test_what_may_have_been_done_is_not_asked_again(script: list[bytes], asked: int) -> None:
    with asking(script) as (recording, server):
        assert server.get("/v1/models")
        with pytest.raises(ServerError, match="failed"):
            read(server)
        assert len(recording.bodies(WRITE)) == asked


def test_a_new_connection_that_ends_is_not_tried_again() -> None:
    with asking([b"", answer(b"late")]) as (recording, server):
        with pytest.raises(ServerError, match="failed"):
            read(server)
        assert len(recording.bodies(WRITE)) == 1


class Together:
    """Answers when so many requests are in flight; notes the most that there were."""

    def __init__(self, count: int) -> None:
        self._all = threading.Barrier(count)
        self._lock = threading.Lock()
        self._now = self.most = 0

    def __call__(self, path: str, fields: dict[str, Any]) -> Reply:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._all.wait(30)
        with self._lock:
            self._now -= 1
        return plain(path, fields)


@pytest.mark.parametrize("most", [32, 3])
def test_as_many_as_allowed_are_in_flight_and_no_more(most: int) -> None:
    together = Together(most)
    with asking(stand=together) as (recording, server):
        server.limit(most)
        with ThreadPoolExecutor(3 * most) as pool:
            found = list(pool.map(lambda _: server.get("/v1/models"), range(3 * most)))
    assert len(found) == 3 * most
    assert together.most == most
    assert recording.connections == most


def test_a_cancel_ends_the_waiting_for_a_connection() -> None:
    line = OpenLine()
    asked, over = threading.Event(), threading.Event()

    def stand(path: str, fields: dict[str, Any]) -> Reply:
        asked.set()
        over.wait(30)
        return plain(path, fields)

    with asking(stand=stand) as (recording, server), ThreadPoolExecutor(2) as pool:
        server.limit(1)
        first = pool.submit(server.get, "/v1/models")
        asked.wait(30)
        second = pool.submit(server.get, "/v1/models", line)
        line.cut()
        with pytest.raises(CancelledError):
            second.result()
        over.set()
        assert first.result()
    assert len(recording.received) == 1


def test_a_cut_line_ends_its_answer_alone() -> None:
    line = OpenLine()
    with asking([[answer(streamed("a") * 2)[:-9], None]]) as (recording, server):
        cutter = threading.Thread(target=lambda: (recording.asked.get(), line.cut()))
        cutter.start()
        with pytest.raises(ServerError, match="failed"):
            read(server, line)
        cutter.join()
        assert server.get("/v1/models")


# Patience


@given(st.integers(0, 60), st.none() | st.floats(0, 1000))
def test_waits_grow_have_jitter_and_are_never_shorter_than_asked(
    attempt: int, after_s: float | None
) -> None:
    patience = Patience()
    waits = {patience.wait(attempt, after_s) for _ in range(8)}
    whole = min(patience.longest_s, patience.first_s * 2**attempt)
    assert len(waits) > 1
    if after_s is None:
        assert all(whole / 2 <= wait <= whole for wait in waits)
    else:
        assert all(after_s <= wait <= after_s * 1.25 + 0.5 for wait in waits)


@pytest.mark.parametrize(
    "head", ["Retry-After: 0\r\n", "Retry-After: Fri, 01 Jan 2021 00:00:00 GMT\r\n"]
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again_over_the_same_connection(status: int, head: str) -> None:
    replies = [answer(b"{}", status, head), answer(b"{}", status, head), answer(b"done")]
    with asking(stand=lambda _path, _fields: replies.pop(0)) as (recording, server):
        assert server.get("/v1/models") == b"done"
    assert recording.connections == 1


def test_a_wait_that_is_too_long_is_not_begun() -> None:
    head = f"Retry-After: {int(LONGEST_WAIT_S) + 1}\r\n"
    with asking(stand=lambda _path, _fields: answer(b"{}", 429, head)) as (recording, server):
        with pytest.raises(ServerBusyError, match="too many requests"):
            server.get("/v1/models")
        assert len(recording.received) == 1


def test_after_the_last_try_the_refusal_is_told() -> None:
    busy = answer(b"{}", 503, "Retry-After: 0\r\n")
    with asking(stand=lambda _path, _fields: busy) as (recording, server):
        with (
            pytest.raises(ServerBusyError, match="is not ready"),
            server.post(WRITE, {}, patience=Patience(tries=3, longest_s=0.0)),
        ):
            raise AssertionError("there is no body")
        assert len(recording.received) == 3
