"""A file that another program changes, deletes or moves while it is open in the real window."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.core.documents import file_watch
from app.core.store import snapshots
from app.ui.editor.manuscript import units
from app.ui.history import outside
from app.ui.history.comparison import ComparisonDialog
from tests.ui.conftest import Studio
from tests.ui.history.test_history import open_file, versions

MINE = "It rained. The old cat slept all day."
THEIRS = "It snowed. The old cat slept all day, and dreamed."


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    path.write_text(MINE, encoding="utf-8")
    return path


@pytest.fixture
def open_novel(studio: Studio, novel: Path, qtbot: QtBot) -> Studio:
    """A window in which the file is open and watched."""
    studio.window.manuscript.begin()
    open_file(studio, qtbot, novel)
    return studio


def write(path: Path, text: str) -> None:
    """As most editors and programs that share folders do."""
    other = path.with_name("other.tmp")
    other.write_text(text, encoding="utf-8")
    other.replace(path)


def told(studio: Studio, qtbot: QtBot, words: str) -> str:
    """Wait until a banner says it, for two seconds at most from when it is called."""
    qtbot.waitUntil(lambda: any(words in one for one in studio.banners), timeout=10_000)
    return next(one for one in studio.banners if words in one)


def press(studio: Studio, words: str) -> None:
    """Press a banner's button."""
    found = studio.window.page.banners.findChildren(QPushButton)
    next(one for one in found if one.text() == words).click()


def compare(studio: Studio) -> ComparisonDialog:
    press(studio, "Both Side by Side…")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ComparisonDialog)
    return dialog


def test_an_untouched_text_is_loaded_when_asked_for(
    open_novel: Studio, qtbot: QtBot, novel: Path
) -> None:
    studio, editor = open_novel, open_novel.window.editor
    editor.move_caret(len("It rained. The"))
    began = time.monotonic()
    write(novel, THEIRS)
    told(studio, qtbot, "Another program has changed novel.md. Words there: 10, here: 8.")
    assert time.monotonic() - began < 2
    assert studio.text == MINE
    press(studio, "Load It")
    assert studio.text == THEIRS
    assert not studio.window.isWindowModified()
    assert studio.banners == []
    assert versions(studio) == [("replaced", MINE), ("outside", THEIRS)]
    studio.do("undo")
    assert studio.text == MINE
    assert studio.window.isWindowModified()
    studio.do("redo")
    assert not studio.window.isWindowModified()
    studio.show(" More.")
    studio.do("save")
    assert novel.read_text() == THEIRS + " More."
    assert studio.questions.asked == []


