"""A book in the real window: opened, read, ordered, divided, joined, and taken back."""

from __future__ import annotations

import errno
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from app.core.books import steps
from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book, read_book
from app.core.books.contents import BookContents, LooseText
from app.core.documents import file_watch
from app.core.system.files import write_atomically
from app.ui.documents import document_files
from app.ui.library.books.model import TITLE, WORDS
from app.ui.library.books.page import BookPage
from app.ui.library.books.questions import BookQuestions
from tests.ui.conftest import Studio

_CHECK = Qt.ItemDataRole.CheckStateRole
_MOVE = Qt.DropAction.MoveAction
_ALT, _SHIFT = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier


class GivenAnswers(BookQuestions):
    """Answers as the test says."""

    folder_answer: Path | None = None
    make_answer = True
    title_answer: str | None = "New"
    made = 0
    asked_from = Path()

    def folder(self, start: Path, *, is_new: bool) -> Path | None:
        self.asked_from = start
        return self.folder_answer

    def make(self, folder: Path, texts: int) -> bool:
        self.made = texts
        return self.make_answer

    def title(self, kind: str) -> str | None:
        return self.title_answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text("# One\n\nIt rained all day.\n")
    (folder / "two.md").write_text("first paragraph\n\nsecond paragraph\n")
    (folder / "three.md").write_text("the end\n")
    (folder / "loose.md").write_text("loose\n")
    entries = (
        BookEntry(kind="chapter", file="one.md"),
        BookEntry(file="two.md", title="Storm", status="draft"),
        BookEntry(file="three.md", title="End"),
    )
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    return folder


@pytest.fixture
def studio(make_studio: Callable[..., Studio], folder: Path, qtbot: QtBot) -> Studio:
    studio = make_studio()
    books = studio.window.manuscript.books
    books.questions = books.edits.questions = GivenAnswers(studio.window)
    assert books.open(folder)
    qtbot.waitUntil(lambda: page(studio).total.text() == "11 words in the book")
    return studio


def page(studio: Studio) -> BookPage:
    found = studio.window.manuscript.books.page
    assert found is not None
    return found


def contents(studio: Studio) -> BookContents:
    found = studio.window.manuscript.books.book.contents
    assert found is not None
    return found


def answers(studio: Studio) -> GivenAnswers:
    found = studio.window.manuscript.books.questions
    assert isinstance(found, GivenAnswers)
    return found


def titles(studio: Studio) -> list[str]:
    return [page(studio).model.title(one) for one in range(len(contents(studio).book.entries))]


