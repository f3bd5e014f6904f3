"""The report of provenance in the window, and saved from there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.ui.provenance.report_dialog import ProvenanceDialog
from tests.ui.conftest import Studio


def open_report(studio: Studio, qtbot: QtBot) -> ProvenanceDialog:
    studio.window.generation.take_log.takes("", "")  # waits until the takes are kept
    studio.do("provenance")
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), ProvenanceDialog))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ProvenanceDialog)
    return dialog


@pytest.fixture
def written(studio: Studio) -> None:
    QTest.keyClicks(studio.window.editor, "Mine it is. ")
    studio.do("continue")
    studio.stream("It rained.")
    studio.done()
    studio.do("accept")


@pytest.mark.usefixtures("written")
def test_a_page_without_a_file_has_a_report(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = open_report(studio, qtbot)
    shown = dialog.page.toPlainText().split("\n")
    assert shown[2:10] == [
        *("Part", "Words", "Typed", "Generated"),
        *("Untitled", "5", "3 (60 %)", "2 (40 %)"),
    ]
    for suffix in ("html", "md", "json"):
        dialog.save_to(tmp_path / f"report.{suffix}")
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["total"]["typed"] == 3
    assert "<td" in (tmp_path / "report.html").read_text("utf-8")
    assert "| Untitled | 5 |" in (tmp_path / "report.md").read_text("utf-8")
    dialog.save_to(tmp_path / "none" / "report.md")
    assert "cannot be written" in studio.banners[-1]
    dialog.reject()


@pytest.mark.usefixtures("written")
def test_a_name_without_a_format_gets_the_chosen_one(
    studio: Studio, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [(str(tmp_path / "v. 2"), "Markdown (*.md)"), ("", "")]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_asked: answers.pop(0))
    dialog = open_report(studio, qtbot)
    dialog.save.click()
    dialog.save.click()  # and does nothing where no file is chosen
    assert [path.name for path in tmp_path.glob("v*")] == ["v. 2.md"]
    dialog.reject()


def test_a_scene_has_the_report_of_its_book(studio: Studio, qtbot: QtBot, tmp_path: Path) -> None:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text("There before.\n")
    (folder / "two.md").write_text("And this.\n")
    entries = (
        BookEntry(kind="chapter", file="one.md", title="One"),
        BookEntry(kind="chapter", file="two.md", title="Two"),
    )
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    studio.window.manuscript.books.open(folder)
    studio.window.open_paths([folder / "two.md"])
    qtbot.waitUntil(lambda: studio.window.manuscript.provenance.is_idle)
    QTest.keyClicks(studio.window.editor, "New ")  # and is not saved
    dialog = open_report(studio, qtbot)
    shown = dialog.page.toPlainText().split("\n")
    assert shown[6:18] == [
        *("One", "2", "0 (0 %)", "2 (100 %)"),
        *("Two", "3", "1 (33 %)", "2 (67 %)"),
        *("The whole", "5", "1 (20 %)", "4 (80 %)"),
    ]
    dialog.reject()
