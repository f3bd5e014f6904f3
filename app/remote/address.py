"""A server's address, looked up once and then held to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from app.core.errors import ParameterError
from app.core.options.servers import ServerAddress, refused_address

_Lookup = Callable[..., list[Any]]


class Pinned(msgspec.Struct, frozen=True):
    """An address whose name was looked up: every connection goes to `ip`, whatever the name does.

    `warning` is a sentence for the writer, or empty.
    """

    address: ServerAddress
    ip: str
    warning: str = ""

    @property
    def is_here(self) -> bool:
        """Whether the server runs on this machine, so that no text leaves it."""
        return ipaddress.ip_address(self.ip).is_loopback


def pin(address: ServerAddress, lookup: _Lookup = socket.getaddrinfo) -> Pinned:
    """Look the name up, once. Raises ParameterError where plain http would cross the internet."""
    try:
        found = lookup(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ParameterError(
            f"The server's name {address.host} cannot be found ({error}).",
            "Check the address and the network.",
        ) from error
    if not found:
        raise ParameterError(f"The server's name {address.host} has no address.")
    every = [str(one[4][0]).partition("%")[0] for one in found]
    ip = every[0]
    if all(ipaddress.ip_address(one).is_loopback for one in every):
        ip = next((one for one in every if "." in one), ip)  # most servers here listen on it alone
    return Pinned(address, ip, _warning(address, ip))


def _warning(address: ServerAddress, ip: str) -> str:
    if address.scheme == "https":
        return ""
    if not is_private(ip):
        raise refused_address(
            address.url, f"{ip} is on the internet, where plain http can be read by others"
        )
    if ipaddress.ip_address(ip).is_loopback:
        return ""
    return f"Everyone on the way to {address.url} can read the text: it is not encrypted."


def is_private(ip: str) -> bool:
    """Whether an address is this machine's or one of a local network (RFC 1918, 4193, 3927)."""
    number = ipaddress.ip_address(ip)
    mapped = getattr(number, "ipv4_mapped", None)
    number = mapped or number
    return any(number in network for network in _PRIVATE if network.version == number.version)


_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)
