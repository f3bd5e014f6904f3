"""Fetching the starter model: on a thread of its own, told to the window through a bridge."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.fetch.client import Fetcher, Progress
from app.ui.bridge import Bridge


class _Fetched(msgspec.Struct, frozen=True):
    path: Path


class StarterFetch(QObject):
    """One download at a time; ends with `fetched` or `failed`."""

    progress = Signal(object)
    fetched = Signal(str)
    failed = Signal(object)

    def __init__(self, fetcher: Fetcher, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetcher = fetcher
        self._thread: threading.Thread | None = None
        self._bridge = Bridge(self)
        self._bridge.arrived.connect(self._on_event)

    @property
    def running(self) -> bool:
        """Whether a download is under way."""
        return self._thread is not None

    def start(self) -> None:
        """Begin, unless one is under way."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._fetch, name="starter fetch", daemon=True)
            self._thread.start()

    def cancel(self) -> None:
        """Stop; `failed` with CancelledError follows."""
        if self.running:
            self._fetcher.cancel()

    def close(self) -> None:
        """Stop, and wait for the thread; nothing is told any more."""
        self._bridge.close()
        if self._thread is not None:
            self._fetcher.cancel()
            self._thread.join()

    def _fetch(self) -> None:
        try:
            self._bridge.post(_Fetched(self._fetcher.get_starter(self._bridge.post)))
        except LampblackError as error:
            self._bridge.post(error)

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.emit(event)
            return
        self._thread = None
        if isinstance(event, _Fetched):
            self.fetched.emit(str(event.path))
        else:
            self.failed.emit(event)
