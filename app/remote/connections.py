"""Connections to one server: each goes to the pinned address, is kept and used again, and can be
cut from any thread.

httpcore speaks HTTP/1.1 over them. It is given no name to look up, no proxy and no environment.
"""

from __future__ import annotations

import select
import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Any

import httpcore2

from app.core.errors import CancelledError
from app.remote.address import Pinned
from app.remote.certificates import tls_error

MOST_CONNECTIONS = 256
"""How many requests are in flight at once; more wait for one to end."""

KEPT_S = 60.0
"""How long a connection that nothing uses is kept."""

_LOOK_S = 0.05
_PIECE = 65536


class OpenLine:
    """The connections of one job; `cut` ends them at once, and all that comes, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._streams: set[SocketStream] = set()
        self._is_cut = threading.Event()

    @property
    def is_cut(self) -> bool:
        """Whether it was cut."""
        return self._is_cut.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until it is cut; whether it was."""
        return self._is_cut.wait(seconds)

    def cut(self) -> None:
        """End it; a read that waits on it fails."""
        self._is_cut.set()
        with self._lock:
            streams = [*self._streams]
        for stream in streams:
            stream.shut()

    def hold(self, stream: SocketStream) -> None:
        """Let `cut` end this one, too."""
        with self._lock:
            self._streams.add(stream)
        if self.is_cut:
            stream.shut()

    def drop(self, stream: SocketStream) -> None:
        """Hold it no longer."""
        with self._lock:
            self._streams.discard(stream)


