"""The book of a window: opened, read on the page, and changed from the tree and the menus."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from app.core.books.book import Book, BookEntry, included
from app.core.books.contents import BookContents, is_book, of_texts, open_book
from app.core.books.facts import TextFacts, heading_of
from app.core.books.steps import BookStep
from app.core.errors import LampblackError, NoAnswerError
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.library.bar_controller import BarController
from app.ui.library.books.current_book import CurrentBook
from app.ui.library.books.edits import BookEdits
from app.ui.library.books.questions import BookQuestions
from app.ui.library.side_bar import SideBar
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.core.books.library_search import SourceGroup
    from app.ui.library.books.page import BookPage

_COUNT_MS = 400
_RECENT = 10
_HEAD = 1000  # characters of a text in which its first heading lies


class WorkingBook(NamedTuple):
    """A book as its goals know it: its folder, and the paths of the texts that are included."""

    scope: str
    files: tuple[str, ...]


class BookController(QObject):
    """Opens a book and its scenes, which save themselves when they are left.

    `questions` asks, and `edits` does what the menus say. `changed` when it is another book, or in
    another order.
    """

    changed = Signal()

    def __init__(
        self,
        program: Program,
        editor: Editor,
        banners: BannerArea,
        documents: DocumentController,
        status: StatusBar,
        actions: Actions,
        bar: BarController,
        window: QMainWindow,
    ) -> None:
        super().__init__(window)
        self._settings, self._editor = program.settings_store, editor
        self._documents, self._banners, self._status = documents, banners, status
        self._actions, self._bar, self._window = actions, bar, window
        self.questions = BookQuestions(window)
        self.book = CurrentBook(program.store, self)
        self.page: BookPage | None = None
        self._listed: tuple[BookContents | None, tuple[str, ...]] = None, ()
        self.edits = BookEdits(self.book, documents, editor, status, self.questions, self)
        self._background = BackgroundTasks(documents.failed.emit, self)
        self._counting = QTimer(self, singleShot=True, interval=_COUNT_MS)
        self._counting.timeout.connect(self._count_page)
        bar.fill(self._fill)
        bar.fill(self._fill_others)
        self._connect()

    def _connect(self) -> None:
        documents, book = self._documents, self.book
        documents.saves_itself = self.is_scene
        documents.replaced.connect(self._on_replaced)
        documents.saved.connect(lambda _path: book.read_again())
        self._editor.changed.connect(lambda _change, _source: self._wake())
        book.failed.connect(documents.failed)
        book.changed.connect(self._show)
        book.counted.connect(self._on_counted)
        self._window.installEventFilter(self)
        self._actions.connect_all(
            {
                "open_book": self.ask_open,
                "new_book": self.ask_new,
                "rename_entry": self._rename,
                "split_scene": self.edits.split,
                "merge_scene": lambda: self.edits.merge(self.selected),
            }
        )
        self._allow()

    # Opening and closing

    def begin(self) -> None:
        """The window is shown: open the book that was open last, if that is wanted."""
        settings = self._settings.settings
        folder = Path(settings.book)
        if settings.reopen_book and settings.book:
            self._background.run(partial(_book_in, folder), self._reopen)

    def close(self) -> None:
        """The window closes."""
        self._window.removeEventFilter(self)
        self._counting.stop()
        if self.page is not None:
            self.page.keep_notes()
        self._background.close(wait=False)  # a folder that does not answer keeps only it waiting
        self.book.close()

    def ask_open(self) -> None:
        """Ask for a folder, and open it as a book."""
        folder = self.questions.folder(self._start(), is_new=False)
        if folder is not None:
            self.open(folder)

    def ask_new(self) -> None:
        """Ask for a folder, and make a book of it."""
        folder = self.questions.folder(self._start(), is_new=True)
        if folder is not None:
            self.open(folder, is_new=True)

    def open(self, folder: Path, *, is_new: bool = False) -> bool:
        """Open the book in a folder, and a scene of it; False if there is none.

        A folder that is no book becomes one, after a question unless a new one was asked for.
        """
        try:
            contents = self._documents.files.read(open_book, folder)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return False
        if contents.data is None and not contents.book.entries:
            texts = len(contents.loose)
            if texts and not is_new and not self.questions.make(contents.folder, texts):
                return False
            if not self._begin_book(contents):
                return False
        else:
            self._take(contents)
        self._remember(contents.folder)
        self._bar.open(self._shown_page)
        self._open_scene()
        return True

    def open_dropped(self, paths: Iterable[Path]) -> list[Path]:
        """Open the first book among `paths`; returns what is no book, if all of them answer."""
        found = list(paths)
        try:
            books = [path for path in found if self._documents.files.read(is_book, path)]
        except NoAnswerError as error:
            self._documents.failed.emit(error)
            return []
        if books:
            self.open(books[0])
        return [path for path in found if path not in books]

    def close_book(self) -> None:
        """Have no book open; the page stays as it is."""
        self._settings.remember(book="", scene="")
        self.book.show(None)

    def _begin_book(self, contents: BookContents) -> bool:
        """Write the list of a new book, with every text that is in the folder."""
        self._take(contents)
        step = BookStep(Book(), of_texts(contents))
        if step.before == step.after:  # the list is written all the same: the folder is a book now
            step = BookStep(Book(), Book(title=contents.folder.name))
        if self.book.do(step, ""):
            return True
        self.book.show(None)
        return False

    def _reopen(self, contents: BookContents | None) -> None:
        """The book of last time was read; its scene is shown unless there is something else."""
        if contents is None:
            return
        self._take(contents)
        fresh = not len(self._editor.manuscript) and self._documents.path is None
        if fresh:
            self._open_scene()

    def _take(self, contents: BookContents) -> None:
        self.book.show(contents)
        for problem in contents.problems:
            self._banners.say(problem, "notice")

    def _remember(self, folder: Path) -> None:
        others = (one for one in self._settings.settings.recent_books if one != str(folder))
        self._settings.remember(book=str(folder), recent_books=(str(folder), *others)[:_RECENT])

    def _start(self) -> Path:
        recent = self._settings.settings.recent_books
        folder = Path(recent[0]).parent if recent else Path.home() / "Documents"
        return self._documents.files.folder_or_home(folder)

    # Scenes on the page

    def is_scene(self, path: Path) -> bool:
        """Whether a file is a text of the open book."""
        return self.book.contents is not None and self.book.contents.index_of(path) >= 0

    @property
    def selected(self) -> int:
        """The entry that is selected in the tree, if that has the focus; else that on the page."""
        if self.page is not None and self.page.tree.hasFocus():
            place = self.page.tree.place
            return place if self.page.model.is_entry(place) else -1
        return self.edits.shown

    def open_entry(self, place: int) -> None:
        """Put the text of an entry on the page, or one that is not in the book."""
        contents = self.book.contents
        if contents is None or self.page is None:
            return
        path = self._path(contents, place)
        if path is None:
            self._say_why(contents, place)
        elif path == self._documents.path:
            self._editor.setFocus()
        elif self.book.answers():
            self._documents.open_path(path)

    def _path(self, contents: BookContents, place: int) -> Path | None:
        assert self.page is not None
        if self.page.model.is_entry(place):
            return contents.path(contents.book.entries[place])
        loose = self.page.model.loose_file(place)
        return contents.folder / loose if loose else None

    def _say_why(self, contents: BookContents, place: int) -> None:
        """Say why an entry has no text to open; a title alone needs no words."""
        assert self.page is not None
        if self.page.model.is_entry(place) and contents.book.entries[place].file:
            said = self.tr("{0} is not there. Bring the file back, or take it out of the book.")
            self._status.say(said.format(contents.book.entries[place].file))

    def _open_scene(self) -> None:
        """Show the scene of last time if it is of this book, else the first text."""
        contents = self.book.contents
        if contents is None:
            return
        last = Path(self._settings.settings.scene)
        paths = list(filter(None, map(contents.path, contents.book.entries)))
        if self._documents.path in paths:
            return
        if paths:
            self._documents.open_path(last if last in paths else paths[0])

    def _on_replaced(self) -> None:
        """Another text is on the page: select it, and remember it if it is a scene."""
        place = self.edits.shown
        if place >= 0 and self._documents.path is not None:
            self._settings.remember(scene=str(self._documents.path))
            if self.page is not None and self.page.tree.place != place:
                self.page.tree.select(place)
        self._allow()

    # For the search and the goals

    @property
    def working(self) -> WorkingBook | None:
        """The book that the text on the page belongs to; None for a loose text."""
        contents = self.book.contents
        if contents is None or self.edits.shown < 0:
            return None
        book = contents.book
        files = {str(contents.path(book.entries[place])) for place in included(book)}
        return WorkingBook(
            str(contents.folder), tuple(one for one in self._files(contents) if one in files)
        )

    @property
    def words(self) -> dict[str, int]:
        """How many words each text of the open book has, as far as they were counted."""
        contents = self.book.contents
        files = self._files(contents) if contents is not None else ()
        known = ((file, self.book.facts.known(Path(file))) for file in files)
        return {file: max(0, facts.words) for file, facts in known if facts is not None}

    def source(self) -> SourceGroup | None:
        """The open book's texts for the search."""
        from app.core.books.library_search import SourceGroup

        contents = self.book.contents
        return SourceGroup(contents.name, self._files(contents)) if contents is not None else None

    def _files(self, contents: BookContents) -> tuple[str, ...]:
        """The texts' paths in their order; asked of the disk once for each reading of the list."""
        if contents is not self._listed[0]:
            paths = map(contents.path, contents.book.entries)
            self._listed = contents, tuple(str(path) for path in paths if path is not None)
        return self._listed[1]

    # What is shown

    @property
    def _shown_page(self) -> BookPage:
        """The page in the bar, which is made with it."""
        assert self._bar.bar is not None
        assert self.page is not None
        return self.page

    def _fill(self, bar: SideBar) -> None:
        from app.ui.library.books.page import BookPage

        self.page = BookPage(bar)
        self.page.tree.opened.connect(self.open_entry)
        self.page.noted.connect(self.edits.note)
        self.page.wished.connect(self._on_wish)
        self.edits.attach(self.page)
        bar.add_page(self.page, lambda: self.tr("Book"), "library")
        self._show()

    def _fill_others(self, bar: SideBar) -> None:
        """The headings of the page, and what was opened last."""
        from app.ui.library.outline_page import OutlinePage
        from app.ui.library.recent_page import RecentPage

        self.outline = OutlinePage(self._editor, bar)
        self.recent = RecentPage(self._settings, bar)
        self.recent.book_asked.connect(self.open)
        self.recent.document_asked.connect(self._documents.open_path)
        bar.add_page(self.outline, lambda: self.tr("Headings"), "outline")
        bar.add_page(self.recent, lambda: self.tr("Recent"), "recent")

    def _on_wish(self, wish: str) -> None:
        calls = {"open": self.ask_open, "new": self.ask_new, "close": self.close_book}
        calls["summarise"] = self._actions["summarise_book"].trigger
        if wish in calls:
            calls[wish]()

    def _show(self) -> None:
        self._allow()
        self.changed.emit()
        if self.page is None:
            return
        place = self.page.tree.place
        wanted = self.edits.take_wanted()
        self.page.show_book(self.book.contents, wanted if wanted >= 0 else place)
        self.edits.show_undo()

    def _allow(self) -> None:
        """Offer what can be done with the text on the page and the book."""
        has_book = self.book.contents is not None
        for name in ("rename_entry", "split_scene", "merge_scene"):
            self._actions[name].setEnabled(has_book)

    def _rename(self) -> None:
        place = self.selected
        self._bar.open(self._shown_page)
        if place >= 0:
            self._shown_page.tree.select(place)
        self._shown_page.tree.edit_title()

    def _on_counted(self, facts: dict[str, TextFacts]) -> None:
        if self.page is not None:
            self.page.model.take_facts(facts)
            self._count_page()

    def _wake(self) -> None:
        if self.edits.shown >= 0 and not self._counting.isActive():
            self._counting.start()

    def _count_page(self) -> None:
        """Show the words of the scene as it is on the page."""
        entry = self._shown_entry()
        if self.page is not None and entry is not None:
            manuscript = self._editor.manuscript
            heading = heading_of(manuscript.text(0, min(len(manuscript), _HEAD)))
            self.page.model.take_facts({entry.file: TextFacts(manuscript.words, heading)})
        if self.page is not None:
            self.page.show_total()

    def _shown_entry(self) -> BookEntry | None:
        place, contents = self.edits.shown, self.book.contents
        return contents.book.entries[place] if contents is not None and place >= 0 else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at the folder again when the window gets the focus."""
        if watched is self._window and event.type() == QEvent.Type.WindowActivate:
            self.book.read_again()
        return False


def _book_in(folder: Path) -> BookContents | None:
    """The book in a folder; None where there is none any more."""
    return open_book(folder) if is_book(folder) else None
