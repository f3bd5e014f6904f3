"""Connections that begin with a TLS handshake, or do not end it."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Callable
from contextlib import ExitStack

import psutil
import pytest

from app.engine.service_messages import ServiceLimits
from tests.certificates import Certificate
from tests.server.conftest import LIMITS, Running

StartSecure = Callable[[ServiceLimits], Running]


@pytest.fixture
def secure(service: Callable[..., Running], certificate: Certificate) -> StartSecure:
    def start(limits: ServiceLimits) -> Running:
        pair = {"certificate": str(certificate.certificate), "key": str(certificate.key)}
        return service(limits=limits, **pair)

    return start


class Hands:
    """A client's half of a handshake; `out` has what it has to send."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._side = context.wrap_bio(self._incoming, self._outgoing, server_hostname="127.0.0.1")

    def step(self, received: bytes = b"") -> bool:
        """Whether it is done, as far as this side is concerned."""
        self._incoming.write(received)
        try:
            self._side.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def write(self, text: bytes) -> None:
        self._side.write(text)

    @property
    def out(self) -> bytes:
        return self._outgoing.read()


def health(one: Running, context: ssl.SSLContext) -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", one.port, context=context, timeout=30)
    connection.request("GET", "/health")
    status = connection.getresponse().status
    connection.close()
    return status


def test_half_a_handshake_has_the_time_of_a_header(
    secure: StartSecure, certificate: Certificate
) -> None:
    one = secure(ServiceLimits(header_s=0.3))
    hello = Hands(certificate.trusted)
    assert not hello.step()
    words = hello.out
    for first in (b"", words[:50], words, b"GET /health HTTP/1.1\r\n\r\n"):
        with one.connect() as raw:
            raw.sendall(first)
            while raw.recv(10_000):  # its own part of it, where it has heard enough
                pass
    assert health(one, certificate.trusted) == 200


def test_half_a_header_after_it_has_its_own_time(
    secure: StartSecure, certificate: Certificate
) -> None:
    one = secure(ServiceLimits(header_s=0.3))
    with certificate.trusted.wrap_socket(one.connect(), server_hostname="127.0.0.1") as said:
        said.sendall(b"GET /health HT")
        assert b" 408 " in said.recv(100)


def test_a_request_that_comes_with_its_last_message_is_answered(
    secure: StartSecure, certificate: Certificate
) -> None:
    one, client = secure(LIMITS), Hands(certificate.trusted)
    with one.connect() as raw:
        received = b""
        while not client.step(received):
            raw.sendall(client.out)
            received = raw.recv(10_000)
        client.write(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{one.port}\r\n\r\n".encode())
        raw.sendall(client.out)  # the end of the handshake, and the request
        assert one.seen.get(timeout=20).status == 200


def test_who_leaves_it_leaves_nothing_and_keeps_no_request_out(
    secure: StartSecure, certificate: Certificate
) -> None:
    """Each takes 256 KB of memory: they count as connections from their beginning."""
    one = secure(ServiceLimits(header_s=60, max_connections=16))
    child = psutil.Process(one.service._child.pid)
    before = child.num_fds()
    with ExitStack() as stack:
        for number in range(200):
            raw = stack.enter_context(one.connect())
            raw.sendall(b"\x16\x03\x01" if number % 2 else b"")
        for _ in range(3):
            assert health(one, certificate.trusted) == 200
        assert child.num_fds() - before <= 17
    assert health(one, certificate.trusted) == 200
