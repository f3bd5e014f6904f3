"""The PyTorch engine in the window: its tab in the settings, and what leads there."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.core.errors import CancelledError
from app.core.models.model_file import ModelFile
from app.core.system.paths import Paths
from app.downloads.client import Fetcher
from app.downloads.request import PARTIAL, FileRequest, WantedFile
from app.engine.messages import Failed
from app.engine.packs import archive
from app.engine.packs.installed import Packs
from app.ui.window.engines_page import EnginesPage
from app.ui.window.pack_download_dialog import PackDownloadDialog
from app.ui.window.settings_dialog import SettingsDialog
from tests.downloads.hub_server import Answer, HubServer
from tests.fake_pack import put_in_place, sound
from tests.ui.conftest import Studio

PACK = "lampblack-torch-1.tar.xz"
NEEDED = "This model needs the PyTorch engine, which is not installed."


@pytest.fixture
def studio(make_studio) -> Studio:
    """A window of a program without PyTorch."""
    made: Studio = make_studio()
    made.program.packs = Packs(made.program.paths.packs, has_own=lambda _engine: False)
    return made


@pytest.fixture
def open_page(studio: Studio, qtbot) -> Callable[[], EnginesPage]:
    """Opens the settings at the engines, and waits until it was looked what is installed."""

    def open_it() -> EnginesPage:
        studio.window.view.open_settings("Engines")
        dialog = studio.window.findChild(SettingsDialog)
        assert dialog is not None
        qtbot.waitUntil(dialog.isVisible)
        qtbot.waitUntil(lambda: studio.window.models.packs.is_known)
        return dialog.engines

    return open_it


@pytest.fixture
def choose(tmp_path: Path, monkeypatch) -> Callable[..., Path]:
    """Lets the next question for a file be answered with a pack's archive."""

    def choose_file(**changes: object) -> Path:
        path = sound(tmp_path / "pack.tar.xz", **changes)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_words: (str(path), ""))
        return path

    return choose_file


@pytest.fixture
def press(monkeypatch) -> Callable[[str], list[str]]:
    """Lets every question be answered with that button; the list gets what was asked."""

    def answer(button: str) -> list[str]:
        asked: list[str] = []

        def execute(box: QMessageBox) -> int:
            asked.append(box.text())
            (found,) = [one for one in box.buttons() if one.text().replace("&", "") == button]
            found.click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", execute)
        return asked

    return answer


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """A site that has a pack, and its checksum beside it."""
    with HubServer() as server:
        yield server


@pytest.fixture
def online(make_studio, hub: HubServer, tmp_path: Path) -> Iterator[Studio]:
    """A window of a program without PyTorch, with a real broker, and the pack on the site."""
    hub.files[PACK] = sound(tmp_path / PACK).read_bytes()
    hub.files[f"{PACK}.sha256"] = f"{hub.sha256(PACK)}  {PACK}\n".encode()
    with closing(Fetcher.start(Paths.here().models)) as fetcher:
        made: Studio = make_studio(fetcher=fetcher)
        made.program.packs = Packs(made.program.paths.packs, has_own=lambda _engine: False)
        yield made


def ask_download(page: EnginesPage, address: str, sha256: str = "") -> PackDownloadDialog:
    """Fill in the dialog and press its button."""
    page.download_button.click()
    dialog = page.findChildren(PackDownloadDialog)[-1]
    dialog.address.setText(address)
    dialog.sum.setText(sha256)
    dialog.download_button.click()
    return dialog


def is_idle(studio: Studio) -> bool:
    return studio.window.models.packs.fraction is None


def test_it_says_what_the_pack_is_for(open_page) -> None:
    page = open_page()
    assert "folders of safetensors" in page.about.text()
    assert page.state.text() == "Not installed."
    assert page.install_button.isVisible()
    assert not page.remove_button.isVisible()
    assert not page.progress.isVisible()


def test_a_pack_is_installed_and_removed(studio, open_page, choose, press, qtbot) -> None:
    page, _path = open_page(), choose()
    asked = press("Install")
    page.install_button.click()
    qtbot.waitUntil(lambda: "Installed: version 1 with torch 2.13.0" in page.state.text())
    assert asked == ["Install the engine in “pack.tar.xz”?"]
    assert [pack.problem for pack in studio.program.packs.all()] == [""]
    assert "1 is installed" in studio.window.status.currentMessage()
    asked = press("Remove")
    page.remove_button.click()
    qtbot.waitUntil(lambda: page.state.text() == "Not installed.")
    assert asked == ["Remove the PyTorch engine?"]
    assert studio.program.packs.all() == ()


