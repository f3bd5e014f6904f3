"""What can be exported of a book: all of it, one of its parts, the chapter on the page."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from app.core.books.book import branch_end
from app.core.books.contents import BookContents
from app.core.books.facts import heading_of
from app.core.books.manuscript import book_manuscript
from app.core.conversion.blocks import FormattedText
from app.core.errors import LampblackError
from app.ui.conversion.sources import TextSource

_tr = QCoreApplication.translate

_HEAD = 1000  # characters of a text in which its first heading lies


def book_sources(contents: BookContents, page: Path | None) -> list[TextSource]:
    """The book, its parts in their order, and the chapter in which the text at `page` lies."""
    found = [_source(_tr("Export", "The whole book"), contents, None)]
    entries = contents.book.entries
    for index, entry in enumerate(entries):
        if entry.kind == "part":
            label = _tr("Export", "Part: {0}").format(_title(contents, index))
            found.append(_source(label, contents, index))
    chapter = _chapter(contents, page)
    if chapter >= 0:
        label = _tr("Export", "Chapter: {0}").format(_title(contents, chapter))
        found.append(_source(label, contents, chapter))
    return found


def _chapter(contents: BookContents, page: Path | None) -> int:
    """The chapter that a file's entry is or lies in; -1 for none."""
    index = contents.index_of(page) if page is not None else -1
    while index >= 0 and contents.book.entries[index].kind != "chapter":
        index = -1 if contents.book.entries[index].kind == "part" else index - 1
    return index


def _title(contents: BookContents, index: int) -> str:
    """What an entry is called: its title, its text's first heading or its file's name."""
    entry = contents.book.entries[index]
    if entry.title:
        return entry.title
    path = contents.path(entry)
    head = ""
    if path is not None:
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD).decode(errors="replace")
        except OSError:
            head = ""
    return heading_of(head) or Path(entry.file).stem


def _source(label: str, contents: BookContents, branch: int | None) -> TextSource:
    folder = contents.folder
    only = None if branch is None else range(branch, branch_end(contents.book, branch))
    stem = contents.name if branch is None else _title(contents, branch)
    name = str(folder) if branch is None else f"{folder}#{stem}"
    return TextSource(label, name, stem, folder.parent, partial(_read, folder, only, stem))


def _read(folder: Path, only: range | None, title: str) -> FormattedText:
    """The text, called by what it is; raises LampblackError."""
    from msgspec.structs import replace

    text = book_manuscript(folder, only=only).text
    if not text.blocks:
        raise LampblackError(
            f"There is no text in {title}.", "Write something first, or include what is left out."
        )
    return replace(text, title=title)
