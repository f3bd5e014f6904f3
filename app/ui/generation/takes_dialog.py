"""The dialog of all takes: what the model wrote for this manuscript, chosen or not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.core.store import TakeRecord
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import text_list, text_preview

_FIRST = 200


class TakesDialog(QDialog):
    """Lists takes, newest first; one can be copied or inserted at the cursor."""

    insert_asked = Signal(str)

    def __init__(self, takes: Sequence[TakeRecord], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("All Takes"))
        self.list = text_list(self.tr("Takes"))
        self.preview = text_preview(self.tr("The take"))
        self._lay_out(bool(takes))
        for take in reversed(takes):
            self._add(take)
        self.list.currentItemChanged.connect(self._show_current)
        self.list.setCurrentRow(0)
        self.resize(760, 480)

    def text(self) -> str:
        """The selected take's text."""
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole).text if item else ""

    def _lay_out(self, any_takes: bool) -> None:
        halves = QSplitter()
        halves.addWidget(self.list)
        halves.addWidget(self.preview)
        halves.setSizes([280, 480])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.insert = buttons.addButton(self.tr("Insert at the Cursor"), role)
        self.copy = buttons.addButton(self.tr("Copy"), role)
        self.insert.clicked.connect(lambda: self.insert_asked.emit(self.text()))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.insert.setEnabled(any_takes)
        self.copy.setEnabled(any_takes)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        if not any_takes:
            whole.addWidget(
                QLabel(self.tr("The model has written nothing for this manuscript yet."))
            )
        whole.addWidget(halves, 1)
        whole.addWidget(buttons)

    def _add(self, take: TakeRecord) -> None:
        first = " ".join(take.text[:_FIRST].split())
        item = QListWidgetItem(f"{first}\n{moment_text(take.created_at)}")
        item.setData(Qt.ItemDataRole.UserRole, take)
        self.list.addItem(item)

    def _show_current(self) -> None:
        self.preview.setPlainText(self.text().strip("\n"))