@pytest.mark.parametrize("most", [0, 2, 300])
def test_many_places_are_one_step_and_the_caret_stays(
    open_novel: Studio, qtbot: QtBot, novel: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(outside, "_MOST_PLACES", most)
    studio, editor = open_novel, open_novel.window.editor
    mine = "".join(f"Sentence {n} 😀 stays here. " for n in range(40))
    studio.show(mine)
    studio.do("save")
    both = studio.text
    place = both.index("Sentence 20")
    editor.move_caret(units(both[:place]))
    theirs = both.replace("Sentence 3 ", "一 ").replace("Sentence 30 😀 stays here. ", "")
    theirs = theirs.replace("It rained. ", "") + "End. 😀"
    write(novel, theirs)
    told(studio, qtbot, "Another program")
    press(studio, "Load It")
    assert studio.text == theirs
    if most == 300:
        assert studio.text[len(studio.window.editor.manuscript.text(0, editor.caret)) :].startswith(
            "Sentence 20"
        )
    studio.do("undo")
    assert studio.text == both
    studio.do("redo")
    assert studio.text == theirs
    assert not studio.window.isWindowModified()


@pytest.mark.parametrize("answer", ["Take Theirs", "Keep Mine"])
def test_both_have_changed_it(open_novel: Studio, qtbot: QtBot, novel: Path, answer: str) -> None:
    studio = open_novel
    studio.show(" It was late.")
    write(novel, THEIRS)
    told(studio, qtbot, "and you have changed it here. Which text is to stay?")
    press(studio, answer)
    both = {MINE + " It was late.", THEIRS}
    if answer == "Take Theirs":
        assert studio.text == THEIRS
        assert not studio.window.isWindowModified()
        assert {text for _cause, text in versions(studio)} >= both
        studio.do("undo")
    assert studio.text == MINE + " It was late."
    assert studio.window.isWindowModified()
    studio.do("save")
    assert novel.read_text() == MINE + " It was late."
    assert {text for _cause, text in versions(studio)} >= both
    assert studio.questions.asked == []


def test_mine_stays_unsaved_and_is_recovered_after_a_crash(
    open_novel: Studio, qtbot: QtBot, novel: Path, make_studio: Callable[..., Studio]
) -> None:
    studio = open_novel
    write(novel, THEIRS)
    told(studio, qtbot, "Another program")
    press(studio, "Keep Mine")
    assert studio.window.isWindowModified()
    studio.program.store.close()  # as if it had been killed: the journal was not ended
    again = make_studio()
    assert [one.text for one in again.program.store.recoverable()] == [MINE]


def test_both_are_shown_side_by_side(open_novel: Studio, qtbot: QtBot, novel: Path) -> None:
    studio = open_novel
    write(novel, THEIRS)
    told(studio, qtbot, "Another program")
    dialog = compare(studio)
    assert studio.banners == []
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    assert (dialog.theirs.toPlainText(), dialog.mine.toPlainText()) == (THEIRS, MINE)
    dialog.reject()
    told(studio, qtbot, "Another program")
    assert studio.text == MINE
    dialog = compare(studio)
    dialog.take_theirs.click()
    assert studio.text == THEIRS
    assert studio.banners == []


def test_our_own_saves_are_no_news(open_novel: Studio, qtbot: QtBot, novel: Path) -> None:
    studio = open_novel
    for word in (" One.", " Two."):
        studio.show(word)
        studio.do("save")
    watching = studio.window.manuscript.outside
    found = list[object]()
    watching._bridge.arrived.connect(found.append)
    write(novel, "A signal that it was looked at.")
    told(studio, qtbot, "Another program")
    assert len(found) == 1


def test_what_comes_to_the_same_is_taken_over_in_silence(
    open_novel: Studio, qtbot: QtBot, novel: Path
) -> None:
    studio = open_novel
    studio.show(" More.")
    write(novel, MINE + " More.")
    qtbot.waitUntil(lambda: not studio.window.isWindowModified(), timeout=10_000)
    assert studio.banners == []
    studio.show(" And more.")
    studio.do("save")
    assert studio.questions.asked == []


def test_a_deleted_file_is_written_again(open_novel: Studio, qtbot: QtBot, novel: Path) -> None:
    studio = open_novel
    novel.unlink()
    told(studio, qtbot, "Another program deleted or moved novel.md. Its text is still here")
    assert studio.text == MINE
    assert studio.window.isWindowModified()
    press(studio, "Save Now")
    assert novel.read_text() == MINE
    assert not studio.window.isWindowModified()
    assert studio.banners == []


def test_a_file_that_comes_back_is_saved_again(
    open_novel: Studio, qtbot: QtBot, novel: Path, tmp_path: Path
) -> None:
    studio = open_novel
    novel.unlink()
    told(studio, qtbot, "deleted")
    novel.write_text(MINE, encoding="utf-8")
    qtbot.waitUntil(lambda: studio.banners == [], timeout=10_000)
    assert not studio.window.isWindowModified()


def test_a_renamed_file_is_followed_with_all_that_belongs_to_it(
    open_novel: Studio, qtbot: QtBot, novel: Path
) -> None:
    studio, place = open_novel, novel.with_name("chapter.md")
    studio.do("keep_here")
    studio.show(" More.")
    studio.do("save")
    watching = studio.window.manuscript.outside
    qtbot.waitUntil(lambda: watching.device is not None)
    novel.rename(place)
    told(studio, qtbot, f"novel.md was moved or renamed by another program. It is {place} now.")
    assert studio.window.isWindowModified()
    press(studio, "Go Along")
    assert studio.window.documents.path == place
    assert studio.window.windowTitle() == "chapter.md[*] — Lampblack"
    assert not studio.window.isWindowModified()
    assert studio.window.kept_here.is_on
    assert studio.program.store.is_kept_here(str(place))
    assert [text for _cause, text in versions(studio)][-1] == MINE + " More."
    assert studio.program.settings.recent_files == (str(place),)
    studio.show(" Again.")
    studio.do("save")
    assert place.read_text() == MINE + " More. Again."
    assert not novel.exists()
    write(place, THEIRS)
    told(studio, qtbot, "Another program has changed chapter.md")


def test_what_is_no_text_any_more_is_told(open_novel: Studio, qtbot: QtBot, novel: Path) -> None:
    novel.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(100))
    told(open_novel, qtbot, "it cannot be read as a text now. Yours is still here.")
    assert open_novel.text == MINE


def test_nothing_is_replaced_where_the_history_refuses(
    open_novel: Studio, qtbot: QtBot, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = open_novel

    def refuse(*_arguments: object) -> int:
        raise apsw.FullError("database or disk is full")

    studio.show(" Mine.")
    write(novel, THEIRS)
    told(studio, qtbot, "Another program")
    studio.program.store.flush()
    monkeypatch.setattr(snapshots, "take", refuse)
    press(studio, "Take Theirs")
    assert studio.text == MINE + " Mine."
    told(studio, qtbot, "Nothing was replaced: the history cannot be written.")
    monkeypatch.undo()
    press(studio, "Take Theirs")
    assert studio.text == THEIRS


def test_another_document_is_not_asked_about(
    open_novel: Studio, qtbot: QtBot, novel: Path, tmp_path: Path
) -> None:
    studio, other = open_novel, tmp_path / "other.md"
    other.write_text("Other.", encoding="utf-8")
    write(novel, THEIRS)
    told(studio, qtbot, "novel.md")
    studio.window.open_paths([other])
    assert studio.banners == []
    write(other, "Another.")
    told(studio, qtbot, "other.md")
    studio.do("new")
    assert studio.window.manuscript.outside._watch is None


def test_a_dead_folder_does_not_keep_the_window_waiting(
    open_novel: Studio, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answers, waits = threading.Event(), threading.Event()
    real = file_watch._signature

    def hang(path: Path) -> file_watch.Signature:
        waits.set()
        assert answers.wait(30)
        return real(path)

    monkeypatch.setattr(file_watch, "_signature", hang)
    assert waits.wait(10)
    watch = open_novel.window.manuscript.outside._watch
    assert watch is not None
    began = time.monotonic()
    open_novel.do("new")
    assert time.monotonic() - began < 1
    answers.set()
    watch._thread.join(10)