class SocketStream(httpcore2.NetworkStream):
    """A connected socket as httpcore wants it; `received` counts its bytes.

    No read goes on beyond its owner's `until`, so that a server that drips holds nothing up.
    """

    def __init__(self, made: socket.socket, owner: ServerConnection) -> None:
        self._socket = made
        self._owner = owner
        self._lock = threading.Lock()
        self._is_closed = False
        self._beside: socket.socket | None = None  # the same while TLS begins, which takes it away
        self.received = 0

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most `max_bytes` bytes; none at the end."""
        until = self._owner.until
        try:
            if until is not None:
                if (left := until - monotonic()) <= 0:
                    raise TimeoutError
                timeout = left if timeout is None else min(timeout, left)
            self._socket.settimeout(timeout)
            found = self._socket.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore2.ReadTimeout from error
        except OSError as error:
            raise httpcore2.ReadError from error
        self.received += len(found)
        return found

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send it all."""
        try:
            self._socket.settimeout(timeout)
            self._socket.sendall(buffer)
        except TimeoutError as error:
            raise httpcore2.WriteTimeout from error
        except OSError as error:
            raise httpcore2.WriteError from error

    def shut(self) -> None:
        """End both directions, from any thread; it is its owner's to close."""
        with self._lock, suppress(OSError):  # the other side was faster
            if not self._is_closed:
                socket.socket.shutdown(self._beside or self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        """Close it."""
        with self._lock:
            self._is_closed = True
            self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> SocketStream:
        """The same connection, encrypted; raises ServerError for a certificate that is wrong."""
        self._socket.settimeout(timeout)
        name = server_hostname or ""
        try:
            with self._shut_beside():
                self._socket = ssl_context.wrap_socket(self._socket, server_hostname=name)
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout from error
        except ssl.SSLError as error:
            raise tls_error(name, error) from error
        except OSError as error:
            raise httpcore2.ConnectError from error
        return self

    @contextmanager
    def _shut_beside(self) -> Iterator[None]:
        with self._lock:
            self._beside = self._socket.dup()
        try:
            yield
        finally:
            with self._lock:
                beside, self._beside = self._beside, None
            if beside is not None:
                beside.close()

    def get_extra_info(self, info: str) -> Any:
        """Whether it can be read, which an idle one can only when its end has come."""
        return _is_readable(self._socket) if info == "is_readable" else None


def _is_readable(one: socket.socket) -> bool:
    if (number := one.fileno()) < 0:
        return True
    if not hasattr(select, "poll"):
        return bool(select.select([number], [], [], 0)[0])
    poll = select.poll()  # it knows more than 1024 files
    poll.register(number, select.POLLIN)
    return bool(poll.poll(0))


class _PinnedBackend(httpcore2.NetworkBackend):
    """Connects to the pinned address, whatever httpcore asks for."""

    def __init__(self, owner: ServerConnection, pinned: Pinned) -> None:
        self._owner = owner
        self._pinned = pinned

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> SocketStream:
        """A new connection."""
        del host, local_address, socket_options
        assert port == self._pinned.address.port
        made = _connected(self._pinned.ip, port, timeout, self._owner.line)
        self._owner.stream = stream = SocketStream(made, self._owner)
        self._owner.line.hold(stream)
        return stream


def _connected(ip: str, port: int, timeout: float | None, line: OpenLine) -> socket.socket:
    """A socket that is connected to exactly this address; a cut of the line ends the waiting."""
    made = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.setblocking(False)
        with suppress(BlockingIOError):
            made.connect((ip, port))
        _await_connection(made, timeout, line)
        if made.getpeername()[:2] != (ip, port):
            raise OSError("It is connected to another address.")
    except OSError as error:
        made.close()
        raise httpcore2.ConnectError from error
    except BaseException:
        made.close()
        raise
    return made


def _await_connection(made: socket.socket, timeout: float | None, line: OpenLine) -> None:
    until = None if timeout is None else monotonic() + timeout
    while not any(select.select([], [made], [made], _LOOK_S)):
        if line.is_cut:
            raise CancelledError("Stopped.")
        if until is not None and monotonic() > until:
            raise httpcore2.ConnectTimeout
    if code := made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(code, "The connection failed.")


class ServerConnection:
    """One connection at a time, for one request at a time; `line` is that of the request's job.

    `until`, by the monotonic clock, is when what is being read must have come; None for no end.
    """

    def __init__(self, pinned: Pinned, tls: ssl.SSLContext | None) -> None:
        self._pinned = pinned
        self._tls = tls
        self._connection: httpcore2.HTTPConnection | None = None
        self.line = OpenLine()
        self.stream: SocketStream | None = None
        self.until: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether there is a connection from before that can be used."""
        known = self._connection
        return known is not None and known.is_available() and not known.has_expired()

    def send(self, request: httpcore2.Request) -> httpcore2.Response:
        """The answer's head, its body still to come; over a kept connection where there is one.

        Where the kept one turns out to be dead and nothing came over it, it is tried once more.
        """
        if self.is_kept and self.stream is not None:
            before = self.stream.received
            self.line.hold(self.stream)
            assert self._connection is not None
            try:
                return self._connection.handle_request(request)
            except (httpcore2.NetworkError, httpcore2.RemoteProtocolError):
                if self.stream.received != before or self.line.is_cut:
                    raise
        self.close()
        address = self._pinned.address
        self._connection = httpcore2.HTTPConnection(
            httpcore2.Origin(address.scheme.encode(), address.host.encode(), address.port),
            ssl_context=self._tls,
            keepalive_expiry=KEPT_S,
            network_backend=_PinnedBackend(self, self._pinned),
        )
        return self._connection.handle_request(request)

    def rest(self) -> None:
        """The request is over: let its job go, and close the connection unless it can be kept."""
        if self.stream is not None:
            self.line.drop(self.stream)
        if self.line.is_cut or not self.is_kept:
            self.close()
        self.line = OpenLine()

    def close(self) -> None:
        """Close the connection, if there is one."""
        stream, self.stream, self._connection = self.stream, None, None
        if stream is not None:
            self.line.drop(stream)
            stream.close()


class Connections:
    """At most `most` connections to one server."""

    def __init__(
        self, pinned: Pinned, tls: ssl.SSLContext | None, most: int = MOST_CONNECTIONS
    ) -> None:
        self._pinned, self._tls = pinned, tls
        self._free = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._resting: list[ServerConnection] = []
        self._is_closed = False

    @contextmanager
    def connection(self, line: OpenLine) -> Iterator[ServerConnection]:
        """One for a request of this job, the last used first; raises CancelledError after a cut."""
        free = self._free
        while not free.acquire(timeout=_LOOK_S):
            if line.is_cut:
                raise CancelledError("Stopped.")
        try:
            with self._lock:
                one = (
                    self._resting.pop()
                    if self._resting
                    else ServerConnection(self._pinned, self._tls)
                )
            one.line = line
            try:
                yield one
            finally:
                one.rest()
                self._keep(one)
        finally:
            free.release()

    def limit(self, most: int) -> None:
        """Let later requests have at most `most` connections."""
        self._free = threading.Semaphore(most)

    def _keep(self, one: ServerConnection) -> None:
        with self._lock:
            old = [each for each in self._resting if not each.is_kept]
            self._resting = [each for each in self._resting if each not in old]
            if self._is_closed:
                old.append(one)
            else:
                self._resting.append(one)
        for each in old:
            each.close()

    def close(self) -> None:
        """Close those that rest, and the others when they do."""
        with self._lock:
            self._is_closed = True
            resting, self._resting = self._resting, []
        for one in resting:
            one.close()
