"""The dialog of spelling: the document's language, its unknown words, and the writer's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.spelling.checker import SpellChecker, unknown_words
from app.core.spelling.dictionaries import Dictionary
from app.ui.background import BackgroundTasks
from app.ui.spelling.languages import NONE, language_name
from app.ui.spelling.marks import SpellingMarks
from app.ui.widgets.controls import NoteLabel, QuietCombo

_MOST = 2000


class PageSpelling(Protocol):
    """The spelling of the document on the page, and the words that are right."""

    marks: SpellingMarks
    known: tuple[Dictionary, ...]

    @property
    def dictionary(self) -> Dictionary | None:
        """What the document is checked with."""

    def add(self, word: str) -> None:
        """Take the word for right in every document."""

    def accept(self, word: str) -> None:
        """Take the word for right in this document."""

    def remove(self, word: str, *, everywhere: bool) -> None:
        """Take the word for right no more."""

    def words(self, *, everywhere: bool) -> tuple[str, ...]:
        """The words that are right everywhere, or here."""

    def choose(self, language: str, *, for_all: bool) -> None:
        """Check this document, and others with `for_all`, in that language."""


class SpellingDialog(QDialog):
    """Works on what the `spelling` controller keeps; every change holds at once.

    The words of `text` are looked up in the background. `find_asked` carries a word to go to.
    """

    find_asked = Signal(str)

    def __init__(self, spelling: PageSpelling, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spelling, self._lines = spelling, text.split("\n")
        self._background = BackgroundTasks(lambda _error: None, self)
        self.finished.connect(lambda _result: self._background.close())
        self.setWindowTitle(self.tr("Spelling"))
        self.language = QuietCombo()
        self.for_all = QCheckBox(self.tr("Also for other documents"))
        self.note = NoteLabel()
        self.unknown, self.mine, self.here = (QListWidget() for _ in range(3))
        self.unknown.setAccessibleName(self.tr("Unknown words"))
        self.mine.setAccessibleName(self.tr("My words"))
        self.here.setAccessibleName(self.tr("Words of this document"))
        self.tabs = QTabWidget()
        self.tabs.setAccessibleName(self.tr("Lists of words"))
        self.tabs.setDocumentMode(True)
        self._lay_out()
        self._fill_languages()
        self._fill_own()
        self.resize(520, 480)
        spelling.marks.used.connect(self._look_up)
        self._look_up()

    def _lay_out(self) -> None:
        name = QLabel(self.tr("&Language of this document"))
        name.setBuddy(self.language)
        self.language.setAccessibleName(self.tr("Language of this document"))
        row = QHBoxLayout()
        row.addWidget(name)
        row.addWidget(self.language, 1)
        self.for_all.setAccessibleDescription(
            self.tr("Checks documents for which no language was chosen in this one, too.")
        )
        self.for_all.setToolTip(self.for_all.accessibleDescription())
        self._add_tab(
            self.tr("Unknown"),
            self.unknown,
            (
                (self.tr("Find"), self._find),
                (self.tr("Add to My Words"), partial(self._take, self._spelling.add)),
                (self.tr("Accept in This Document"), partial(self._take, self._spelling.accept)),
            ),
        )
        remove = self.tr("Remove")
        self._add_tab(
            self.tr("My Words"), self.mine, ((remove, partial(self._remove, self.mine, True)),)
        )
        self._add_tab(
            self.tr("This Document"),
            self.here,
            ((remove, partial(self._remove, self.here, False)),),
        )
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addLayout(row)
        whole.addWidget(self.for_all)
        whole.addWidget(self.note)
        whole.addWidget(self.tabs, 1)
        whole.addWidget(buttons)

    def _add_tab(
        self, title: str, words: QListWidget, buttons: Iterable[tuple[str, object]]
    ) -> None:
        page = QWidget()
        lines, row = QVBoxLayout(page), QHBoxLayout()
        lines.setContentsMargins(0, 10, 0, 0)
        for text, slot in buttons:
            button = QPushButton(text)
            button.setEnabled(False)
            button.setAutoDefault(False)
            button.clicked.connect(slot)
            words.currentItemChanged.connect(
                lambda item, _before, button=button: button.setEnabled(item is not None)
            )
            row.addWidget(button)
        row.addStretch(1)
        lines.addWidget(words, 1)
        lines.addLayout(row)
        self.tabs.addTab(page, title)

    def _fill_languages(self) -> None:
        for one in self._spelling.known:
            self.language.addItem(language_name(one.language), one.language)
        self.language.addItem(self.tr("Not checked"), NONE)
        used = self._spelling.dictionary
        self.language.setCurrentIndex(self.language.findData(used.language if used else NONE))
        self.language.activated.connect(self._choose)
        self.for_all.toggled.connect(lambda is_on: self._choose() if is_on else None)

    def _fill_own(self) -> None:
        for words, everywhere in ((self.mine, True), (self.here, False)):
            words.clear()
            words.addItems(self._spelling.words(everywhere=everywhere))

    def _look_up(self) -> None:
        """Look every word of the text up again."""
        checker = self._spelling.marks.checker
        self.unknown.clear()
        if checker is None:
            self.note.say(self.tr("The spelling of this document is not checked."))
            return
        self.note.say(self.tr("Looking the words up…"))
        self._background.run(
            partial(unknown_words, checker, self._lines), partial(self._show, checker)
        )

    def _show(self, checker: SpellChecker, found: dict[str, int]) -> None:
        if checker is not self._spelling.marks.checker:
            return
        for word, count in list(found.items())[:_MOST]:
            item = QListWidgetItem(word)
            if count > 1:
                item.setText(self.tr("{0} · %n times", "", count).format(word))
            item.setData(Qt.ItemDataRole.UserRole, word)
            self.unknown.addItem(item)
        self.unknown.setCurrentRow(0)
        said = self.tr("%n words are not in the dictionary.", "", len(found))
        self.note.say(said if found else self.tr("Every word is in the dictionary."))

    def _choose(self) -> None:
        self._spelling.choose(self.language.currentData(), for_all=self.for_all.isChecked())

    def _find(self) -> None:
        item = self.unknown.currentItem()
        self.find_asked.emit(item.data(Qt.ItemDataRole.UserRole))

    def _take(self, keep: Callable[[str], None]) -> None:
        row = self.unknown.currentRow()
        keep(self.unknown.item(row).data(Qt.ItemDataRole.UserRole))
        self.unknown.takeItem(row)
        self._fill_own()

    def _remove(self, words: QListWidget, everywhere: bool) -> None:
        self._spelling.remove(words.currentItem().text(), everywhere=everywhere)
        self._fill_own()
        self._look_up()
