"""A book: an ordered list of parts, chapters and scenes, most with a text file of their own.

What lies in what follows from the order and the kinds: a chapter belongs to the part before it, a
scene to the chapter or part before it. An entry with all that lies in it is called its branch.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

KINDS = ("part", "chapter", "scene")
"""What an entry can be, from the outermost in."""


class Status(msgspec.Struct, frozen=True):
    """How far a text is: the id that the list holds, and its name."""

    id: str
    name: str


STATUSES = (
    Status("", "No status"),
    Status("idea", "Idea"),
    Status("draft", "Draft"),
    Status("revised", "Revised"),
    Status("done", "Done"),
)
"""Every status, in the order of the work; another that a list holds is kept and shown as it is."""


class BookEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A part, chapter or scene.

    `file` is relative to the book's folder with `/` between names; empty, the entry is a title
    alone. An empty `title` means that of the text: its first heading, else the file's name.
    `extra` is what the list holds beside this, which is kept.
    """

    kind: str = "scene"
    file: str = ""
    title: str = ""
    is_included: bool = True
    status: str = ""
    notes: str = ""
    extra: dict[str, Any] = {}

    @property
    def depth(self) -> int:
        """0 for a part, 1 for a chapter, 2 for a scene and for a kind that is not known."""
        return KINDS.index(self.kind) if self.kind in KINDS else len(KINDS) - 1


class Book(msgspec.Struct, frozen=True, kw_only=True):
    """The list and what its title page says; `language` is a BCP 47 tag or empty."""

    title: str = ""
    author: str = ""
    language: str = ""
    entries: tuple[BookEntry, ...] = ()
    extra: dict[str, Any] = {}


def branch_end(book: Book, index: int) -> int:
    """Where the branch of the entry at `index` ends: the index after its last entry."""
    entries, end = book.entries, index + 1
    while end < len(entries) and entries[end].depth > entries[index].depth:
        end += 1
    return end


def parents(book: Book) -> list[int]:
    """For each entry the index of the one that it lies in; -1 for the outermost."""
    found, open_entries = list[int](), list[int]()
    for index, entry in enumerate(book.entries):
        while open_entries and book.entries[open_entries[-1]].depth >= entry.depth:
            open_entries.pop()
        found.append(open_entries[-1] if open_entries else -1)
        open_entries.append(index)
    return found


def included(book: Book) -> Iterator[int]:
    """The entries that are part of the book: included, as is everything that they lie in."""
    above, found = parents(book), set[int]()
    for index, entry in enumerate(book.entries):
        if entry.is_included and (above[index] < 0 or above[index] in found):
            found.add(index)
            yield index


def with_entry(book: Book, index: int, **changes: Any) -> Book:
    """The book with other fields of one entry."""
    entries = list(book.entries)
    entries[index] = replace(entries[index], **changes)
    return replace(book, entries=tuple(entries))


def spliced(book: Book, start: int, end: int, *entries: BookEntry) -> Book:
    """The book with `entries` in the place of those from `start` to `end`."""
    return replace(book, entries=(*book.entries[:start], *entries, *book.entries[end:]))


def moved(book: Book, index: int, to: int) -> Book:
    """The book with the branch of an entry put before what is at `to` now."""
    end = branch_end(book, index)
    if index <= to <= end:
        return book
    branch = book.entries[index:end]
    rest = spliced(book, index, end)
    at = to if to < index else to - len(branch)
    return spliced(rest, at, at, *branch)


def moved_up(book: Book, index: int) -> Book:
    """The book with the branch before the branch that it follows, or before what it lies in."""
    to = index - 1
    while to > 0 and book.entries[to].depth > book.entries[index].depth:
        to -= 1
    return moved(book, index, to) if to >= 0 else book


def moved_down(book: Book, index: int) -> Book:
    """The book with the branch after the one that follows, or as the first in what follows."""
    end = branch_end(book, index)
    if end == len(book.entries):
        return book
    outer = book.entries[end].depth < book.entries[index].depth
    return moved(book, index, end + 1 if outer else branch_end(book, end))


def indented(book: Book, index: int, by: int) -> Book:
    """The book with an entry further in (1) or further out (-1), as far as there are kinds."""
    depth = min(max(book.entries[index].depth + by, 0), len(KINDS) - 1)
    return with_entry(book, index, kind=KINDS[depth])
