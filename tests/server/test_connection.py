"""Connections that say too little, read too slowly or are too many."""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from contextlib import ExitStack

import h11

from app.engine.service_messages import ServiceLimits
from app.host.fake import Script
from app.server.connection import JoinedHead
from tests.server.conftest import TOKEN, Running

Start = Callable[..., Running]


def test_half_a_header_has_its_time_however_it_dribbles_in(service: Start) -> None:
    one = service(limits=ServiceLimits(header_s=0.3))
    for first in (b"", b"GET /health HT", b"GET /health HTTP/1.1\r\nX: 1\r\n"):
        with one.connect() as raw:
            raw.sendall(first)
            assert b" 408 " in raw.recv(100)
    with one.connect() as raw:  # on a connection that has been used
        raw.sendall(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n\r\n".encode())
        assert b" 200 " in raw.recv(1000)
        raw.sendall(b"GET /hea")
        answer = raw.recv(1000)
        while b" 408 " not in answer:
            more = raw.recv(1000)
            assert more
            answer += more


def test_a_connection_that_stays_idle_is_closed(service: Start) -> None:
    """A while after an answer, however long that took."""
    slow = Script(words=("w ",), repeat=100, pause_s=0.1)
    one = service(slow, ServiceLimits(idle_s=1))
    begun = time.monotonic()
    with one.begin(max_tokens=15) as raw:
        answer = b""
        while more := raw.recv(1000):
            answer += more
    assert b"completion_tokens" in answer
    seconds = one.seen.get(timeout=10).seconds
    assert seconds > 1
    assert time.monotonic() - begun > seconds + 0.9


def test_a_connection_stays_open_for_a_part_of_a_second(service: Start) -> None:
    one = service(limits=ServiceLimits(idle_s=0.9))
    with one.connect() as raw:
        for _ in range(3):
            raw.sendall(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n\r\n".encode())
            assert b" 200 " in raw.recv(1000)
            assert not select.select([raw], [], [], 0.2)[0]
        assert not raw.recv(1000)


def test_half_a_body_has_its_time(service: Start) -> None:
    one = service(limits=ServiceLimits(body_s=0.3))
    with one.connect() as raw:
        raw.sendall(
            f"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\nX-Api-Key: {TOKEN}"
            "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
        )
        assert b" 408 " in raw.recv(100)
    assert one.seen.get(timeout=10).status == 499
    with one.connect() as raw:  # behind another request
        raw.sendall(
            f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n\r\n"
            f"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\nX-Api-Key: {TOKEN}"
            "\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".encode()
        )
        answer = b""
        while b" 408 " not in answer:
            more = raw.recv(1000)
            assert more
            answer += more


def test_two_hundred_that_say_nothing_keep_no_request_out(service: Start) -> None:
    one = service(limits=ServiceLimits(header_s=60, max_connections=32))
    with ExitStack() as stack:
        for number in range(200):
            raw = stack.enter_context(one.connect())
            raw.sendall(b"GET /health HT" if number % 2 else b"")
        for _ in range(3):
            assert one.ask("GET", "/health", token="")[0] == 200


def test_where_all_are_at_work_a_newcomer_is_turned_away(service: Start) -> None:
    slow = Script(words=("w ",), repeat=100_000, pause_s=0.01)
    limits = ServiceLimits(max_connections=2, parallel=2, max_tokens=100_000)
    one = service(slow, limits)
    with one.begin(stream=True) as first, one.begin(stream=True) as second:
        assert first.recv(10)
        assert second.recv(10)
        status, headers, _ = one.ask("GET", "/health", token="")
        assert (status, headers["retry-after"]) == (503, "2")
        assert first.recv(10)


def test_who_reads_nothing_of_an_answer_holds_nobody_up(service: Start) -> None:
    flood = Script(words=("w" * 60_000,), repeat=100_000)
    limits = ServiceLimits(parallel=1, max_tokens=100_000, stall_s=0.5)
    one = service(flood, limits)
    with one.begin(stream=True) as raw:
        assert raw.recv(10)
        seen = one.seen.get(timeout=60)  # it was ended although the client is still there
        assert seen.path == "/v1/completions"
    begun = time.monotonic()
    with one.begin(stream=True) as raw:
        assert raw.recv(10)
    assert time.monotonic() - begun < 30


def test_the_head_of_an_answer_goes_with_its_first_part() -> None:
    """A client is woken once for both, whatever the part; then each is sent as it comes."""
    parts: tuple[h11.Event, ...] = (h11.Data(data=b"ab"), h11.Data(data=b"cd"), h11.EndOfMessage())
    for first in range(3):
        both = JoinedHead(h11.SERVER), h11.Connection(h11.SERVER)
        for one in both:
            one.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert isinstance(one.next_event(), h11.Request)
        events = (h11.Response(status_code=200, headers=[]), *parts[first:])
        joined, plain = ([one.send(event) for event in events] for one in both)
        assert joined == [b"", (plain[0] or b"") + (plain[1] or b""), *plain[2:]]
        assert [one.send(h11.ConnectionClosed()) for one in both] == [None, None]
