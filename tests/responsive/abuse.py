"""Clients of the window's own service that mean harm, or do not know what they do.

A script of its own, as the window's children have no network. Each abuse begins when the file
NAME.go is in the folder, and what came of it is then in NAME.done. It ends with its stdin.
"""

from __future__ import annotations

import http.client
import json
import random
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

SLOW = 200
BODY = 100_000_000
RANDOM = 400
LEAVING = 40
LOOK_S = 0.02
SEED = 7
_PATHS = ("/v1/completions", "/completion", "/v1/chat/completions", "/tokenize", "/props", "/none")
_VALUES: tuple[Any, ...] = (
    None,
    -1,
    0,
    1e308,
    2**80,
    "",
    "x" * 5000,
    [],
    {},
    [[1, 2]],
    True,
    "\ud800",
    0.5,
)
_FIELDS = ("prompt", "temperature", "top_p", "n", "stop", "seed", "messages", "logit_bias")
_COUNTS: tuple[Any, ...] = (
    1,
    2,
    1e308,
    2**80,
    "",
    [],
    True,
)  # none asks for all that there is room for


class Abuser:
    """What is done to the service at `port`."""

    def __init__(self, port: int, token: str) -> None:
        self._port = port
        self._headers = {"X-Api-Key": token, "Content-Type": "application/json"}
        self._chance = random.Random(SEED)

    def slow(self) -> str:
        """Connections that say half a header each, and a valid request meanwhile."""
        with ExitStack() as stack:
            for _ in range(SLOW):
                raw = stack.enter_context(self._connect())
                raw.sendall(b"POST /v1/completions HTT")
            begun = time.perf_counter()
            worst, answers = 0.0, Counter[int]()
            while time.perf_counter() < begun + 6:  # past their time for a header
                asked = time.perf_counter()
                answers[self._ask("GET", "/health")] += 1
                worst = max(worst, time.perf_counter() - asked)
                time.sleep(0.1)  # between two of its requests
        return f"{dict(answers)}, the slowest after {worst * 1000:.0f} ms"

    def large(self) -> str:
        """A body of 100 MB, told by its length, and one that is not."""
        told = self._sent(f"Content-Length: {BODY}", b"x" * 65536)
        chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
        return (
            f"with its length {told}, in chunks {self._sent('Transfer-Encoding: chunked', chunk)}"
        )

    def unruly(self) -> str:
        """Requests of values by chance."""
        answers = Counter[int]()
        for _ in range(RANDOM):
            fields = self._chance.sample(_FIELDS, self._chance.randrange(5))
            body = {"prompt": "Once"} | {name: self._chance.choice(_VALUES) for name in fields}
            body["max_tokens"] = self._chance.choice(_COUNTS)
            answers[self._ask("POST", self._chance.choice(_PATHS), body)] += 1
        return f"seed {SEED}: {dict(sorted(answers.items()))}"

    def leaving(self) -> str:
        """Clients that leave in the middle of a stream, four at a time."""
        begun = Counter[bool]()

        def leave() -> None:
            for _ in range(LEAVING // 4):
                connection = self._connection()
                body = {"prompt": "Once", "max_tokens": 500, "stream": True}
                connection.request("POST", "/v1/completions", json.dumps(body), self._headers)
                answer = connection.getresponse()
                begun[answer.status == 200 and bool(answer.read(200))] += 1
                connection.close()

        threads = [threading.Thread(target=leave) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return f"{begun[True]} of {LEAVING} had begun; then {self._ask('GET', '/health')}"

    def _sent(self, header: str, block: bytes) -> str:
        with self._connect() as raw:
            token = self._headers["X-Api-Key"]
            raw.sendall(
                f"POST /v1/completions HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nX-Api-Key: "
                f"{token}\r\nContent-Type: application/json\r\n{header}\r\n\r\n".encode()
            )
            sent = 0
            with suppress(OSError):  # it is closed while we are still sending
                while sent < BODY:
                    raw.sendall(block)
                    sent += len(block)
            with suppress(OSError):
                return f"{raw.recv(100).decode().splitlines()[0]} after {sent:,} bytes"
            return f"closed after {sent:,} bytes"

    def _ask(self, method: str, path: str, body: object = None) -> int:
        connection = self._connection()
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, self._headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=60)


ABUSES: dict[str, Callable[[Abuser], str]] = {
    "200 slow connections": Abuser.slow,
    "bodies of 100 MB": Abuser.large,
    "random requests": Abuser.unruly,
    "clients that leave": Abuser.leaving,
}


def main(folder: Path, port: int, token_file: Path) -> int:
    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    for name, abuse in ABUSES.items():
        while not (folder / f"{name}.go").exists():
            if over.wait(LOOK_S):
                return 0
        found = abuse(Abuser(port, token_file.read_text("ascii").strip()))
        made = folder / f"{name}.part"
        made.write_text(found, "utf-8")
        made.rename(folder / f"{name}.done")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])))
