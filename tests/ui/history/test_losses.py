"""A text that would lose much of its file, saved in the real window."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.store import snapshots
from app.ui.history.dialog import HistoryDialog
from tests.ui.conftest import Studio
from tests.ui.history.test_history import open_file, versions

LONG = "It rained. The old cat slept all day, and nobody came."


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    path.write_text(LONG, encoding="utf-8")
    return path


def empty_page(studio: Studio) -> None:
    studio.window.editor.selectAll()
    studio.window.editor.insert_plain("")


def test_an_emptied_text_is_kept_before_it_is_saved(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    open_file(studio, qtbot, novel)
    empty_page(studio)
    studio.do("save")
    assert novel.read_text() == ""
    assert versions(studio) == [("shortened", LONG), ("saved", "")]
    assert studio.banners == [
        "novel.md has become much shorter. What it held before is kept in the history."
    ]
    studio.window.page.banners.banners()[0].buttons[0].click()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HistoryDialog)
    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    dialog.restore.click()
    assert studio.text == LONG
    studio.do("save")
    assert novel.read_text() == LONG
    assert studio.banners == []


def test_the_banner_goes_with_its_document(studio: Studio, qtbot: QtBot, novel: Path) -> None:
    open_file(studio, qtbot, novel)
    empty_page(studio)
    studio.do("save")
    assert len(studio.banners) == 1
    studio.do("new")
    assert studio.banners == []


def test_the_file_stays_where_the_history_cannot_be_written(
    studio: Studio, qtbot: QtBot, novel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_file(studio, qtbot, novel)
    works = snapshots.take

    def refuse(*_arguments: object) -> int:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(snapshots, "take", refuse)
    empty_page(studio)
    studio.show("Short.")
    studio.do("save")
    assert novel.read_text() == LONG
    assert studio.window.isWindowModified()
    said = "novel.md was not saved, for what it holds now could not be kept in the history."
    assert any(said in banner for banner in studio.banners)
    studio.questions.save_answer = tmp_path / "other.md"
    studio.do("save_as")
    assert (tmp_path / "other.md").read_text() == "Short."
    monkeypatch.setattr(snapshots, "take", works)
    assert novel.read_text() == LONG


def test_what_another_program_wrote_is_kept_when_it_is_saved_over(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    open_file(studio, qtbot, novel)
    novel.write_text("Theirs, from elsewhere.", encoding="utf-8")
    studio.show(" Mine.")
    studio.questions.overwrite_answer = True
    studio.do("save")
    assert novel.read_text() == LONG + " Mine."
    assert versions(studio)[1:] == [
        ("outside", "Theirs, from elsewhere."),
        ("saved", LONG + " Mine."),
    ]
    assert studio.banners[-1] == (
        "What novel.md held before it was saved over is kept in the history."
    )


def test_an_untitled_text_that_is_saved_over_a_file_keeps_both_pasts(
    studio: Studio, novel: Path
) -> None:
    studio.show("Untitled text.")
    studio.window.history.take("generation")
    studio.show(" And more.")
    studio.questions.save_answer, studio.questions.overwrite_answer = novel, True
    studio.do("save")
    assert sorted(versions(studio)) == [
        ("generation", "Untitled text."),
        ("outside", LONG),
        ("saved", "Untitled text. And more."),
    ]
