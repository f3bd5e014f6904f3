"""Which files are searched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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

    def groups(self) -> tuple[SourceGroup, ...]:
        """The open book, those opened before, and recent files, each in its order."""
        from app.core.books.library_search import SourceGroup

        path = self._documents.path
        own = (str(path),) if path is not None else ()
        open_book = self._book()
        books = [open_book] if open_book is not None else []
        books += self._recent_books(open_book)
        in_books = {file for group in books for file in group.files}
        loose = dict.fromkeys((*own, *self._program.settings.recent_files))
        return (*books, SourceGroup("", tuple(file for file in loose if file not in in_books)))

    def _recent_books(self, open_book: SourceGroup | None) -> Iterable[SourceGroup]:
        """The books that were opened before, as far as their lists can be read."""
        from app.core.books.contents import listed_texts
        from app.core.books.library_search import SourceGroup

        known = set(open_book.files if open_book is not None else ())
        for name in self._program.settings.recent_books:
            title, files = listed_texts(Path(name))
            if files and not known.intersection(files):
                yield SourceGroup(title, files)
