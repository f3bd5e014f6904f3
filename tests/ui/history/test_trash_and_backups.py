"""The trash and the store's backups in the window: nothing is lost, and all of it comes back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from app.core.store.backups import back_up
from app.ui.history.backups_dialog import BackupsDialog
from app.ui.history.trash_dialog import TrashDialog
from tests.ui.conftest import Studio

Make = Callable[..., Studio]
DAY = date(2026, 11, 28)


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    path.write_bytes("It rained. 雨\r\n".encode())
    return path


def open_trash(studio: Studio, qtbot: QtBot) -> TrashDialog:
    studio.do("trash")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TrashDialog)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    return dialog


def open_backups(studio: Studio, qtbot: QtBot) -> BackupsDialog:
    studio.do("backups")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, BackupsDialog)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    return dialog


def press(studio: Studio, words: str) -> None:
    """Press the button of a banner."""
    for banner in studio.window.page.banners.banners():
        for button in banner.buttons:
            if button.text() == words:
                button.click()
                return
    raise AssertionError(words)


def test_the_document_on_the_page_goes_and_is_put_back(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    studio.window.open_paths([novel])
    studio.do("trash_document")
    assert not novel.exists()
    assert studio.text == ""
    assert studio.window.documents.name == "Untitled"
    assert str(novel) not in studio.program.settings.recent_files
    assert any("is in the trash" in text for text in studio.banners)
    press(studio, "Put It Back")
    assert novel.read_bytes() == "It rained. 雨\r\n".encode()
    assert studio.window.documents.path == novel
    assert studio.text == "It rained. 雨\n"
    assert studio.program.store.trash.documents() == ()


def test_changes_are_asked_about_before_the_document_goes(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    studio.window.open_paths([novel])
    studio.show("Changed.")
    studio.questions.unsaved_answer = "cancel"
    studio.do("trash_document")
    assert novel.exists()
    assert studio.text.endswith("Changed.")


def test_a_text_in_no_file_has_none_to_delete(studio: Studio) -> None:
    studio.show("Not saved.")
    studio.do("trash_document")
    assert studio.text == "Not saved."
    assert "in no file" in studio.window.status.currentMessage()


def test_what_is_in_the_trash_is_read_restored_and_deleted(
    studio: Studio, qtbot: QtBot, tmp_path: Path, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trash = studio.program.store.trash
    dialog = open_trash(studio, qtbot)
    assert "is empty" in dialog.intro.text()
    assert not dialog.restore.isVisible()
    dialog.reject()
    other, picture = tmp_path / "other.txt", tmp_path / "picture.png"
    other.write_text("Other.", "utf-8")
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\xff\xfe")
    for path in (picture, other, novel):
        trash.put(path)
    dialog = open_trash(studio, qtbot)
    assert dialog.list.item(0).text().startswith("novel.md\ndeleted ")
    assert dialog.preview.toPlainText().startswith("It rained. 雨")
    dialog.list.setCurrentRow(2)
    qtbot.waitUntil(lambda: "not a text" in dialog.preview.toPlainText())
    novel.write_text("in the way", "utf-8")
    dialog.list.setCurrentRow(0)
    dialog.restore.click()
    assert any("already a file" in text for text in studio.banners)
    assert novel.read_text("utf-8") == "in the way"
    assert dialog.list.count() == 3
    to = tmp_path / "novel again.md"
    studio.questions.save_answer = to
    dialog.restore_as.click()
    assert to.read_bytes() == "It rained. 雨\r\n".encode()
    assert dialog.list.count() == 2
    pressed: list[str] = []

    def answer(box: QMessageBox) -> int:
        pressed.append(box.text())
        names = ["Cancel", "Delete for Ever"]
        for button in box.findChildren(QPushButton):
            if button.text().replace("&", "") == names[len(pressed) - 1]:
                button.click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    dialog.list.setCurrentRow(0)
    dialog.delete.click()
    assert len(trash.documents()) == 2
    dialog.delete.click()
    assert [one.name for one in trash.documents()] == ["picture.png"]
    assert pressed == ["Delete “other.txt” for ever?"] * 2
    dialog.restore.click()
    assert picture.exists()
    assert "is empty" in dialog.intro.text()


def test_what_is_old_goes_at_the_start(make_studio: Make, qtbot: QtBot, novel: Path) -> None:
    studio = make_studio()
    studio.program.store.trash.put(novel)
    studio.program.store._run(
        lambda one: bool(one.execute("UPDATE trash SET deleted_at = deleted_at - 31 * 86400")),
        False,
    )
    studio.window.manuscript.begin()
    qtbot.waitUntil(lambda: studio.window.manuscript.trash._background.is_idle)
    assert studio.program.store.trash.documents() == ()


def test_a_backup_is_restored_while_one_writes(studio: Studio, qtbot: QtBot) -> None:
    program = studio.program
    dialog = open_backups(studio, qtbot)
    assert "no backup yet" in dialog.intro.text()
    dialog.reject()
    program.store.take_snapshot("/a", "Of yesterday.", "saved")
    program.store.flush()
    assert back_up(program.paths.store_file, program.paths.backups, DAY)
    studio.window.editor.insert_plain("Typed since.")
    dialog = open_backups(studio, qtbot)
    assert "1 document with versions\n1 version\n0 takes" in dialog.preview.toPlainText()
    with qtbot.waitSignal(dialog.restored):
        dialog.restore.click()
    assert "replaced-1" in dialog.preview.toPlainText()
    dialog.reject()
    studio.window.editor.insert_plain(" And on.")
    program.store.flush()
    journal = studio.window.documents.journal
    assert program.store.problems == ()
    read = program.store._run(
        lambda one: one.execute("SELECT count(*) FROM journal WHERE id = ?", (journal,)).fetchone(),
        None,
    )
    assert read == (1,)


def test_a_damaged_backup_cannot_be_restored(studio: Studio, qtbot: QtBot) -> None:
    paths = studio.program.paths
    paths.backups.mkdir(parents=True)
    (paths.backups / "store-2026-11-28.sqlite").write_bytes(b"SQLite format 3\0" + bytes(5000))
    dialog = open_backups(studio, qtbot)
    assert "is damaged" in dialog.preview.toPlainText()
    assert not dialog.restore.isEnabled()


@pytest.mark.parametrize("choice", ["Restore It", "Begin Empty"])
def test_a_good_backup_is_offered_after_damage(
    make_studio: Make, qtbot: QtBot, choice: str
) -> None:
    studio = make_studio()
    store, paths = studio.program.store, studio.program.paths
    store.take_snapshot("/a", "Of yesterday.", "saved")
    store.flush()
    assert back_up(paths.store_file, paths.backups, DAY)
    store.begin("", "Not saved.")
    store.flush()
    damage(studio)
    backups = studio.window.manuscript.backups
    backups.begin()
    qtbot.waitUntil(lambda: backups._background.is_idle)
    assert any("The backup of" in text for text in studio.banners)
    press(studio, choice)
    qtbot.waitUntil(lambda: backups._background.is_idle)
    assert len(store.snapshots("/a")) == (choice == "Restore It")
    assert store.repair.damaged() == ()


def test_without_a_backup_what_can_be_read_is_offered(make_studio: Make, qtbot: QtBot) -> None:
    studio = make_studio()
    store = studio.program.store
    store.take_snapshot("/a", "Of today.", "saved")
    store.flush()
    damage(studio)
    backups = studio.window.manuscript.backups
    backups.begin()
    qtbot.waitUntil(lambda: backups._background.is_idle)
    assert any("no good backup" in text for text in studio.banners)
    press(studio, "Take It Over")
    qtbot.waitUntil(lambda: backups._background.is_idle)
    assert [store.snapshot_text(one.id) for one in store.snapshots("/a")] == ["Of today."]


def damage(studio: Studio) -> None:
    """The store's table of marks is damaged, which the next opening finds."""
    store, path = studio.program.store, studio.program.paths.store_file
    root = store._run(
        lambda one: one.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'kept_here'"
        ).fetchone(),
        None,
    )
    assert root is not None

    def work() -> None:
        with path.open("rb+") as file:
            file.seek((root[0] - 1) * 4096)
            file.write(bytes(4096))

    store._thread.call(lambda: store._database.closed(work), None)
    store.flush()
    assert len(store.repair.damaged()) == 1
