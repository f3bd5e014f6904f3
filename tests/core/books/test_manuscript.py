"""A book as one text: in order, without what is excluded, with titles and scene breaks."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book, read_book
from app.core.books.manuscript import book_manuscript, write_imported
from app.core.conversion.blocks import FormattedText
from app.core.conversion.importing import ChapterFile
from app.core.conversion.markdown_writer import write_markdown
from app.core.errors import BookError, DocumentError


def write(folder: Path, *entries: tuple[BookEntry, str | None]) -> None:
    for entry, text in entries:
        if text is not None:
            (folder / entry.file).write_text(text)
    book = Book(title="N", author="A", language="de", entries=tuple(one for one, _text in entries))
    (folder / BOOK_FILE).write_bytes(encode_book(book))


def test_a_book_is_its_parts_chapters_and_scenes_in_order(tmp_path: Path) -> None:
    write(
        tmp_path,
        (BookEntry(kind="part", title="Part I"), None),
        (BookEntry(kind="chapter", file="1.md"), "# One\n\n%%note%%first\n"),
        (BookEntry(file="2.md"), "second\n"),
        (BookEntry(file="3.txt"), "*third*\n"),
        (BookEntry(file="4.md", is_included=False), "never\n"),
        (BookEntry(kind="chapter", file="5.md", title="Two"), "# Another\n"),
        (BookEntry(file="6.md"), "sixth\n"),
        (BookEntry(kind="chapter", file="7.md", is_included=False), "never\n"),
        (BookEntry(file="8.md"), "never\n"),
    )
    found = book_manuscript(tmp_path)
    assert write_markdown(found.text) == (
        "# Part I\n\n# One\n\nfirst\n\n***\n\nsecond\n\n***\n\n\\*third\\*\n\n# Two\n\nsixth\n"
    )
    assert (found.text.title, found.text.author, found.text.language) == ("N", "A", "de")
    newest = max((tmp_path / f"{one}.md").stat().st_mtime for one in (1, 2, 5, 6))
    assert found.modified.timestamp() == pytest.approx(newest, abs=1e-3)
    with_notes = book_manuscript(tmp_path, comments=True, only={1, 2})
    kept = write_markdown(with_notes.text).replace("\\", "")
    assert kept == "# One\n\n%%note%%first\n\n***\n\nsecond\n"


def test_a_missing_text_stops_an_export_unless_it_is_excluded(tmp_path: Path) -> None:
    write(tmp_path, (BookEntry(file="1.md"), "a"), (BookEntry(file="2.md"), None))
    with pytest.raises(BookError, match=r"2\.md belongs to the book"):
        book_manuscript(tmp_path)
    assert book_manuscript(tmp_path, only=[0]).text.blocks
    with pytest.raises(BookError, match="There is no book in"):
        book_manuscript(tmp_path.parent)


def test_an_import_makes_a_book_or_comes_at_the_end_of_one(tmp_path: Path) -> None:
    text = FormattedText((), title="N", author="A", language="fr")
    write_imported(tmp_path / "b", text, [ChapterFile("1.md", "a"), ChapterFile("2.md", "b")])
    book = read_book(tmp_path / "b").book
    assert book == Book(
        title="N", author="A", language="fr",
        entries=(BookEntry(kind="chapter", file="1.md"), BookEntry(kind="chapter", file="2.md")),
    )  # fmt: skip
    other = FormattedText((), title="Other")
    with pytest.raises(DocumentError, match="There is already a file"):
        write_imported(tmp_path / "b", other, [ChapterFile("3.md", "c"), ChapterFile("2.md", "x")])
    assert read_book(tmp_path / "b").book == book
    files = [ChapterFile("3.md", "c"), ChapterFile("2.md", "x")]
    write_imported(tmp_path / "b", other, files, overwrite=True)
    found = read_book(tmp_path / "b").book
    assert found.title == "N"
    assert [one.file for one in found.entries] == ["1.md", "2.md", "3.md"]
