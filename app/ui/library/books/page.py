"""The side bar's page of the book: its name, its tree, notes, and what can be taken back."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.books.contents import BookContents
from app.ui.languages import on_language_change
from app.ui.library.books.model import BookModel
from app.ui.library.books.tree import BookTree
from app.ui.numbers import number_text
from app.ui.sentences import Words
from app.ui.widgets.controls import ElidedLabel, IconButton, NoteLabel
from app.ui.widgets.theme import heading_font

_KEEP_NOTES_MS = 1500


class BookPage(QWidget):
    """Shows a book, or the ways to one.

    `wished` carries "open", "new", "first" (the first scene of an empty book), "add" or "more" (a
    menu below the button) and "undo"; `noted` the place of an entry and its notes.
    """

    wished = Signal(str)
    noted = Signal(int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = BookModel(self)
        self.tree = BookTree(self.model)
        self.name = ElidedLabel()
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setFont(heading_font(self.font(), 0))
        self.add_button = IconButton("add", "")
        self.more_button = IconButton("more", "")
        self.total = NoteLabel()
        self.notes = QPlainTextEdit()
        self.notes.setProperty("kind", "field")
        self.notes.setTabChangesFocus(True)
        self.undo_label = NoteLabel()
        self.undo_button = QPushButton()
        self.undo_button.setProperty("kind", "small")
        self.hint = NoteLabel()
        self.open_button = QPushButton()
        self.new_button = QPushButton()
        self.first_button = QPushButton()
        self.first_button.setProperty("kind", "primary")
        self._noted_place = -1
        self._noting = QTimer(self, singleShot=True, interval=_KEEP_NOTES_MS)
        self._noting.timeout.connect(self.keep_notes)
        self._lay_out()
        self._connect()
        self._word()
        on_language_change(self._word)
        self.say_undo("")
        self.show_book(None)

    def show_book(self, contents: BookContents | None, place: int = -1) -> None:
        """Show a book, with an entry selected; or, without one, the ways to a book.

        What was typed into the notes has to be kept before.
        """
        self._noted_place = -1
        self.model.show_book(contents)
        is_empty = contents is None or not (contents.book.entries or contents.loose)
        self.stack.setCurrentIndex(int(is_empty))
        for part in (self.add_button, self.more_button, self.name):
            part.setVisible(contents is not None)
        self.open_button.setVisible(contents is None)
        self.new_button.setVisible(contents is None)
        self.first_button.setVisible(contents is not None)
        self.name.setText(contents.name if contents is not None else "")
        self.name.setToolTip(str(contents.folder) if contents is not None else "")
        if place >= 0:
            self.tree.select(place)
        self._show_notes()
        self.show_total()
        self._word()

    def show_total(self) -> None:
        """Show the words of the book."""
        words = self.model.book_words if self.model.contents is not None else -1
        has_texts = words >= 0 and self.stack.currentIndex() == 0
        self.total.say(
            (lambda: self.tr("{0} words in the book", "", words).format(number_text(words)))
            if has_texts
            else ""
        )

    def say_undo(self, words: Words) -> None:
        """Say what was done last, beside a button that takes it back; nothing hides both."""
        self.undo_label.say(words)
        self.undo_button.setVisible(bool(words))

    def keep_notes(self) -> None:
        """Hand over notes that were typed."""
        self._noting.stop()
        place, notes = self._noted_place, self.notes.toPlainText()
        contents = self.model.contents
        if contents is None or not 0 <= place < len(contents.book.entries):
            return
        if notes != contents.book.entries[place].notes:
            self.noted.emit(place, notes)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the notes when they are left."""
        if watched is self.notes and event.type() == QEvent.Type.FocusOut:
            self.keep_notes()
        return False

    def _show_notes(self) -> None:
        """Show the notes of what is selected."""
        self.keep_notes()
        contents, place = self.model.contents, self.tree.place
        is_entry = contents is not None and self.model.is_entry(place)
        self._noted_place = place if is_entry else -1
        text = contents.book.entries[place].notes if contents is not None and is_entry else ""
        if text != self.notes.toPlainText():
            self.notes.blockSignals(True)
            self.notes.setPlainText(text)
            self.notes.blockSignals(False)
        self.notes.setEnabled(is_entry)

    def _connect(self) -> None:
        wishes = {
            self.open_button: "open",
            self.new_button: "new",
            self.first_button: "first",
            self.undo_button: "undo",
            self.add_button: "add",
            self.more_button: "more",
        }
        for button, wish in wishes.items():
            button.clicked.connect(lambda _checked=False, wish=wish: self.wished.emit(wish))
        self.tree.selectionModel().currentChanged.connect(lambda _new, _old: self._show_notes())
        self.notes.textChanged.connect(self._noting.start)
        self.notes.installEventFilter(self)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 4)
        head.setSpacing(2)
        head.addWidget(self.name, 1)
        head.addWidget(self.add_button)
        head.addWidget(self.more_button)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.setChildrenCollapsible(False)
        self.halves.addWidget(self.tree)
        self.halves.addWidget(self.notes)
        self.halves.setStretchFactor(0, 1)
        self.halves.setSizes([400, 80])
        self.notes.setMinimumHeight(48)
        empty = QWidget()
        lines = QVBoxLayout(empty)
        lines.setContentsMargins(14, 14, 14, 14)
        lines.setSpacing(10)
        for part in (self.hint, self.first_button, self.open_button, self.new_button):
            lines.addWidget(part)
        lines.addStretch(1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.halves)
        self.stack.addWidget(empty)
        undo = QHBoxLayout()
        undo.addWidget(self.undo_label, 1)
        undo.addWidget(self.undo_button)
        foot = QVBoxLayout()
        foot.setContentsMargins(4, 4, 4, 6)
        foot.addWidget(self.total)
        foot.addLayout(undo)
        body = QVBoxLayout()
        body.setContentsMargins(8, 0, 8, 0)
        body.addWidget(self.stack, 1)
        body.addLayout(foot)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addLayout(body, 1)

    def _word(self) -> None:
        self.add_button.name(self.tr("Add a scene, chapter or part"))
        self.more_button.name(self.tr("More for this book"))
        self.notes.setAccessibleName(self.tr("Notes"))
        self.notes.setPlaceholderText(self.tr("Notes on what is selected"))
        self.undo_button.setText(self.tr("Undo"))
        self.undo_button.setToolTip(self.tr("Take the last change of the book back"))
        self.undo_label.reword()
        self.total.reword()
        self.open_button.setText(self.tr("Open Book…"))
        self.new_button.setText(self.tr("New Book…"))
        self.first_button.setText(self.tr("Write the First Scene"))
        self.hint.say(self._hint)

    def _hint(self) -> str:
        if self.model.contents is not None:
            return self.tr("This book is empty.")
        return self.tr(
            "A book is a folder of plain texts in an order: parts, chapters and scenes. Any folder "
            "of .md and .txt files can be one; nothing in it is renamed."
        )
