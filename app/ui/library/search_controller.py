"""Joins the search page with the document, its book, recent files and the store's takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from app.core.documents.search import Query, search
from app.core.provenance.origins import Origin
from app.core.store import TakeRecord
from app.program import Program
from app.ui.actions import Actions
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import units
from app.ui.library.replacer import Replacer
from app.ui.library.text_finder import TextFinder
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.books.library_search import FoundText, SourceGroup
    from app.ui.library.search_page import SearchPage

_SETTLE_MS = 3000  # without a change of the text, before anything is read for the index


class BookSources(Protocol):
    """Which files are searched."""

    def near(self) -> tuple[SourceGroup, ...]:
        """The open book, if there is one, and last the files that are loose."""

    def others(self) -> Callable[[], tuple[SourceGroup, ...]]:
        """What reads the lists of the other books, which is not for the window's thread."""


class SearchController(QObject):
    """Searches as the writer types, goes to what was found, and keeps the index up to date.

    `show` brings the page to the front; `counted` says that `finder.words` may have changed. As
    long as the page is not seen, the index is brought up to date while the writer pauses.
    """

    counted = Signal()

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        editor: Editor,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        sources: BookSources,
        encoding: Callable[[Path], str],
        show: Callable[[QWidget], object],
    ) -> None:
        super().__init__(editor)
        self._documents, self._editor, self._status = documents, editor, status
        self._sources, self._show = sources, show
        self._page: SearchPage | None = None

        def encoding_of(name: str) -> str:
            return encoding(Path(name))

        self.finder = TextFinder(program, encoding_of, self)
        self.replacer = Replacer(program, documents, editor, banners, encoding_of, self)
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.follow)
        self._is_begun = False
        documents.replaced.connect(self._on_documents)
        documents.saved.connect(lambda _path: self._on_documents())
        editor.changed.connect(lambda _change, source: self._on_changed(source))
        self.finder.read.connect(self._on_read)
        self.finder.refreshed.connect(self._on_refreshed)
        self.replacer.changed.connect(self.follow)
        self.replacer.failed.connect(documents.failed)
        actions.connect_all({"search_all": self.open})

    @property
    def page(self) -> SearchPage:
        """The page, made when it is first asked for."""
        if self._page is None:
            from app.ui.library.search_page import SearchPage

            page = self._page = SearchPage()
            page.asked.connect(lambda: self._ask())
            page.chosen.connect(self.go_to)
            page.replace_asked.connect(self._replace)
            self.finder.found.connect(lambda texts: page.add(texts, self._documents.name))
            self.finder.finished.connect(page.finish)
            self.finder.failed.connect(page.fail)
        return self._page

    def begin(self) -> None:
        """The window is shown: read what changed meanwhile, a little later."""
        self._settling.start()

    def lock(self) -> None:
        """Show nothing that was found, and close the index."""
        self.finder.lock()
        if self._page is not None:
            self._page.line.clear()
            self._page.clear()

    def close(self) -> None:
        """The window closes."""
        self._settling.stop()
        self.replacer.close()
        self.finder.close()

    def open(self) -> None:
        """Show the page, with the selected words in it."""
        words = self._editor.selected_text()
        self._show(self.page)
        self.follow()
        self.page.begin(words if "\n" not in words else "")

    def follow(self) -> None:
        """Read again what changed, among all that is searched now."""
        self._settling.stop()
        self._is_begun = True
        if self._is_seen:
            self.finder.go_on()
        self.finder.follow(self._sources.near(), self._sources.others())

    def follow_later(self) -> None:
        """Other files are to be searched; before the first reading they wait for that."""
        if self._is_begun:
            self._settling.start()

    def _on_documents(self) -> None:
        if self._is_begun and self._is_seen:
            self.follow()
        else:
            self.follow_later()

    def _on_changed(self, source: Source) -> None:
        if self._settling.isActive():
            self._settling.start()
        if not self._is_seen and source is not Source.FILE:
            self.finder.give_way()

    @property
    def _is_seen(self) -> bool:
        return self._page is not None and self._page.isVisible()

    def _on_read(self, left: int) -> None:
        self.counted.emit()
        if self._page is not None:
            self._page.show_reading(left)

    def _on_refreshed(self, has_changed: bool) -> None:
        if has_changed and self._is_seen:
            self._ask(is_same=True)

    def _ask(self, *, is_same: bool = False) -> None:
        from app.core.books.library_search import OpenText, SearchScope

        query = self.page.query
        if not query.words:
            self.finder.drop()
            self.page.clear()
            return
        path = self._documents.path
        text = OpenText(str(path) if path is not None else "", self._editor.manuscript.text())
        near = self._sources.near()
        groups = (*near[:-1], *self.finder.others, near[-1])  # a loose file may be in a book
        self.page.begin_results(is_same=is_same)
        self.finder.ask(query, SearchScope(text, groups, self.page.takes.isChecked()))

    def _replace(self, replacement: str) -> None:
        self.replacer.begin(self.page.found, self.page.query, replacement)

    # Going to a place

    def go_to(self, found: FoundText, number: int) -> None:
        """Open the text if it is not on the page, and select the place."""
        if found.kind == "take":
            self._show_take(found)
            return
        is_here = found.name == str(self._documents.path or "")
        if not is_here and not found.name:
            self._status.say(self.tr("This place is not in the text any more."))
            return
        if not is_here and not self._documents.open_path(Path(found.name)):
            return
        start, end = found.spans[number]
        self._select(found.text[start:end], start)

    def _select(self, words: str, start: int) -> None:
        """Select `words`, which were at `start`, where they are nearest to it now."""
        from app.core.books.library_search import nearest

        text = self._editor.manuscript.text()
        if text[start : start + len(words)] != words:
            place = nearest(search(text, Query(words, has_case=True)).spans, start)
            if place is None:
                self._status.say(self.tr("This place is not in the text any more."))
                self._editor.setFocus()
                return
            start = place[0]
        first = units(text[:start])
        self._editor.setTextCursor(self._editor.cursor_at(first, first + units(words)))
        self._editor.ensureCursorVisible()
        self._editor.setFocus()

    def _insert_take(self, text: str) -> None:
        with self._editor.putting(Origin("generated")):
            self._editor.insert_plain(text)

    def _show_take(self, found: FoundText) -> None:
        from app.ui.generation.takes_dialog import TakesDialog

        take = TakeRecord(text=found.text, created_at=found.made_at, model=found.model)
        dialog = TakesDialog([take], self._editor.window())
        dialog.insert_asked.connect(self._insert_take)
        show_dialog(dialog)