def files(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def press(
    studio: Studio,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """A key in the tree, as the system gives it: first as a shortcut, then as a key."""
    page(studio).tree.setFocus()
    QTest.keyClick(page(studio).tree, key, modifiers)


def click(studio: Studio, place: int) -> None:
    tree = page(studio).tree
    room = tree.visualRect(page(studio).model.index_of(place))
    point = QPoint(room.right() - 4, room.center().y())
    QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=point)


def test_a_book_is_opened_with_its_first_text_and_its_words(studio: Studio) -> None:
    assert studio.text == "# One\n\nIt rained all day.\n"
    assert titles(studio) == ["One", "Storm", "End"]
    assert studio.window.manuscript.bar.bar.isVisible()
    model = page(studio).model
    words = [
        model.index_of(place).siblingAtColumn(WORDS).data(Qt.ItemDataRole.DisplayRole)
        for place in range(3)
    ]
    assert words == ["11", "4", "2"]
    assert page(studio).tree.place == 0
    last = model.index(1, TITLE)
    assert model.data(last) == "Not in the book"
    assert model.data(model.index(0, TITLE, last)) == "loose.md"


def test_a_scene_is_saved_when_it_is_left_and_nothing_is_asked(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    studio.show("More.")
    click(studio, 1)
    assert studio.text.startswith("first paragraph")
    assert (folder / "one.md").read_text() == "# One\n\nIt rained all day.\nMore."
    assert studio.questions.asked == []
    assert studio.program.settings.recent_files == ()
    assert studio.window.editor.hasFocus()
    qtbot.waitUntil(lambda: page(studio).total.text() == "12 words in the book")
    press(studio, Qt.Key.Key_Down)
    press(studio, Qt.Key.Key_Return)
    assert studio.text == "the end\n"


def test_a_scene_that_cannot_be_saved_stays_and_is_asked_about(
    studio: Studio, folder: Path
) -> None:
    studio.show("More.")
    (folder / "one.md").write_text("theirs")
    studio.questions.unsaved_answer = "cancel"
    click(studio, 1)
    assert studio.text.endswith("More.")
    assert (folder / "one.md").read_text() == "theirs"
    assert studio.questions.asked[-1] == "unsaved one.md"


def test_keys_bring_into_order_and_undo_takes_it_back(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "app.ui.library.books.edits.announce", lambda _tree, text: told.append(text)
    )
    before = (folder / BOOK_FILE).read_bytes()
    page(studio).tree.select(2)
    press(studio, Qt.Key.Key_Up, _ALT)
    assert titles(studio) == ["One", "End", "Storm"]
    assert page(studio).tree.place == 1
    assert told == ["End: 1 of 2, in One"]
    press(studio, Qt.Key.Key_Left, _ALT)
    assert read_book(folder).book.entries[1].kind == "chapter"
    assert page(studio).undo_label.text() == "“End” was moved."
    press(studio, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    page(studio).undo_button.click()
    assert (folder / BOOK_FILE).read_bytes() == before
    assert page(studio).undo_button.isHidden()
    assert studio.text == "# One\n\nIt rained all day.\n", "Undo is the tree's, not the page's"


def test_dragging_puts_a_branch_or_a_loose_text_in_its_place(studio: Studio, folder: Path) -> None:
    model = page(studio).model
    data = model.mimeData([model.index_of(2)])
    assert not model.dropMimeData(data, _MOVE, 0, 0, model.index_of(0)), "nothing is removed"
    assert titles(studio) == ["One", "End", "Storm"]
    loose = model.index(0, TITLE, model.index(1, TITLE))
    model.dropMimeData(model.mimeData([loose]), _MOVE, -1, -1, model.index_of(0))
    assert titles(studio) == ["One", "End", "Storm", "loose"]
    assert read_book(folder).book.entries[3].file == "loose.md"
    chapter = model.mimeData([model.index_of(0)])
    model.dropMimeData(chapter, _MOVE, -1, -1, model.index_of(0))
    assert titles(studio) == ["One", "End", "Storm", "loose"], "not into itself"


def test_a_title_a_tick_a_status_and_notes_are_written_into_the_list(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    tree, model = page(studio).tree, page(studio).model
    model.setData(model.index_of(1), "Calm")
    model.setData(model.index_of(1), Qt.CheckState.Unchecked.value, _CHECK)
    studio.window.manuscript.books.edits.set_status(1, "done")
    tree.select(1)
    page(studio).notes.setPlainText("Check {0} dates.\nTwice.")
    tree.select(2)
    assert page(studio).notes.toPlainText() == ""
    assert read_book(folder).book.entries[1] == BookEntry(
        file="two.md", title="Calm", is_included=False, status="done",
        notes="Check {0} dates.\nTwice.",
    )  # fmt: skip
    assert model.data(model.index_of(1), _CHECK) == Qt.CheckState.Unchecked
    qtbot.waitUntil(lambda: page(studio).total.text() == "7 words in the book")
    description = model.data(model.index_of(1), Qt.ItemDataRole.AccessibleTextRole)
    assert description.startswith("Calm, Scene, Done, 4 words, Not included in the book, two.md")


def test_f2_lets_a_title_be_typed(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    page(studio).tree.select(1)
    page(studio).tree.setFocus()
    studio.do("rename_entry")
    (line,) = page(studio).tree.findChildren(QLineEdit)
    QTest.keyClicks(line, "Rain")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: read_book(folder).book.entries[1].title == "Rain")


@pytest.mark.qt_log_ignore("does not support (raise|grabbing)", extend=True)
def test_the_menu_does_what_it_says_with_the_entry_below_it(studio: Studio, folder: Path) -> None:
    tree, model = page(studio).tree, page(studio).model
    tree.select(1)
    tree.menu_asked.emit(tree.visualRect(model.index_of(1)).center())
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    found = {action.text().split("\t")[0]: action for action in menu.actions()}
    found["Rename…"].trigger()
    (line,) = tree.findChildren(QLineEdit)
    assert line.text() == "Storm"
    QTest.keyClick(line, Qt.Key.Key_Escape)
    found["Include in the Book"].trigger()
    found["Move Down"].trigger()
    menu.close()
    assert [(one.file, one.is_included) for one in read_book(folder).book.entries] == [
        ("one.md", True), ("three.md", True), ("two.md", False),
    ]  # fmt: skip


def test_a_scene_is_split_at_the_cursor_and_merged_again(studio: Studio, folder: Path) -> None:
    before = files(folder)
    click(studio, 1)
    studio.window.editor.move_caret(len("first paragraph"))
    studio.do("split_scene")
    assert studio.text == "second paragraph\n"
    assert titles(studio) == ["One", "Storm", "two 2", "End"]
    assert (folder / "two.md").read_text() == "first paragraph\n\n"
    assert page(studio).tree.place == 2
    click(studio, 1)
    studio.show("x")
    studio.do("merge_scene")
    assert studio.text == "first paragraph\n\nx\n\nsecond paragraph\n"
    assert titles(studio) == ["One", "Storm", "End"]
    assert not (folder / "two 2.md").exists()
    page(studio).undo_button.click()
    assert studio.text == "first paragraph\n\nx"
    assert (folder / "two 2.md").read_text() == "second paragraph\n"
    page(studio).undo_button.click()
    assert studio.banners[-1].startswith("This cannot be taken back any more")
    assert (folder / "two.md").read_text() == "first paragraph\n\nx"
    assert before["three.md"] == (folder / "three.md").read_bytes()


def test_an_encoding_that_was_chosen_holds_through_a_split_and_a_merge(
    studio: Studio, folder: Path
) -> None:
    text = "Привет.\n\nПока, друг.\n"
    (folder / "two.md").write_bytes(text.encode("koi8-r"))
    studio.window.documents.open_path(folder / "two.md", "koi8-r")
    studio.window.editor.move_caret(7)
    studio.do("split_scene")
    assert studio.text == "Пока, друг.\n"
    assert (folder / "two 2.md").read_bytes() == "Пока, друг.\n".encode("koi8-r")
    studio.window.manuscript.books.edits.merge(1)
    assert (folder / "two.md").read_bytes() == text.encode("koi8-r")
    assert studio.text == text


def test_what_a_merge_takes_away_is_in_the_trash_until_undo(studio: Studio, folder: Path) -> None:
    studio.window.manuscript.books.edits.merge(1)
    (kept,) = studio.program.store.trash.documents()
    assert kept.path == str(folder / "three.md")
    assert studio.program.store.trash.data(kept.id) == b"the end\n"
    page(studio).undo_button.click()
    assert (folder / "three.md").read_text() == "the end\n"
    assert studio.program.store.trash.documents() == ()


def test_a_split_where_one_side_is_empty_says_so(studio: Studio, folder: Path) -> None:
    before = files(folder)
    studio.window.editor.move_caret(0)
    studio.do("split_scene")
    assert "one of the two would be empty" in studio.banners[-1]
    assert files(folder) == before


def test_what_is_removed_leaves_the_page_and_comes_back(studio: Studio, folder: Path) -> None:
    before = files(folder)
    page(studio).tree.select(0)
    press(studio, Qt.Key.Key_Delete)
    assert titles(studio) == []
    assert sorted(files(folder)) == [BOOK_FILE, "loose.md"]
    assert studio.text == ""
    assert page(studio).undo_label.text() == "“One” was removed, with 3 texts."
    page(studio).undo_button.click()
    assert files(folder) == before
    assert titles(studio) == ["One", "Storm", "End"]


@pytest.mark.parametrize("undoes", [False, True])
def test_a_disk_that_refuses_leaves_each_text_and_its_history_where_it_was(
    studio: Studio, folder: Path, monkeypatch: pytest.MonkeyPatch, undoes: bool
) -> None:
    store, edits = studio.program.store, studio.window.manuscript.books.edits
    store.take_snapshot(str(folder / "three.md"), "the end\n", "opened")
    if undoes:
        edits.merge(1)
    before, real = files(folder), write_atomically

    def refuse(path: Path, data: bytes) -> None:
        if path.name == BOOK_FILE:
            raise OSError(errno.EIO, "Input/output error")
        real(path, data)

    monkeypatch.setattr(steps, "write_atomically", refuse)
    edits.undo() if undoes else edits.merge(1)
    assert "could not be changed: input/output error" in studio.banners[-1]
    assert files(folder) == before
    assert len(store.trash.documents()) == int(undoes)
    monkeypatch.undo()
    edits.undo() if undoes else edits.merge(1)
    edits.undo() if not undoes else None
    assert titles(studio) == ["One", "Storm", "End"]
    assert contents(studio).loose == (LooseText("loose.md"),)
    assert store.trash.documents() == ()
    assert [one.cause for one in store.snapshots(str(folder / "three.md"))] == ["opened"]


def test_new_entries_come_after_the_branch_that_is_selected(studio: Studio, folder: Path) -> None:
    tree, edits = page(studio).tree, studio.window.manuscript.books.edits
    tree.select(1)
    press(studio, Qt.Key.Key_Insert)
    assert titles(studio) == ["One", "Storm", "New", "End"]
    assert studio.window.documents.path == folder / "New.md"
    tree.select(1)
    press(studio, Qt.Key.Key_Insert, _SHIFT)
    assert titles(studio) == ["One", "Storm", "New", "End", "New"]
    assert read_book(folder).book.entries[4] == BookEntry(
        kind="chapter", file="New 2.md", title="New"
    )
    answers(studio).title_answer = ""
    edits.do("part")
    assert titles(studio)[5] == "Part 1"
    answers(studio).title_answer = None
    edits.do("scene")
    assert len(titles(studio)) == 6


def test_what_other_programs_do_is_noticed(studio: Studio, folder: Path, qtbot: QtBot) -> None:
    (folder / "three.md").unlink()
    (folder / "four.md").write_text("a b c")
    model, books = page(studio).model, studio.window.manuscript.books
    qtbot.waitUntil(lambda: contents(studio).missing == {"three.md"}, timeout=10_000)
    assert model.data(model.index_of(2)) == "End (missing)"
    assert [one.file for one in contents(studio).loose] == ["four.md", "loose.md"]
    click(studio, 2)
    assert studio.text.startswith("# One")
    books.edits.rename(0, "Uno")
    found = json.loads((folder / BOOK_FILE).read_text())
    found["entries"].append({"kind": "scene", "file": "four.md", "title": "Four"})
    (folder / BOOK_FILE).write_text(json.dumps(found))
    books.book.read_again()
    qtbot.waitUntil(lambda: titles(studio)[-1] == "Four")
    assert books.book.last == ""


def test_a_text_that_is_written_in_place_is_counted_again(
    studio: Studio, folder: Path, qtbot: QtBot
) -> None:
    with (folder / "three.md").open("a") as file:
        file.write("of it all\n")
    qtbot.waitUntil(lambda: page(studio).total.text() == "14 words in the book", timeout=10_000)


def test_a_folder_that_does_not_answer_keeps_only_threads_waiting(
    studio: Studio, folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, lets_go = threading.Event(), threading.Event()
    real, before = file_watch._signature, files(folder)
    books = studio.window.manuscript.books

    def hang(path: Path) -> file_watch.Signature:
        waits.set()
        assert lets_go.wait(30)
        return real(path)

    monkeypatch.setattr(file_watch, "STUCK_S", 0.05)
    monkeypatch.setattr(file_watch, "_signature", hang)
    qtbot.waitUntil(lambda: books.book.is_stuck)
    page(studio).tree.select(1)
    press(studio, Qt.Key.Key_Up, _ALT)
    books.edits.rename(1, "Mine")
    click(studio, 2)
    studio.do("split_scene")
    assert files(folder) == before
    assert titles(studio) == ["One", "Storm", "End"]
    assert studio.text.startswith("# One"), "no file was opened"
    assert set(studio.banners) == {
        "The folder of the book does not answer. Nothing was changed. Try again when its disk or "
        "network is there."
    }
    lets_go.set()
    qtbot.waitUntil(lambda: not books.book.is_stuck)
    books.edits.rename(1, "Mine")
    assert titles(studio) == ["One", "Mine", "End"]


def test_a_folder_whose_disk_is_dead_is_not_waited_for(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, lets_go = tmp_path / "dead" / "Novel", threading.Event()
    real = os.stat

    def hang(path: Path | str, *, follow_symlinks: bool = True) -> os.stat_result:
        if str(path).startswith(str(dead.parent)):
            assert threading.current_thread() is not threading.main_thread()
            assert lets_go.wait(30)
        return real(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(document_files, "ANSWER_S", 0.05)
    monkeypatch.setattr(os, "stat", hang)
    books, given = studio.window.manuscript.books, answers(studio)
    former = books.book.contents
    try:
        given.folder_answer = dead
        studio.do("open_book")
        studio.window.open_paths([dead])
        studio.program.settings_store.remember(recent_books=(str(dead),))
        given.folder_answer = None
        studio.do("open_book")
        assert given.asked_from == Path.home()
        studio.program.settings_store.change(recent_files=(str(dead / "one.md"),))
        studio.do("open")
        assert studio.questions.asked[-1] == f"open in {Path.home()}"
    finally:
        lets_go.set()
    assert books.book.contents is former
    assert set(studio.banners) == {"Novel cannot be opened: its folder does not answer."}


def test_a_change_of_another_program_is_not_overwritten(studio: Studio, folder: Path) -> None:
    theirs = encode_book(Book(title="Theirs", entries=(BookEntry(file="two.md"),)))
    (folder / BOOK_FILE).write_bytes(theirs)
    studio.window.manuscript.books.edits.rename(1, "Mine")
    assert "Another program has changed the list of the book" in studio.banners[-1]
    assert (folder / BOOK_FILE).read_bytes() == theirs
    assert titles(studio) == ["two"]
    assert page(studio).name.text() == "Theirs"


def test_the_book_and_its_scene_come_back_at_the_next_start(
    studio: Studio, make_studio: Callable[..., Studio], qtbot: QtBot
) -> None:
    click(studio, 1)
    studio.window.editor.move_caret(5)
    studio.window.close()
    again = make_studio()
    again.window.manuscript.begin()
    qtbot.waitUntil(lambda: again.text.startswith("first paragraph"))
    assert again.window.editor.caret == 5
    assert again.window.manuscript.bar.bar.isVisible()
    again.window.manuscript.books.close_book()
    again.window.close()
    third = make_studio()
    third.window.manuscript.begin()
    assert third.window.manuscript.books.book.contents is None


def test_it_stays_closed_where_that_is_set(
    studio: Studio, make_studio: Callable[..., Studio]
) -> None:
    studio.window.close()
    again = make_studio(reopen_book=False)
    again.window.manuscript.begin()
    assert again.window.manuscript.books.book.contents is None


def test_a_folder_of_texts_becomes_a_book_only_when_that_is_wanted(
    studio: Studio, tmp_path: Path
) -> None:
    given = answers(studio)
    plain = given.folder_answer = tmp_path / "plain"
    plain.mkdir()
    for name in ("10 b.md", "2 a.txt"):
        (plain / name).write_text(name)
    given.make_answer = False
    studio.do("open_book")
    assert given.made == 2
    assert sorted(files(plain)) == ["10 b.md", "2 a.txt"]
    given.make_answer = True
    studio.do("open_book")
    assert [one.file for one in read_book(plain).book.entries] == ["2 a.txt", "10 b.md"]
    assert studio.text == "2 a.txt"
    empty = given.folder_answer = tmp_path / "empty"
    empty.mkdir()
    studio.do("new_book")
    assert page(studio).first_button.isVisible()
    page(studio).first_button.click()
    assert studio.window.documents.path == empty / "New.md"
    assert (empty / BOOK_FILE).exists()
    assert studio.program.settings.recent_books[0] == str(empty)


def test_a_book_that_is_dropped_on_the_window_is_opened(
    make_studio: Callable[..., Studio], folder: Path
) -> None:
    studio = make_studio()
    studio.window.open_paths([folder])
    assert len(titles(studio)) == 3
    assert studio.text.startswith("# One")


def test_a_newer_book_is_left_alone_with_a_sentence(
    make_studio: Callable[..., Studio], tmp_path: Path
) -> None:
    studio = make_studio()
    (tmp_path / BOOK_FILE).write_text('{"lampblack_book": 99}')
    assert not studio.window.manuscript.books.open(tmp_path)
    assert "newer version of Lampblack" in studio.banners[-1]


def test_500_scenes_are_moved_quickly(studio: Studio, tmp_path: Path, qtbot: QtBot) -> None:
    big = tmp_path / "big"
    big.mkdir()
    entries = []
    for number in range(500):
        (big / f"{number}.md").write_text(f"scene {number} is here\n")
        entries.append(BookEntry(kind="scene" if number % 10 else "chapter", file=f"{number}.md"))
    (big / BOOK_FILE).write_bytes(encode_book(Book(entries=tuple(entries))))
    books = studio.window.manuscript.books
    books.open(big)
    qtbot.waitUntil(lambda: page(studio).total.text() == "2,000 words in the book", timeout=20_000)
    page(studio).tree.select(250)
    began = time.process_time()
    for _ in range(10):
        books.edits.do("down")
        QApplication.processEvents()
    assert time.process_time() - began < 3
    assert contents(studio).book.entries[350].file == "250.md"
