"""https to servers with good certificates and bad ones, made in the test."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme
import truststore

from app.core.errors import LampblackError, ParameterError, ServerError
from app.core.options.servers import ServerAddress
from app.engine.child import Opening
from app.engine.client import EngineClient
from app.engine.messages import Generate, Load, Loaded
from app.engine.server_child import given_once, open_server, start_server_child
from app.remote import web
from app.remote.address import Pinned
from app.remote.connections import OpenLine
from app.remote.web import Server
from tests.remote.recording import Recording, answer, streamed

NAME = "box.example"
OWN = trustme.CA()
OTHER = trustme.CA()
DAY = timedelta(days=1)


def pem(authority: trustme.CA) -> str:
    return authority.cert_pem.bytes().decode()


@contextmanager
def serving(
    leaf: trustme.LeafCert, script: list[bytes] | None = None
) -> Iterator[tuple[Recording, Pinned]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    with Recording(script, tls=context) as server:
        yield server, Pinned(ServerAddress("https", NAME, server.port), "127.0.0.1")


@contextmanager
def asking(pinned: Pinned, certificates: str) -> Iterator[Server]:
    server = Server(pinned, "a-key", certificates=certificates)
    try:
        yield server
    finally:
        server.close()


@pytest.mark.parametrize("kind", [None, truststore.SSLContext])
def test_an_own_authority_is_believed_when_it_is_given(
    kind: Callable[[int], ssl.SSLContext] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also with the library that asks Windows and macOS, which checks when wrapping."""
    if kind is not None:
        monkeypatch.setattr("httpx2.create_ssl_context", lambda **_: kind(ssl.PROTOCOL_TLS_CLIENT))
    with serving(OWN.issue_cert(NAME)) as (recording, pinned), asking(pinned, pem(OWN)) as server:
        for _ in range(3):
            assert b"max_model_len" in server.get("/v1/models")
    assert recording.connections == 1
    assert b"authorization: bearer a-key" in recording.received[0].lower()


def test_a_certificate_itself_may_be_given() -> None:
    leaf = OTHER.issue_cert(NAME)
    own = leaf.cert_chain_pems[0].bytes().decode()
    with serving(leaf) as (_recording, pinned), asking(pinned, own) as server:
        assert server.get("/v1/models")


@pytest.mark.parametrize(
    ("leaf", "said"),
    [
        (OTHER.issue_cert(NAME), "comes from an authority that is not trusted"),
        (OWN.issue_cert("other.example"), "belongs to another name"),
        (OWN.issue_cert("127.0.0.1"), "belongs to another name"),
        (OWN.issue_cert(NAME, not_after=datetime.now(UTC) - DAY), "has expired"),
        (OWN.issue_cert(NAME, not_before=datetime.now(UTC) + DAY), "is not valid yet"),
    ],
)
def test_a_wrong_certificate_is_a_sentence_and_nothing_is_sent(
    leaf: trustme.LeafCert, said: str
) -> None:
    with (
        serving(leaf) as (recording, pinned),
        asking(pinned, pem(OWN)) as server,
        pytest.raises(ServerError, match=f"certificate of {NAME} {said}.*nothing was sent"),
    ):
        server.get("/v1/models")
    assert recording.received == []
    assert recording.connections == 1


def test_an_address_must_stand_in_the_certificate() -> None:
    with serving(OWN.issue_cert(NAME)) as (recording, pinned):
        by_number = Pinned(ServerAddress("https", "127.0.0.1", pinned.address.port), "127.0.0.1")
        told = pytest.raises(ServerError, match=r"127\.0\.0\.1 belongs to another address")
        with asking(by_number, pem(OWN)) as server, told:
            server.get("/v1/models")
    assert recording.received == []


def test_without_its_authority_a_certificate_is_not_believed() -> None:
    with (
        serving(OWN.issue_cert(NAME)) as (recording, pinned),
        asking(pinned, "") as server,
        pytest.raises(ServerError, match="not trusted") as told,
    ):
        server.get("/v1/models")
    assert recording.received == []
    assert "that authority's certificate" in told.value.hint


@contextmanager
def greeting(act: Callable[[socket.socket], None]) -> Iterator[Pinned]:
    """A server that has had the client's first words and does `act`."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            act(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield Pinned(ServerAddress("https", NAME, listener.getsockname()[1]), "127.0.0.1")
        thread.join()


def test_a_server_without_encryption_is_told() -> None:
    with (
        greeting(lambda one: one.sendall(answer(b"what?", 400))) as pinned,
        asking(pinned, pem(OWN)) as server,
        pytest.raises(ServerError, match="No encrypted connection"),
    ):
        server.get("/v1/models")


@pytest.mark.parametrize("text", ["nonsense", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_file_without_a_certificate_is_told(text: str) -> None:
    pinned = Pinned(ServerAddress("https", NAME, 1), "127.0.0.1")
    with pytest.raises(ParameterError, match="holds no certificate"):
        Server(pinned, certificates=text)


def test_a_cancel_ends_a_handshake_that_does_not_come() -> None:
    line = OpenLine()
    ended = threading.Event()

    def cut(_connection: socket.socket) -> None:
        line.cut()
        assert ended.wait(web.CONNECT_S / 2)  # else it was patience that ended it

    with greeting(cut) as pinned, asking(pinned, pem(OWN)) as server:
        with pytest.raises(ServerError, match="No encrypted connection"):
            server.get("/v1/models", line)
        ended.set()


def test_the_child_takes_certificates_with_its_opening() -> None:
    leaf = OWN.issue_cert("localhost")
    with serving(leaf, [answer(streamed("safe"))]) as (recording, _pinned):
        address = f"https://localhost:{recording.port}"
        for certificates in ("", pem(OWN)):
            child = start_server_child(address)
            open_server(child, Opening(certificates=certificates))
            client = EngineClient(given_once(child), cancel_s=20)
            load = Load(job=client.next_job(), path="", engine="server")
            try:
                if not certificates:
                    with pytest.raises(LampblackError, match="not trusted"):
                        client.run(load, lambda _: None)
                    assert recording.received == []
                    continue
                assert isinstance(client.run(load, lambda _: None), Loaded)
                done = client.run(Generate(job=client.next_job(), prompt="a"), lambda _: None)
                assert done.takes[0].text == "safe"  # type: ignore[union-attr]  # it is Done
            finally:
                client.close()
