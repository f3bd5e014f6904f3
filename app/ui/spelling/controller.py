"""Spelling in the window: which dictionary, the marks, the context menu and own words."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QLocale, QObject, QPoint, QTimer
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtWidgets import QMenu

from app.core.spelling.checker import SpellChecker
from app.core.spelling.dictionaries import Dictionary, dictionaries, suited
from app.core.spelling.words import plain
from app.program import Program
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.documents.display import DocumentDisplay
from app.ui.spelling.languages import NONE, language_name
from app.ui.spelling.marks import SpellingMarks
from app.ui.widgets.announce import announce
from app.ui.widgets.banner import BannerArea
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

_FIRST_MS = 1500  # a dictionary is read when the writer pauses: until then keys come first


class SpellingController(QObject):
    """Checks the page in the document's language, and keeps what the writer takes for right.

    The language is the one chosen for the document, else the one of the settings, else the
    system's. `reading` runs until the dictionary is to be read.
    """

    def __init__(
        self,
        program: Program,
        documents: DocumentController,
        display: DocumentDisplay,
        banners: BannerArea,
        status: StatusBar,
        actions: Actions,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._program, self._documents, self._editor = program, documents, display.editor
        self._banners, self._status, self._actions = banners, status, actions
        self._own = program.store.own_words
        self.marks = SpellingMarks(self._editor)
        self.marks.strange.connect(self._ask_language)
        self._document = documents.marked_as
        self._asked: set[tuple[str, str]] = set()
        self._background = BackgroundTasks(documents.failed.emit, self)
        self.known: tuple[Dictionary, ...] = ()
        self.reading = QTimer(self, singleShot=True, interval=_FIRST_MS)
        self.reading.timeout.connect(self._read)
        self._editor.changed.connect(self._postpone)
        documents.replaced.connect(self._on_replaced)
        documents.saved.connect(lambda _path: self._carry())
        display.menu_opens.connect(self._add_to_menu)
        actions.connect_all(
            {
                "spelling": self.toggle,
                "next_misspelling": self.go_to_next,
                "spelling_words": self.open,
            }
        )
        actions["spelling"].setChecked(program.settings.spelling)

    def begin(self) -> None:
        """The window is shown: read the dictionary as soon as the writer pauses."""
        self.reading.start()

    def close(self) -> None:
        """The window closes."""
        self.reading.stop()
        self._background.close()

    @property
    def language(self) -> str:
        """The language of the document on the page, or `none`."""
        chosen = self._own.language(self._document) or self._program.settings.spelling_language
        return chosen or QLocale.system().name()

    @property
    def dictionary(self) -> Dictionary | None:
        """The dictionary for it; None where spelling is off here or none is installed."""
        return suited(self.known, self.language) if self.language != NONE else None

    # What the writer asks for

    def toggle(self) -> None:
        """Check spelling from now on, or not any more."""
        is_on = not self._program.settings.spelling
        self._program.settings_store.change(spelling=is_on)
        self._read()
        if is_on and self.known and self.dictionary is None:
            self._say_missing()

    def go_to_next(self) -> None:
        """Select the next misspelled word."""
        if self.marks.checker is None:
            self._say_missing()
            return
        found = self.marks.next_after(self._editor.textCursor().selectionEnd())
        if found is None:
            self._status.say(self.tr("No word of this document is unknown to the dictionary."))
            return
        start, end, word = found
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        announce(self._editor, self.tr("Unknown word: {0}").format(word))

    def open(self) -> None:
        """Show the document's unknown words, its language, and the writer's own words."""
        from app.ui.spelling.dialog import SpellingDialog

        dialog = SpellingDialog(self, self._editor.manuscript.text(), self._editor.window())
        dialog.find_asked.connect(self._find)
        show_dialog(dialog)

    def add(self, word: str) -> None:
        """Take the word for right in every document."""
        if self._own.keep(plain(word)):
            self._take_own()
            self._status.say(self.tr("“{0}” is one of your words now.").format(word))

    def accept(self, word: str) -> None:
        """Take the word for right in this document."""
        if self._own.keep(plain(word), self._document):
            self._take_own()
            self._status.say(self.tr("“{0}” is right in this document now.").format(word))

    def remove(self, word: str, *, everywhere: bool) -> None:
        """Take the word for right no more."""
        if everywhere:
            self._own.keep(word, is_on=False)
        else:
            self._own.keep(word, self._document, is_on=False)
        self._take_own()

    def words(self, *, everywhere: bool) -> tuple[str, ...]:
        """The writer's own words, or those of this document."""
        return self._own.words() if everywhere else self._own.words(self._document)

    def choose(self, language: str, *, for_all: bool) -> None:
        """Check this document in that language, or not at all; with `for_all` others as well."""
        if for_all:
            self._program.settings_store.change(spelling_language=language)
        self._own.keep_language(self._document, language)
        if language != NONE and not self._program.settings.spelling:
            self._program.settings_store.change(spelling=True)
        self._read()

    # Inside

    def _postpone(self, *_of_the_change: object) -> None:
        if self.reading.isActive():
            self.reading.start()

    def _read(self) -> None:
        """Read the dictionary that is wanted now, if it is not the one in use."""
        self.reading.stop()
        self._actions["spelling"].setChecked(self._program.settings.spelling)
        if not self._program.settings.spelling:
            self.marks.use(None)
            return
        language, in_use = self.language, self.marks.checker
        own, folder, known = self._all_own(), self._program.paths.dictionaries, self.known

        def work() -> tuple[tuple[Dictionary, ...], SpellChecker | None]:
            found = known or dictionaries(folder)
            wanted = suited(found, language) if language != NONE else None
            if wanted is None:
                return found, None
            if in_use is not None and in_use.dictionary == wanted:
                return found, in_use
            return found, SpellChecker(wanted, own)

        self._background.run(work, partial(self._on_read, language))

    def _on_read(
        self, language: str, result: tuple[tuple[Dictionary, ...], SpellChecker | None]
    ) -> None:
        self.known, checker = result
        if language == self.language and self._program.settings.spelling:
            if checker is not None:
                checker.set_own(self._all_own())
            self.marks.use(checker)

    def _all_own(self) -> tuple[str, ...]:
        return (*self._own.words(), *self._own.words(self._document))

    def _take_own(self) -> None:
        if self.marks.checker is not None:
            self.marks.checker.set_own(self._all_own())
            self.marks.wake()

    def _on_replaced(self) -> None:
        self._document = self._documents.marked_as
        if self.known:
            self.reading.start()

    def _carry(self) -> None:
        """The document has a file, or another one: what it has goes along."""
        if self._document != self._documents.marked_as:
            self._own.copy(self._document, self._documents.marked_as)
            self._document = self._documents.marked_as

    def _say_missing(self) -> None:
        if not self._program.settings.spelling:
            self._status.say(self.tr("Spelling is not checked: switch it on in the Edit menu."))
        elif self.language == NONE:
            self._status.say(self.tr("The spelling of this document is not checked."))
        else:
            self._status.say(
                self.tr("There is no dictionary for {0} on this machine.").format(
                    language_name(self.language)
                )
            )

    def _ask_language(self) -> None:
        """Most words are unknown: the text is in another language, most likely."""
        checker = self.marks.checker
        if checker is None:
            return
        language, document = checker.dictionary.language, self._document
        if (document, language) in self._asked:
            return
        self._asked.add((document, language))

        def words() -> str:
            said = self.tr(
                "Most words here are unknown in {0}, so none is marked. Is this text in another "
                "language?"
            )
            return said.format(language_name(language))

        self._banners.say(
            words,
            "notice",
            lambda: {
                self.tr("Choose the Language…"): self.open,
                self.tr("Do Not Check It"): lambda: self.choose(NONE, for_all=False),
            },
        )

    def _find(self, word: str) -> None:
        """Select the next place of the word."""
        start = self._editor.textCursor().selectionEnd()
        at, first = start, None
        while (found := self.marks.next_after(at)) is not None and found[:2] != first:
            first = first or found[:2]
            if plain(found[2]) == word:
                cursor = QTextCursor(self._editor.document())
                cursor.setPosition(found[0])
                cursor.setPosition(found[1], QTextCursor.MoveMode.KeepAnchor)
                self._editor.setTextCursor(cursor)
                self._editor.ensureCursorVisible()
                return
            at = found[1]

    def _add_to_menu(self, menu: QMenu, place: QPoint) -> None:
        """Offer what the word under the pointer may be."""
        found = self.marks.at(self._editor.cursorForPosition(place).position())
        if found is None or self.marks.checker is None:
            return
        start, end, word = found
        first = menu.actions()[0]
        actions = [
            self._suggestion(menu, start, end, one) for one in self.marks.checker.suggest(word)
        ]
        if not actions:
            nothing = QAction(self.tr("No Suggestions"), menu)
            nothing.setEnabled(False)
            actions.append(nothing)
        add = QAction(self.tr("Add to My Words"), menu)
        add.triggered.connect(lambda: self.add(word))
        accept = QAction(self.tr("Accept in This Document"), menu)
        accept.triggered.connect(lambda: self.accept(word))
        for action in (*actions, None, add, accept, None):
            menu.insertAction(first, action or _separator(menu))

    def _suggestion(self, menu: QMenu, start: int, end: int, word: str) -> QAction:
        action = QAction(word.replace("&", "&&"), menu)
        font = action.font()
        font.setBold(True)
        action.setFont(font)
        action.triggered.connect(lambda: self._replace(start, end, word))
        return action

    def _replace(self, start: int, end: int, word: str) -> None:
        """Put the word in the place of the one at these positions of the document."""
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self._editor.setTextCursor(cursor)
        self._editor.replace_text(*self._editor.selection, word)


def _separator(menu: QMenu) -> QAction:
    line = QAction(menu)
    line.setSeparator(True)
    return line
