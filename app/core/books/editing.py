"""What can be done to a book: each makes the step that does it, and changes nothing itself."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from app.core.books.book import Book, BookEntry, branch_end, spliced, with_entry
from app.core.books.contents import BookContents
from app.core.books.facts import heading_of
from app.core.books.names import free_name
from app.core.books.steps import BookStep, FileChange
from app.core.documents.encodings import unencodable
from app.core.documents.line_bytes import merged
from app.core.documents.text_files import Document, open_document, read_file
from app.core.errors import BookError

_NEW_SUFFIX = ".md"
_BLANK_LINES = re.compile(r"(?:[^\S\n]*\n)+")


class Created(NamedTuple):
    """A step that makes an entry, and where in the list that is."""

    step: BookStep
    place: int


def new_entry(contents: BookContents, at: int, kind: str, title: str) -> Created:
    """A new entry before what is at `at`, with an empty text; a part is its title alone."""
    book = contents.book
    if kind == "part":
        entry = BookEntry(kind=kind, title=title)
        return Created(BookStep(book, spliced(book, at, at, entry)), at)
    name = free_name(contents.folder, title, _NEW_SUFFIX, _taken(contents))
    entry = BookEntry(kind=kind, file=name, title=title)
    files = (FileChange(name, None, b""),)
    return Created(BookStep(book, spliced(book, at, at, entry), files), at)


def add_text(contents: BookContents, file: str, at: int) -> Created:
    """A text of the folder that was not in the book, as a scene before what is at `at`."""
    book = contents.book
    return Created(BookStep(book, spliced(book, at, at, BookEntry(file=file))), at)


def changed(contents: BookContents, index: int, **fields: Any) -> BookStep:
    """Other fields of one entry: its title, status, notes, whether it is included."""
    return BookStep(contents.book, with_entry(contents.book, index, **fields))


def arranged(contents: BookContents, book: Book) -> BookStep:
    """Another order or other kinds."""
    return BookStep(contents.book, book)


def split(contents: BookContents, index: int, at: int, encoding: str = "") -> Created:
    """Divide a text before its character `at`: what follows becomes the next entry.

    Blank lines after the place stay with the first, so that both begin with text; joined they are
    what was there. Encoding and line ends stay. `encoding` is that which the writer chose. Raises
    BookError where there is nothing on one side.
    """
    book, entry = contents.book, contents.book.entries[index]
    document = _document(contents, entry, encoding)
    text = document.text
    if (blank := _BLANK_LINES.match(text, at)) is not None:
        at = blank.end()
    head, tail = text[:at], text[at:]
    if not head.strip() or not tail.strip():
        raise BookError(
            f"{entry.file} cannot be divided there: one of the two would be empty.",
            "Put the cursor between two paragraphs.",
        )
    suffix = entry.file[entry.file.rindex(".") :]
    below, _slash, last = entry.file.rpartition("/")
    stem = heading_of(tail) or last.removesuffix(suffix)
    name = free_name(contents.folder / below, stem, suffix, _taken(contents, below))
    name = f"{below}/{name}" if below else name
    new = BookEntry(kind=entry.kind, file=name, is_included=entry.is_included, status=entry.status)
    before, after = document.data, _merged(document, head)
    files = (FileChange(name, None, _merged(document, tail)), FileChange(entry.file, before, after))
    return Created(BookStep(book, spliced(book, index + 1, index + 1, new), files), index + 1)


def merge(
    contents: BookContents, index: int, encoding: str = "", next_encoding: str = ""
) -> BookStep:
    """Append the text of the next entry, with a blank line between, and remove that entry.

    The text gets the first one's encoding and line ends. Notes are joined. Raises BookError where
    there is no next text, or the encoding cannot hold it.
    """
    book, entry = contents.book, contents.book.entries[index]
    if index + 1 == len(book.entries):
        raise BookError("There is nothing after this that it could be merged with.")
    following = book.entries[index + 1]
    first = _document(contents, entry, encoding)
    second = _document(contents, following, next_encoding)
    letters = unencodable(second.text, first.encoding)
    if letters:
        raise BookError(
            f"{entry.file} cannot hold {' '.join(sorted(letters)[:10])} of {following.file}.",
            "Save it as UTF-8 first.",
        )
    notes = "\n".join(filter(None, (entry.notes, following.notes)))
    whole = with_entry(spliced(book, index + 1, index + 2), index, notes=notes)
    files = (
        FileChange(entry.file, first.data, _joined(first, second)),
        FileChange(following.file, second.data, None),
    )
    return BookStep(book, whole, files)


def gap_between(first: str, second: str) -> str:
    """What is put between two texts that are joined, so that a blank line parts them."""
    if not first.strip() or not second.strip() or first.endswith("\n\n"):
        return ""
    return "\n" if first.endswith("\n") else "\n\n"


def remove(contents: BookContents, index: int) -> BookStep:
    """Take an entry and all that lies in it out of the book, and its texts out of the folder."""
    book, end = contents.book, branch_end(contents.book, index)
    files = []
    for entry in book.entries[index:end]:
        path = contents.path(entry)
        if path is not None:
            files.append(FileChange(entry.file, open_bytes(contents, entry), None))
    return BookStep(book, spliced(book, index, end), tuple(files))


def take_out(contents: BookContents, index: int) -> BookStep:
    """Take one entry off the list; its text stays in the folder, not in the book."""
    return BookStep(contents.book, spliced(contents.book, index, index + 1))


def open_bytes(contents: BookContents, entry: BookEntry) -> bytes:
    """The bytes of an entry's text; raises DocumentError."""
    path = contents.path(entry)
    if path is None:
        raise BookError(_no_text(entry))
    return read_file(path)


def _document(contents: BookContents, entry: BookEntry, encoding: str) -> Document:
    path = contents.path(entry)
    if path is None:
        raise BookError(_no_text(entry))
    return open_document(path, encoding)


def _no_text(entry: BookEntry) -> str:
    if not entry.file:
        return f"“{entry.title}” is a title alone: it has no text."
    return f"{entry.file} is not there."


def _joined(first: Document, second: Document) -> bytes:
    """The file of both; beside an empty one, the other keeps its bytes."""
    if not first.text:
        return second.data
    if not second.text:
        return first.data
    return _merged(first, first.text + gap_between(first.text, second.text) + second.text)


def _merged(document: Document, text: str) -> bytes:
    """The file for another text of a document: encoding, line ends and lines' bytes are kept."""
    return merged(document.data, document.encoding, text, document.newline)


def _taken(contents: BookContents, below: str = "") -> frozenset[str]:
    """The names that the list has in a folder, also of files that are not there."""
    split_names = (entry.file.rpartition("/") for entry in contents.book.entries)
    return frozenset(last for head, _slash, last in split_names if head == below)