def test_a_no_changes_nothing(studio, open_page, choose, press, qtbot) -> None:
    page, _path = open_page(), choose()
    press("Cancel")
    page.install_button.click()
    assert is_idle(studio)
    assert studio.program.packs.all() == ()


def test_what_went_wrong_stands_there(studio, open_page, choose, press, qtbot) -> None:
    page, _path = open_page(), choose(protocol=1)
    press("Install")
    page.install_button.click()
    qtbot.waitUntil(lambda: "older version of Lampblack" in page.problem.text())
    assert page.install_button.isEnabled()
    assert studio.program.packs.all() == ()


def test_an_installation_is_shown_and_stopped(
    studio, open_page, choose, press, qtbot, monkeypatch
) -> None:
    page, _path = open_page(), choose()
    press("Install")
    real = archive._unpack

    def unpack(members, top, info, work, progress, cancelled) -> None:
        progress(1, 4)
        while not cancelled():
            stop.wait(0.01)
        real(members, top, info, work, progress, cancelled)

    stop = Event()
    monkeypatch.setattr(archive, "_unpack", unpack)
    page.install_button.click()
    qtbot.waitUntil(lambda: page.progress.bar.value() > 0)
    assert page.progress.isVisible()
    assert not page.install_button.isEnabled()
    page.progress.stop_button.click()
    qtbot.waitUntil(lambda: is_idle(studio))
    assert studio.program.packs.all() == ()
    assert page.problem.text() == ""


def test_one_that_cannot_be_used_says_why(studio, open_page, qtbot) -> None:
    put_in_place(studio.program.paths.packs, protocol=10_000)
    page = open_page()
    qtbot.waitUntil(lambda: "newer version of Lampblack" in page.problem.text())
    assert page.remove_button.isVisible()


def test_a_program_with_pytorch_needs_none(studio, open_page, qtbot) -> None:
    studio.program.packs = Packs(studio.program.paths.packs, has_own=lambda _engine: True)
    page = open_page()
    qtbot.waitUntil(lambda: "has PyTorch itself" in page.state.text())


def test_it_is_neither_removed_nor_replaced_while_it_runs(
    studio, open_page, choose, press, qtbot
) -> None:
    program = put_in_place(studio.program.paths.packs) / "lampblack-torch"
    program.write_bytes(Path(shutil.which("sleep") or "").resolve().read_bytes())
    page, _path = open_page(), choose()
    with subprocess.Popen([program, "600"]) as running:
        try:
            for answer, button in (
                ("Remove", page.remove_button),
                ("Install", page.install_button),
            ):
                press(answer)
                button.click()
                qtbot.waitUntil(lambda: "is in use" in page.problem.text())
                assert "Unload its model" in page.problem.text()
                qtbot.waitUntil(button.isEnabled)
        finally:
            running.kill()
    assert len(studio.program.packs.all()) == 1


def test_the_tab_has_no_defaults_and_other_tabs_have(open_page) -> None:
    page = open_page()
    dialog = page.window()
    assert isinstance(dialog, SettingsDialog)
    restore = dialog.buttons.button(dialog.buttons.StandardButton.RestoreDefaults)
    assert not restore.isEnabled()
    dialog.open_tab("Model")
    assert restore.isEnabled()


def test_a_model_without_its_engine_leads_there(studio, qtbot) -> None:
    folder = ModelFile(
        path="/models/folder", name="folder", kind="transformers", size_bytes=1, context=1
    )
    studio.library.models.append(folder)
    studio.window.models.load(folder.path)
    qtbot.waitUntil(lambda: studio.worker.count_of("load") == 1)
    job = studio.worker.last("load")[0]
    studio.tell(Failed(job=job, kind="engine_missing", message=NEEDED, hint="Install it."))
    banner = studio.window.page.banners.banners()[-1]
    assert banner.text.startswith(NEEDED)
    (button,) = banner.buttons
    button.click()
    dialog = studio.window.findChild(SettingsDialog)
    qtbot.waitUntil(dialog.isVisible)
    assert dialog.tabs.currentWidget().isAncestorOf(dialog.engines)


