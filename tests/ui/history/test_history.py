"""The history of the document on the page: what is kept when, shown how, and put back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.store import Recovery
from app.core.store.backups import backups
from app.ui.editor.manuscript import units
from app.ui.history.dialog import HistoryDialog
from app.ui.history.difference_view import DifferenceView
from tests.ui.conftest import Studio


@pytest.fixture
def novel(tmp_path: Path) -> Path:
    path = tmp_path / "novel.md"
    path.write_text("It rained. The old cat slept all day.", encoding="utf-8")
    return path


def open_file(studio: Studio, qtbot: QtBot, path: Path) -> None:
    """Open a file and wait until what it was before was looked for."""
    studio.window.open_paths([path])
    qtbot.waitUntil(lambda: studio.window.history._background.is_idle)


def versions(studio: Studio, document: str = "") -> list[tuple[str, str]]:
    store, name = studio.program.store, document or studio.window.documents.marked_as
    return [(one.cause, store.snapshot_text(one.id)) for one in store.snapshots(name)]


def open_dialog(studio: Studio, qtbot: QtBot) -> HistoryDialog:
    studio.do("history")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, HistoryDialog)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    return dialog


def mark(view: DifferenceView, text: str) -> None:
    """Select the only place of `text` in the field."""
    shown = view.toPlainText()
    start = units(shown[: shown.index(text)])
    cursor = QTextCursor(view.document())
    cursor.setPosition(start)
    cursor.setPosition(start + len(text), QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)


def test_versions_are_kept_as_one_works(studio: Studio, qtbot: QtBot, novel: Path) -> None:
    open_file(studio, qtbot, novel)
    opened = ("opened", "It rained. The old cat slept all day.")
    assert versions(studio) == [opened]
    studio.do("continue")  # nothing changed since
    studio.stream(" Then")
    studio.done()
    assert versions(studio) == [opened]
    studio.do("retry")
    studio.stream(" But")
    studio.done()
    studio.do("save")
    assert versions(studio) == [
        opened,
        ("rewrite", " ThenIt rained. The old cat slept all day."),
        ("saved", " ButIt rained. The old cat slept all day."),
    ]
    assert studio.text == " ButIt rained. The old cat slept all day."


@pytest.mark.parametrize("is_closed", [False, True])
def test_what_is_saved_before_a_renamed_file_is_known_comes_after_its_history(
    make_studio: Callable[..., Studio],
    studio: Studio,
    qtbot: QtBot,
    novel: Path,
    is_closed: bool,
) -> None:
    open_file(studio, qtbot, novel)
    studio.do("new")
    opened = novel.read_text("utf-8")
    moved = novel.rename(novel.with_name("moved.md"))
    assert studio.window.documents.open_path(moved)
    studio.window.editor.move_caret(0)
    studio.window.editor.insert_plain("Then. ")
    studio.do("save")
    history = studio.window.history
    if is_closed:
        studio.window.close()
    else:
        qtbot.waitUntil(lambda: history._background.is_idle)
    kept = studio.program.store.snapshots(str(moved))
    texts = [studio.program.store.snapshot_text(one.id) for one in kept]
    assert texts == [opened, "Then. " + opened]
    assert kept[-1].cause == "saved"
    assert not studio.program.store.has_history(str(novel))


def test_an_hour_of_work_is_kept(studio: Studio) -> None:
    hourly = studio.window.history.hourly
    assert not hourly.isActive()
    assert hourly.interval() == 3_600_000
    studio.show("One.")
    assert hourly.isActive()
    hourly.timeout.emit()
    assert not hourly.isActive()
    hourly.timeout.emit()
    assert versions(studio) == [("hourly", "One.")]
    studio.show(" Two.")
    assert hourly.isActive()


def test_the_history_goes_along_to_other_names(studio: Studio, tmp_path: Path) -> None:
    studio.show("One.")
    studio.do("continue")
    studio.done()
    for name in ("a.md", "b.md"):
        studio.questions.save_answer = tmp_path / name
        studio.show(f" {name}.")
        studio.do("save_as")
    assert [text for _cause, text in versions(studio, str(tmp_path / "a.md"))] == [
        "One.",
        "One. a.md.",
    ]
    assert versions(studio) == [
        ("generation", "One."),
        ("saved", "One. a.md."),
        ("saved", "One. a.md. b.md."),
    ]


def test_a_recovered_text_has_its_history_again(studio: Studio) -> None:
    journal = studio.program.store.begin("", "")
    studio.program.store.take_snapshot(journal, "Once.", "generation")
    assert studio.window.documents.restore(
        Recovery(id=journal, path="", text="Once more.", changed_at=0)
    )
    assert versions(studio) == [("generation", "Once.")]


def test_a_version_is_compared_and_restored_as_one_step(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    open_file(studio, qtbot, novel)
    studio.show(" It was late.")
    studio.do("save")
    editor = studio.window.editor
    start = editor.manuscript.text().index("old ")
    editor.setTextCursor(editor.cursor_at(start, start + 4))
    editor.insert_plain("")
    before = studio.text
    dialog = open_dialog(studio, qtbot)
    assert dialog.list.count() == 2
    assert dialog.list.item(0).text().endswith("saved · 11 words · +3 −0")
    dialog.list.setCurrentRow(1)
    qtbot.waitUntil(lambda: dialog._background.is_idle)
    assert dialog.view.toPlainText() == "It rained. The old cat slept all day. It was late."
    looks = {}
    for word in ("rained", "old", "late"):
        mark(dialog.view, word)
        shape = dialog.view.textCursor().charFormat()
        looks[word] = (shape.fontStrikeOut(), shape.fontUnderline())
        assert dialog.restore_marked.isEnabled() == (word != "rained")
    assert looks == {"rained": (False, False), "old": (True, False), "late": (False, True)}
    dialog.restore.click()
    assert studio.text == "It rained. The old cat slept all day."
    assert versions(studio)[-1] == ("restore", before)
    studio.do("undo")
    assert studio.text == before
    studio.do("redo")
    assert studio.text == "It rained. The old cat slept all day."


def test_a_marked_passage_is_restored_alone(studio: Studio, qtbot: QtBot, novel: Path) -> None:
    novel.write_text(
        "😀 One two. " + "Nothing changes here, 我爱写作. " * 60 + "Three four.", "utf-8"
    )
    open_file(studio, qtbot, novel)
    editor = studio.window.editor
    whole = studio.text
    for word in ("two", "four"):
        start = units(studio.text[: studio.text.index(word)])
        editor.setTextCursor(editor.cursor_at(start, start + len(word)))
        editor.insert_plain("")
    dialog = open_dialog(studio, qtbot)
    shown = dialog.view.toPlainText()
    assert "words without a change" in shown
    assert len(shown) < len(whole) / 2
    mark(dialog.view, "four")
    dialog.restore_marked.click()
    assert studio.text == whole.replace("two", "")
    studio.do("undo")
    assert studio.text == whole.replace("two", "").replace("four", "")


def test_a_text_that_changed_meanwhile_is_left_alone(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    open_file(studio, qtbot, novel)
    studio.show(" More.")
    dialog = open_dialog(studio, qtbot)
    studio.show(" And more.")
    dialog.restore.click()
    assert studio.text.endswith(" More. And more.")
    assert "changed meanwhile" in studio.window.status.currentMessage()


def test_without_versions_it_says_when_one_is_kept(studio: Studio, qtbot: QtBot) -> None:
    dialog = open_dialog(studio, qtbot)
    assert dialog.intro.text().startswith("No version of this document is kept yet.")
    assert not dialog.halves.isVisible()
    assert not dialog.restore.isVisible()


def test_a_renamed_file_finds_its_history(
    make_studio: Callable[..., Studio], qtbot: QtBot, novel: Path
) -> None:
    studio = make_studio()
    open_file(studio, qtbot, novel)
    studio.show(" More.")
    studio.do("save")
    before = versions(studio)
    moved = novel.with_name("other.md")
    novel.rename(moved)
    studio.do("new")
    open_file(studio, qtbot, moved)
    assert studio.window.documents.path == moved
    assert versions(studio) == before
    assert str(novel) in studio.window.status.currentMessage()
    assert versions(studio, str(novel)) == []


def test_a_copy_has_the_history_of_what_it_was_copied_from(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    open_file(studio, qtbot, novel)
    copy = novel.with_name("copy.md")
    copy.write_bytes(novel.read_bytes())
    open_file(studio, qtbot, copy)
    text = "It rained. The old cat slept all day."
    assert versions(studio) == [("opened", text), ("opened", text)]
    assert versions(studio, str(novel)) == [("opened", text)]


def test_a_file_that_is_only_alike_is_asked_about(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    novel.write_text("".join(f"Sentence number {n}.\n" for n in range(40)), encoding="utf-8")
    open_file(studio, qtbot, novel)
    (earlier,) = versions(studio)
    other = novel.with_name("other.md")
    other.write_text(novel.read_text("utf-8") + "One more sentence.\n", encoding="utf-8")
    novel.unlink()
    open_file(studio, qtbot, other)
    assert len(versions(studio)) == 1
    (banner,) = studio.window.page.banners.banners()
    assert str(novel) in banner.text
    banner.buttons[0].click()
    assert versions(studio)[0] == earlier
    assert len(versions(studio)) == 2
    unlike = novel.with_name("third.md")
    unlike.write_text("Something else. Altogether.", encoding="utf-8")
    open_file(studio, qtbot, unlike)
    assert studio.window.page.banners.banners() == []


def test_the_store_is_backed_up_once_a_day(studio: Studio, qtbot: QtBot) -> None:
    history, folder = studio.window.history, studio.program.paths.backups
    studio.program.store.flush()
    for _ in range(2):
        history.begin()
        qtbot.waitUntil(lambda: history._background.is_idle)
        assert len(backups(folder)) == 1
    assert studio.banners == []


def test_the_command_line_hands_out_what_the_window_keeps(
    studio: Studio, qtbot: QtBot, novel: Path
) -> None:
    """The real program beside the open window, on the same store."""
    open_file(studio, qtbot, novel)
    studio.show(" It was late.")
    studio.do("save")
    (opened, _saved) = studio.program.store.snapshots(str(novel))
    target = novel.with_name("restored.md")
    words = ["history", str(novel), "--restore", str(opened.id), "--to", str(target)]
    done = subprocess.run(
        [sys.executable, "-m", "app", *words], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert target.read_text("utf-8") == "It rained. The old cat slept all day."
    assert novel.read_text("utf-8") == "It rained. The old cat slept all day. It was late."
