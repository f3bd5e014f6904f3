"""The dialog in which a file's encoding is chosen, with its text beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QWidget,
)

from app.core.documents.encodings import ENCODINGS, decode_as, name_of
from app.core.documents.normalise import normalise
from app.core.documents.text_files import read_file
from app.core.store import FormerFile
from app.ui.numbers import number_text
from app.ui.sentences import encoding_text
from app.ui.texts import moment_text
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.two_line_list import TextListDialog

_PREVIEW = 20_000


class OpenAsDialog(TextListDialog):
    """Lists the encodings and shows the file in the one that is selected.

    `chosen` carries the encoding and None, or the file's former bytes where these were chosen.
    Raises DocumentError if the file cannot be read.
    """

    chosen = Signal(str, object)

    def __init__(
        self,
        path: Path,
        encoding: str,
        former: Sequence[FormerFile] = (),
        parent: QWidget | None = None,
    ) -> None:
        sources = [read_file(path), *(one.data for one in former)]
        super().__init__(parent)
        self._sources = sources
        self.setWindowTitle(self.tr("Open As"))
        self.intro.setText(
            self.tr("Choose the encoding in which {0} reads well.").format(path.name)
        )
        self.intro.setTextFormat(Qt.TextFormat.PlainText)
        self.source = self._make_source(former)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find an encoding, such as Cyrillic or Korean"))
        self.line.setAccessibleName(self.tr("Find an encoding"))
        self.line.setClearButtonEnabled(True)
        self._fill_list()
        self.preview.setAccessibleName(self.tr("Preview"))
        self.problem = NoteLabel("wrong")
        self._add_buttons()
        for place, part in ((1, self.source), (2, self.line), (4, self.problem)):
            self.column.insertWidget(place, part)
        self.line.textChanged.connect(self._filter)
        self.list.itemActivated.connect(self.accept)
        self.source.currentIndexChanged.connect(self._show_source)
        self.select(encoding or "utf-8")
        self.line.setFocus()

    def selected(self) -> str:
        """The selected encoding's id; empty where the words find none."""
        item = self.list.currentItem()
        return "" if item is None or item.isHidden() else str(item.data(Qt.ItemDataRole.UserRole))

    def select(self, encoding: str) -> None:
        """Select an encoding and show the text in it."""
        self.list.setCurrentRow(list(ENCODINGS).index(encoding))
        middle = QListWidget.ScrollHint.PositionAtCenter
        self.list.scrollToItem(self.list.currentItem(), middle)
        self._show_current()

    def accept(self) -> None:
        """Open the file so."""
        if not self.ok.isEnabled():
            return
        index = self.source.currentIndex()
        encoding, data = self.selected(), self._sources[index] if index > 0 else None
        super().accept()
        self.chosen.emit(encoding, data)

    def _make_source(self, former: Sequence[FormerFile]) -> QComboBox:
        combo = QuietCombo()
        combo.setAccessibleName(self.tr("What to open"))
        combo.setToolTip(self.tr("The file, or what it held before its encoding was changed"))
        combo.addItem(self.tr("The file as it is now"))
        for one in former:
            combo.addItem(
                self.tr("Before it became UTF-8, {0}").format(moment_text(one.kept_at)),
                one.encoding,
            )
        combo.setVisible(bool(former))
        return combo

    def _fill_list(self) -> None:
        self.list.ensurePolished()  # its rows are measured before it is shown
        self.list.setAccessibleName(self.tr("Encodings"))
        self.list.setToolTip(self.tr("Choose the one in which the text reads well"))
        for row in ENCODINGS.values():
            item = QListWidgetItem(encoding_text(row.name))
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            self.list.addItem(item)

    def _add_buttons(self) -> None:
        self.ok = self.add_button(self.tr("Open"), "primary")
        self.ok.setDefault(True)
        self.ok.setToolTip(self.tr("Open the text as it is shown"))
        self.ok.clicked.connect(self.accept)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        items = [self.list.item(row) for row in range(self.list.count())]
        for item in items:
            names = f"{item.text()} {name_of(item.data(Qt.ItemDataRole.UserRole))}".casefold()
            item.setHidden(not all(word in names for word in wanted))
        shown = [item for item in items if not item.isHidden()]
        if shown and self.list.currentItem().isHidden():
            self.list.setCurrentItem(shown[0])
        self._show_current()

    def _show_source(self, index: int) -> None:
        encoding = str(self.source.itemData(index) or "")
        if encoding:
            self.line.clear()
            self.select(encoding)
        self._show_current()

    def _show_current(self) -> None:
        """Decode the whole text, as opening does; a preview shows its beginning."""
        encoding = self.selected()
        self.ok.setEnabled(False)
        if not encoding:
            self.problem.say(self.tr("No encoding has such a name."))
            return
        try:
            text = decode_as(self._sources[self.source.currentIndex()], encoding)
        except UnicodeDecodeError as error:
            self.preview.clear()
            self.problem.say(
                self.tr("This is not {0}: byte {1} has no meaning there.").format(
                    encoding_text(name_of(encoding)), number_text(error.start + 1)
                )
            )
            return
        self.problem.say("")
        self.preview.setPlainText(normalise(text[:_PREVIEW]))
        self.ok.setEnabled(True)
