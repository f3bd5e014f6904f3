"""The file that holds a book's list: JSON with one entry a line, so that git shows what changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.core.books.book import Book, BookEntry
from app.core.errors import BookError
from app.core.system.json_store import JsonStore, decode_text, refuse_newer

BOOK_FILE = "lampblack-book.json"
"""The list's name in the book's folder."""

FORMAT = 1
"""The version of the file; a newer one is said, and neither read nor changed."""

_MARK = "lampblack_book"
_ENTRIES = "entries"
_MOST_BYTES = 16 * 1024 * 1024
_BOOK_WORDS = ("title", "author", "language")
_ENTRY_WORDS = ("kind", "file", "title", "status", "notes")
_INCLUDED = "include"


class ReadBook(msgspec.Struct, frozen=True):
    """A book as its file has it; `data` is the file, and None where there is none.

    `problem` is a sentence about a damaged file, of which `book` is what could be read.
    """

    book: Book
    data: bytes | None
    problem: str = ""


def read_book(folder: Path, *, keep_damaged: bool = True) -> ReadBook:
    """The list of the book in a folder; raises BookError where it is newer or cannot be read.

    A damaged one is renamed, and what can be read of it line by line is the book; without
    `keep_damaged` it raises BookError and stays as it is.
    """
    seen = list[bytes]()

    def decode(data: bytes) -> Book:
        seen.append(data)
        return decode_book(data)

    found = JsonStore(folder / BOOK_FILE, decode, limit=_MOST_BYTES).read(keep_damaged=keep_damaged)
    if found.content is not None and not found.fault:
        return ReadBook(found.content, seen[0])
    if found.fault == "missing":
        return ReadBook(Book(), None)
    if found.fault != "damaged" or found.is_in_the_way or not keep_damaged:
        raise BookError(
            f"The list of the book in {folder} cannot be used: {found.lock or found.reason}.",
            "It was left as it is.",
        )
    problem = (
        f"The list of the book in {folder} was damaged: {found.reason}. What could be read of it "
        f"is here; {found.kept}."
    )
    return ReadBook(salvaged(seen[0]) if seen else Book(), None, problem)


def encode_book(book: Book) -> bytes:
    """The file of a book; the same for the same book."""
    words = {name: value for name in _BOOK_WORDS if (value := getattr(book, name))}
    head: dict[str, Any] = {_MARK: FORMAT, **words, **book.extra}
    lines = [f"  {_json(name)}: {_json(value)}," for name, value in head.items()]
    entries = ",\n".join(f"    {_json(_fields(entry))}" for entry in book.entries)
    text = "\n".join(
        ("{", *lines, f'  "{_ENTRIES}": [', *([entries] if entries else []), "  ]", "}")
    )
    return (text + "\n").encode("utf-8", "replace")


def decode_book(data: bytes) -> Book:
    """The book in a file's bytes; raises NewerFormatError or ValueError, as a JsonStore wants."""
    try:
        content = json.loads(decode_text(data))
    except ValueError:
        raise ValueError("it is not valid JSON") from None
    version = content.get(_MARK) if isinstance(content, dict) else None
    if type(version) is not int or version < 1:
        raise ValueError("it is not the list of a book")
    refuse_newer(version, FORMAT)
    entries = content.get(_ENTRIES)
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise ValueError("it has no list of entries")
    words = {name: _text(content, name) for name in _BOOK_WORDS}
    known = (_MARK, _ENTRIES, *_BOOK_WORDS)
    extra = {name: value for name, value in content.items() if name not in known}
    return Book(**words, entries=tuple(map(_entry, entries)), extra=extra)


def salvaged(data: bytes) -> Book:
    """What single lines of a damaged list still say: each text once, in the order of the file.

    A list in which git left the marks of a conflict gives what both sides have.
    """
    entries, files, words = list[BookEntry](), set[str](), dict[str, Any]()
    for line in _objects(data.decode("utf-8", "replace")):
        if "kind" in line or "file" in line:
            entry = _entry(line)
            if entry.file not in files or not entry.file:
                files.add(entry.file)
                entries.append(entry)
        else:
            words |= {name: _text(line, name) for name in _BOOK_WORDS if name in line}
    return Book(**words, entries=tuple(entries))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        plain = line.strip().rstrip(",")
        if plain.startswith('"'):
            plain = f"{{{plain}}}"
        if not plain.startswith("{"):
            continue
        try:
            found = json.loads(plain)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _entry(content: dict[str, Any]) -> BookEntry:
    words = {name: _text(content, name) for name in _ENTRY_WORDS}
    known = {*_ENTRY_WORDS, _INCLUDED}
    extra = {name: value for name, value in content.items() if name not in known}
    return BookEntry(**words, is_included=content.get(_INCLUDED) is not False, extra=extra)


def _fields(entry: BookEntry) -> dict[str, Any]:
    words = {name: value for name in _ENTRY_WORDS if (value := getattr(entry, name))}
    return words | ({} if entry.is_included else {_INCLUDED: False}) | entry.extra


def _text(content: dict[str, Any], name: str) -> str:
    """A text of the list; anything else that stands there counts as none."""
    value = content.get(name, "")
    return value if isinstance(value, str) else ""


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
