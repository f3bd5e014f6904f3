"""What is shown of a book's texts beside their names: their words and the title that they have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from app.core.books.book import Book, BookEntry, included
from app.core.books.contents import BookContents
from app.core.documents.text_files import open_document
from app.core.errors import LampblackError
from app.core.system.files import Stamp, stamps
from app.core.text.words import count_words

_HEADING = re.compile(r"\s*#{1,6}[ \t]+(\S[^\n]*?)[ \t]*#*[ \t]*(?:\n|$)")
_NUMBER = re.compile(r"^\d{1,4}[ ._-]+(?=\S)")
_LONGEST_TITLE = 200


class TextFacts(msgspec.Struct, frozen=True):
    """The words of a text, and the heading that it begins with or nothing.

    A text that cannot be read has -1 words.
    """

    words: int
    heading: str = ""


class FactsCache:
    """The facts of texts as long as their files are not written; may be used from any thread."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[tuple[Stamp, ...], TextFacts]] = {}

    def known(self, path: Path) -> TextFacts | None:
        """What was last found out about a text; it may have changed since."""
        kept = self._kept.get(path)
        return kept[1] if kept is not None else None

    def of(self, path: Path) -> TextFacts:
        """The facts of a text, which is read if it was written since the last time."""
        present = stamps([path])
        kept = self._kept.get(path)
        if kept is not None and present and kept[0] == present:
            return kept[1]
        facts = _read(path)
        if present:
            self._kept[path] = present, facts
        return facts

    def of_book(self, contents: BookContents) -> Iterator[tuple[str, TextFacts]]:
        """The facts of every text of a book, one after the other with its name."""
        for entry in contents.book.entries:
            path = contents.path(entry)
            if path is not None:
                yield entry.file, self.of(path)


def facts_of(text: str) -> TextFacts:
    """The facts of a text."""
    return TextFacts(count_words(text), heading_of(text))


def heading_of(text: str) -> str:
    """The words of the heading that a text begins with; empty if it begins with none."""
    found = _HEADING.match(text[: 4 * _LONGEST_TITLE])
    return found[1][:_LONGEST_TITLE] if found else ""


def title_of(entry: BookEntry, facts: TextFacts | None = None) -> str:
    """What an entry is called: its title, else its text's heading, else its file's name."""
    if entry.title or not entry.file:
        return entry.title
    if facts is not None and facts.heading:
        return facts.heading
    return _NUMBER.sub("", Path(entry.file).stem) or entry.file


def book_words(book: Book, words: dict[str, int]) -> int:
    """The words of all that is included, where `words` has those of each file."""
    return sum(max(0, words.get(book.entries[index].file, 0)) for index in included(book))


def _read(path: Path) -> TextFacts:
    try:
        return facts_of(open_document(path).text)
    except LampblackError:
        return TextFacts(-1)
