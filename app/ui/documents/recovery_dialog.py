"""The recovery dialog: texts that were not saved when a program ended, kept until discarded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidgetItem,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.core.store import Recovery
from app.ui.editor.manuscript import count_words
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import text_list, text_preview

_PREVIEW = 20_000


class RecoveryDialog(QDialog):
    """Lists recovered texts; each can be restored, saved elsewhere or discarded, or wait."""

    restore_asked = Signal(object)
    save_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recovered Texts"))
        self.list = text_list(self.tr("Recovered texts"))
        self.preview = text_preview(self.tr("Preview"))
        self.buttons = QDialogButtonBox()
        self._lay_out()
        for recovery in recoveries:
            self._add(recovery)
        self.list.currentItemChanged.connect(self._show_current)
        self.list.setCurrentRow(0)
        self.resize(720, 460)

    def current(self) -> Recovery | None:
        """The selected text."""
        item = self.list.currentItem()
        recovery: Recovery | None = item.data(Qt.ItemDataRole.UserRole) if item else None
        return recovery

    def remove(self, recovery: Recovery) -> None:
        """Take a text off the list that has been dealt with; the last one closes the dialog."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == recovery:
                self.list.takeItem(row)
                break
        if not self.list.count():
            self.accept()

    def _lay_out(self) -> None:
        intro = QLabel(
            self.tr(
                "Lampblack ended before these texts were saved. "
                "They are kept until you restore or discard them."
            )
        )
        intro.setWordWrap(True)
        halves = QSplitter()
        halves.addWidget(self.list)
        halves.addWidget(self.preview)
        halves.setSizes([240, 480])
        self.restore = self._button(self.tr("Restore"), self.restore_asked)
        self.restore.setDefault(True)
        self.restore.setProperty("kind", "primary")
        self._button(self.tr("Save As…"), self.save_asked)
        self._button(self.tr("Discard"), self.discard_asked)
        later = self.buttons.addButton(self.tr("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        later.clicked.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        for part in (intro, halves, self.buttons):
            whole.addWidget(part)
        whole.setStretch(1, 1)

    def _button(self, text: str, signal: SignalInstance) -> QPushButton:
        button = self.buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
        button.clicked.connect(lambda: signal.emit(self.current()))
        return button

    def _add(self, recovery: Recovery) -> None:
        name = Path(recovery.path).name if recovery.path else self.tr("Untitled")
        when = moment_text(recovery.changed_at)
        words = self.tr("{0} words").format(f"{count_words(recovery.text):,}")
        item = QListWidgetItem(f"{name}\n{words}, {when}")
        item.setData(Qt.ItemDataRole.UserRole, recovery)
        self.list.addItem(item)

    def _show_current(self) -> None:
        recovery = self.current()
        self.preview.setPlainText(recovery.text[:_PREVIEW] if recovery else "")
