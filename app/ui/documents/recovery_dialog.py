"""The recovery dialog: texts that were not saved when a program ended, kept until discarded."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QWidget

from app.core.store import Recovery
from app.ui.editor.manuscript import count_words
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import TextListDialog


class RecoveryDialog(TextListDialog):
    """Lists recovered texts; each can be restored, saved elsewhere or discarded, or wait."""

    restore_asked = Signal(object)
    save_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, recoveries: Sequence[Recovery], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Recovered Texts"))
        self.list.setAccessibleName(self.tr("Recovered texts"))
        self.preview.setAccessibleName(self.tr("Preview"))
        self.intro.setText(
            self.tr(
                "Lampblack ended before these texts were saved. "
                "They are kept until you restore or discard them."
            )
        )
        self.restore = self._button(self.tr("Restore"), self.restore_asked, "primary")
        self.restore.setDefault(True)
        self._button(self.tr("Save As…"), self.save_asked)
        self._button(self.tr("Discard"), self.discard_asked)
        self.buttons.addButton(self.tr("Later"), QDialogButtonBox.ButtonRole.RejectRole)
        self.fill((self._lines(recovery), recovery) for recovery in recoveries)

    def remove(self, recovery: Recovery) -> None:
        """Take a text off the list that has been dealt with; the last one closes the dialog."""
        for row in range(self.list.count()):
            if self.list.item(row).data(Qt.ItemDataRole.UserRole) == recovery:
                self.list.takeItem(row)
                break
        if not self.list.count():
            self.accept()

    def _button(self, text: str, signal: SignalInstance, kind: str = "") -> QPushButton:
        button = self.add_button(text, kind)
        button.clicked.connect(lambda: signal.emit(self.current()))
        return button

    def _lines(self, recovery: Recovery) -> str:
        name = Path(recovery.path).name if recovery.path else self.tr("Untitled")
        words = self.tr("{0} words").format(f"{count_words(recovery.text):,}")
        return f"{name}\n{words}, {moment_text(recovery.changed_at)}"
