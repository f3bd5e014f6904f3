"""The protocols over the real engine and a real socket, without the service's own process."""

from __future__ import annotations

import asyncio
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from msgspec.structs import replace

from app.core.errors import LampblackError
from app.core.options.load_options import LoadOptions
from app.engine.client import EngineClient
from app.engine.messages import (
    Cancel,
    Done,
    Failed,
    Generate,
    Load,
    Loaded,
    Score,
    Scored,
    TokenDetail,
)
from app.engine.service_messages import ModelState, ServiceLimits
from app.server.access import EngineAccess
from tests.server.protocols.byte_model import service


class RealService:
    """A client of the engine's host behind the protocols; `address` is where they answer.

    Commands of the service go to the host one after the other.
    """

    def __init__(self, model: Path) -> None:
        self.client = EngineClient()
        self._model = model
        self._commands: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._numbers: dict[int, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.access: EngineAccess | None = None
        self._ready = threading.Event()
        self._server: uvicorn.Server | None = None

    @contextmanager
    def running(self) -> Iterator[RealService]:
        load = Load(
            job=self.client.next_job(),
            path=str(self._model),
            engine="llama.cpp",
            options=LoadOptions(context=2048, threads=1),
        )
        loaded = self.client.run(load, lambda _event: None)
        assert isinstance(loaded, Loaded)
        threads = [
            threading.Thread(target=self._work), threading.Thread(target=self._serve, args=[loaded])
        ]  # fmt: skip
        for thread in threads:
            thread.start()
        try:
            assert self._ready.wait(30)
            yield self
        finally:
            assert self._server is not None
            self._server.should_exit = True
            self._commands.put(None)
            for thread in threads:
                thread.join(30)
            self.client.close()
            self._socket.close()

    def written(self, **fields: Any) -> Done:
        """What the engine itself writes, while nothing else is asked."""
        done = self.client.run(Generate(job=self.client.next_job(), **fields), lambda _event: None)
        assert isinstance(done, Done)
        return done

    def scored(self, text: str, alternatives: int) -> tuple[TokenDetail, ...]:
        """Each token's probability as the engine itself gives it."""
        command = Score(
            job=self.client.next_job(), text=text, special=True, probabilities=alternatives
        )
        scored = self.client.run(command, lambda _event: None)
        assert isinstance(scored, Scored)
        return scored.details

    def _serve(self, loaded: Loaded) -> None:
        asyncio.run(self._serving(loaded))

    async def _serving(self, loaded: Loaded) -> None:
        self._loop = asyncio.get_running_loop()
        self.access = EngineAccess(self._send, ServiceLimits(max_n=4))
        name = loaded.model.name
        self.access.take(ModelState(name=name, model=loaded.model, names=(name,)))
        app = service(self.access)
        config = uvicorn.Config(
            app, log_level="warning", lifespan="off", timeout_graceful_shutdown=2
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # not in a thread
        self._loop.call_soon(self._ready.set)
        await self._server.serve(sockets=[self._socket])

    def _send(self, message: Any) -> None:
        if isinstance(message, Cancel):
            self.client.cancel(self._numbers.get(message.job, 0))
        else:
            self._numbers[message.job] = self.client.next_job()
            self._commands.put(message)

    def _work(self) -> None:
        while (command := self._commands.get()) is not None:
            outer = command.job

            def tell(event: Any, outer: int = outer) -> None:
                assert self._loop is not None
                assert self.access is not None
                self._loop.call_soon_threadsafe(self.access.take, replace(event, job=outer))

            try:
                tell(self.client.run(replace(command, job=self._numbers[outer]), tell))
            except LampblackError as error:
                tell(Failed(job=outer, kind=error.kind, message=error.message, hint=error.hint))
