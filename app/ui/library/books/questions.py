"""What a window asks about a book: its folder, a title, and who wrote it."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.books.book import Book
from app.ui.library.books.texts import kind_text
from app.ui.numbers import number_text

_LONGEST = 300


class BookQuestions(QObject):
    """Asks the user, on top of `window`; every method returns the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def folder(self, start: Path, *, is_new: bool) -> Path | None:
        """Which folder is the book."""
        from PySide6.QtWidgets import QFileDialog

        title = (
            self.tr("Choose or Make a Folder for the Book") if is_new else self.tr("Open a Book")
        )
        name = QFileDialog.getExistingDirectory(self._window, title, str(start))
        return Path(name) if name else None

    def make(self, folder: Path, texts: int) -> bool:
        """Whether to make a book of a folder that is none yet."""
        from app.ui.questions import question_box

        box = question_box(
            self._window,
            self.tr("Make a book of “{0}”?").format(folder.name),
            self.tr(
                "There is no book in it yet, but {0} texts. Their order is written into one small "
                "file beside them; nothing is renamed or changed.",
                "",
                texts,
            ).format(number_text(texts)),
        )
        make = box.addButton(self.tr("Make a Book"), box.ButtonRole.AcceptRole)
        box.addButton(box.StandardButton.Cancel)
        box.setDefaultButton(make)
        box.exec()
        return box.clickedButton() is make

    def title(self, kind: str) -> str | None:
        """The title of a new entry; None if there shall be none."""
        from PySide6.QtWidgets import QInputDialog

        dialog = QInputDialog(self._window)
        dialog.setWindowTitle(self.tr("New: {0}").format(kind_text(kind)))
        dialog.setLabelText(self.tr("Title"))
        answer = dialog.exec()
        return dialog.textValue().strip()[:_LONGEST] if answer else None


class BookDetailsDialog(QDialog):
    """The title page of a book. `answered` carries the book with what was typed."""

    answered = Signal(object)

    def __init__(self, book: Book, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._book = book
        self.setWindowTitle(self.tr("Title and Author"))
        self.title = QLineEdit(book.title)
        self.title.setPlaceholderText(name)
        self.author = QLineEdit(book.author)
        self.language = QLineEdit(book.language)
        self.language.setPlaceholderText("en, de, zh-CN …")
        form = QFormLayout()
        rows = (
            (self.tr("Title"), self.title, self.tr("What stands on the title page")),
            (self.tr("Author"), self.author, self.tr("Who has written it")),
            (self.tr("Language"), self.language, self.tr("Its language, such as en or zh-CN")),
        )
        for label, line, tip in rows:
            line.setMaxLength(_LONGEST)
            line.setAccessibleName(label)
            line.setToolTip(tip)
            form.addRow(label, line)
        buttons = QDialogButtonBox()
        buttons.addButton(QDialogButtonBox.StandardButton.Ok)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addLayout(form)
        whole.addWidget(buttons)
        self.resize(420, 0)

    def accept(self) -> None:
        """Take over what was typed."""
        fields = {
            name: getattr(self, name).text().strip() for name in ("title", "author", "language")
        }
        super().accept()
        self.answered.emit(msgspec.structs.replace(self._book, **fields))
