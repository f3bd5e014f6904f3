from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.options.load_options import LoadOptions
from app.engine.client import EngineClient
from app.engine.messages import EngineName, Event, Finished, Generate, Load, Tokens
from app.engine.worker import Worker
from app.host.fake import Script

ScriptFile = Callable[..., Path]


@pytest.fixture
def script_file(tmp_path: Path) -> ScriptFile:
    """Write a fake engine's script; the result is the path to load it from."""

    def write(name: str = "fake.json", **fields: Any) -> Path:
        path = tmp_path / name
        path.write_bytes(msgspec.json.encode(Script(**fields)))
        return path

    return write


class Listener:
    """Keeps every event and lets a test wait for the next one of a kind, its hook done."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._queue: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.hook: Callable[[Event], None] = lambda event: None

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        try:
            self.hook(event)
        finally:
            self._queue.put(event)

    def wait_for(self, kind: Any, job: int | None = None, timeout: float = 30) -> Any:
        while True:
            event = self._queue.get(timeout=timeout)
            if isinstance(event, kind) and (job is None or event.job == job):
                return event

    def text(self, job: int) -> str:
        return "".join(
            event.text
            for event in self.events
            if isinstance(event, Tokens) and event.job == job and event.take == 0
        )


@pytest.fixture
def listener() -> Listener:
    return Listener()


class Driver:
    """A client with the two commands that tests use most."""

    def __init__(self, client: EngineClient, listener: Listener) -> None:
        self.client = client
        self.listener = listener

    def load(self, path: Path, engine: EngineName = "fake") -> Finished:
        job = self.client.next_job()
        command = Load(job=job, path=str(path), engine=engine, options=LoadOptions(threads=2))
        return self.client.run(command, self.listener)

    def generate(self, **fields: Any) -> Any:
        command = Generate(job=self.client.next_job(), **fields)
        return self.client.run(command, self.listener)


@pytest.fixture
def driver(listener: Listener) -> Iterator[Driver]:
    client = EngineClient(cancel_s=0.3)
    yield Driver(client, listener)
    client.close()


@pytest.fixture
def driver_of(listener: Listener) -> Iterator[Callable[[str], Driver]]:
    """A client whose host is any small Python program."""
    made: list[EngineClient] = []

    def build(program: str) -> Driver:
        made.append(EngineClient([sys.executable, "-c", program], cancel_s=0.3))
        return Driver(made[-1], listener)

    yield build
    for client in made:
        client.close()


@pytest.fixture
def worker(listener: Listener) -> Iterator[Worker]:
    made = Worker(EngineClient(cancel_s=0.3))
    made.listen(listener)
    yield made
    made.close()
