"""Which files are searched: the open book's, those of other books, and those opened last."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from app.program import Program
from app.ui.documents.controller import DocumentController

if TYPE_CHECKING:
    from app.core.books.library_search import SourceGroup


class SearchSources:
    """The books and the files that were opened last; `book` gives the open book's, or None."""

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        book: Callable[[], SourceGroup | None],
    ) -> None:
        self._program, self._documents, self._book = program, documents, book

    def near(self) -> tuple[SourceGroup, ...]:
        """The open book, if there is one, and last the files that are loose."""
        from app.core.books.library_search import SourceGroup

        path, book = self._documents.path, self._book()
        own = (str(path),) if path is not None else ()
        loose = dict.fromkeys((*own, *self._program.settings.recent_files))
        in_book = set(book.files if book is not None else ())
        rest = SourceGroup("", tuple(file for file in loose if file not in in_book))
        return (book, rest) if book is not None else (rest,)

    def others(self) -> Callable[[], tuple[SourceGroup, ...]]:
        """What reads the lists of the other books, which is not for the window's thread."""
        book = self._book()
        known = frozenset(book.files if book is not None else ())
        return partial(_read, self._program.settings.recent_books, known)


def _read(folders: tuple[str, ...], known: frozenset[str]) -> tuple[SourceGroup, ...]:
    """The books in these folders, as far as their lists can be read, but the `known` one."""
    from app.core.books.contents import listed_texts
    from app.core.books.library_search import SourceGroup

    found = (listed_texts(Path(folder)) for folder in folders)
    return tuple(
        SourceGroup(title, files)
        for title, files in found
        if files and not known.intersection(files)
    )
