"""One document in two windows, and in another program."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.store import Recovery
from tests.ui.conftest import Studio
from tests.ui.history.test_history import open_file

TEXT = "It rained. The old cat slept all day."
READ_ONLY = (
    "novel.md is open in another window of Lampblack. So that no word is lost, it can only be read "
    "here."
)

MakeStudio = Callable[..., Studio]


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def windows(make_studio: MakeStudio, novel: Path, qtbot: QtBot) -> tuple[Studio, Studio]:
    """Two programs on one home; the file is open in the first, and then opened in the other."""
    first, second = make_studio(), make_studio()
    for studio in (first, second):
        studio.window.manuscript.begin()
        open_file(studio, qtbot, novel)
    return first, second


def press(studio: Studio, words: str) -> None:
    found = studio.window.page.banners.findChildren(QPushButton)
    next(one for one in found if one.text() == words).click()


def test_the_second_window_can_only_read(
    windows: tuple[Studio, Studio], qtbot: QtBot, tmp_path: Path, novel: Path
) -> None:
    first, second = windows
    assert first.banners == []
    assert second.banners == [READ_ONLY]
    editor = second.window.editor
    assert second.text == TEXT
    qtbot.keyClicks(editor, "Typed")
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    second.do("select_all")
    second.do("cut")
    second.do("paste")
    editor.insert_plain("Put.")
    editor.replace_text(0, 5, "Replaced.")
    second.window.page.find_bar.finder.replace_all()
    second.do("continue")
    assert second.worker.count_of("generate") == 0
    assert second.text == TEXT
    assert not second.window.isWindowModified()
    qtbot.keyClick(editor, Qt.Key.Key_Left)
    assert editor.caret < len(TEXT), "the keyboard still moves through the text"
    second.questions.save_answer = tmp_path / "mine.md"
    second.do("save")
    assert second.questions.asked == ["save novel.md"]
    assert second.window.documents.path == tmp_path / "mine.md"
    assert second.banners == []
    qtbot.keyClicks(editor, "!")
    assert "!" in second.text
    first.show(" First.")
    assert first.text == TEXT + " First."


def test_a_copy_is_a_text_of_its_own(windows: tuple[Studio, Studio], novel: Path) -> None:
    _first, second = windows
    press(second, "Open a Copy")
    assert second.banners == []
    assert second.window.documents.path is None
    assert second.window.isWindowModified()
    second.show(" Mine.")
    assert second.text == TEXT + " Mine."
    assert novel.read_text() == TEXT


@pytest.mark.qt_log_ignore("This plugin does not support raise", extend=True)
def test_the_other_window_is_called(
    windows: tuple[Studio, Studio], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = windows
    first.window.showMinimized()
    press(second, "Go There")
    qtbot.waitUntil(lambda: not first.window.isMinimized())
    qtbot.waitUntil(first.window.isActiveWindow)
    assert second.window.documents.path is None
    assert second.text == ""
    assert second.banners == []
    second.show("Something else.")
    assert second.text == "Something else."


def test_edited_in_both_what_one_saves_the_other_is_told(
    windows: tuple[Studio, Studio], qtbot: QtBot, novel: Path, make_studio: MakeStudio
) -> None:
    first, second = windows
    press(second, "Edit It Here")
    assert second.banners == []
    second.show(" Second.")
    first.show(" First.")
    second.do("save")
    qtbot.waitUntil(
        lambda: any("Which text is to stay?" in one for one in first.banners), timeout=10_000
    )
    assert first.text == TEXT + " First."
    assert novel.read_text() == TEXT + " Second."
    third = make_studio()
    third.window.open_paths([novel])
    assert third.banners == [READ_ONLY]


def test_what_the_first_saves_the_second_shows(
    windows: tuple[Studio, Studio], qtbot: QtBot
) -> None:
    first, second = windows
    first.show(" More.")
    first.do("save")
    qtbot.waitUntil(lambda: second.text == TEXT + " More.", timeout=10_000)
    assert second.banners == [READ_ONLY]
    assert second.window.editor.isReadOnly()
    assert not second.window.isWindowModified()


def test_when_the_first_ends_the_second_may_write(
    windows: tuple[Studio, Studio], qtbot: QtBot, novel: Path
) -> None:
    first, second = windows
    first.window.close()
    first.program.close()
    qtbot.waitUntil(lambda: not second.window.editor.isReadOnly(), timeout=10_000)
    assert second.banners == []
    second.show(" Mine.")
    second.do("save")
    assert novel.read_text() == TEXT + " Mine."


def test_a_window_that_was_killed_is_noticed(windows: tuple[Studio, Studio], qtbot: QtBot) -> None:
    first, second = windows
    looking = second.window.manuscript.elsewhere.looking
    assert looking.isActive()
    assert looking.interval() == 2000
    second.window.manuscript.elsewhere.close()  # nothing is told of the others
    looking.start(20)
    with qtbot.waitSignal(looking.timeout):
        pass
    assert second.window.editor.isReadOnly()
    lock = first.program.store.open_documents._lock
    assert lock is not None
    os.close(lock._handle)  # which is all that a killed program does
    lock._handle = -1
    qtbot.waitUntil(lambda: not second.window.editor.isReadOnly())
    assert not looking.isActive()
    assert second.banners == []


def test_after_another_document_it_is_free(
    make_studio: MakeStudio, novel: Path, tmp_path: Path
) -> None:
    first, second = make_studio(), make_studio()
    first.window.open_paths([novel])
    first.do("new")
    second.window.open_paths([novel])
    assert second.banners == []
    link = tmp_path / "link.md"
    link.symlink_to(novel)
    first.window.open_paths([link])
    assert len(first.banners) == 1
    first.do("new")
    assert first.banners == []
    first.show("Free.")
    assert first.text == "Free."


def test_after_a_save_it_is_still_known(make_studio: MakeStudio, novel: Path) -> None:
    first, second = make_studio(), make_studio()
    first.window.open_paths([novel])
    first.show(" More.")
    first.do("save")
    same = novel.with_name("same.md")
    same.hardlink_to(novel)
    second.window.open_paths([same])
    assert second.window.editor.isReadOnly()


def test_a_recovered_text_is_never_only_read(
    make_studio: MakeStudio, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = make_studio(), make_studio()
    first.window.open_paths([novel])
    recovery = Recovery(id="x", path=str(novel), text=TEXT + " Lost?", changed_at=0)
    assert second.window.documents.restore(recovery)
    assert second.text == TEXT + " Lost?"
    assert second.banners == ["novel.md is open in another window of Lampblack as well."]
    second.show(" More.")
    assert second.text == TEXT + " Lost? More."


@pytest.mark.parametrize(
    ("name", "program"),
    [(".~lock.novel.md#", "LibreOffice"), (".novel.md.swp", "Vim"), (".#novel.md", "Emacs")],
)
def test_another_program_that_has_it_open_is_named(
    studio: Studio, novel: Path, name: str, program: str
) -> None:
    novel.with_name(name).symlink_to("user@host.1234:1")
    studio.window.open_paths([novel])
    assert studio.banners == [
        f"novel.md seems to be open in {program}, too. What is changed there is noticed here."
    ]
    assert not studio.window.editor.isReadOnly()
