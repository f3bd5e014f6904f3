"""The model manager: what is here, what can be got, what is on its way."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.core.errors import CancelledError, GatedError
from app.core.models import removal
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile
from app.core.models.other_programs import ProgramStore
from app.core.models.verify import Verdict
from app.core.system.secret_store import SecretStore
from app.downloads.messages import DownloadProgress
from app.downloads.queue import Download, DownloadNeed
from app.downloads.request import ModelRequest
from app.program import Program
from app.ui.background import BackgroundTasks
from app.ui.manager import operations as operations_module
from app.ui.manager.card_texts import origin_text
from app.ui.manager.downloads_tab import DownloadRow
from app.ui.manager.questions import ManagerQuestions
from app.ui.manager.token_dialog import TokenDialog
from app.ui.manager.window import ModelManager
from app.ui.models.download_strip import TOKEN_KEY
from app.ui.questions import Removed
from app.ui.texts import download_text, left_text
from tests.core.system.test_secret_store import FakeKeyring
from tests.ui.conftest import Studio


class FakeAnswers(ManagerQuestions):
    """Answers as the test says, and notes what was asked."""

    def __init__(self) -> None:
        QObject.__init__(self)
        self.asked: list[str] = []
        self.needs: list[DownloadNeed] = []
        self.download_answer = True
        self.remove_answer: Removed = "trash"
        self.title_answer: str | None = None
        self.agrees = True

    def download(self, title: str, need: DownloadNeed) -> bool:
        self.asked.append(f"download {title}")
        self.needs.append(need)
        return self.download_answer

    def remove(self, title: str, plan: removal.Removal) -> Removed:
        self.asked.append(f"remove {title}")
        return self.remove_answer

    def model_file(self) -> str:
        raise AssertionError("no test adds a file by a dialog")

    def folder(self) -> str:
        raise AssertionError("no test watches a folder by a dialog")

    def title(self, present: str) -> str | None:
        return self.title_answer

    def try_out(self, title: str) -> bool:
        self.asked.append(f"try out {title}")
        return self.agrees

    def look_for_programs(self) -> bool:
        self.asked.append("look")
        return self.agrees

    def use_programs(self, stores: Sequence[ProgramStore]) -> bool:
        self.asked.append(", ".join(f"{one.name} {len(one.models)}" for one in stores))
        return self.agrees


class FakeFetcher:
    """Fetches nothing but what the test lets through."""

    def __init__(self) -> None:
        self.words: queue.Queue[str] = queue.Queue()
        self.tokens: list[str] = []

    def fetch(self, wanted: ModelRequest, on_event: Callable[..., None], token: str = "") -> Path:
        self.tokens.append(token)
        on_event(DownloadProgress(phase="downloading", done=5_000_000, total=100_000_000))
        word = self.words.get()
        if word == "stop":
            raise CancelledError("Stopped.")
        if word == "refuse":
            raise GatedError("It is gated.", "Come with a token.")
        return Path("/models/fetched.gguf")

    def cancel(self) -> None:
        self.words.put("stop")


class Harness:
    """A manager over real files, and what it asked of its window."""

    def __init__(self, program: Program, qtbot: QtBot, fetcher: FakeFetcher) -> None:
        self.program, self.qtbot, self.fetcher = program, qtbot, fetcher
        self.answers = FakeAnswers()
        self.manager = ModelManager(program, questions=self.answers)
        self.loads: list[str] = []
        self.manager.load_requested.connect(self.loads.append)

    def use_tokens(self, tokens: SecretStore) -> None:
        """Have another place for tokens than none."""
        self.program.secrets = tokens

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
def harness(make_studio: Callable[..., Studio], qtbot: QtBot) -> Iterator[Harness]:
    """A closed manager with the two models 雨.gguf and tale.gguf, nothing loaded."""
    studio = make_studio(model=None)
    fetcher = FakeFetcher()
    program = Program(studio.program.paths, fetcher)
    program.settings_store, program.worker = studio.program.settings_store, studio.worker
    program.secrets = studio.program.secrets
    for name in ("tale.gguf", "雨.gguf"):
        write_model(program.paths.models / name)
    made = Harness(program, qtbot, fetcher)
    models = studio.window.models
    made.manager.add_requested.connect(
        lambda path: models.add(Path(path), lambda: made.manager.banners)
    )
    models.added.connect(made.manager.refresh)
    yield made
    made.manager.end()
    fetcher.cancel()
    program.close()
    made.manager.deleteLater()


def test_the_models_are_listed_with_what_they_take(harness: Harness) -> None:
    harness.open()
    assert harness.names() == ["tale", "雨"]
    assert "2 models" in harness.manager.total.text()
    assert harness.manager.installed.path.text().endswith("tale.gguf")


def test_without_models_the_catalogue_is_one_click_away(harness: Harness) -> None:
    for path in harness.program.paths.models.iterdir():
        path.unlink()
    harness.open()
    assert "No models yet" in harness.manager.installed.empty.text()
    harness.manager.installed.find_button.click()
    assert harness.manager.tabs.currentWidget() is harness.manager.catalogue


def test_a_name_a_star_and_notes_are_kept(harness: Harness) -> None:
    harness.open()
    harness.manager.installed.list.select(str(harness.program.paths.models / "雨.gguf"))
    harness.answers.title_answer = "Regen"
    harness.press_and_wait("rename")
    harness.press_and_wait("favourite")
    assert harness.names() == ["★ Regen", "tale"]
    harness.manager.installed.notes.insertPlainText("Good at rain.")
    with harness.qtbot.waitSignal(harness.manager.refreshed):
        harness.manager.close()
    model = harness.program.library.resolve("Regen")
    assert harness.program.metadata.record(model).notes == "Good at rain."
    assert model.own_name == "雨"


def test_notes_reach_the_disk_when_the_program_ends(harness: Harness) -> None:
    harness.open()
    harness.manager.installed.notes.insertPlainText("Mine.")
    harness.manager.end()
    assert harness.program.metadata.record(harness.program.library.resolve("tale")).notes == "Mine."


def test_removing_asks_and_tells_what_becomes_free(harness: Harness, tmp_path: Path) -> None:
    trash = []

    def throw(path: str) -> None:
        trash.append(Path(path).name)
        Path(path).unlink()

    harness.manager.operations.removal._trash = throw
    harness.open()
    harness.press_and_wait("remove")
    assert (harness.answers.asked, trash) == (["remove tale"], ["tale.gguf"])
    harness.qtbot.waitUntil(lambda: harness.names() == ["雨"])
    assert "in the trash" in harness.banners()[0]


def test_taken_off_the_list_the_file_stays(harness: Harness) -> None:
    harness.answers.remove_answer = "list"
    harness.open()
    harness.press_and_wait("remove")
    assert harness.names() == ["雨"]
    assert (harness.program.paths.models / "tale.gguf").exists()
    assert harness.banners() == ["tale is off the list; its files stay where they are."]


def test_the_loaded_model_can_only_be_unloaded(harness: Harness) -> None:
    harness.open()
    unloads = []
    harness.manager.unload_requested.connect(lambda: unloads.append(True))
    harness.press("load")
    path = str(harness.program.paths.models / "tale.gguf")
    assert harness.loads == [path]
    harness.manager.set_loaded(path)
    assert not harness.manager.installed.buttons["remove"].isEnabled()
    assert harness.manager.installed.list.cards.cards[0].badge == "loaded"
    harness.press("load")
    assert unloads == [True]


def test_verifying_tells_that_the_model_is_sound(harness: Harness) -> None:
    harness.open()
    harness.press_and_wait("verify")
    assert "Verify will tell from now on" in harness.banners()[0]
    assert harness.program.metadata.record(harness.program.library.resolve("tale")).sha256
    assert harness.manager.strip.isHidden()


def test_the_window_goes_on_while_a_checksum_is_computed(
    harness: Harness, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, go = threading.Event(), threading.Event()

    def verify(model: ModelFile, *rest: Any, **_named: Any) -> Verdict:
        rest[3](1, 2)
        began.set()
        go.wait()
        return Verdict("0" * 64, "")

    monkeypatch.setattr(operations_module, "verify_known", verify)
    harness.open()
    harness.press("verify")
    began.wait()
    with harness.qtbot.waitSignal(harness.manager.refreshed):  # the event loop turns meanwhile
        harness.manager.refresh()
    assert harness.manager.strip.bar.value() == 50
    assert not go.is_set()
    with harness.qtbot.waitSignal(harness.manager.operations.said):
        go.set()


def test_a_dropped_folder_is_watched_and_a_dropped_model_is_used(
    harness: Harness, tmp_path: Path
) -> None:
    harness.open()
    folder = write_model(tmp_path / "其他" / "one.gguf").parent
    with harness.qtbot.waitSignal(harness.manager.refreshed):
        _drop(harness.manager, folder)
    assert harness.program.settings.watched_folders == (str(folder),)
    assert "one" in harness.names()
    single = write_model(tmp_path / "alone" / "two.gguf")
    with harness.qtbot.waitSignal(harness.manager.refreshed):
        _drop(harness.manager, single)
    assert harness.program.settings.added_models == (str(single),)


def _drop(manager: ModelManager, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    manager.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, button, keys))


def test_something_else_that_is_dropped_gets_a_sentence(harness: Harness, tmp_path: Path) -> None:
    harness.open()
    nonsense = tmp_path / "cake.gguf"
    nonsense.write_bytes(b"eggs and flour")
    _drop(harness.manager, nonsense)
    harness.qtbot.waitUntil(lambda: bool(harness.banners()))
    assert "cake.gguf" in harness.banners()[0]


def test_models_of_other_programs_are_used_only_after_two_questions(harness: Harness) -> None:
    write_model(Path.home() / ".lmstudio" / "models" / "maker" / "m" / "wren.gguf")
    harness.open()
    harness.answers.agrees = False
    harness.manager.operations.find_programs()
    assert harness.answers.asked == ["look"]
    harness.answers.agrees = True
    with harness.qtbot.waitSignal(harness.manager.refreshed):
        harness.manager.operations.find_programs()
    assert harness.answers.asked[-1] == "LM Studio 1"
    assert harness.program.settings.use_programs == ("LM Studio",)


def test_the_catalogue_is_filtered_by_purpose_and_words(harness: Harness) -> None:
    harness.open()
    tab = harness.manager.catalogue
    tab.fits.setChecked(False)
    everything = len(tab.list.cards.cards)
    tab.purpose.setCurrentIndex(tab.purpose.findData("code"))
    assert 0 < len(tab.list.cards.cards) < everything
    tab.text.setText("no such model anywhere")
    assert not tab.list.cards.cards
    assert "Ask for less" in tab.list._empty
    assert (tab.action.isEnabled(), tab.everything.isHidden()) == (False, False)
    tab.everything.click()
    assert len(tab.list.cards.cards) == everything
    assert tab.everything.isHidden()


def test_a_download_asks_once_and_can_be_paused_and_loaded(harness: Harness) -> None:
    harness.open()
    tab = harness.manager.catalogue
    entry = tab.list.selected()
    tab.action.click()
    harness.qtbot.waitUntil(lambda: entry in harness.manager.downloads.rows)
    assert len(harness.answers.asked) == 1
    assert harness.answers.needs[0].host
    row = harness.manager.downloads.rows[entry]
    harness.qtbot.waitUntil(lambda: row.bar.value() == 5)
    row.buttons["pause"].click()
    harness.qtbot.waitUntil(lambda: not row.buttons["resume"].isHidden())
    row.buttons["resume"].click()
    harness.qtbot.waitUntil(lambda: not row.buttons["pause"].isHidden())
    harness.qtbot.waitUntil(lambda: row.bar.value() == 5)
    with harness.qtbot.waitSignal(harness.manager.refreshed):
        harness.fetcher.words.put("go on")
    assert harness.loads == []  # that is the writing window's, also when there is no manager
    row.buttons["load"].click()
    assert harness.loads == ["/models/fetched.gguf"]


def test_a_yes_is_remembered_for_its_host(harness: Harness) -> None:
    harness.program.settings_store.change(agreed_hosts=("elsewhere.example",))
    harness.open()
    tab = harness.manager.catalogue
    entry = tab.list.selected()
    tab.action.click()
    harness.qtbot.waitUntil(lambda: entry in harness.manager.downloads.rows)
    host = harness.answers.needs[0].host
    assert harness.program.settings.agreed_hosts == ("elsewhere.example", host)
    harness.manager.downloads.rows[entry].buttons["cancel"].click()
    harness.qtbot.waitUntil(lambda: entry not in harness.manager.downloads.rows)
    tab.action.click()
    harness.qtbot.waitUntil(lambda: entry in harness.manager.downloads.rows)
    assert len(harness.answers.asked) == 1


# Tokens


def _refused(harness: Harness) -> tuple[str, DownloadRow]:
    """A download that failed for want of a token."""
    harness.open()
    tab = harness.manager.catalogue
    entry = tab.list.selected()
    tab.action.click()
    harness.qtbot.waitUntil(lambda: entry in harness.manager.downloads.rows)
    row = harness.manager.downloads.rows[entry]
    assert row.buttons["token"].isHidden()
    assert not harness.manager.downloads.token_action.isEnabled()
    harness.fetcher.words.put("refuse")
    harness.qtbot.waitUntil(lambda: not row.buttons["token"].isHidden())
    return entry, row


def _dialog(harness: Harness, press: Callable[[], None]) -> TokenDialog:
    press()
    found: list[TokenDialog] = []

    def is_open() -> bool:
        found[:] = harness.manager.findChildren(TokenDialog)
        return bool(found) and found[0].isVisible()

    harness.qtbot.waitUntil(is_open)
    return found[0]


def test_a_gated_model_comes_with_a_token(harness: Harness) -> None:
    entry, row = _refused(harness)
    dialog = _dialog(harness, row.buttons["token"].click)
    assert f"{harness.answers.needs[0].host}/settings/tokens" in dialog.about.text()
    assert "There is no keyring here" in dialog.kept.text()
    assert dialog.field.echoMode() == QLineEdit.EchoMode.Password
    assert dialog.field.accessibleName() == "Token"
    assert dialog.forget_button.isHidden()
    dialog.field.setText("with a space")
    assert not dialog.use_button.isEnabled()
    dialog.field.setText(" a-token ")
    dialog.use_button.click()
    harness.qtbot.waitUntil(lambda: len(harness.fetcher.tokens) == 2)
    assert harness.fetcher.tokens == ["", "a-token"]
    assert "holds until Lampblack ends" in harness.banners()[0]
    harness.qtbot.waitUntil(row.buttons["token"].isHidden)
    assert entry in harness.manager.downloads.rows


def test_the_key_asks_for_the_token_too_and_one_can_be_forgotten(harness: Harness) -> None:
    host = "huggingface.co"
    harness.program.secrets.use(host, "old")
    _entry, _row = _refused(harness)
    dialog = _dialog(harness, harness.manager.downloads.token_action.trigger)
    assert harness.manager.downloads.token_action.shortcut().toString() == TOKEN_KEY
    dialog.forget_button.click()
    harness.qtbot.waitUntil(lambda: bool(harness.banners()))
    assert harness.banners() == [f"No token for {host} is kept here any more."]
    assert harness.program.secrets.get(host) == ""
    assert len(harness.fetcher.tokens) == 1


def test_a_token_that_the_keyring_keeps_is_not_said_to_be_forgotten(harness: Harness) -> None:
    keyring, host = FakeKeyring(), "huggingface.co"
    harness.use_tokens(SecretStore(lambda: keyring))
    harness.program.secrets.keep(host, "old")
    _entry, _row = _refused(harness)
    dialog = _dialog(harness, harness.manager.downloads.token_action.trigger)
    keyring.is_locked = True
    dialog.forget_button.click()
    harness.qtbot.waitUntil(lambda: bool(harness.banners()))
    (said,) = harness.banners()
    assert f"did not let go of the token for {host}" in said
    assert "Unlock the keyring" in said
    assert keyring.kept


def test_in_a_keyring_a_token_is_kept(harness: Harness) -> None:
    keyring = FakeKeyring()
    harness.use_tokens(SecretStore(lambda: keyring))
    _entry, row = _refused(harness)
    dialog = _dialog(harness, row.buttons["token"].click)
    assert "kept in this system’s keyring" in dialog.kept.text()
    dialog.field.setText("a-token")
    dialog.accept()
    harness.qtbot.waitUntil(lambda: bool(keyring.kept))
    harness.qtbot.waitUntil(lambda: harness.fetcher.tokens[-1] == "a-token")
    assert "keyring for huggingface.co" in harness.banners()[0]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (ModelRecord(), ""),
        (ModelRecord(source="LM Studio"), ""),
        (ModelRecord(source="starter"), "From the catalogue"),
        (ModelRecord(source="LM Studio", sha256="0", verified_at=1e9), "Verified on "),
        (ModelRecord(source="a", sha256="0", verified_at=1e9), "From the catalogue, verified on "),
    ],
)
def test_where_a_model_is_from_is_said(record: ModelRecord, words: str) -> None:
    said = origin_text(record)
    assert said.startswith(words)
    assert bool(said) == bool(words)


def test_without_a_yes_nothing_is_fetched(harness: Harness) -> None:
    harness.answers.download_answer = False
    harness.open()
    harness.manager.catalogue.action.click()
    harness.qtbot.waitUntil(lambda: bool(harness.answers.asked))
    assert harness.program.downloads.all() == ()


def test_with_the_network_switched_off_one_sentence_is_left(harness: Harness) -> None:
    harness.program.settings_store.change(network=False)
    harness.open()
    tab = harness.manager.catalogue
    assert "switched off" in tab.note.text()
    assert tab.action.isHidden()
    assert not harness.manager.tabs.isTabVisible(
        harness.manager.tabs.indexOf(harness.manager.downloads)
    )


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
    qtbot.waitUntil(lambda: studio.window.manager.manager is not None)
    manager = studio.window.manager.manager
    assert manager is not None
    assert manager.isVisible()
    with qtbot.waitSignal(manager.refreshed):
        manager.refresh()
    manager.load_requested.emit(studio.library.add("/models/Other.gguf").path)
    assert studio.worker.last("load")[1]["path"] == "/models/Other.gguf"


def test_adding_is_the_windows_and_told_where_it_was_asked_for(
    make_studio: Callable[..., Studio], qtbot: QtBot, tmp_path: Path
) -> None:
    studio = make_studio(model=None)
    studio.do("manage")
    qtbot.waitUntil(lambda: studio.window.manager.manager is not None)
    manager = studio.window.manager.manager
    assert manager is not None
    path = write_model(tmp_path / "new.gguf")
    studio.library.add(str(path))
    with qtbot.waitSignals([studio.window.models.panel.refreshed, manager.refreshed]):
        _drop(manager, path)
    assert studio.program.settings.added_models == (str(path),)
    qtbot.waitUntil(lambda: studio.worker.count_of("load") == 1)
    (tmp_path / "poem.gguf").write_text("Not a model.")
    _drop(manager, tmp_path / "poem.gguf")
    qtbot.waitUntil(lambda: bool(manager.banners.banners()))
    assert "not a GGUF model" in manager.banners.banners()[0].text
    assert studio.banners == []
    assert studio.program.settings.added_models == (str(path),)


def test_the_background_goes_on_after_a_bug(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    bugs: list[object] = []
    reported = threading.Event()

    def report(arguments: threading.ExceptHookArgs) -> None:
        bugs.append(arguments.exc_type)
        reported.set()

    monkeypatch.setattr(threading, "excepthook", report)
    found: list[int] = []
    background = BackgroundTasks(bugs.append)
    background.run(lambda: 1 // 0, found.append)
    reported.wait()
    background.run(lambda: 5, found.append)
    qtbot.waitUntil(lambda: found == [5])
    background.close()
    assert bugs == [ZeroDivisionError]
