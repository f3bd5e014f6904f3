"""A book as one text for export, and texts of an import as a book."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from app.core.books.book import Book, BookEntry, included
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.contents import BookContents, is_book, open_book, title_page
from app.core.conversion.blocks import (
    Block,
    FormattedText,
    Heading,
    SceneBreak,
    Span,
)
from app.core.conversion.export import formatted
from app.core.conversion.importing import ChapterFile, write_chapters
from app.core.documents.text_files import open_document
from app.core.errors import BookError
from app.core.system.files import why, write_atomically

_CHAPTER_LEVEL = 1


class BookManuscript(msgspec.Struct, frozen=True):
    """A book as one text, with its title page, and when its newest text was written."""

    text: FormattedText
    modified: datetime


def book_manuscript(
    folder: Path, *, comments: bool = False, only: Collection[int] | None = None
) -> BookManuscript:
    """The book in a folder, in order, without what is excluded; `only` these entries of its list.

    A part or chapter with a title has it as its heading, in the place of its text's own. With
    `comments` they stay in. Raises BookError where a text that belongs to it is missing, and
    DocumentError where one cannot be read.
    """
    if not is_book(folder):
        raise BookError(
            f"There is no book in {folder}: it has no {BOOK_FILE}.",
            "Name the texts themselves, in their order.",
        )
    contents = open_book(folder)
    wanted = [index for index in included(contents.book) if only is None or index in only]
    return manuscript_of(contents, wanted, comments=comments)


def manuscript_of(
    contents: BookContents, wanted: Sequence[int], *, comments: bool = False
) -> BookManuscript:
    """These entries of a book as one text."""
    blocks, left_out, newest = list[Block](), 0, 0
    for index in wanted:
        entry = contents.book.entries[index]
        text = _text(contents, entry, comments=comments)
        if text is not None:
            newest, left_out = max(newest, text[1]), left_out + text[0].left_out
        _append(blocks, entry, text[0].blocks if text is not None else ())
    book = contents.book
    whole = FormattedText(
        tuple(blocks), contents.name, book.author, book.language or "en", left_out=left_out
    )
    return BookManuscript(whole, datetime.fromtimestamp(newest / 1e9, UTC))


def _text(
    contents: BookContents, entry: BookEntry, *, comments: bool
) -> tuple[FormattedText, int] | None:
    """An entry's text and when it was written, in nanoseconds since 1970."""
    if not entry.file:
        return None
    path = contents.path(entry)
    if path is None:
        raise BookError(
            f"{entry.file} belongs to the book in {contents.folder} and is not there.",
            "Bring the file back, or take it out of the book.",
        )
    document = open_document(path)
    written = document.stamp.mtime_ns if document.stamp else 0
    return formatted(path, document.text, comments=comments), written


def texts_of(contents: BookContents, page: Path | None, text: str) -> list[tuple[Path, str]]:
    """The files that a book includes and their texts, in order; that of `page` is `text`.

    What is missing is left out. Raises DocumentError where one cannot be read.
    """
    entries = (contents.book.entries[index] for index in included(contents.book))
    paths = filter(None, map(contents.path, entries))
    return [(path, text if path == page else open_document(path).text) for path in paths]


def _append(blocks: list[Block], entry: BookEntry, added: tuple[Block, ...]) -> None:
    """Put an entry's blocks after the others: with its title, or parted by a scene break."""
    is_scene = entry.kind not in ("part", "chapter")
    if not is_scene and entry.title:
        if added and isinstance(added[0], Heading):
            added = added[1:]
        added = (Heading(_CHAPTER_LEVEL, (Span(entry.title),)), *added)
    follows_text = bool(blocks) and not isinstance(blocks[-1], Heading | SceneBreak)
    if follows_text and added and not isinstance(added[0], Heading | SceneBreak):
        blocks.append(SceneBreak())
    blocks += added


def write_imported(
    folder: Path, text: FormattedText, files: list[ChapterFile], *, overwrite: bool = False
) -> Book:
    """Write an import's files into a folder, and the list of the book that they are.

    Where the folder has a book already, they are added at its end. Raises DocumentError; without
    `overwrite` where a file is there already, and then nothing at all is written.
    """
    contents = open_book(folder) if is_book(folder) else None
    book = title_page(contents.book if contents else Book(), text)
    listed = {entry.file for entry in book.entries}
    new = (BookEntry(kind="chapter", file=one.name) for one in files if one.name not in listed)
    book = msgspec.structs.replace(book, entries=(*book.entries, *new))
    write_chapters(folder, files, overwrite=overwrite)
    try:
        write_atomically(folder / BOOK_FILE, encode_book(book))
    except OSError as error:
        raise BookError(
            f"The list of the book in {folder} was not written: {why(error)}."
        ) from error
    return book
