"""Notes: what a model said about a passage, kept beside the text as a page of the side bar."""

from __future__ import annotations

import html
import time
from collections.abc import Iterable

import msgspec
from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from app.core.rewrites.table import Rewrite
from app.core.store.notes.kept_notes import KeptPassage
from app.ui.editor.manuscript import Change
from app.ui.generation.takes import new_key
from app.ui.languages import on_language_change
from app.ui.rewrites.words import name_of
from app.ui.texts import clock_text, moment_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.two_line_list import TwoLines

_LINE_END = "\u2028"
_BEGINNING = 80  # characters of the passage in the list


class NotePassage(msgspec.Struct, frozen=True):
    """A passage from `start` to `end` in UTF-16 units, of the text on the page or else of a `file`.

    `before` and `after` are the words around one of a file.
    """

    start: int
    end: int
    file: str = ""
    before: str = ""
    after: str = ""

    def carried(self, change: Change) -> NotePassage:
        """The passage after a change of the text on the page."""
        if self.file:
            return self
        start, end = change.carry(self.start), change.carry(self.end)
        return NotePassage(start, end)


class LinkedSentence(msgspec.Struct, frozen=True):
    """A sentence of a note, and the passages that it came from.

    `lost` are those that the text on the page did not have, which another version of it may have.
    """

    text: str
    passages: tuple[NotePassage, ...] = ()
    lost: tuple[KeptPassage, ...] = ()

    def carried(self, change: Change) -> LinkedSentence:
        """The sentence after a change of the text on the page."""
        passages = tuple(place.carried(change) for place in self.passages)
        return LinkedSentence(self.text, passages, self.lost)


class NoteFile(msgspec.Struct, frozen=True):
    """A file whose text is from `start` to `end` of what a note is about, in UTF-16 units."""

    path: str
    start: int
    end: int


class Note(msgspec.Struct, eq=False):
    """An answer about a `passage` of the text, which may still be written.

    `sentences` are there once it is known where each came from. One about the `files` of a book has
    the book's `title`, and belongs to the folder that is its `owner`.
    """

    action: Rewrite
    passage: str
    text: str = ""
    sentences: tuple[LinkedSentence, ...] = ()
    made_at: float = msgspec.field(default_factory=time.time)
    key: str = msgspec.field(default_factory=new_key)
    title: str = ""
    owner: str = ""
    files: tuple[NoteFile, ...] = ()


