"""Files on a disk that does not answer in time: the window goes on, and the text is saved later."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.documents import text_files
from app.core.system import files
from app.ui.documents import document_files, save_retry
from tests.ui.conftest import Studio
from tests.ui.documents.saves import SAFE, TEXT, saved_by_itself, saving


class SlowDisk:
    """Keeps every write into a folder waiting until `answer`; `begun` counts them."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._answers, self.begun = threading.Event(), 0
        real = files._new_part

        def wait(target: Path) -> tuple[Path, int]:
            if target.parent == folder:
                self.begun += 1
                assert self._answers.wait(30)
            return real(target)

        monkeypatch.setattr(files, "_new_part", wait)
        monkeypatch.setattr(document_files, "ANSWER_S", 0.05)

    def answer(self) -> None:
        self._answers.set()


@pytest.fixture
def slow_disk(writing: Studio, novel: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowDisk]:
    """The first save has met a disk that does not answer."""
    monkeypatch.setattr(save_retry, "FIRST_MS", 60_000)
    monkeypatch.setattr(save_retry, "LONGEST_MS", 60_000)
    disk = SlowDisk(novel.parent, monkeypatch)
    writing.do("save")
    assert writing.banners == [f"novel.md could not be saved: its folder does not answer. {SAFE}"]
    assert novel.read_text() == TEXT
    yield disk
    disk.answer()


def test_a_save_that_is_answered_late_counts(
    writing: Studio, qtbot: QtBot, novel: Path, slow_disk: SlowDisk
) -> None:
    slow_disk.answer()
    saved_by_itself(writing, qtbot, novel)
    assert slow_disk.begun == 1
    writing.show(" The end.")
    writing.do("save")
    assert novel.read_text() == TEXT + " More. The end."
    assert writing.questions.asked == []


def test_what_is_written_while_the_disk_does_not_answer_is_saved_after_it(
    writing: Studio, qtbot: QtBot, novel: Path, slow_disk: SlowDisk
) -> None:
    writing.show(" The page still answers.")
    writing.do("save")
    assert slow_disk.begun == 1, "an older text never comes after a newer one"
    slow_disk.answer()
    saved_by_itself(writing, qtbot, novel)
    assert novel.read_text() == TEXT + " More. The page still answers."
    assert slow_disk.begun == 2
    assert writing.questions.asked == []


def test_another_place_is_not_left_for_a_late_answer(
    writing: Studio, qtbot: QtBot, novel: Path, tmp_path: Path, slow_disk: SlowDisk
) -> None:
    place = tmp_path / "elsewhere.md"
    writing.questions.save_answer = place
    writing.do("save_as")
    assert writing.banners == []
    writing.show(" Only here.")
    slow_disk.answer()
    qtbot.waitUntil(lambda: not writing.window.documents.files._waiting)
    assert writing.window.documents.path == place
    assert writing.window.isWindowModified()
    assert novel.read_text() == TEXT + " More."
    assert place.read_text() == TEXT + " More."


def test_the_window_stays_as_long_as_its_text_is_not_saved(
    writing: Studio, qtbot: QtBot, novel: Path, slow_disk: SlowDisk
) -> None:
    writing.questions.unsaved_answer = "save"
    assert not writing.window.close()
    slow_disk.answer()
    saved_by_itself(writing, qtbot, novel)
    assert writing.window.close()


def test_a_late_refusal_is_tried_again(
    writing: Studio, qtbot: QtBot, novel: Path, slow_disk: SlowDisk
) -> None:
    novel.write_text("Theirs, written meanwhile.", encoding="utf-8")
    novel.parent.rename(novel.parent.with_name("away"))
    slow_disk.answer()
    qtbot.waitUntil(lambda: not writing.window.documents.files._waiting)
    assert writing.window.isWindowModified()
    assert saving(writing).path == novel
    novel.parent.with_name("away").rename(novel.parent)
    saving(writing).timer.start(0)
    qtbot.waitUntil(lambda: saving(writing).path is None, timeout=15_000)
    assert novel.read_text() == "Theirs, written meanwhile."
    assert writing.text == TEXT + " More."


def test_a_file_that_is_not_answered_is_not_opened_and_not_forgotten(
    studio: Studio, novel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, real = threading.Event(), files.read_regular

    def wait(path: Path, limit: int) -> bytes:
        assert answers.wait(30)
        return real(path, limit)

    assert studio.window.documents.open_path(novel)
    studio.do("new")
    monkeypatch.setattr(text_files, "read_regular", wait)
    monkeypatch.setattr(document_files, "ANSWER_S", 0.05)
    for _ in range(2):
        assert not studio.window.documents.open_path(novel)
    assert not studio.window.documents.open_copy(novel)
    assert studio.text == ""
    assert set(studio.banners) == {"novel.md cannot be opened: its folder does not answer."}
    assert studio.program.settings.recent_files == (str(novel),)
    answers.set()
    monkeypatch.setattr(document_files, "ANSWER_S", 30.0)
    assert studio.window.documents.open_path(novel)
    assert studio.text == TEXT
