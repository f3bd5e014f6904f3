"""The dialog in which a file's encoding is chosen, with its text beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.core.documents.encodings import ENCODINGS, decode_as, name_of
from app.core.documents.normalise import normalise
from app.core.documents.text_files import read_file
from app.core.store import FormerFile
from app.ui.texts import moment_text
from app.ui.widgets.controls import NoteLabel, QuietCombo
from app.ui.widgets.two_line_list import text_preview

_PREVIEW = 20_000


class OpenAsDialog(QDialog):
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
        super().__init__(parent)
        self._sources: list[bytes] = [read_file(path), *(one.data for one in former)]
        self.setWindowTitle(self.tr("Open As"))
        self.source = self._make_source(former)
        self.line = QLineEdit()
        self.line.setPlaceholderText(self.tr("Find an encoding, such as Cyrillic or Korean"))
        self.line.setAccessibleName(self.tr("Find an encoding"))
        self.line.setClearButtonEnabled(True)
        self.list = self._make_list()
        self.preview = text_preview(self.tr("Preview"))
        self.problem = NoteLabel("wrong")
        self.buttons = self._make_buttons()
        self._lay_out(path)
        self.line.textChanged.connect(self._filter)
        self.list.currentItemChanged.connect(self._show)
        self.list.itemActivated.connect(self.accept)
        self.source.currentIndexChanged.connect(self._show_source)
        self.select(encoding or "utf-8")
        self.resize(760, 500)
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
        self._show()

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

    def _make_list(self) -> QListWidget:
        made = QListWidget()
        made.setProperty("kind", "texts")
        made.ensurePolished()  # its rows are measured before it is shown
        made.setAccessibleName(self.tr("Encodings"))
        made.setToolTip(self.tr("Choose the one in which the text reads well"))
        for row in ENCODINGS.values():
            item = QListWidgetItem(row.name)
            item.setData(Qt.ItemDataRole.UserRole, row.id)
            made.addItem(item)
        return made

    def _make_buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.ok = buttons.addButton(self.tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.ok.setDefault(True)
        self.ok.setProperty("kind", "primary")
        self.ok.setToolTip(self.tr("Open the text as it is shown"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        return buttons

    def _lay_out(self, path: Path) -> None:
        intro = QLabel(self.tr("Choose the encoding in which {0} reads well.").format(path.name))
        intro.setWordWrap(True)
        intro.setTextFormat(Qt.TextFormat.PlainText)
        halves = QSplitter()
        halves.addWidget(self.list)
        halves.addWidget(self.preview)
        halves.setSizes([280, 480])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        for part in (intro, self.source, self.line, halves, self.problem, self.buttons):
            whole.addWidget(part)
        whole.setStretch(3, 1)

    def _filter(self, words: str) -> None:
        wanted = words.casefold().split()
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = item.text().casefold()
            item.setHidden(not all(word in name for word in wanted))
        rows = range(self.list.count())
        shown = [row for row in rows if not self.list.item(row).isHidden()]
        if shown and self.list.currentRow() not in shown:
            self.list.setCurrentRow(shown[0])
        self._show()

    def _show_source(self, index: int) -> None:
        encoding = str(self.source.itemData(index) or "")
        if encoding:
            self.line.clear()
            self.select(encoding)
        self._show()

    def _show(self) -> None:
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
                    name_of(encoding), f"{error.start + 1:,}"
                )
            )
            return
        self.problem.say("")
        self.preview.setPlainText(normalise(text[:_PREVIEW]))
        self.ok.setEnabled(True)
