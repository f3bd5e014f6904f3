"""The servers that the writer added: their addresses, and what goes there."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from app.core.errors import ParameterError, SettingsError
from app.core.options.rows import is_encodable
from app.core.system.files import why
from app.core.system.json_store import JsonStore, decode_table, encode_table
from app.core.system.network import is_loopback

FORMAT = 1
"""The version of the file; a newer one is neither read nor overwritten."""

_MARK = "lampblack_servers"
_KEY = "servers"
_PORTS = {"http": 80, "https": 443}
_LONGEST_NAME = 60
_MARK_OF_KEYS = "server:"  # no path of a model begins so: they are absolute


class ServerAddress(msgspec.Struct, frozen=True):
    """Where a server is: `base` is the path before `/v1`, empty or with a `/` in front."""

    scheme: str
    host: str
    port: int
    base: str = ""

    @property
    def url(self) -> str:
        """The whole address, for people and for requests."""
        return f"{self.scheme}://{self.place}{self.base}"

    @property
    def place(self) -> str:
        """Its name and port, as short as they can be said."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


LONGEST_ADDRESS = 500
"""The most characters of an address."""


def server_address(text: str) -> ServerAddress:
    """Read an address as typed; a `/v1` at its end is left out. Raises ParameterError."""
    if len(text) > LONGEST_ADDRESS:
        raise refused_address(text, "it is too long")
    try:
        parts = urlsplit(text.strip())
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError as error:
        raise refused_address(text, f"it cannot be read ({error})") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise refused_address(text, "it does not begin with https:// or http:// and a name")
    if parts.username is not None or parts.password is not None:
        raise refused_address(text, "it holds a name or password; keys are kept in the keyring")
    if parts.query or parts.fragment:
        raise refused_address(text, "it has a part after ? or #")
    if any(not character.isprintable() or character.isspace() for character in text.strip()):
        raise refused_address(text, "it holds a space or control character")
    if port == 0:
        raise refused_address(text, "port 0 cannot be reached")
    path = quote(parts.path, safe="/%:@!$&'()*+,;=~")
    base = path.rstrip("/").removesuffix("/v1").rstrip("/")
    return ServerAddress(parts.scheme, host, port or _PORTS[parts.scheme], base)


def refused_address(text: str, clause: str) -> ParameterError:
    """An address that cannot be used; `clause` ends the sentence."""
    return ParameterError(
        f"The server's address “{text[:200]}” cannot be used: {clause}.",
        "Give one such as https://name.example:8443 or http://127.0.0.1:8080.",
    )


def plain_http_warning(address: ServerAddress, ip: str) -> str:
    """A sentence for an address whose text can be read on the way; empty where it cannot.

    Raises ParameterError where that way would be the internet.
    """
    if address.scheme == "https" or ipaddress.ip_address(ip).is_loopback:
        return ""
    if not is_private(ip):
        raise refused_address(
            address.url, f"{ip} is on the internet, where plain http can be read by others"
        )
    return f"Everyone on the way to {address.url} can read the text: it is not encrypted."


def is_private(ip: str) -> bool:
    """Whether an address is this machine's or one of a local network (RFC 1918, 4193, 3927)."""
    number = ipaddress.ip_address(ip)
    number = getattr(number, "ipv4_mapped", None) or number
    return any(number in network for network in _PRIVATE if network.version == number.version)


_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


class SavedServer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server that the writer added; its key, if any, is in the keyring under the address.

    `model` is the one to use there, empty where it has only one. `masks` says whether names and
    numbers are masked before a text goes there; None does for a server on another machine.
    `certificate` is the path of a PEM file with the certificate that vouches for the server's,
    beside those that the system trusts.
    """

    name: str
    address: str
    model: str = ""
    masks: bool | None = None
    certificate: str = ""

    @property
    def is_loopback(self) -> bool:
        """Whether the address names this machine by number or as localhost."""
        return is_loopback(server_address(self.address).host)


def server_key(name: str) -> str:
    """What stands for a saved server where models are named by their paths."""
    return _MARK_OF_KEYS + name


def server_of(path: str) -> str:
    """The name of the saved server that a model's path stands for; empty where it is a path."""
    return path.removeprefix(_MARK_OF_KEYS) if path.startswith(_MARK_OF_KEYS) else ""


