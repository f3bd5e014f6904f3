"""The model manager: what is here, what can be got, what is on its way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import gguf
import msgspec
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.core import housekeeping
from app.core.errors import CancelledError
from app.core.library import open_library
from app.core.models import ModelFile
from app.core.verifying import Verdict
from app.fetch.messages import Progress
from app.fetch.queue import Download, Downloads, Need, Wanted
from app.ui.manager import care as care_module
from app.ui.manager.errands import Errands
from app.ui.manager.window import ModelManager
from app.ui.manager.wording import download_text, left_text
from app.workbench import Workbench
from tests.ui.conftest import Studio


class FakeAnswers:
    """Answers as the test says, and notes what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.needs: list[Need] = []
        self.download_answer, self.remove_answer = True, "trash"
        self.title_answer: str | None = None
        self.agrees = True

    def download(self, title: str, need: Need) -> bool:
        self.asked.append(f"download {title}")
        self.needs.append(need)
        return self.download_answer

    def remove(self, title: str, plan: housekeeping.Removal) -> str:
        self.asked.append(f"remove {title}")
        return self.remove_answer

    def title(self, present: str) -> str | None:
        return self.title_answer

    def look_for_programs(self) -> bool:
        self.asked.append("look")
        return self.agrees

    def use_programs(self, stores: tuple) -> bool:
        self.asked.append(", ".join(f"{one.name} {len(one.models)}" for one in stores))
        return self.agrees


class FakeFetcher:
    """Fetches nothing but what the test lets through."""

    def __init__(self) -> None:
        self.words: queue.Queue[str] = queue.Queue()

    def fetch(self, wanted: Wanted, on_event: Callable[..., None], token: str = "") -> Path:
        on_event(Progress(phase="downloading", done=5_000_000, total=100_000_000))
        if self.words.get() == "stop":
            raise CancelledError("Stopped.")
        return Path("/models/fetched.gguf")

    def cancel(self) -> None:
        self.words.put("stop")


class Desk:
    """A manager over real files, and what it asked of its window."""

    def __init__(self, bench: Workbench, qtbot: QtBot, fetcher: FakeFetcher) -> None:
        self.bench, self.qtbot, self.fetcher = bench, qtbot, fetcher
        self.answers = FakeAnswers()
        self.manager = ModelManager(bench, questions=self.answers)
        self.loads: list[str] = []
        self.manager.load_requested.connect(self.loads.append)

    def open(self) -> None:
        with self.qtbot.waitSignal(self.manager.refreshed):
            self.manager.open()

    def names(self) -> list[str]:
        return [card.title for card in self.manager.installed.list.cards.cards]

    def press(self, name: str) -> None:
        button = self.manager.installed.buttons[name]
        assert button.isEnabled(), f"{name} is disabled"
        button.click()

    def press_and_wait(self, name: str) -> None:
        with self.qtbot.waitSignal(self.manager.refreshed):
            self.press(name)

    def banners(self) -> list[str]:
        return [banner.text for banner in self.manager.banners.banners()]

    def choose(self, entry_id: str) -> None:
        self.manager.catalogue.list.select(entry_id)
        self.manager.catalogue.action.click()


