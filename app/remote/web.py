"""One server over HTTP: every connection goes to the address that was looked up, nowhere else."""

from __future__ import annotations

import json
import os
import random
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any

import httpcore2
import msgspec

from app import __version__
from app.core.errors import (
    ParameterError,
    ServerError,
    ServerKeyError,
    ServerLostError,
    ServerUnreachableError,
)
from app.remote.address import Pinned
from app.remote.certificates import tls_context
from app.remote.connections import Connections, OpenLine, ServerConnection

CONNECT_S = 20.0
SILENT_S = 120.0
"""How long nothing may come, and how long the head of an answer may take."""

WHOLE_S = 600.0
"""How long an answer may take that is not text as it is written."""


class ServerBusyError(ServerUnreachableError):
    """The server asks to be asked again, in `after_s` seconds; None where it does not say when."""

    def __init__(self, message: str, hint: str, after_s: float | None) -> None:
        super().__init__(message, hint)
        self.after_s = after_s


class ServerRefusedError(ServerError):
    """The server has understood who asks, and does not do this."""


class UnknownRequestError(ServerRefusedError, ServerUnreachableError):
    """The server does not know the request, nor therefore the next."""


class NonsenseError(ServerError):
    """The server's answer is none, or cannot be right."""


class Patience(msgspec.Struct, frozen=True):
    """The retry policy: how often a busy server is asked, and the longest wait between, in seconds.

    The waits double, and each is drawn between its half and its whole, so that many that were sent
    away together do not come back together.
    """

    tries: int = 6
    longest_s: float = 15.0
    first_s: float = 0.5

    def wait(self, attempt: int, after_s: float | None) -> float:
        """How long after this attempt, counted from 0; never shorter than the server asks."""
        grown: float = min(self.longest_s, self.first_s * 2**attempt)
        if after_s is None:
            return grown * random.uniform(0.5, 1)
        return after_s + random.uniform(0, min(grown, 0.5 + after_s / 4))


PATIENT = Patience()
"""For work whose user waits in front of the screen."""

IN_A_BATCH = Patience(tries=40, longest_s=30.0)
"""For batches, which run in the background."""

LONGEST_WAIT_S = 60.0
"""A server that asks for a longer wait is not waited for."""


