"""A server's address, looked up once and then held to."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import msgspec

from app.core.errors import ParameterError
from app.core.options.servers import ServerAddress, plain_http_warning

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
    return Pinned(address, ip, plain_http_warning(address, ip))
