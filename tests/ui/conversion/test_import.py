"""File → Import: what was found, and where it goes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.conversion import import_process
from app.core.conversion.export import render, titled
from app.core.conversion.looks.profiles import PROFILES
from app.core.conversion.markdown_reader import read_markdown
from app.ui.conversion.import_dialog import ImportDialog
from tests.ui.conftest import Studio
from tests.ui.conversion.conftest import SOURCE, Desk


def book(path: Path, source: str = SOURCE) -> Path:
    text = titled(read_markdown(source), "The Lamp: a/b", "Jane Doe", "en")
    path.write_bytes(render(text, path.suffix, PROFILES[0], datetime(2026, 11, 28, tzinfo=UTC)))
    return path


def read(qtbot: QtBot) -> ImportDialog:
    """The open dialog, when its file is read."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ImportDialog)
    assert not dialog.take.isEnabled() or dialog.background.is_idle
    qtbot.waitUntil(lambda: dialog.background.is_idle, timeout=20_000)
    return dialog


@pytest.mark.parametrize("suffix", [".docx", ".odt", ".epub"])
def test_a_dropped_novel_comes_in_as_a_book(
    desk: Desk, qtbot: QtBot, tmp_path: Path, suffix: str
) -> None:
    desk.studio.window.editor.files_dropped.emit([book(tmp_path / f"a{suffix}")])
    dialog = read(qtbot)
    assert dialog.summary.text() == "The Lamp: a/b by Jane Doe\n2 chapters · 13 words"
    assert [dialog.list.item(row).text() for row in range(2)] == [
        "01 One · 11 words",
        "02 Two · 2 words",
    ]
    assert dialog.many.isChecked()
    assert Path(dialog.folder.text()) == tmp_path / "The Lamp a b"
    dialog.take.click()
    qtbot.waitUntil(lambda: desk.studio.window.documents.path is not None, timeout=10_000)
    assert desk.studio.window.documents.path == tmp_path / "The Lamp a b" / "01 One.md"
    assert desk.studio.text.startswith("# One\n\nHe said “so”[^1].")
    assert desk.studio.banners == [f"The chapters are in {tmp_path / 'The Lamp a b'}."]
    contents = desk.studio.window.manuscript.books.book.contents
    assert contents is not None
    assert (contents.book.title, contents.book.author) == ("The Lamp: a/b", "Jane Doe")
    assert [entry.file for entry in contents.book.entries] == ["01 One.md", "02 Two.md"]


def test_a_text_comes_in_as_one_new_document(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    desk.questions.file_answer = book(tmp_path / "a.docx", "Only ![x](y) *this*.\n")
    desk.studio.do("import")
    dialog = read(qtbot)
    assert dialog.one.isChecked()
    assert not dialog.folder.isEnabled()
    dialog.take.click()
    assert desk.studio.text == "Only x *this*."
    assert desk.studio.window.documents.path is None
    assert desk.studio.window.documents.is_modified
    assert desk.studio.questions.asked == ["unsaved Untitled"]
    desk.studio.do("undo")
    assert desk.studio.text == ""


def test_a_novel_comes_in_as_one_document_where_that_is_wanted(
    desk: Desk, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.controller.import_file(book(tmp_path / "a.epub"))
    dialog = read(qtbot)
    dialog.one.setChecked(True)
    dialog.take.click()
    assert "The *second* scene.\n\n[^1]: A note.\n\n# Two\n\nEnd." in desk.studio.text


def test_nothing_is_written_over(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "02 Two.md").write_text("mine")
    desk.controller.import_file(book(tmp_path / "a.docx"))
    dialog = read(qtbot)
    desk.questions.folder_answer = folder
    dialog.choose.click()
    dialog.take.click()
    qtbot.waitUntil(lambda: dialog.background.is_idle)
    assert "already a file" in dialog.trouble.text()
    assert [(one.name, one.read_text()) for one in folder.iterdir()] == [("02 Two.md", "mine")]
    assert dialog.take.isEnabled()
    dialog.folder.setText(" ")
    dialog.take.click()
    assert dialog.trouble.text() == "Name the folder first."
    dialog.reject()


def test_what_cannot_be_read_is_a_sentence(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(b"no archive")
    desk.controller.import_file(path)
    dialog = read(qtbot)
    assert "a.docx cannot be imported: it is damaged" in dialog.trouble.text()
    assert not dialog.take.isEnabled()
    dialog.reject()
    assert desk.studio.text == SOURCE


def test_a_long_reading_can_be_given_up(
    desk: Desk, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = shutil.which("sleep")
    assert sleeper
    monkeypatch.setattr(import_process, "program_command", lambda _word: [sleeper, "60"])
    dialog = desk.controller.import_file(book(tmp_path / "a.docx"))
    assert dialog.progress.isVisible()
    with qtbot.waitSignal(dialog.finished):
        dialog.progress.stop_button.click()
    assert desk.studio.text == SOURCE


def test_a_file_named_at_the_start_waits_for_the_window(
    make_studio: Callable[..., Studio], qtbot: QtBot, tmp_path: Path
) -> None:
    studio = make_studio()
    studio.window.hide()
    studio.window.open_paths([book(tmp_path / "a.docx")])
    assert QApplication.activeModalWidget() is None
    studio.window.show()
    qtbot.waitUntil(lambda: QApplication.activeModalWidget() is not None)
    read(qtbot).reject()