class Server:
    """Asks the pinned server; `key` is sent as a bearer token. Times are in seconds.

    `certificates` in PEM are trusted beside the system's. No redirect is followed and no proxy is
    used; certificate and name are always checked. Its connections are kept, so that one of these
    serves many jobs at once. Raises ParameterError for bad certificates or a bad key.
    """

    def __init__(
        self,
        pinned: Pinned,
        key: str = "",
        *,
        certificates: str = "",
        connect_s: float = CONNECT_S,
        silent_s: float = SILENT_S,
        whole_s: float = WHOLE_S,
    ) -> None:
        address = pinned.address
        self.name = address.url
        tls: ssl.SSLContext | None = None
        if address.scheme == "https":
            tls = tls_context(certificates)
        self._connections = Connections(pinned, tls)
        self._address = address
        self._whole_s = whole_s
        self._timeouts = {"connect": connect_s, "read": silent_s, "write": silent_s}
        self._headers = {
            "Host": address.url.split("/")[2],
            "User-Agent": f"lampblack/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
        }
        if any(not "!" <= character <= "~" for character in key):
            raise ParameterError("The server's key holds a space or a letter that no key can have.")
        if key:
            self._headers["Authorization"] = f"Bearer {key}"

    def url(self, path: str) -> str:
        """The whole address of a request, by the server's name."""
        return self.name + path

    def limit(self, most: int) -> None:
        """Have at most `most` requests under way at once from now on."""
        self._connections.limit(most)

    def close(self) -> None:
        """Close every connection."""
        self._connections.close()

    def get(self, path: str, line: OpenLine | None = None, patience: Patience = PATIENT) -> bytes:
        """A whole answer of up to a megabyte, which says what the server is."""
        with ExitStack() as stack:
            request = self._request("GET", path, b"")
            return whole(self._asked(stack, request, line, patience, self._whole_s))

    def ask(
        self,
        path: str,
        fields: dict[str, Any],
        line: OpenLine | None = None,
        patience: Patience = PATIENT,
        most: int = 1024 * 1024,
    ) -> dict[str, Any]:
        """The JSON object that answers, of at most `most` bytes; raises ServerError."""
        with self.post(path, fields, line, patience, self._whole_s) as body:
            return read_object(whole(body, most))

    @contextmanager
    def post(
        self,
        path: str,
        fields: dict[str, Any],
        line: OpenLine | None = None,
        patience: Patience = PATIENT,
        within_s: float | None = None,
    ) -> Iterator[Iterator[bytes]]:
        """The body of the answer, as it arrives; leaving before its end closes the connection.

        It may take `within_s` seconds in all, as long as it likes where that is None.
        A server that is busy is asked again. Raises ServerError, also in the middle, where the text
        so far is the caller's to keep.
        """
        try:
            content = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        except UnicodeEncodeError:  # half a character, which only JSON's escapes can say
            content = json.dumps(fields, separators=(",", ":")).encode()
        with ExitStack() as stack:
            request = self._request("POST", path, content)
            yield self._asked(stack, request, line, patience, within_s)

    def _request(self, method: str, path: str, content: bytes) -> Callable[[], httpcore2.Request]:
        headers = {**self._headers}
        if method == "POST":
            headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
        url = httpcore2.URL(
            scheme=self._address.scheme,
            host=self._address.host,
            port=self._address.port,
            target=self._address.base + path,
        )
        return lambda: httpcore2.Request(
            method,
            url,
            headers=list(headers.items()),
            content=content,
            extensions={"timeout": self._timeouts},
        )

    def _asked(
        self,
        stack: ExitStack,
        request: Callable[[], httpcore2.Request],
        line: OpenLine | None,
        patience: Patience,
        within_s: float | None,
    ) -> Iterator[bytes]:
        line = line or OpenLine()
        for attempt in range(patience.tries):
            try:
                return stack.enter_context(self._once(request(), line, within_s))
            except ServerBusyError as error:
                wait = patience.wait(attempt, error.after_s)
                is_last = attempt == patience.tries - 1 or (error.after_s or 0) > LONGEST_WAIT_S
                if is_last or line.wait(wait):
                    raise
        raise AssertionError("the last attempt returns or raises")

    @contextmanager
    def _once(
        self, request: httpcore2.Request, line: OpenLine, within_s: float | None
    ) -> Iterator[Iterator[bytes]]:
        with self._connections.connection(line) as connection, self._sentences():
            connection.until = monotonic() + self._timeouts["read"]
            response = connection.send(request)
            body: Iterator[bytes] = iter(response.iter_stream())
            try:
                try:
                    self._check(response, body)
                except ServerError:
                    _drain(connection, body)
                    raise
                connection.until = None if within_s is None else monotonic() + within_s
                yield body
                _drain(connection, body)
            finally:
                response.close()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except httpcore2.ConnectTimeout as error:
            raise ServerUnreachableError(
                f"The server {self.name} cannot be reached: it does not answer.",
                "Check its address, and that it runs.",
            ) from error
        except httpcore2.TimeoutException as error:
            raise ServerLostError(
                f"The server {self.name} has not answered for too long.", "Try again later."
            ) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError) as error:
            is_away = isinstance(error, httpcore2.ConnectError)
            raise (ServerUnreachableError if is_away else ServerLostError)(
                f"The connection to the server {self.name} failed: {_what_failed(error)}.",
                "Check that it runs and can be reached, and try again.",
            ) from error

    def _check(self, response: httpcore2.Response, body: Iterator[bytes]) -> None:
        status = response.status
        if status == 200:
            return
        what, hint = _REFUSALS.get(status, ("", "Try again, or ask who runs it."))
        if 300 <= status < 400:
            what, hint = "sends on to another address", "Add the server under that address."
        what = what or "failed" if status >= 500 else what or "refused the request"
        sentence = f"The server {self.name} {what} ({status})."
        if status in (429, 502, 503):
            raise ServerBusyError(sentence, hint, _retry_after(response))
        if status == 401:
            raise ServerKeyError(sentence, hint)
        if status in (403, 407) or 300 <= status < 400:
            raise ServerUnreachableError(sentence, hint)
        if status == 404:
            raise UnknownRequestError(sentence, hint)
        if status == 504:
            raise ServerLostError(sentence, hint)
        if status in (400, 413, 422, 500, 501):
            sentence += _said_why(body)
        raise ServerRefusedError(sentence, hint)


