"""A server's address: what is refused, and that a name is looked up once."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from app.core.errors import ParameterError
from app.core.options.servers import ServerAddress, server_address
from app.remote.address import Pinned, pin


def pinned(text: str, ip: str) -> Pinned:
    def lookup(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port))]

    return pin(server_address(text), lookup)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:8080/v1/", ServerAddress("http", "127.0.0.1", 8080)),
        ("https://Box.example/k/api/v1", ServerAddress("https", "box.example", 443, "/k/api")),
        ("http://[::1]:81", ServerAddress("http", "::1", 81)),
        (
            "https://bücher.example/ü",
            ServerAddress("https", "xn--bcher-kva.example", 443, "/%C3%BC"),
        ),
    ],
)
def test_addresses(text: str, address: ServerAddress) -> None:
    assert server_address(text) == address
    assert server_address(address.url) == address


@pytest.mark.parametrize(
    "text",
    [
        *("", "box:80", "ftp://box", "http://", "https://me:key@box", "http://box:99999"),
        *("http://a:0", "https://box/?a=1", "https://box/#a", "https://bo x", "http://[::1"),
        *("http://a/" + "b" * 500, "https://" + "a" * 70 + ".example"),
    ],
)
def test_refused(text: str) -> None:
    with pytest.raises(ParameterError):
        server_address(text)


@pytest.mark.parametrize(
    "ip", ["8.8.8.8", "100.64.0.1", "::ffff:8.8.8.8", "2001:db8::1", "0.0.0.0"]
)
def test_plain_http_never_crosses_the_internet(ip: str) -> None:
    with pytest.raises(ParameterError, match="plain http"):
        pinned("http://box", ip)
    assert pinned("https://box", ip).warning == ""


def test_plain_http_warns_beyond_this_machine() -> None:
    assert pinned("http://box", "127.0.0.1").warning == ""
    assert pinned("http://box", "127.0.0.1").is_here
    assert "not encrypted" in pinned("http://box", "192.168.1.9").warning
    assert not pinned("http://box", "fe80::1%eth0").is_here
    assert pinned("http://box", "::ffff:10.0.0.1").warning


def test_a_name_that_is_not_there() -> None:
    def lookup(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror(-2, "unknown")

    with pytest.raises(ParameterError, match=r"box\.example cannot be found"):
        pin(server_address("https://box.example"), lookup)
