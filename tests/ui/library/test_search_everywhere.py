"""Search in everything, in the real window, over real files and the real store."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.store import TakeRecord
from app.ui.generation.takes_dialog import TakesDialog
from app.ui.library.replace_dialog import ReplaceDialog
from app.ui.library.results import HIT_ROLE, ResultsModel
from app.ui.library.search_controller import SearchController
from app.ui.library.search_page import SearchPage
from tests.ui.conftest import Studio
from tests.ui.library.searching import TEXTS, preview, settle, type_words


def listed(page: SearchPage | ReplaceDialog) -> list[tuple[str, list[str]]]:
    model: ResultsModel = page.model
    rows = []
    for row in range(model.rowCount()):
        top = model.index(row, 0)
        places = [
            model.index(number, 0, top).data(Qt.ItemDataRole.AccessibleTextRole)
            for number in range(model.rowCount(top))
        ]
        rows.append((top.data(), places))
    return rows


def press(search: SearchController, row: int, number: int) -> None:
    """Press a place in the list with the mouse."""
    view, model = search.page.list, search.page.model
    index = model.index(number, 0, model.index(row, 0))
    view.scrollTo(index)
    place = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_every_text_is_found_as_one_types(search: SearchController, qtbot: QtBot) -> None:
    type_words(search, qtbot, "keeper")
    assert listed(search.page) == [
        ("one.md", ["The keeper slept."]),
        ("two.md", ["😀 Nobody saw the keeper 在北京 go."]),
        ("three.txt", ["Keepers all, said the keeper."] * 2),
    ]
    assert search.page.count.text() == "4 places in 3 texts"
    type_words(search, qtbot, "北京")
    assert [title for title, _places in listed(search.page)] == ["two.md"]
    assert search.page.model.index(0, 0, search.page.model.index(0, 0)).data(HIT_ROLE).found == (
        "北京"
    )
    type_words(search, qtbot, "nowhere")
    assert search.page.count.text() == "Nothing found."
    type_words(search, qtbot, "")
    assert search.page.count.text().startswith("Searches in this text")


def test_options_say_how_words_are_meant(search: SearchController, qtbot: QtBot) -> None:
    type_words(search, qtbot, "Keeper")
    search.page.switches.case.click()
    settle(search, qtbot)
    assert listed(search.page) == [("three.txt", ["Keepers all, said the keeper."])]
    search.page.switches.case.click()
    search.page.switches.whole.click()
    settle(search, qtbot)
    assert search.page.count.text() == "3 places in 3 texts"
    search.page.switches.whole.click()
    search.page.switches.pattern.click()
    type_words(search, qtbot, r"k\w+s\b")
    assert listed(search.page) == [("three.txt", ["Keepers all, said the keeper."])]
    type_words(search, qtbot, "(")
    assert search.page.problem.text().startswith("This is no regular expression")
    assert not listed(search.page)


def test_an_endless_expression_leaves_the_window_alive(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    studio.show("a" * 64)
    search.page.switches.pattern.click()
    search.page.line.setText("(a+)+b")
    qtbot.waitUntil(lambda: not search.page._timer.isActive())
    assert not search.finder.is_idle
    search.page.switches.pattern.click()
    type_words(search, qtbot, "lamp")
    assert [title for title, _places in listed(search.page)] == ["one.md"]


def test_the_page_is_searched_as_it_is_now(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    studio.show("The keeper woke. ", caret=0)
    type_words(search, qtbot, "keeper")
    assert listed(search.page)[0] == (
        "one.md",
        ["The keeper slept.", "The lamp went out.The keeper woke."],
    )


def test_a_press_opens_the_text_and_selects_the_place(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    type_words(search, qtbot, "keeper")
    press(search, 1, 0)
    assert studio.window.documents.path == files[1]
    assert studio.window.editor.selected_text() == "keeper"
    assert studio.window.editor.selection == (18, 24)
    settle(search, qtbot)
    assert listed(search.page)[0][0] == "one.md"


def test_the_list_stays_as_one_goes_from_text_to_text(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    type_words(search, qtbot, "keeper")
    page = search.page
    page.list.collapse(page.model.index(1, 0))
    studio.show(" The keeper woke.")
    studio.do("save")
    press(search, 2, 1)
    settle(search, qtbot)
    assert studio.window.documents.path == files[2]
    assert len(listed(page)[0][1]) == 2  # what was saved was read, and is listed
    current = page.list.currentIndex()
    assert (current.parent().data(), current.row()) == ("three.txt", 1)
    assert not page.list.isExpanded(page.model.index(1, 0))
    press(search, 0, 1)  # which was on the page when it was found
    assert studio.window.documents.path == files[0]
    assert studio.window.editor.selected_text() == "keeper"
    assert studio.window.editor.caret > 30


def test_a_place_that_moved_is_found_again(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    type_words(search, qtbot, "lamp")
    editor = studio.window.editor
    editor.move_caret(0)
    editor.insert_plain("Before it all 雨😀. ")
    press(search, 0, 0)
    assert editor.selected_text() == "lamp"
    editor.selectAll()
    editor.insert_plain("Nothing.")
    press(search, 0, 0)
    assert studio.window.status.currentMessage() == "This place is not in the text any more."


def test_selected_words_are_searched_for(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    editor = studio.window.editor
    editor.setTextCursor(editor.cursor_at(4, 10))
    studio.do("search_all")
    settle(search, qtbot)
    assert search.page.line.text() == "keeper"
    assert len(listed(search.page)) == 3


def test_saved_and_changed_files_are_read_again(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    type_words(search, qtbot, "harbour")
    assert not listed(search.page)
    studio.show(" A harbour.")
    studio.do("save")
    files[1].write_text("A harbour, too.")
    studio.window.open_paths([files[2]])
    settle(search, qtbot)
    assert [title for title, _places in listed(search.page)] == ["one.md", "two.md"]
    files[1].unlink()
    search.follow()
    settle(search, qtbot)
    assert [title for title, _places in listed(search.page)] == ["one.md"]


def test_takes_are_shown_with_model_and_date(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    studio.program.store.add_take(
        TakeRecord(text="The keeper dreams.", model="/m/Tiny.gguf", created_at=1e9)
    )
    search.follow()
    type_words(search, qtbot, "dreams")
    ((title, places),) = listed(search.page)
    assert title.startswith("Take by Tiny, ")
    assert "2001" in title
    assert places == ["The keeper dreams."]
    assert not search.page.replace_button.isEnabled()
    press(search, 0, 0)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, TakesDialog)
    assert dialog.text() == "The keeper dreams."
    dialog.reject()
    search.page.takes.click()
    settle(search, qtbot)
    assert not listed(search.page)


def contents(files: list[Path]) -> list[str]:
    return [path.read_bytes().decode() for path in files]


def test_replacing_is_shown_done_and_put_back(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    before = contents(files)
    type_words(search, qtbot, "keeper")
    dialog = preview(search, qtbot, "guard")
    assert (
        listed(dialog)[2]
        == (
            "three.txt",
            ["Keepers → guards all, said the keeper.", "Keepers all, said the keeper → guard."],
        )
        or listed(dialog)[2][1][1] == "Keepers all, said the keeper → guard."
    )
    top = dialog.model.index(2, 0)
    first = dialog.model.index(0, 0, top)
    dialog.model.setData(first, Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert top.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.PartiallyChecked
    assert dialog.replace.text() == "Replace 3 Places"
    assert contents(files) == before
    dialog.replace.click()
    settle(search, qtbot)
    assert contents(files)[1:] == [
        "😀 Nobody saw the guard 在北京 go.",
        "Keepers all, said the guard.\r\n",
    ]
    assert studio.text == "The guard slept.\n\nThe lamp went out."
    assert studio.window.documents.is_modified
    assert contents(files)[0] == before[0]
    for path in files[1:]:
        versions = studio.program.store.snapshots(str(path))
        assert versions[-1].cause == "replace"
    (banner,) = studio.window.page.banners.banners()
    assert banner.text == ("Replaced 3 places in 3 texts. History has each text as it was before.")
    search.replacer.put_back()
    settle(search, qtbot)
    assert contents(files) == before
    assert studio.text == before[0]
    assert "Everything is as it was before." in studio.banners


def test_the_page_is_one_step_back(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    studio.show(" The keeper.")
    type_words(search, qtbot, "the")
    preview(search, qtbot, "THE").replace.click()
    settle(search, qtbot)
    assert studio.text == "THE keeper slept.\n\nTHE lamp went out. THE keeper."
    studio.do("undo")
    assert studio.text == "The keeper slept.\n\nThe lamp went out. The keeper."
    search.replacer.put_back()
    settle(search, qtbot)
    assert any("text on the page has changed" in banner for banner in studio.banners)
    assert contents(files)[1:] == [text for name, text in TEXTS.items() if name != "one.md"]


def test_what_was_changed_since_is_said_and_left(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    type_words(search, qtbot, "keeper")
    preview(search, qtbot, "guard").replace.click()
    settle(search, qtbot)
    files[1].write_text("Mine.")
    search.replacer.put_back()
    settle(search, qtbot)
    assert files[1].read_text() == "Mine."
    assert files[2].read_bytes().decode() == TEXTS["three.txt"]
    assert any("two.md has changed since" in banner for banner in studio.banners)


def test_a_broken_disk_leaves_the_search_in_memory(
    search: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    search.finder.lock()
    settle(search, qtbot)
    index = studio.program.paths.search_index
    for path in index.parent.glob("search.sqlite*"):
        path.unlink()
    index.mkdir()
    search.follow()
    settle(search, qtbot)
    search.follow()
    settle(search, qtbot)
    type_words(search, qtbot, "keeper")
    assert len(listed(search.page)) == 3


def test_the_window_closes_while_texts_are_read(studio: Studio, tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"{number}.txt").write_text("rain " * 2000)
    names = tuple(str(tmp_path / f"{number}.txt") for number in range(30))
    studio.program.settings_store.change(recent_files=names)
    studio.do("search_all")
    studio.window.manuscript.search.page.line.setText("rain")
    studio.window.close()


# Books


@pytest.fixture
def books(studio: Studio, qtbot: QtBot, tmp_path: Path) -> SearchController:
    """Two books, of which the second is open, with its chapters out of the order of names."""
    for title, chapters in (("Sea", ("a.md", "b.md")), ("Lamp", ("2.md", "1.md", "out.md"))):
        folder = tmp_path / title
        folder.mkdir()
        for name in chapters:
            (folder / name).write_text(f"The keeper of {name}.")
        entries = tuple(BookEntry(file=name, is_included=name != "out.md") for name in chapters)
        (folder / BOOK_FILE).write_bytes(encode_book(Book(title=title, entries=entries)))
        assert studio.window.manuscript.books.open(folder)
    studio.do("search_all")
    controller = studio.window.manuscript.search
    settle(controller, qtbot)
    return controller


def test_books_are_found_in_their_order_the_open_one_first(
    books: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    type_words(books, qtbot, "keeper")
    assert [title for title, _places in listed(books.page)] == [
        "2 · Lamp", "1 · Lamp", "out · Lamp", "a · Sea", "b · Sea",
    ]  # fmt: skip
    press(books, 3, 0)
    assert studio.window.documents.name == "a.md"
    assert studio.window.editor.selected_text() == "keeper"


def test_the_words_of_the_book_stand_beside_those_of_the_scene(
    books: SearchController, qtbot: QtBot, studio: Studio
) -> None:
    def shown(words: str) -> None:
        qtbot.waitUntil(lambda: studio.window.status.words.text() == words)

    shown("5 words · 10 in the book")
    studio.show(" And more.")
    shown("7 words · 12 in the book")
    studio.window.editor.selectAll()
    shown("7 of 7 words · 12 in the book")


def test_a_lock_takes_what_was_found_away(books: SearchController, qtbot: QtBot) -> None:
    type_words(books, qtbot, "keeper")
    books.lock()
    settle(books, qtbot)
    assert not listed(books.page)
    assert books.page.line.text() == ""
    assert books.finder._index is None


def test_while_the_writer_types_no_text_is_read_for_the_index(
    search: SearchController, qtbot: QtBot, studio: Studio, files: list[Path]
) -> None:
    """Reading a novel takes the interpreter away from the keys for most of a second."""
    search.page.hide()
    finder = search.finder
    for file in files[1:]:
        file.write_text("The owl woke.", "utf-8")
    studio.show("a")
    search.follow()
    qtbot.waitUntil(lambda: finder._tasks.is_idle)
    assert finder._waiting == [str(file) for file in files[1:]]
    assert not finder.is_idle
    search.page.show()
    type_words(search, qtbot, "owl")
    assert not finder._waiting
    assert [title for title, _places in listed(search.page)] == ["two.md", "three.txt"]


def test_texts_are_read_one_at_a_time_also_where_it_was_to_wait(
    search: SearchController, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A question need not wait for more than one."""
    finder, begun = search.finder, list[object]()
    monkeypatch.setattr(finder._tasks, "run", lambda *work: begun.append(work))
    monkeypatch.setattr(finder, "_waiting", ["/a.md", "/b.md", "/c.md"])
    finder.go_on()
    assert not begun
    for _ in range(2):
        finder.give_way()
        finder.go_on()
    assert len(begun) == 1
    finder._on_read("/a.md", 3)
    assert len(begun) == 2