def write_model(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_block_count(1)
    writer.add_tensor("a", np.ones((4, 64), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


@pytest.fixture
def desk(make_studio: Callable[..., Studio], qtbot: QtBot) -> Iterator[Desk]:
    """A closed manager with the two models 雨.gguf and tale.gguf, nothing loaded."""
    studio = make_studio(model=None)
    bench, fetcher = studio.bench, FakeFetcher()
    downloads = Downloads(
        fetcher,
        bench.paths.models,
        bench.paths.downloads_file,
        allowed=lambda: bench.settings.settings.network,
    )
    library = open_library(bench.paths, lambda: bench.settings.settings, bench.shelf)
    bench = msgspec.structs.replace(bench, downloads=downloads, library=library)
    for name in ("tale.gguf", "雨.gguf"):
        write_model(bench.paths.models / name)
    made = Desk(bench, qtbot, fetcher)
    yield made
    made.manager.end()
    fetcher.cancel()
    downloads.close()
    made.manager.deleteLater()


def test_the_models_are_listed_with_what_they_take(desk: Desk) -> None:
    desk.open()
    assert desk.names() == ["tale", "雨"]
    assert "2 models" in desk.manager.total.text()
    assert desk.manager.installed.path.text().endswith("tale.gguf")


def test_without_models_the_catalogue_is_one_click_away(desk: Desk) -> None:
    for path in desk.bench.paths.models.iterdir():
        path.unlink()
    desk.open()
    assert "No models yet" in desk.manager.installed.empty.text()
    desk.manager.installed.find_button.click()
    assert desk.manager.tabs.currentWidget() is desk.manager.catalogue


def test_a_name_a_star_and_notes_are_kept(desk: Desk) -> None:
    desk.open()
    desk.manager.installed.list.select(str(desk.bench.paths.models / "雨.gguf"))
    desk.answers.title_answer = "Regen"
    desk.press_and_wait("rename")
    desk.press_and_wait("favourite")
    assert desk.names() == ["★ Regen", "tale"]
    desk.manager.installed.notes.insertPlainText("Good at rain.")
    with desk.qtbot.waitSignal(desk.manager.refreshed):
        desk.manager.close()
    model = desk.bench.library.resolve("Regen")
    assert desk.bench.shelf.record(model).notes == "Good at rain."
    assert model.own_name == "雨"


def test_notes_reach_the_disk_when_the_program_ends(desk: Desk) -> None:
    desk.open()
    desk.manager.installed.notes.insertPlainText("Mine.")
    desk.manager.end()
    assert desk.bench.shelf.record(desk.bench.library.resolve("tale")).notes == "Mine."


def test_removing_asks_and_tells_what_becomes_free(desk: Desk, tmp_path: Path) -> None:
    trash = []

    def throw(path: str) -> None:
        trash.append(Path(path).name)
        Path(path).unlink()

    desk.manager.care._trash = throw
    desk.open()
    desk.press_and_wait("remove")
    assert (desk.answers.asked, trash) == (["remove tale"], ["tale.gguf"])
    desk.qtbot.waitUntil(lambda: desk.names() == ["雨"])
    assert "in the trash" in desk.banners()[0]


def test_taken_off_the_list_the_file_stays(desk: Desk) -> None:
    desk.answers.remove_answer = "list"
    desk.open()
    desk.press_and_wait("remove")
    assert desk.names() == ["雨"]
    assert (desk.bench.paths.models / "tale.gguf").exists()


def test_the_loaded_model_can_only_be_unloaded(desk: Desk) -> None:
    desk.open()
    unloads = []
    desk.manager.unload_requested.connect(lambda: unloads.append(True))
    desk.press("load")
    path = str(desk.bench.paths.models / "tale.gguf")
    assert desk.loads == [path]
    desk.manager.set_loaded(path)
    assert not desk.manager.installed.buttons["remove"].isEnabled()
    assert desk.manager.installed.list.cards.cards[0].badge == "loaded"
    desk.press("load")
    assert unloads == [True]


def test_verifying_tells_that_the_model_is_sound(desk: Desk) -> None:
    desk.open()
    desk.press_and_wait("verify")
    assert "checksum is remembered" in desk.banners()[0]
    assert desk.bench.shelf.record(desk.bench.library.resolve("tale")).sha256
    assert desk.manager.strip.isHidden()


def test_the_window_goes_on_while_a_checksum_is_computed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go = threading.Event(), threading.Event()

    def verify(model: ModelFile, *rest: object) -> Verdict:
        rest[3](1, 2)
        began.set()
        go.wait()
        return Verdict("0" * 64, "")

    monkeypatch.setattr(care_module, "verify_known", verify)
    desk.open()
    desk.press("verify")
    began.wait()
    with desk.qtbot.waitSignal(desk.manager.refreshed):  # the event loop turns meanwhile
        desk.manager.refresh()
    assert desk.manager.strip.bar.value() == 500
    assert not go.is_set()
    with desk.qtbot.waitSignal(desk.manager.care.said):
        go.set()


def test_a_dropped_folder_is_watched_and_a_dropped_model_is_used(
    desk: Desk, tmp_path: Path
) -> None:
    desk.open()
    folder = write_model(tmp_path / "其他" / "one.gguf").parent
    with desk.qtbot.waitSignal(desk.manager.refreshed):
        _drop(desk.manager, folder)
    assert desk.bench.settings.settings.watched_folders == (str(folder),)
    assert "one" in desk.names()
    single = write_model(tmp_path / "alone" / "two.gguf")
    with desk.qtbot.waitSignal(desk.manager.refreshed):
        _drop(desk.manager, single)
    assert desk.bench.settings.settings.added_models == (str(single),)


def _drop(manager: ModelManager, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    manager.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, button, keys))


def test_something_else_that_is_dropped_gets_a_sentence(desk: Desk, tmp_path: Path) -> None:
    desk.open()
    nonsense = tmp_path / "cake.gguf"
    nonsense.write_bytes(b"eggs and flour")
    with desk.qtbot.waitSignal(desk.manager.care.failed):
        _drop(desk.manager, nonsense)
    assert "cake.gguf" in desk.banners()[0]


def test_models_of_other_programs_are_used_only_after_two_questions(desk: Desk) -> None:
    write_model(Path.home() / ".lmstudio" / "models" / "maker" / "m" / "wren.gguf")
    desk.open()
    desk.answers.agrees = False
    desk.manager.care.find_programs()
    assert desk.answers.asked == ["look"]
    desk.answers.agrees = True
    with desk.qtbot.waitSignal(desk.manager.refreshed):
        desk.manager.care.find_programs()
    assert desk.answers.asked[-1] == "LM Studio 1"
    assert desk.bench.settings.settings.use_programs == ("LM Studio",)


def test_the_catalogue_is_filtered_by_purpose_and_words(desk: Desk) -> None:
    desk.open()
    tab = desk.manager.catalogue
    tab.fits.setChecked(False)
    everything = len(tab.list.cards.cards)
    tab.purpose.setCurrentIndex(tab.purpose.findData("code"))
    assert 0 < len(tab.list.cards.cards) < everything
    tab.text.setText("no such model anywhere")
    assert not tab.list.cards.cards
    assert "Ask for less" in tab.note.text()
    assert not tab.action.isEnabled()


def test_a_download_asks_once_and_can_be_paused_and_loaded(desk: Desk) -> None:
    desk.open()
    tab = desk.manager.catalogue
    entry = tab.list.selected()
    tab.action.click()
    desk.qtbot.waitUntil(lambda: entry in desk.manager.downloads.rows)
    assert len(desk.answers.asked) == 1
    assert desk.answers.needs[0].host
    row = desk.manager.downloads.rows[entry]
    desk.qtbot.waitUntil(lambda: row.bar.value() == 50)
    row.buttons["pause"].click()
    desk.qtbot.waitUntil(lambda: not row.buttons["resume"].isHidden())
    row.buttons["resume"].click()
    desk.qtbot.waitUntil(lambda: not row.buttons["pause"].isHidden())
    with desk.qtbot.waitSignal(desk.manager.load_requested):
        desk.qtbot.waitUntil(lambda: row.bar.value() == 50)
        desk.fetcher.words.put("go on")
    assert desk.loads == ["/models/fetched.gguf"]


def test_without_a_yes_nothing_is_fetched(desk: Desk) -> None:
    desk.answers.download_answer = False
    desk.open()
    desk.manager.catalogue.action.click()
    desk.qtbot.waitUntil(lambda: bool(desk.answers.asked))
    assert desk.bench.downloads.all() == ()


def test_with_the_network_switched_off_one_sentence_is_left(desk: Desk) -> None:
    desk.bench.settings.change(network=False)
    desk.open()
    tab = desk.manager.catalogue
    assert "switched off" in tab.note.text()
    assert tab.action.isHidden()
    assert not desk.manager.tabs.isTabVisible(desk.manager.tabs.indexOf(desk.manager.downloads))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(20, "less than a minute left"), (300, "about 5 min left"), (5400, "about 1.5 h left")],
)
def test_the_time_left_is_said_as_people_say_it(seconds: float, words: str) -> None:
    assert left_text(seconds) == words