class NotesPage(QWidget):
    """The notes of the document on the page, the newest first, and the selected one in full.

    `insert_asked` carries a text for the page, `passage_asked` a NotePassage, and `removed` a
    note that is not wanted any more.
    """

    insert_asked = Signal(str)
    passage_asked = Signal(object)
    removed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list, self.text = QListWidget(), QTextBrowser()
        self.empty = QLabel()
        self.empty.setProperty("kind", "muted")
        self.empty.setWordWrap(True)
        self.copy_button, self.insert_button = QPushButton(), QPushButton()
        self.remove_button, self.source_button = QPushButton(), QPushButton()
        self._source = -1
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self._prepare()
        self._lay_out()
        self._word()
        on_language_change(self._word)
        on_theme_change(self._recolour)
        self._show_current()

    def _prepare(self) -> None:
        self.list.setProperty("kind", "texts")
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_items: self._show_current())
        self.text.setProperty("kind", "field")
        self.text.setOpenLinks(False)
        flags = Qt.TextInteractionFlag
        self.text.setTextInteractionFlags(  # Tab leaves the text; the button leads to the sources
            flags.TextSelectableByMouse
            | flags.TextSelectableByKeyboard
            | flags.LinksAccessibleByMouse
        )
        self.text.anchorClicked.connect(self._follow)
        self.copy_button.clicked.connect(self._copy)
        self.insert_button.clicked.connect(self._insert)
        self.remove_button.clicked.connect(self._remove)
        self.source_button.clicked.connect(self._show_next_source)
        for button in (*self._buttons, self.source_button):
            button.setProperty("kind", "small")

    def _lay_out(self) -> None:
        self.halves.addWidget(self.list)
        self.halves.addWidget(self.text)
        self.halves.setSizes([140, 320])
        self.halves.setChildrenCollapsible(False)
        buttons = QHBoxLayout()
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.setSpacing(8)
        whole.addWidget(self.empty)
        whole.addWidget(self.halves, 1)
        whole.addWidget(self.source_button, 0, Qt.AlignmentFlag.AlignLeft)
        whole.addLayout(buttons)

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.copy_button, self.insert_button, self.remove_button)

    def _word(self) -> None:
        self.list.setAccessibleName(self.tr("Notes"))
        self.text.setAccessibleName(self.tr("Text of the note"))
        self.empty.setText(
            self.tr(
                "Summaries, explanations, titles and questions of a reader come here. Select text "
                "and press Ctrl+K."
            )
        )
        self.copy_button.setText(self.tr("Copy"))
        self.insert_button.setText(self.tr("Insert"))
        self.insert_button.setToolTip(self.tr("Put the note's text at the cursor"))
        self.remove_button.setText(self.tr("Delete"))
        self.source_button.setText(self.tr("Show the Next Source"))
        self.source_button.setToolTip(
            self.tr("Select the next passage of the text that the note came from")
        )
        for row in range(self.list.count()):
            self._name(self.list.item(row))

    @property
    def notes(self) -> list[Note]:
        """Every note, the newest first."""
        rows = (self.list.item(row) for row in range(self.list.count()))
        return [item.data(Qt.ItemDataRole.UserRole) for item in rows]

    @property
    def current(self) -> Note | None:
        """The selected one."""
        item = self.list.currentItem()
        note: Note | None = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        return note

    def add(self, note: Note) -> None:
        """Put a note first, and show it."""
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, note)
        self._name(item)
        self.list.insertItem(0, item)
        self.list.setCurrentItem(item)
        self._show_current()

    def add_kept(self, notes: Iterable[Note]) -> None:
        """List notes of before, the newest first, below those that are listed already."""
        listed = {note.key for note in self.notes}
        for note in notes:
            if note.key not in listed:
                item = QListWidgetItem()
                item.setData(Qt.ItemDataRole.UserRole, note)
                self._name(item)
                self.list.addItem(item)
        if self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self._show_current()

    def select(self, key: str) -> None:
        """Show the note of that key, if it is listed."""
        for row, note in enumerate(self.notes):
            if note.key == key:
                self.list.setCurrentRow(row)

    def put(self, note: Note) -> None:
        """Show what there is of a note now, which may be a new one."""
        if not any(one is note for one in self.notes):
            self.add(note)
        self.follow(note)

    def carry(self, change: Change) -> None:
        """Let the notes' passages move along with a change of the text."""
        for note in self.notes:
            note.sentences = tuple(one.carried(change) for one in note.sentences)

    def remove(self, note: Note) -> None:
        """Forget a note."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) is note:
                self.list.takeItem(row)
                self.removed.emit(note)
                break
        self._show_current()

    def take_away(self, notes: Iterable[Note]) -> None:
        """List these notes no more; they are not deleted."""
        keys = {note.key for note in notes}
        for row in reversed(range(self.list.count())):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole).key in keys:
                self.list.takeItem(row)
        self._show_current()

    def clear(self) -> None:
        """Forget all, because another document comes."""
        self.list.clear()
        self._show_current()

    def follow(self, note: Note) -> None:
        """The note has more text, or its links."""
        if note is self.current:
            self._show_text(note)
            self.source_button.setVisible(bool(_sources(note)))

    def _name(self, item: QListWidgetItem) -> None:
        note: Note = item.data(Qt.ItemDataRole.UserRole)
        begin = note.title or " ".join(note.passage[: 2 * _BEGINNING].split())[:_BEGINNING]
        item.setText(f"{name_of(note.action)} · {_when(note.made_at)}{_LINE_END}{begin}")

    def _show_current(self) -> None:
        note = self.current
        self.empty.setVisible(note is None)
        self.halves.setVisible(note is not None)
        for button in self._buttons:
            button.setVisible(note is not None)
        self._source = -1
        self.source_button.setVisible(note is not None and bool(_sources(note)))
        if note is not None:
            self._show_text(note)

    def _recolour(self) -> None:
        """Links have their colour from when they were put in."""
        note = self.current
        if note is not None:
            self._show_text(note)

    def _show_text(self, note: Note) -> None:
        """The text; a sentence whose passages are known is a link to them."""
        if not note.sentences:
            self.text.setPlainText(note.text)
            return
        shown = []
        for number, sentence in enumerate(note.sentences):
            text = html.escape(sentence.text).replace("\n", "<br>")
            links = "".join(
                f' <a href="#{number}.{place}">[{place + 1}]</a>'
                for place in range(len(sentence.passages))
            )
            shown.append(text.rstrip() + links)
        self.text.setHtml(" ".join(shown))

    def _follow(self, link: QUrl) -> None:
        note = self.current
        if note is not None:
            number, place = map(int, link.fragment().split("."))
            self.passage_asked.emit(note.sentences[number].passages[place])

    def _show_next_source(self) -> None:
        note = self.current
        if note is not None and (sources := _sources(note)):
            self._source = (self._source + 1) % len(sources)
            self.passage_asked.emit(sources[self._source])

    def _copy(self) -> None:
        if self.current is not None:
            QGuiApplication.clipboard().setText(self.current.text)

    def _insert(self) -> None:
        if self.current is not None:
            self.insert_asked.emit(self.current.text)

    def _remove(self) -> None:
        if self.current is not None:
            self.remove(self.current)


def _sources(note: Note) -> list[NotePassage]:
    """The passages that the note's sentences came from, in their order."""
    return [one for sentence in note.sentences for one in sentence.passages]


def _when(made_at: float) -> str:
    """The time of a note of today, or the day and the time."""
    is_today = time.localtime(made_at)[:3] == time.localtime()[:3]
    return clock_text(made_at) if is_today else moment_text(made_at)


class NoteAnswer:
    """An answer that goes into a note, in the place of what is there."""

    origin_key = 0

    def __init__(self, page: NotesPage, note: Note) -> None:
        self._page, self._note, self._former = page, note, note.text

    def show(self, answer: str, /) -> None:
        """Show what is there of it."""
        if not answer:
            return
        self._note.text = answer
        self._page.put(self._note)

    def finish(self, answer: str, /) -> None:
        """All of it is there."""
        self.show(answer)

    def abandon(self) -> None:
        """Let the note be as it was, or take it away if there was none."""
        self._note.text = self._former
        if self._former:
            self._page.put(self._note)
        else:
            self._page.remove(self._note)


class PartAnswer:
    """The summary of a part, which goes into a note after those of the parts before."""

    origin_key = 0

    def __init__(self, page: NotesPage, note: Note) -> None:
        self._page, self._note, self._before = page, note, note.text

    def show(self, answer: str, /) -> None:
        """Show what is there of it."""
        self._note.text = "\n\n".join(filter(None, (self._before, answer)))
        if answer:
            self._page.put(self._note)

    def finish(self, answer: str, /) -> None:
        """All of it is there."""
        self.show(answer)

    def abandon(self) -> None:
        """Nothing came of it."""
        self.show("")
