"""A book is exported as a whole, by part, or the chapter on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from tests.ui.conftest import Studio
from tests.ui.conversion.conftest import Desk

ENTRIES = (
    BookEntry(kind="part", title="Night"),
    BookEntry(kind="chapter", file="one.md"),
    BookEntry(kind="scene", file="scene.md"),
    BookEntry(kind="part", title="Day"),
    BookEntry(kind="chapter", file="two.md", title="Second"),
    BookEntry(kind="scene", file="out.md", is_included=False),
)


@pytest.fixture
def written(studio: Studio, qtbot: QtBot, tmp_path: Path) -> Desk:
    """A window with a scene of a book on its page, changed and not saved yet."""
    folder = tmp_path / "Rain"
    folder.mkdir()
    for name in ("one", "scene", "two", "out"):
        (folder / f"{name}.md").write_text(f"# The {name}\n\nText of {name}.\n")
    book = Book(title="The Lamp", author="Jane Doe", entries=ENTRIES)
    (folder / BOOK_FILE).write_bytes(encode_book(book))
    assert studio.window.manuscript.books.open(folder)
    assert studio.window.documents.open_path(folder / "scene.md")
    studio.window.editor.move_caret(len(studio.window.editor.manuscript))
    studio.window.editor.insert_plain("More.")
    return Desk(studio, qtbot)


def exported(desk: Desk, label: str, target: Path) -> str:
    desk.questions.target_answer = target
    dialog = desk.open()
    scope = dialog.form.scope
    scope.setCurrentIndex(scope.findText(label))
    desk.settle(dialog)
    desk.choose(dialog, ".txt")
    desk.press(dialog)
    return target.read_text()


def test_the_whole_book_is_offered_first_and_its_page_is_saved(
    written: Desk, tmp_path: Path
) -> None:
    dialog = written.open()
    scope = dialog.form.scope
    assert [scope.itemText(row) for row in range(scope.count())] == [
        "The whole book",
        "Part: Night",
        "Part: Day",
        "Chapter: The one",
        "The whole document",
    ]
    assert dialog.form.title.text() == "The Lamp"
    assert dialog.form.author.text() == "Jane Doe"
    assert dialog._suggestion().parent == tmp_path
    dialog.reject()
    assert "More." in exported(written, "The whole book", tmp_path / "book.txt")
    text = (tmp_path / "book.txt").read_text()
    assert [text.index(word) for word in ("Night", "The one", "More.", "Day", "Second")]
    assert "Text of out" not in text


def test_a_part_or_the_chapter_alone(written: Desk, tmp_path: Path) -> None:
    part = exported(written, "Part: Day", tmp_path / "part.txt")
    assert "Second" in part
    assert "The one" not in part
    chapter = exported(written, "Chapter: The one", tmp_path / "chapter.txt")
    assert "More." in chapter
    assert "Second" not in chapter


def test_a_missing_text_of_a_book_is_a_sentence(written: Desk, tmp_path: Path) -> None:
    (tmp_path / "Rain" / "two.md").unlink()
    dialog = written.open()
    assert "two.md belongs to the book" in dialog.trouble.text()
    dialog.reject()
