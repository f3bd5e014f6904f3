"""A summary of a whole book: all of its texts in order, in parts that lie in one text each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor

if TYPE_CHECKING:
    from app.core.books.contents import BookContents
    from app.ui.rewrites.controller import RewriteController


class BookSummary(QObject):
    """Has the open book summarised; `book` gives it, and `say` tells why that cannot be."""

    def __init__(
        self,
        rewrites: RewriteController,
        documents: DocumentController,
        editor: Editor,
        book: Callable[[], BookContents | None],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(rewrites)
        self._rewrites, self._documents, self._editor = rewrites, documents, editor
        self._book, self._say = book, say
        self._tasks = BackgroundTasks(documents.failed.emit, self)

    def begin(self) -> None:
        """The window is shown."""

    def close(self) -> None:
        """The window closes."""
        self._tasks.close(wait=False)  # a folder that does not answer keeps only it waiting

    def start(self) -> None:
        """Read the texts, and have them summarised."""
        from app.core.books.manuscript import texts_of

        contents = self._book()
        if contents is None:
            self._say(self.tr("No book is open. Open one first, or select a text to summarise."))
        elif reason := self._rewrites.offers.wait():
            self._say(reason)
        else:
            text = self._editor.manuscript.text()
            work = partial(texts_of, contents, self._documents.path, text)
            self._tasks.run(work, partial(self._begin, contents))

    def _begin(self, contents: BookContents, texts: list[tuple[Path, str]]) -> None:
        if reason := self._rewrites.offers.wait():  # by what was asked for meanwhile
            self._say(reason)
            return
        from app.ui.rewrites.book_text import BookText

        book = BookText(contents.name, str(contents.folder), tuple(texts))
        if book.parts(limit=1_000_000):
            self._rewrites.summarise(book)
        else:
            self._say(self.tr("There is no text in the book yet."))