def parts(studio: Studio) -> list[str]:
    """The names of what lies among unfinished downloads."""
    folder = studio.program.paths.models / PARTIAL
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def open_online(online: Studio, qtbot) -> EnginesPage:
    """The engines' page of that window."""
    online.window.view.open_settings("Engines")
    dialog = online.window.findChild(SettingsDialog)
    assert dialog is not None
    qtbot.waitUntil(dialog.isVisible)
    qtbot.waitUntil(lambda: online.window.models.packs.is_known)
    return dialog.engines


def test_a_pack_is_downloaded_verified_and_installed(online, open_online, hub, qtbot) -> None:
    page = open_online
    assert page.download_button.isEnabled()
    ask_download(page, f"{hub.url}/cdn/{PACK}")
    assert not page.download_button.isEnabled()
    qtbot.waitUntil(lambda: "Installed: version 1" in page.state.text(), timeout=20_000)
    assert [pack.problem for pack in online.program.packs.all()] == [""]
    assert page.sum.text() == f"SHA-256: {hub.sha256(PACK)}"
    assert parts(online) == []
    assert [asked.path for asked in hub.log] == [f"/cdn/{PACK}.sha256", f"/cdn/{PACK}"]


def test_one_with_another_checksum_is_not_installed(online, open_online, hub, qtbot) -> None:
    page = open_online
    ask_download(page, f"{hub.url}/cdn/{PACK}", "0" * 64)
    qtbot.waitUntil(lambda: "wrong checksum" in page.problem.text(), timeout=20_000)
    assert online.program.packs.all() == ()
    assert page.download_button.isEnabled()
    assert [asked.path for asked in hub.log] == [f"/cdn/{PACK}"]


def test_a_download_is_shown_and_stopped_and_goes_on(online, open_online, hub, qtbot) -> None:
    page, content = open_online, hub.files[PACK]
    half = len(content) // 2
    hub.answers = [Answer(stall=True, cut=half)]
    ask_download(page, f"{hub.url}/cdn/{PACK}", hub.sha256(PACK))
    qtbot.waitUntil(hub.stalled.is_set, timeout=20_000)
    qtbot.waitUntil(lambda: f"Fetching {PACK}" in page.progress.text.text(), timeout=20_000)
    folder = online.program.paths.models / PARTIAL
    qtbot.waitUntil(
        lambda: any(part.stat().st_size for part in folder.rglob(f"{PACK}.part")), timeout=20_000
    )
    page.progress.stop_button.click()
    qtbot.waitUntil(lambda: is_idle(online), timeout=20_000)
    hub.release()
    assert page.problem.text() == ""
    assert online.program.packs.all() == ()
    assert f"{PACK}.part" in parts(online)
    ask_download(page, f"{hub.url}/cdn/{PACK}", hub.sha256(PACK))
    qtbot.waitUntil(lambda: "Installed: version 1" in page.state.text(), timeout=20_000)
    assert hub.log[-1].range
    assert parts(online) == []


def test_an_address_that_may_not_be_fetched_from_is_said(online, open_online, hub) -> None:
    dialog = ask_download(open_online, "http://site.example/lampblack-torch-1.tar.xz")
    assert "no address that may be fetched from" in dialog.problem.text()
    assert dialog.isVisible()
    dialog.address.setText(f"{hub.url}/cdn/{PACK}")
    dialog.sum.setText("12")
    assert dialog.problem.text() == ""
    dialog.download_button.click()
    assert "64 hexadecimal digits" in dialog.problem.text()
    dialog.reject()
    assert hub.log == []


def test_nothing_is_downloaded_where_the_settings_forbid_it(studio, open_page) -> None:
    page = open_page()
    assert not page.download_button.isEnabled()  # this window was begun without the broker
    assert "start Lampblack again" in page.download_button.toolTip()
    studio.program.settings_store.change(network=False)
    page._show()
    assert "forbid the network" in page.download_button.toolTip()


def test_a_stop_waits_for_no_model_and_stops_none(tmp_path: Path, monkeypatch) -> None:
    with closing(Fetcher.start(tmp_path)) as fetcher:
        cancelled: list[bool] = []
        monkeypatch.setattr(fetcher, "cancel", lambda: cancelled.append(True))
        wanted = FileRequest(title=PACK, address="https://x.example", file=WantedFile(path=PACK))
        with fetcher._busy, pytest.raises(CancelledError):  # a model is fetched
            fetcher.fetch_file(wanted, lambda _event: None, lambda: True)
        fetcher.cancel_file()
        assert cancelled == []
