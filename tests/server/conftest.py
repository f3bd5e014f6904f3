"""The service in its real child, over a real socket, with the fake engine in its real child."""

from __future__ import annotations

import http.client
import json
import queue
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.system.network import listen
from app.engine.client import EngineClient
from app.engine.messages import PROTOCOL_VERSION, Load, Loaded
from app.engine.service import Service
from app.engine.service_messages import ModelState, Seen, Serve, ServiceLimits
from app.host.fake import Script

TOKEN = "t" * 43
PROMPT = {"prompt": "Once", "max_tokens": 100_000}
LIMITS = ServiceLimits(max_tokens=100_000)


class Running:
    """A service with its engine; `seen` has a line for every request that is over."""

    def __init__(self, folder: Path, script: Script, limits: ServiceLimits, **serve: Any) -> None:
        self.listening = listen(0)
        self.port: int = self.listening.getsockname()[1]
        self.seen: queue.SimpleQueue[Seen] = queue.SimpleQueue()
        self.client = EngineClient(cancel_s=0.3)
        told = Serve(
            version=PROTOCOL_VERSION,
            token=TOKEN,
            hosts=(f"127.0.0.1:{self.port}",),
            limits=limits,
            **serve,
        )
        self.service = Service(self.client, self.listening, told, seen=self.seen.put)
        self.service.wait()
        path = folder / "fake.json"
        path.write_bytes(msgspec.json.encode(script))
        load = Load(job=self.client.next_job(), path=str(path), engine="fake")
        loaded = self.client.run(load, lambda _event: None)
        assert isinstance(loaded, Loaded)
        self.tell(ModelState(name="fake", model=loaded.model, names=("fake",)))

    def tell(self, state: ModelState) -> None:
        """Say which model answers, and wait until the child knows."""
        self.service.tell(state)
        self.service.wait()

    def ask(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """The status, headers and body of an answer; `_` in a header's name stands for `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        told = {name.replace("_", "-"): text for name, text in headers.items()}
        if token:
            told["Authorization"] = f"Bearer {token}"
        if body is not None:
            told.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        connection.request(method, path, body, told)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, {name.lower(): text for name, text in answer.getheaders()}, content

    def begin(self, path: str = "/v1/completions", **fields: Any) -> socket.socket:
        """A completion that was asked for, on a connection of its own."""
        body = json.dumps(PROMPT | fields).encode()
        raw = self.connect()
        raw.sendall(
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\n"
            f"X-Api-Key: {TOKEN}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode()
            + body
        )
        return raw

    def connect(self) -> socket.socket:
        """A connection on which nothing was said yet."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def close(self) -> None:
        """End both children."""
        self.service.close()
        self.client.close()
        self.listening.close()


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    made: list[Running] = []

    def start(
        script: Script | None = None, limits: ServiceLimits = LIMITS, **serve: Any
    ) -> Running:
        made.append(Running(tmp_path, script or Script(), limits, **serve))
        return made[-1]

    yield start
    for one in made:
        one.close()
