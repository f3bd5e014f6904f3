"""Downloads from a hub of the tests' own, and how they end."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from app.core.errors import DownloadError
from app.downloads.downloader import Downloader
from app.downloads.messages import DownloadProgress, FetchEvent, StartDownload
from app.downloads.request import ModelRequest, destination
from app.downloads.retry import RetryPolicy
from tests.downloads.hub_server import (
    HubServer,
    wanted_gguf,
)

NAME = "model.Q4_K_M.gguf"


CONTENT = random.Random(4).randbytes(700_001)


IMPATIENT = RetryPolicy(connect_s=5, stall_s=0.3, tries=4)


class Run:
    """One download with a waiter that notes the seconds and does not wait."""

    def __init__(self, hub: HubServer, models: Path, wanted: ModelRequest, token: str = "") -> None:
        self.events: list[FetchEvent] = []
        self.waits: list[float] = []
        self.cancelled = threading.Event()
        request = StartDownload(models=str(models), endpoint=hub.url, wanted=wanted, token=token)
        self._downloader = Downloader(
            request, self.events.append, self.cancelled, policy=IMPATIENT, wait=self._wait
        )

    def _wait(self, seconds: float) -> bool:
        self.waits.append(seconds)
        return self.cancelled.is_set()

    def run(self) -> Path:
        return self._downloader.run()

    @property
    def done(self) -> list[int]:
        told = [event for event in self.events if isinstance(event, DownloadProgress)]
        return [event.done for event in told if event.phase == "downloading"]


def whole(hub: HubServer, models: Path, wanted: ModelRequest | None = None) -> Run:
    """A download that succeeds and leaves the file alone in its place."""
    run = Run(hub, models, wanted or wanted_gguf(NAME, CONTENT))
    path = run.run()
    assert path == models / "owner--model" / NAME
    assert path.read_bytes() == CONTENT
    assert [each for each in models.rglob("*") if each.is_file()] == [path]
    assert run.done == sorted(run.done)
    assert run.done[-1] == len(CONTENT)
    return run


def refused(hub: HubServer, models: Path, match: str, wanted: ModelRequest | None = None) -> Run:
    """A download that ends with a sentence and no model."""
    run = Run(hub, models, wanted or wanted_gguf(NAME, CONTENT))
    with pytest.raises(DownloadError, match=match):
        run.run()
    assert not destination(wanted or wanted_gguf(NAME, CONTENT), models).exists()
    return run


def part_of(models: Path) -> Path:
    return models / "owner--model" / f"{NAME}.part"
