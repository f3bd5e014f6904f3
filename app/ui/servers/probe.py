"""Asks a server what it is and which models it has, beside the one that is in use."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app.core.errors import EngineStoppedError
from app.core.options.servers import SavedServer
from app.engine.client import EngineClient
from app.engine.messages import Event, ListModels, Load, Loaded, ModelInfo, ModelsListed
from app.engine.process import HostChild

_NAME = "asked"


def _ignore(_event: Event) -> None:
    """Nobody waits for anything but the answer."""


class ServerProbe:
    """One question to a server, over a child of its own that ends with the answer.

    The methods block and raise LampblackError; `stop` may be called from any thread.
    """

    def __init__(self, start: Callable[[SavedServer, str | None], HostChild]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._client: EngineClient | None = None

    def model(self, server: SavedServer, key: str | None) -> ModelInfo:
        """What the server is; its kept key is used unless one is given."""
        client = self._begin(server, key)
        load = Load(job=client.next_job(), path=server.model, engine="server", server=_NAME)
        try:
            loaded = client.run(load, _ignore)
        finally:
            self._end(client)
        assert isinstance(loaded, Loaded)
        return loaded.model

    def models(self, server: SavedServer, key: str | None) -> tuple[str, ...]:
        """The models that the server has."""
        client = self._begin(server, key)
        try:
            listed = client.run(ListModels(job=client.next_job(), server=_NAME), _ignore)
        finally:
            self._end(client)
        assert isinstance(listed, ModelsListed)
        return listed.names

    def stop(self) -> None:
        """Give the answer up that is waited for."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _begin(self, server: SavedServer, key: str | None) -> EngineClient:
        client = EngineClient(server=lambda _name: self._start(server, key))
        with self._lock:
            if self._client is not None:
                raise EngineStoppedError("Another server is being asked.", "Try again.")
            self._client = client
        return client

    def _end(self, client: EngineClient) -> None:
        with self._lock:
            if self._client is client:
                self._client = None
        client.close()