def asked_server(asked: str, servers: SavedServers) -> SavedServer:
    """The server of a name that was saved, or one without a name at an address.

    Raises SettingsError or ParameterError.
    """
    if "://" in asked:
        return SavedServer(name="", address=server_address(asked).url)
    return servers.get(asked)


class SavedServers:
    """The servers kept in the file at `path`, by name.

    A file that cannot be read is told in `problem`, a sentence for showing once.
    """

    def __init__(self, path: Path) -> None:
        self._file = JsonStore(path, _decoded, limit=1024 * 1024, backup=True)
        self._lock = self.problem = ""
        self._servers: dict[str, SavedServer] = {}
        self._load()

    def all(self) -> tuple[SavedServer, ...]:
        """Every server, by name."""
        return tuple(sorted(self._servers.values(), key=lambda one: one.name.casefold()))

    def find(self, name: str) -> SavedServer | None:
        """The server of that name in any case, or None."""
        return self._servers.get(name.strip().casefold())

    def get(self, name: str) -> SavedServer:
        """The server of that name; raises SettingsError if there is none."""
        if (found := self.find(name)) is None:
            names = ", ".join(one.name for one in self.all())
            hint = f"There are: {names}." if names else "Add it with: lampblack servers add"
            raise SettingsError(f"There is no server named {name[:_LONGEST_NAME]!r}.", hint)
        return found

    def save(self, server: SavedServer) -> SavedServer:
        """Keep a server, in place of the one of its name; raises LampblackError.

        What is kept has the address as it is used: without `/v1`, a port that is usual or a slash.
        """
        found = checked_server(server)
        self._load()
        self._write(self._servers | {found.name.casefold(): found})
        return found

    def remove(self, name: str) -> None:
        """Forget a server; its key is its caller's to forget."""
        self._load()
        gone = self.get(name)
        self._write({key: one for key, one in self._servers.items() if one != gone})

    def _load(self) -> None:
        """Take over what another window has written since."""
        found = self._file.read()
        self._servers, self._lock = found.content or {}, found.lock
        if found.fault == "damaged":
            source = "those before the last change are used" if self._servers else "it is empty now"
            self.problem = (
                f"The list of servers in {self._file.path.name} cannot be used: {found.reason}; "
                f"{found.kept}, and {source}."
            )
        elif found.lock:
            self.problem = f"The list of servers cannot be read: {found.lock}."

    def _write(self, servers: dict[str, SavedServer]) -> None:
        if self._lock:
            raise SettingsError(f"The list of servers cannot be saved: {self._lock}.")
        table = {
            one.name: {k: v for k, v in msgspec.to_builtins(one).items() if k != "name"}
            for one in servers.values()
        }
        try:
            self._file.write(encode_table(table, _MARK, FORMAT, _KEY))
        except OSError as error:
            raise SettingsError(
                f"The list of servers could not be saved to {self._file.path}: {why(error)}.",
                "Check the folder's permissions and the space on its disk.",
            ) from error
        self._servers = servers


def _decoded(data: bytes) -> dict[str, SavedServer]:
    """The servers of a file; raises ValueError with the end of a sentence."""
    table = decode_table(data, _MARK, FORMAT, _KEY)
    return {server.name.casefold(): server for server in map(_entry, table.items())}


def _entry(item: tuple[str, Any]) -> SavedServer:
    name, values = item
    try:
        fields = values if isinstance(values, dict) else {}
        return checked_server(msgspec.convert({**fields, "name": name}, SavedServer))
    except msgspec.ValidationError as error:
        raise ValueError(f"the server {name[:_LONGEST_NAME]!r} is not as it should be") from error
    except (ParameterError, SettingsError) as error:
        raise ValueError(error.message.rstrip(".")) from None


def checked_server(server: SavedServer) -> SavedServer:
    """The server with its name and address as they are kept.

    Raises SettingsError for a name and ParameterError for an address that cannot be.
    """
    name = " ".join(server.name.split())
    if not 1 <= len(name) <= _LONGEST_NAME or not name.isprintable() or not is_encodable(name):
        raise SettingsError(
            f"A server's name must have 1 to {_LONGEST_NAME} characters that can be shown."
        )
    if "://" in name or name.startswith("-"):
        raise SettingsError("A server's name cannot be an address or begin with a hyphen.")
    address = server_address(server.address).url
    return msgspec.structs.replace(server, name=name, address=address)
