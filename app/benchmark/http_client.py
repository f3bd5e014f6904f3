"""A client of an HTTP server that speaks OpenAI's API, over a socket of this machine's own.

The benchmark has no network, so the servers listen on Unix sockets.
"""

from __future__ import annotations

import http.client
import json
import queue
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from app.core.errors import NotMeasuredError

_TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """When the first and the last text came, in seconds since it was asked for."""

    first: float
    last: float
    tokens: int

    @property
    def step(self) -> float:
        """Seconds per token."""
        return (self.last - self.first) / (self.tokens - 1)


class HttpClient:
    """Asks the server at a Unix socket; `bans` are tokens that would end a text.

    Connections are kept, as clients in programs keep them.
    """

    def __init__(self, path: Path, bans: Sequence[int], token: str = "") -> None:
        self._path = path
        self._idle: queue.SimpleQueue[_Connection] = queue.SimpleQueue()
        self._bans = {str(token): -100 for token in bans}
        self._headers = {"Content-Type": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"

    def write(self, prompt: str, tokens: int) -> TimedAnswer:
        """A greedy text of so many tokens, streamed; raises NotMeasuredError."""
        asked = {
            "prompt": prompt,
            "max_tokens": tokens,
            "temperature": 0,
            "logit_bias": self._bans,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            connection = _Connection(self._path)
        try:
            timed = self._timed(connection, json.dumps(asked), tokens)
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)
        return timed

    def close(self) -> None:
        """Close the connections that are kept."""
        while not self._idle.empty():
            self._idle.get_nowait().close()

    def _timed(self, connection: _Connection, asked: str, tokens: int) -> TimedAnswer:
        try:
            try:
                begun, answer = self._asked(connection, asked)
            except ConnectionError:  # it was kept for too long
                connection.close()
                begun, answer = self._asked(connection, asked)
            if answer.status != http.client.OK:
                raise NotMeasuredError(f"The server answered {answer.status}.")
            return _timed(answer, begun, tokens)
        except (OSError, http.client.HTTPException) as error:
            raise NotMeasuredError(f"The server could not be asked: {error}.") from error

    def _asked(self, connection: _Connection, asked: str) -> tuple[float, http.client.HTTPResponse]:
        begun = perf_counter()
        connection.request("POST", "/v1/completions", asked, self._headers)
        return begun, connection.getresponse()

    def together(self, prompts: Sequence[str], tokens: int) -> list[TimedAnswer]:
        """What several clients are answered at once, each to a prompt of its own."""
        with ThreadPoolExecutor(len(prompts)) as pool:
            return list(pool.map(lambda prompt: self.write(prompt, tokens), prompts))


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the Unix socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def _timed(answer: http.client.HTTPResponse, begun: float, tokens: int) -> TimedAnswer:
    first = last = 0.0
    written = 0
    for line in answer:
        now = perf_counter() - begun
        if not line.startswith(b"data: {"):
            continue
        event = json.loads(line[6:])
        if any(choice.get("text") for choice in event.get("choices", ())):
            first, last = first or now, now
        written = (event.get("usage") or {}).get("completion_tokens", written)
    if written != tokens or last <= first:
        raise NotMeasuredError(f"The server wrote {written} tokens, not {tokens}.")
    return TimedAnswer(first, last, written)


def listen_beside(path: Path) -> socket.socket:
    """A listening Unix socket; raises NotMeasuredError where there are none."""
    if not hasattr(socket, "AF_UNIX"):
        raise NotMeasuredError("This system has no sockets that need no network.")
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.bind(str(path))
        made.listen()
    except OSError as error:
        made.close()
        raise NotMeasuredError(f"No socket could be made: {error.strerror}.") from error
    return made