def test_a_running_download_says_how_far_it_is() -> None:
    download = Download(
        id="a",
        title="A",
        state="running",
        done=50_000_000,
        total=2_000_000_000,
        speed=5e6,
        left_s=390,
    )
    words = download_text(download)
    assert words == "downloading · 50 MB of 2.0 GB · 5 MB per second · about 6 min left"


def test_the_window_opens_it_by_its_action(studio: Studio, qtbot: QtBot) -> None:
    studio.do("manage")
    manager = studio.window.manager.manager
    assert manager is not None
    assert manager.isVisible()
    with qtbot.waitSignal(manager.refreshed):
        manager.refresh()
    manager.load_requested.emit(studio.library.add("/models/Other.gguf").path)
    assert studio.worker.last("load")[1]["path"] == "/models/Other.gguf"


def test_errands_go_on_after_a_bug(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[object] = []
    reported = threading.Event()

    def report(arguments: threading.ExceptHookArgs) -> None:
        bugs.append(arguments.exc_type)
        reported.set()

    monkeypatch.setattr(threading, "excepthook", report)
    found: list[int] = []
    errands = Errands(bugs.append)
    errands.run(lambda: 1 // 0, found.append)
    reported.wait()
    errands.run(lambda: 5, found.append)
    qtbot.waitUntil(lambda: found == [5])
    errands.close()
    assert bugs == [ZeroDivisionError]