_REFUSALS = {
    401: ("does not accept the key", "Give its key again."),
    403: ("does not allow this with this key", "Give another key, or ask who runs it."),
    404: ("does not know this request", "Check the address: is it a model server's?"),
    429: ("has too many requests", "Try again later."),
    502: ("cannot be reached by the machine in front of it", "Try again in a while."),
    503: ("is not ready", "Try again in a while."),
    504: ("has not answered for too long", "Try again later."),
}


def _what_failed(error: Exception) -> str:
    """The end of a sentence: the system's words, or where in the answer it ended."""
    cause = error if isinstance(error, OSError) else error.__cause__
    if isinstance(cause, OSError) and cause.errno:
        return os.strerror(cause.errno)
    if isinstance(error, httpcore2.ProtocolError):
        return "it ended in the middle of an answer, or what came is no HTTP"
    return "it ended"


_MOST_SAID = 300
_MOST_LEFT = 65536
_DRAIN_S = 1.0


def _drain(connection: ServerConnection, body: Iterator[bytes]) -> None:
    """Read the little that may follow the end of an answer, so that the connection can be kept.

    What does not come soon is not waited for: the connection is closed then.
    """
    connection.until = monotonic() + _DRAIN_S
    left = 0
    with suppress(httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException):
        for piece in body:
            left += len(piece)
            if left > _MOST_LEFT:
                return


def whole(body: Iterator[bytes], most: int = 1024 * 1024) -> bytes:
    """A short answer; raises ServerError for one above that many bytes."""
    found = bytearray()
    for piece in body:
        found += piece
        if len(found) > most:
            raise ServerError("The server sent far too much.", "Is the address a model server's?")
    return bytes(found)


def read_object(content: bytes) -> dict[str, Any]:
    """The JSON object that an answer is; raises ServerError."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise nonsense() from error
    if not isinstance(found, dict):
        raise nonsense()
    return found


def nonsense() -> NonsenseError:
    """The error for an answer that is none."""
    return NonsenseError(
        "The server sent something that is not an answer.", "Is the address a model server's?"
    )


def _retry_after(response: httpcore2.Response) -> float | None:
    """Retry-After in seconds, which a date is turned into; None where there is none to be read."""
    found = [value for name, value in response.headers if name.lower() == b"retry-after"]
    text = found[0].decode("latin-1").strip() if found else ""
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    now = datetime.now(UTC)
    return max(0.0, (when.replace(tzinfo=when.tzinfo or UTC) - now).total_seconds())


def _said_why(body: Iterator[bytes]) -> str:
    """What the server says is wrong, on one line; empty where it says nothing that can be read."""
    try:
        found = json.loads(whole(body))
    except (ValueError, RecursionError, ServerError):
        return ""
    error = found.get("error", found) if isinstance(found, dict) else ""
    said = error.get("message", "") if isinstance(error, dict) else error
    return f" It says: {one_line(said)}" if one_line(said) else ""


def one_line(said: object) -> str:
    """What a server said, fit for a sentence: one short line that steers no terminal."""
    plain = "".join(char if char.isprintable() else " " for char in str(said))
    return " ".join(plain.split())[:_MOST_SAID]
