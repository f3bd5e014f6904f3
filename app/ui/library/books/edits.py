"""What a writer does to the book: each is one step that Undo takes back, and says what it was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.core.books import editing
from app.core.books.book import (
    KINDS,
    Book,
    branch_end,
    indented,
    moved,
    moved_down,
    moved_up,
    parents,
    with_entry,
)
from app.core.books.contents import BookContents
from app.core.books.steps import BookStep
from app.core.errors import LampblackError
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor
from app.ui.library.books.current_book import CurrentBook
from app.ui.library.books.menus import add_menu, entry_menu, loose_menu, more_menu
from app.ui.library.books.questions import BookDetailsDialog, BookQuestions
from app.ui.library.books.texts import kind_text, status_text
from app.ui.numbers import number_text
from app.ui.sentences import Words
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.library.books.page import BookPage

_WAYS: dict[str, Callable[[Book, int], Book]] = {
    "up": moved_up,
    "down": moved_down,
    "in": partial(indented, by=1),
    "out": partial(indented, by=-1),
}


class BookEdits(QObject):
    """Does it, on the entry that is selected or on the scene that is on the page."""

    def __init__(
        self,
        book: CurrentBook,
        documents: DocumentController,
        editor: Editor,
        status: StatusBar,
        questions: BookQuestions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._book, self._documents, self._editor = book, documents, editor
        self._status, self.questions = status, questions
        self._page: BookPage | None = None
        self._wanted = -1
        book.stepped.connect(self._follow_on_page)

    def attach(self, page: BookPage) -> None:
        """The page is there: hear what is done on it."""
        self._page = page
        page.tree.wished.connect(self.do)
        page.tree.menu_asked.connect(self._show_menu)
        page.wished.connect(self._on_wish)
        page.model.renamed.connect(self.rename)
        page.model.switched.connect(self.include)
        page.model.dropped.connect(self.drop)

    @property
    def shown(self) -> int:
        """The entry whose text is on the page; -1 if it is of no book."""
        contents, path = self._book.contents, self._documents.path
        return contents.index_of(path) if contents is not None and path is not None else -1

    def take_wanted(self) -> int:
        """The entry that is to be selected after the last step; -1 for the same as before."""
        wanted, self._wanted = self._wanted, -1
        return wanted

    def show_undo(self) -> None:
        """Show what was done last, beside a button that takes it back."""
        if self._page is not None:
            self._page.say_undo(self._book.last)

    # Wishes of keys, buttons and menus

    def do(self, wish: str) -> None:
        """Do what a key or a menu asks for, with what is selected."""
        if self._page is None or self._book.contents is None:
            return
        place = self._page.tree.place
        if wish == "undo":
            self.undo()
        elif wish in KINDS:
            self.add(wish, place)
        elif not self._page.model.is_entry(place):
            return
        elif wish in _WAYS:
            self._arrange(wish, place)
        elif wish == "remove":
            self.remove(place)
        elif wish == "rename":
            self._page.tree.edit_title()

    def _on_wish(self, wish: str) -> None:
        assert self._page is not None
        if wish == "undo":
            self.undo()
        elif wish == "first":
            self.add("scene", -1)
        elif wish == "add":
            self._drop_down(add_menu(self._page, self.do), self._page.add_button)
        elif wish == "more":
            menu = more_menu(self._page, self.details, self._page.wished.emit)
            self._drop_down(menu, self._page.more_button)

    def _drop_down(self, menu: QMenu, button: QWidget) -> None:
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _show_menu(self, point: QPoint) -> None:
        page, contents = self._page, self._book.contents
        if page is None or contents is None:
            return
        place = page.tree.book.place_of(page.tree.indexAt(point))
        if page.model.is_entry(place):
            menu = entry_menu(page, contents, place, self)
        elif page.model.loose_file(place):
            menu = loose_menu(page, partial(self.add_loose, page.model.loose_file(place)))
        else:
            menu = add_menu(page, self.do)
        menu.popup(page.tree.viewport().mapToGlobal(point))

    # Steps

    def add(self, kind: str, place: int) -> None:
        """Ask for a title, and put a new entry after the branch that is selected."""
        title = self.questions.title(kind)
        contents = self._contents()
        if title is None or contents is None:
            return
        title = title or self._unnamed(contents, kind)
        at = _place_for(contents.book, kind, place)
        made = editing.new_entry(contents, at, kind, title)
        self._wanted = made.place
        if self._do(made.step, self.tr("“{0}” was added.").format(title)):
            path = self._path(made.place)
            if path is not None:
                self._documents.open_path(path)

    def add_loose(self, file: str, at: int = -1) -> None:
        """Put a text of the folder into the book, at its end unless told."""
        contents = self._contents()
        if contents is not None:
            at = len(contents.book.entries) if at < 0 else at
            made = editing.add_text(contents, file, at)
            self._wanted = made.place
            self._do(made.step, self.tr("“{0}” was added.").format(file))

    def rename(self, place: int, title: str) -> None:
        """Give an entry another title; an empty one is that of its text again."""
        self._change(place, self.tr("“{0}” was renamed."), title=title)

    def include(self, place: int, is_included: bool) -> None:
        """Take an entry into the book, or leave it out; its text stays where it is."""
        taken, left = self.tr("“{0}” is included."), self.tr("“{0}” is left out.")
        self._change(place, taken if is_included else left, is_included=is_included)

    def set_status(self, place: int, status: str) -> None:
        """Say how far a text is."""
        self._change(place, self.tr("“{0}” is marked: {1}."), status_text(status), status=status)

    def set_kind(self, place: int, kind: str) -> None:
        """Make a part, chapter or scene of an entry."""
        self._change(place, self.tr("“{0}” became: {1}."), kind_text(kind), kind=kind)

    def note(self, place: int, notes: str) -> None:
        """Keep an entry's notes."""
        self._change(place, self.tr("The notes on “{0}” were changed."), notes=notes)

    def drop(self, dragged: int, to: int) -> None:
        """Put what was dragged before the entry at `to`."""
        contents, page = self._contents(), self._page
        if contents is None or page is None:
            return
        if not page.model.is_entry(dragged):
            self.add_loose(page.model.loose_file(dragged), to)
            return
        self._move(contents, dragged, moved(contents.book, dragged, to))

    def split(self) -> None:
        """Divide the scene on the page at the cursor, and show what follows as a scene."""
        contents = self._contents()
        place = self.shown
        if contents is None or place < 0:
            self._status.say(self.tr("The text on the page is not in the open book."))
            return
        at = len(self._editor.manuscript.text(0, self._editor.caret))
        encoding = self._encoding(place)
        try:
            made = editing.split(contents, place, at, encoding)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        title = self._title(place)
        self._wanted = made.place
        if self._do(made.step, self.tr("“{0}” was split.").format(title)):
            path = self._path(made.place)
            if path is not None:
                self._documents.open_path(path, encoding)

    def merge(self, place: int) -> None:
        """Append the text after an entry to it."""
        contents = self._contents()
        if contents is None or place < 0:
            self._status.say(self.tr("Select a scene of the book first."))
            return
        try:
            encodings = self._encoding(place), self._encoding(place + 1)
            step = editing.merge(contents, place, *encodings)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        self._wanted = place
        words = self.tr("“{0}” and “{1}” were merged.")
        self._do(step, words.format(self._title(place), self._title(place + 1)))

    def remove(self, place: int) -> None:
        """Take an entry and all that lies in it away; the texts go to the trash."""
        contents = self._contents()
        if contents is None:
            return
        try:
            step = editing.remove(contents, place)
        except LampblackError as error:
            self._documents.failed.emit(error)
            return
        texts = len(step.files)
        words = self.tr("“{0}” was removed.")
        if texts > 1:
            words = self.tr("“{0}” was removed, with {1} texts.", "", texts)
        self._wanted = max(0, place - 1)
        self._do(step, words.format(self._title(place), number_text(texts)))

    def take_out(self, place: int) -> None:
        """Take one entry off the list; its text stays in the folder."""
        contents = self._contents()
        if contents is not None:
            words = self.tr("“{0}” was taken out of the book.").format(self._title(place))
            self._do(editing.take_out(contents, place), words)

    def undo(self) -> None:
        """Take the last change of the book back."""
        if self._contents() is None and self._book.is_stuck:
            return
        if self._book.undo():
            self._status.say(self.tr("Taken back."))

    def details(self) -> None:
        """Let the title page be filled in."""
        contents = self._contents()
        if contents is not None and self._page is not None:
            dialog = BookDetailsDialog(contents.book, contents.folder.name, self._page.window())
            dialog.answered.connect(
                lambda book: self._do(
                    BookStep(contents.book, book), self.tr("The title page was changed.")
                )
            )
            show_dialog(dialog)

    # Inside

    def _contents(self) -> BookContents | None:
        """The book as it is on the disk, with the notes and the page written; None if it cannot."""
        if not self._book.answers():
            return None
        if self._page is not None:
            self._page.keep_notes()
        if self.shown >= 0 and self._documents.is_modified and not self._documents.save():
            return None
        return self._book.contents

    def _change(self, place: int, words: str, *values: str, **fields: object) -> None:
        """Change fields of an entry; `words` say so of its title and of `values`."""
        contents = self._book.contents
        if contents is not None and 0 <= place < len(contents.book.entries):
            title = self._title(place)
            book = with_entry(contents.book, place, **fields)
            self._do(BookStep(contents.book, book), words.format(title, *values))

    def _arrange(self, way: str, place: int) -> None:
        contents = self._contents()
        if contents is not None:
            self._move(contents, place, _WAYS[way](contents.book, place))

    def _move(self, contents: BookContents, place: int, book: Book) -> None:
        """Take over another order, with the same entry selected, and say where it is now."""
        entry, title = contents.book.entries[place], self._title(place)
        at = next((to for to, one in enumerate(book.entries) if one is entry), place)
        self._wanted = at
        if self._do(BookStep(contents.book, book), self.tr("“{0}” was moved.").format(title)):
            self._announce(at)

    def _announce(self, at: int) -> None:
        """Say where an entry is now, for those who do not see it."""
        contents = self._book.contents
        if contents is None or self._page is None:
            return
        above = parents(contents.book)
        beside = [one for one, parent in enumerate(above) if parent == above[at]]
        where = self.tr("{0}: {1} of {2}").format(
            self._title(at), number_text(beside.index(at) + 1), number_text(len(beside))
        )
        if above[at] >= 0:
            where = self.tr("{0}, in {1}").format(where, self._title(above[at]))
        announce(self._page.tree, where)

    def _do(self, step: BookStep, words: Words) -> bool:
        done = self._book.do(step, words)
        self._wanted = -1
        return done

    def _follow_on_page(self, step: BookStep) -> None:
        """Show what became of the text on the page, if a step has changed its file."""
        contents, path = self._book.contents, self._documents.path
        if contents is None or path is None:
            return
        changed = {contents.folder / change.name for change in step.files}
        if path not in changed:
            return
        left = [contents.folder / change.name for change in step.files if change.after is not None]
        if path.exists():
            self._documents.open_path(path)
        elif left:
            self._documents.open_path(left[0])
        else:
            self._documents.new()

    def _path(self, place: int) -> Path | None:
        contents = self._book.contents
        return contents.path(contents.book.entries[place]) if contents is not None else None

    def _encoding(self, place: int) -> str:
        """The encoding of an entry's text as far as it is known; empty for what the file says."""
        contents = self._book.contents
        if contents is None or place >= len(contents.book.entries):
            return ""
        path = self._path(place)
        return self._documents.encoding_of(path) if path is not None else ""

    def _title(self, place: int) -> str:
        return self._page.model.title(place) if self._page is not None else ""

    def _unnamed(self, contents: BookContents, kind: str) -> str:
        """A title for an entry that was given none: its kind and its number."""
        count = sum(entry.kind == kind for entry in contents.book.entries)
        return f"{kind_text(kind)} {count + 1}"


def _place_for(book: Book, kind: str, selected: int) -> int:
    """Where a new entry of a kind goes: after the branch that it stands beside."""
    if not 0 <= selected < len(book.entries):
        return len(book.entries)
    depth, above, at = KINDS.index(kind), parents(book), selected
    while book.entries[at].depth > depth and above[at] >= 0:
        at = above[at]
    return branch_end(book, at)
