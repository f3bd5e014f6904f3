"""A list of texts in rows of two lines, the field that shows the selected one, and their dialog."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

_LINE_END = "\u2028"  # what Qt makes of a line end in an item's text
_PADDING = 18
_PREVIEW = 20_000  # characters


class TwoLines(QStyledItemDelegate):
    """Draws such rows; Qt's own way drops the second line when the first is too long."""

    def initStyleOption(  # noqa: N802 (Qt override)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Shorten each line to the row's width."""
        super().initStyleOption(option, index)
        room, elide = option.rect.width() - _PADDING, Qt.TextElideMode.ElideRight
        if room > 0:
            lines = option.text.split(_LINE_END)
            shown = (option.fontMetrics.elidedText(line, elide, room) for line in lines)
            option.text = _LINE_END.join(shown)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for letters of another script too: they are higher, and Qt drops what is cut off."""
        return super().sizeHint(option, index) + QSize(0, option.fontMetrics.height() // 2)


class TextListDialog(QDialog):
    """Lists texts and shows the selected one beside them; `intro` stands above, buttons below.

    What is listed has its whole text in `text`, unless `preview` is given, which shows it itself.
    """

    def __init__(
        self, parent: QWidget | None = None, preview: QPlainTextEdit | None = None
    ) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setProperty("kind", "texts")
        self.list.setItemDelegate(TwoLines(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview = preview or QPlainTextEdit(readOnly=True)
        self.preview.setProperty("kind", "field")
        self.intro = QLabel()
        self.intro.setWordWrap(True)
        self.buttons = QDialogButtonBox()
        self.buttons.rejected.connect(self.reject)
        self.halves = QSplitter()
        self.halves.addWidget(self.list)
        self.halves.addWidget(self.preview)
        self.halves.setSizes([280, 480])
        whole = self.column = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(self.intro)
        whole.addWidget(self.halves, 1)
        whole.addWidget(self.buttons)
        self.list.currentItemChanged.connect(self._show_current)
        self.resize(760, 480)

    def fill(self, texts: Iterable[tuple[str, Any]]) -> None:
        """List each text under its two lines, and select the first."""
        for lines, text in texts:
            item = QListWidgetItem(lines)
            item.setData(Qt.ItemDataRole.UserRole, text)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def current(self) -> Any:
        """What is selected; None where nothing is listed."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else None

    def add_button(self, words: str, kind: str = "") -> QPushButton:
        """A button that does something with the selected text, in the style of `kind`."""
        button = QPushButton(words)
        button.setProperty("kind", kind)  # before it is shown among others, which styles it
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        return button

    def _show_current(self) -> None:
        text = self.current()
        self.preview.setPlainText(text.text[:_PREVIEW].strip("\n") if text else "")
