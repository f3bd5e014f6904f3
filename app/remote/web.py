"""One server over httpx2: every connection goes to the address that was looked up, nowhere else."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2

from app import __version__
from app.core.errors import ServerError, ServerKeyError, ServerLostError, ServerUnreachableError
from app.remote.address import Pinned


class ServerBusyError(ServerUnreachableError):
    """The server asks to be asked again, in `after_s` seconds; None where it does not say when."""

    def __init__(self, message: str, hint: str, after_s: float | None) -> None:
        super().__init__(message, hint)
        self.after_s = after_s


class OpenLine:
    """The connection of one request; `cut` ends it at once, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._is_cut = False

    def cut(self) -> None:
        """End it; a read that waits on it fails."""
        with self._lock:
            self._is_cut = True
            for one in self._sockets:
                _shut(one)

    def close(self) -> None:
        """Give back what it holds; the connection is its owner's to close."""
        with self._lock:
            for one in self._sockets:
                one.close()
            self._sockets.clear()

    def trace(self, name: str, info: dict[str, Any]) -> None:
        """Take note of a connection that was made; the client library calls it."""
        if name != "connection.connect_tcp.complete":
            return
        made = info["return_value"].get_extra_info("socket")
        kept = socket.socket(fileno=os.dup(made.fileno()))
        with self._lock:
            self._sockets.append(kept)
            if self._is_cut:
                _shut(kept)


def _shut(one: socket.socket) -> None:
    with suppress(OSError):  # the other side was faster
        one.shutdown(socket.SHUT_RDWR)


class Server:
    """Asks the pinned server; `key` is sent as a bearer token. Times are in seconds.

    No redirect is followed and no proxy is used; the certificate is checked against the name.
    """

    def __init__(
        self, pinned: Pinned, key: str = "", *, connect_s: float = 20.0, silent_s: float = 120.0
    ) -> None:
        address = pinned.address
        self._name = address.url
        self._sni = {"sni_hostname": address.host} if address.scheme == "https" else {}
        ip = f"[{pinned.ip}]" if ":" in pinned.ip else pinned.ip
        self._root = f"{address.scheme}://{ip}:{address.port}{address.base}"
        headers = {
            "Host": address.url.split("/")[2],
            "User-Agent": f"lampblack/{__version__}",
            "Accept-Encoding": "identity",
        }
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx2.Client(
            follow_redirects=False,
            trust_env=False,
            timeout=httpx2.Timeout(silent_s, connect=connect_s),
            headers=headers,
            limits=httpx2.Limits(max_keepalive_connections=0),
        )

    def url(self, path: str) -> str:
        """The whole address of a request, by the server's name."""
        return self._name + path

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def get(self, path: str) -> bytes:
        """A whole answer of up to a megabyte, which says what the server is."""
        with self._asked("GET", path, None, None) as body:
            return whole(body)

    @contextmanager
    def post(
        self, path: str, fields: dict[str, Any], line: OpenLine | None = None
    ) -> Iterator[Iterator[bytes]]:
        """The body of the answer, as it arrives; leaving closes the connection.

        Raises ServerError, also in the middle, where the text so far is the caller's to keep.
        """
        with self._asked("POST", path, fields, line) as body:
            yield body

    @contextmanager
    def _asked(
        self, method: str, path: str, fields: dict[str, Any] | None, line: OpenLine | None
    ) -> Iterator[Iterator[bytes]]:
        extensions: dict[str, Any] = {**self._sni}
        if line is not None:
            extensions["trace"] = line.trace
        try:
            with self._client.stream(
                method, self._root + path, json=fields, extensions=extensions
            ) as response:
                self._check(response)
                yield response.iter_raw()
        except httpx2.TimeoutException as error:
            raise _lost(error)(
                f"The server {self._name} has not answered for too long.", "Try again later."
            ) from error
        except (httpx2.HTTPError, httpx2.StreamError, OSError) as error:
            raise _lost(error)(
                f"The connection to the server {self._name} failed ({type(error).__name__}).",
                "Check that it runs and can be reached, and try again.",
            ) from error

    def _check(self, response: httpx2.Response) -> None:
        status = response.status_code
        if status == 200:
            return
        what, hint = _REFUSALS.get(status, ("", "Try again, or ask who runs it."))
        if 300 <= status < 400:
            what, hint = "sends on to another address", "Add the server under that address."
        what = what or "failed" if status >= 500 else what or "refused the request"
        sentence = f"The server {self._name} {what} ({status})."
        if status in (429, 502, 503):
            raise ServerBusyError(sentence, hint, _seconds(response.headers.get("Retry-After", "")))
        if status == 401:
            raise ServerKeyError(sentence, hint)
        if status in (400, 413, 422):
            sentence += _said_why(response)
        if 300 <= status < 400 or status in (403, 404, 407):
            raise ServerUnreachableError(sentence, hint)
        raise (ServerLostError if status == 504 else ServerError)(sentence, hint)


def _lost(error: Exception) -> type[ServerError]:
    """Whether there was no connection, or one that broke off: then a row may be to blame."""
    is_away = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
    return ServerUnreachableError if is_away else ServerLostError


_REFUSALS = {
    401: ("does not accept the key", "Give its key again."),
    403: ("does not allow this with this key", "Give another key, or ask who runs it."),
    404: ("does not know this request", "Check the address: is it a model server's?"),
    429: ("has too many requests", "Try again later."),
    502: ("cannot be reached by the machine in front of it", "Try again in a while."),
    503: ("is not ready", "Try again in a while."),
    504: ("has not answered for too long", "Try again later."),
}

_MOST = 1024 * 1024
_MOST_SAID = 300


def whole(body: Iterator[bytes]) -> bytes:
    """A short answer; raises ServerError for one above a megabyte."""
    found = bytearray()
    for piece in body:
        found += piece
        if len(found) > _MOST:
            raise ServerError("The server sent far too much.", "Is the address a model server's?")
    return bytes(found)


def _seconds(text: str) -> float | None:
    """A Retry-After in seconds; one that is a date is not read."""
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _said_why(response: httpx2.Response) -> str:
    """What the server says is wrong, on one line; empty where it says nothing that can be read."""
    try:
        found = json.loads(whole(response.iter_raw()))
    except (ValueError, RecursionError, ServerError):
        return ""
    error = found.get("error", found) if isinstance(found, dict) else ""
    said = error.get("message", "") if isinstance(error, dict) else error
    return f" It says: {one_line(said)}" if one_line(said) else ""


def one_line(said: object) -> str:
    """What a server said, fit for a sentence: one short line that steers no terminal."""
    plain = "".join(char if char.isprintable() else " " for char in str(said))
    return " ".join(plain.split())[:_MOST_SAID]
