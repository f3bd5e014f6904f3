"""A file from an address that the user gave: its limit, and what a refusal says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.core.errors import DownloadError, GatedError
from app.downloads.downloader import Downloader
from app.downloads.messages import DownloadProgress, FetchEvent, StartFileDownload
from app.downloads.request import FileRequest, WantedFile, files_folder
from tests.downloads.hub_runs import IMPATIENT
from tests.downloads.hub_server import Answer, HubServer

NAME = "pack.tar.xz"
CONTENT = bytes(range(256)) * 40


def fetch(hub: HubServer, models: Path, most_bytes: int | None = None) -> list[FetchEvent]:
    """Fetch the file, and give what was told meanwhile."""
    told: list[FetchEvent] = []
    wanted = FileRequest(
        title=NAME,
        address=f"{hub.url}/owner/model/resolve/main",
        file=WantedFile(path=NAME),
        most_bytes=most_bytes,
    )
    request = StartFileDownload(models=str(models), wanted=wanted)
    stop = threading.Event()
    path = Downloader(
        request, told.append, stop, policy=IMPATIENT, wait=lambda _s: stop.is_set()
    ).run()
    assert path.read_bytes() == CONTENT
    return told


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A server that has the file."""
    with HubServer() as server:
        server.files[NAME] = CONTENT
        yield server


def test_the_size_is_told_as_soon_as_it_is_known(hub: HubServer, tmp_path: Path) -> None:
    told = [event for event in fetch(hub, tmp_path) if isinstance(event, DownloadProgress)]
    assert told
    assert {event.total for event in told[1:]} <= {len(CONTENT)}


def test_a_file_as_long_as_it_may_be_is_fetched(hub: HubServer, tmp_path: Path) -> None:
    fetch(hub, tmp_path, len(CONTENT))


@pytest.mark.parametrize("length", [None, 10])
def test_one_that_is_longer_is_not(hub: HubServer, tmp_path: Path, length: int | None) -> None:
    """Whether its server says so, or that it is short."""
    hub.answers = [Answer(length=length, cut=len(CONTENT))]
    most = len(CONTENT) - 1 if length is None else 5
    with pytest.raises(DownloadError, match="larger than such a file can be"):
        fetch(hub, tmp_path, most)
    assert not (files_folder(tmp_path) / NAME).exists()
    assert not [path for path in tmp_path.rglob("*.part") if path.stat().st_size]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_speaks_of_no_model(hub: HubServer, tmp_path: Path, status: int) -> None:
    hub.answers = [Answer(status=status)]
    with pytest.raises(DownloadError, match=f"not give {NAME} to everybody") as caught:
        fetch(hub, tmp_path)
    assert not isinstance(caught.value, GatedError)  # no token is asked for
    assert "terms" not in str(caught.value)


def test_one_that_is_not_there_is_not_in_a_catalogue(hub: HubServer, tmp_path: Path) -> None:
    hub.files.clear()
    with pytest.raises(DownloadError, match="does not have") as caught:
        fetch(hub, tmp_path)
    assert caught.value.hint == "Check the address."
