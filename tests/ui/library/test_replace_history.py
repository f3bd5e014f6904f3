"""What was replaced in many texts can be had back for ever, also by a program that starts later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.store import Store
from app.ui.history.dialog import HistoryDialog
from app.ui.library.search_controller import SearchController
from tests.ui.conftest import Studio
from tests.ui.library.searching import TEXTS, preview, settle, type_words


def restore(studio: Studio, qtbot: QtBot, path: Path) -> None:
    """Restore what a file was before the replacement, in the history's window, and save it."""
    studio.window.open_paths([path])
    qtbot.waitUntil(lambda: studio.window.history._background.is_idle)
    studio.do("history")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HistoryDialog)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    rows = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    before = [row for row, text in enumerate(rows) if "before replacing in many files" in text]
    dialog.list.setCurrentRow(before[0])
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    dialog.restore.click()
    studio.do("save")


def test_each_text_is_restored_from_its_history_after_a_restart(
    search: SearchController,
    qtbot: QtBot,
    studio: Studio,
    make_studio: Callable[..., Studio],
    files: list[Path],
) -> None:
    type_words(search, qtbot, "keeper")
    preview(search, qtbot, "guard").replace.click()
    settle(search, qtbot)
    studio.do("save")
    assert all("keeper" not in path.read_text("utf-8").lower() for path in files)
    studio.window.close()
    again = make_studio()
    for path in files:
        restore(again, qtbot, path)
    assert [path.read_bytes().decode() for path in files] == list(TEXTS.values())


def test_the_page_has_a_version_that_is_never_thinned(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    store = studio.program.store
    qtbot.waitUntil(lambda: bool(store.snapshots(str(files[0]))))
    assert [one.cause for one in store.snapshots(str(files[0]))] == ["opened"]
    type_words(search, qtbot, "keeper")
    preview(search, qtbot, "guard").replace.click()
    settle(search, qtbot)
    (version,) = store.snapshots(str(files[0]))
    assert version.cause == "replace"
    assert store.snapshot_text(version.id) == TEXTS["one.md"]


def test_without_a_version_the_page_is_not_changed(
    search: SearchController,
    qtbot: QtBot,
    studio: Studio,
    files: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Store, "keep_snapshot", lambda *_arguments: False)
    type_words(search, qtbot, "keeper")
    preview(search, qtbot, "guard").replace.click()
    settle(search, qtbot)
    assert studio.text == TEXTS["one.md"]
    assert [path.read_bytes().decode() for path in files] == list(TEXTS.values())
    assert any("no version of it as it is now could be kept" in one for one in studio.banners)
