"""A whole book is summarised in parts, with links into all of its texts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.ui.rewrites.notes import Note, NotesPage
from tests.ui.conftest import Studio

RAIN = "It rained on Monday in the harbour of 雨.\n\nNobody went out to the boats.\n"
STORM = "😀 A storm came.\n\nThe lighthouse keeper lit the lamp.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text(RAIN)
    (folder / "two.md").write_text(STORM)
    (folder / "left out.md").write_text("Left out.")
    entries = (
        BookEntry(kind="chapter", file="one.md"),
        BookEntry(file="two.md"),
        BookEntry(file="left out.md", is_included=False),
    )
    (folder / BOOK_FILE).write_bytes(encode_book(Book(title="The Sea", entries=entries)))
    return folder


@pytest.fixture
def book(make_studio: Callable[..., Studio], folder: Path) -> Studio:
    """A window with the book, of which the first text is on the page."""
    studio = make_studio()
    assert studio.window.manuscript.books.open(folder)
    return studio


def page_of(studio: Studio) -> NotesPage:
    page: NotesPage = studio.window.manuscript.rewrites.notes
    return page


def settle(studio: Studio, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: studio.window.manuscript.notes.is_idle)


def begin(studio: Studio, qtbot: QtBot) -> None:
    asked = studio.worker.count_of("generate")
    studio.do("summarise_book")
    qtbot.waitUntil(lambda: studio.worker.count_of("generate") == asked + 1)


def said(studio: Studio) -> str:
    content: str = studio.worker.last("generate")[1]["messages"][-1].content
    return content


def summarised(studio: Studio, qtbot: QtBot) -> Note:
    """The book's note, once its sentences are linked."""
    begin(studio, qtbot)
    studio.stream("Rain fell on Monday in the harbour.")
    studio.done()
    studio.stream("A keeper lit the lighthouse lamp.")
    studio.done()
    studio.stream("It rained on Monday in the harbour. The keeper lit the lamp of the lighthouse.")
    studio.done()
    note = page_of(studio).notes[0]
    qtbot.waitUntil(lambda: bool(note.sentences))
    return note


def test_every_text_is_read_and_then_the_summaries(book: Studio, qtbot: QtBot) -> None:
    begin(book, qtbot)
    assert "It rained on Monday" in said(book)
    assert "storm" not in said(book)
    assert "Part 1 of 2" in book.window.status.progress_text.text()
    book.stream("Rain fell.")
    book.done()
    assert "A storm came" in said(book)
    assert "rained" not in said(book)
    assert page_of(book).notes[0].text == "Rain fell."
    book.stream("A storm.")
    book.done()
    assert "Rain fell.\n\nA storm." in said(book)
    book.stream("Rain and storm.")
    book.done()
    (note,) = page_of(book).notes
    assert (note.text, note.title) == ("Rain and storm.", "The Sea")
    assert "Left out" not in note.passage
    assert page_of(book).isVisible()
    assert book.window.editor.manuscript.text() == RAIN


def test_the_page_as_it_is_now_is_summarised(book: Studio, qtbot: QtBot) -> None:
    book.window.editor.move_caret(0)
    book.window.editor.insert_plain("Unsaved. ")
    begin(book, qtbot)
    assert "Unsaved. It rained" in said(book)


def test_links_lead_into_every_text(book: Studio, folder: Path, qtbot: QtBot) -> None:
    note = summarised(book, qtbot)
    page_of(book).source_button.click()
    assert book.window.editor.selected_text() == "It rained on Monday in the harbour of 雨."
    path = folder / "two.md"
    path.write_text("Before it all, something new stands here.\n\n" + STORM)
    (storm,) = note.sentences[1].passages
    assert storm.file == str(path)
    page_of(book).passage_asked.emit(storm)
    assert book.window.documents.path == path
    assert book.window.editor.selected_text() == "The lighthouse keeper lit the lamp."
    settle(book, qtbot)
    assert [one.text for one in page_of(book).notes] == [note.text]  # beside each text of the book
    path.write_text("Nothing of it.")
    book.do("new")
    settle(book, qtbot)
    page_of(book).passage_asked.emit(storm)
    assert "not in the text any more" in book.window.status.currentMessage()


def test_it_is_there_again_where_the_book_is_opened_after_its_text(
    book: Studio, make_studio: Callable[..., Studio], folder: Path, qtbot: QtBot
) -> None:
    note = summarised(book, qtbot)
    book.window.close()
    book.program.store.flush()
    again = make_studio()
    assert again.window.documents.open_path(folder / "two.md")
    settle(again, qtbot)
    assert page_of(again).notes == []
    assert again.window.manuscript.books.open(folder)
    settle(again, qtbot)
    assert [(one.text, one.owner) for one in page_of(again).notes] == [(note.text, str(folder))]


def test_it_belongs_to_the_book_and_can_be_deleted(book: Studio, folder: Path, qtbot) -> None:
    summarised(book, qtbot)
    kept = book.program.store.kept_notes
    book.window.documents.open_path(folder / "two.md")
    settle(book, qtbot)
    assert [note.passage for note in kept.of(str(folder))] == ["The Sea"]
    assert kept.of(str(folder / "one.md")) == ()
    page_of(book).remove_button.click()
    assert kept.of(str(folder)) == ()


def test_what_is_done_stays_when_it_is_stopped(book: Studio, folder: Path, qtbot: QtBot) -> None:
    begin(book, qtbot)
    book.stream("Rain fell.")
    book.done()
    book.do("stop")
    book.done("cancelled")
    assert not book.window.manuscript.rewrites.running
    assert not book.window.manuscript.rewrites.can_retry
    assert [note.text for note in book.program.store.kept_notes.of(str(folder))] == ["Rain fell."]


def test_without_a_book_or_while_the_model_writes_it_says_why(
    studio: Studio, folder, qtbot
) -> None:
    studio.do("summarise_book")
    assert "No book is open" in studio.window.status.currentMessage()
    for path in folder.glob("*.md"):
        path.write_text("%%only a comment%%")
    assert studio.window.manuscript.books.open(folder)
    summary = studio.window.manuscript.book_summary
    studio.do("summarise_book")
    qtbot.waitUntil(lambda: summary._tasks.is_idle)
    assert "no text in the book" in studio.window.status.currentMessage()
    studio.do("continue")
    studio.do("summarise_book")
    assert "still writing" in studio.window.status.currentMessage()


def test_the_menu_of_the_book_has_it(book: Studio, qtbot: QtBot) -> None:
    page = book.window.manuscript.books.page
    assert page is not None
    page.wished.emit("summarise")
    qtbot.waitUntil(lambda: book.worker.count_of("generate") == 1)


def test_a_text_that_is_kept_here_goes_to_no_server(book: Studio, folder: Path, qtbot) -> None:
    book.program.store.keep_here(str(folder / "two.md"))
    begin(book, qtbot)
    rewrites = book.window.manuscript.rewrites
    assert rewrites._running is not None
    assert str(folder / "two.md") in rewrites._running.sources
