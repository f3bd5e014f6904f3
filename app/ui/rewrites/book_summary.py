"""A summary of a whole book: all of its texts in order, in parts that lie in one text each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject

from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units

if TYPE_CHECKING:
    from app.core.books.contents import BookContents
    from app.ui.rewrites.controller import RewriteController
    from app.ui.rewrites.notes import Note
    from app.ui.rewrites.rewriting import PassagePart

_BETWEEN = "\n\n"  # what stands between the texts of two files


class BookText(msgspec.Struct, frozen=True, dict=True):
    """The texts of the book `title` in a `folder`, by the paths of their files, in order."""

    title: str
    folder: str
    texts: tuple[tuple[Path, str], ...]

    @cached_property
    def text(self) -> str:
        """All of it."""
        return _BETWEEN.join(text for _path, text in self.texts)

    @property
    def sources(self) -> tuple[str, ...]:
        """The documents that it is from."""
        return tuple(str(path) for path, _text in self.texts)

    def parts(self, limit: int) -> list[PassagePart]:
        """It in parts of about `limit` tokens; none has something of two files."""
        from app.ui.rewrites.rewriting import PassagePart, passage_parts

        found, at = list[PassagePart](), 0
        for _path, text in self.texts:
            parts = passage_parts(at, text, limit)
            if parts:
                parts[-1].gap = _BETWEEN
            found += parts
            at += units(text + _BETWEEN)
        return found

    def mark(self, note: Note) -> None:
        """Let a note be about it."""
        from app.ui.rewrites.notes import NoteFile

        files, at = list[NoteFile](), 0
        for path, text in self.texts:
            files.append(NoteFile(str(path), at, at + units(text)))
            at += units(text + _BETWEEN)
        note.passage, note.title, note.owner = self.text, self.title, self.folder
        note.files = tuple(files)


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
        book = BookText(contents.name, str(contents.folder), tuple(texts))
        if book.parts(limit=1_000_000):
            self._rewrites.summarise(book)
        else:
            self._say(self.tr("There is no text in the book yet."))
