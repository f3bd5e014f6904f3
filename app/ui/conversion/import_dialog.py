"""The dialog of File → Import: what was found in a file, and where it is to go."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from app.core.books.book import Book
from app.core.books.manuscript import write_imported
from app.core.conversion.blocks import FormattedText
from app.core.conversion.import_process import ImportedText, Importing
from app.core.conversion.importing import file_name
from app.core.errors import LampblackError
from app.ui.background import BackgroundTasks
from app.ui.conversion.questions import ConversionQuestions
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.widgets.controls import NoteLabel, ProgressStrip


class ImportDialog(QDialog):
    """Reads a file in the background and asks where its text goes; it closes when it is there.

    `as_document` carries the whole text as Markdown, and the authors of the tracked changes that
    are marked in it; `as_book` the folder of a new book.
    """

    as_document = Signal(str, object)
    as_book = Signal(object)

    def __init__(
        self, path: Path, questions: ConversionQuestions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._path, self._questions = path, questions
        self._found: ImportedText | None = None
        self._reading = Importing()
        self.background = BackgroundTasks(self._fail, self)
        self.setWindowTitle(self.tr("Import"))
        self._make()
        self._lay_out()
        self.finished.connect(lambda _result: self._end())
        self._allow()
        self.progress.show_fraction(self.tr("Reading {0}…").format(path.name), -1)
        self.background.run(partial(self._reading.run, path), self._show)

    def _make(self) -> None:
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.missing = NoteLabel()
        self.list = QListWidget()
        self.list.setProperty("kind", "texts")
        self.list.setAccessibleName(self.tr("Chapters found"))
        self.list.setToolTip(self.tr("The chapters that were found, and their words"))
        self.one = QRadioButton(self.tr("As &one new document"))
        self.one.setToolTip(self.tr("The text comes on the page; it is not saved yet"))
        self.many = QRadioButton(self.tr("As a &book, with a file for each chapter"))
        self.many.setToolTip(self.tr("Nothing that is in the folder is written over"))
        self.folder = QLineEdit(str(self._path.absolute().with_suffix("")))
        self.folder.setAccessibleName(self.tr("Folder"))
        self.folder.setToolTip(self.tr("Where the chapters go; the folder is made if need be"))
        self.choose = QPushButton(self.tr("Choos&e…"))
        self.choose.setToolTip(self.tr("Choose the folder"))
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose)
        self.trouble = NoteLabel("wrong")
        self.progress = ProgressStrip()
        self.progress.stopped.connect(self.reject)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.take = QPushButton(self.tr("&Import"))
        self.take.setToolTip(self.tr("Take the text in"))
        self.take.setProperty("kind", "primary")
        self.buttons.addButton(self.take, QDialogButtonBox.ButtonRole.ActionRole)
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.many.toggled.connect(lambda _on: self._allow())

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.addWidget(self.folder, 1)
        line.addWidget(self.choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        column.addWidget(self.summary)
        column.addWidget(self.missing)
        column.addWidget(self.list, 1)
        column.addWidget(self.one)
        column.addWidget(self.many)
        column.addLayout(line)
        column.addWidget(self.trouble)
        column.addWidget(self.progress)
        column.addWidget(self.buttons)
        self.resize(560, 520)

    def _show(self, found: ImportedText) -> None:
        """Tell what the file holds."""
        self._found = found
        self.progress.hide()
        name = found.title or self._path.name
        words = self.tr("{0} words", "", sum(found.words)).format(number_text(sum(found.words)))
        count = len(found.chapters)
        chapters = self.tr("{0} chapters", "", count).format(number_text(count))
        who = self.tr("{0} by {1}").format(name, found.author) if found.author else name
        self.summary.setText(f"{who}\n{chapters} · {words}")
        for chapter, length in zip(found.chapters, found.words, strict=True):
            told_words = self.tr("{0} words", "", length).format(number_text(length))
            self.list.addItem(f"{chapter.name.removesuffix('.md')} · {told_words}")
        missing = [
            self.tr(
                "Headings, emphasis, lists, quotes, scene breaks, links and footnotes are kept."
            )
        ]
        if found.left_out:
            missing.append(self.tr("%n image(s) were left out.", "", found.left_out))
        if found.authors:
            missing.append(
                self.tr("Tracked changes stay open in one document; in a book they are accepted.")
            )
        if found.restyled:
            missing.append(
                self.tr("%n tracked change(s) of formatting are accepted.", "", found.restyled)
            )
        self.missing.say(" ".join(missing))
        (self.many if count > 1 else self.one).setChecked(True)
        title = file_name(found.title)
        if title:
            self.folder.setText(str(self._path.absolute().with_name(title)))
        self._allow()
        self.take.setFocus()

    def _allow(self) -> None:
        is_found = self._found is not None
        for widget in (self.one, self.many, self.take, self.list):
            widget.setEnabled(is_found)
        for beside in (self.folder, self.choose):
            beside.setEnabled(is_found and self.many.isChecked())

    def _choose(self) -> None:
        folder = self._questions.folder(Path(self.folder.text()).parent)
        if folder is not None:
            self.folder.setText(str(folder))

    def _take(self) -> None:
        found = self._found
        if found is None:
            return
        if self.one.isChecked():
            whole = "\n\n".join(one.text.rstrip("\n") for one in found.chapters)
            self.as_document.emit(found.revised.rstrip("\n") or whole, found.authors)
            self.accept()
            return
        if not self.folder.text().strip():
            self.trouble.say(self.tr("Name the folder first."))
            return
        folder = Path(self.folder.text().strip()).expanduser().absolute()
        self.trouble.say("")
        self.take.setEnabled(False)
        self.progress.show_fraction(self.tr("Writing {0}…").format(folder), -1)
        self.background.run(partial(_write, folder, found), lambda _book: self._on_written(folder))

    def _on_written(self, folder: Path) -> None:
        self.as_book.emit(folder)
        self.accept()

    def _fail(self, error: LampblackError) -> None:
        self.progress.hide()
        self.trouble.say(told(str(error)))
        if self._found is None:
            self.summary.setText(self._path.name)
        self._allow()

    def _end(self) -> None:
        self._reading.cancel()
        self.background.close()


def _write(folder: Path, found: ImportedText) -> Book:
    return write_imported(
        folder, FormattedText((), title=found.title, author=found.author), found.chapters
    )
