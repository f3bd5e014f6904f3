"""The dialog of all takes: what the model wrote for this manuscript, accepted or not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from app.core.store import TakeRecord
from app.ui.texts import moment_text
from app.ui.widgets.two_line_list import TextListDialog

_FIRST = 200  # characters of a take in the list


class TakesDialog(TextListDialog):
    """Lists takes, newest first; one can be copied or inserted at the cursor."""

    insert_asked = Signal(str)

    def __init__(self, takes: Sequence[TakeRecord], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("All Takes"))
        self.list.setAccessibleName(self.tr("Takes"))
        self.preview.setAccessibleName(self.tr("The take"))
        self.intro.setText(self.tr("The model has written nothing for this manuscript yet."))
        self.intro.setVisible(not takes)
        self.insert = self.add_button(self.tr("Insert at the Cursor"))
        self.copy = self.add_button(self.tr("Copy"))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.insert.clicked.connect(lambda: self.insert_asked.emit(self.text()))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        for button in (self.insert, self.copy):
            button.setEnabled(bool(takes))
        self.fill((_lines(take), take) for take in reversed(takes))

    def text(self) -> str:
        """The selected take's text."""
        take: TakeRecord | None = self.current()
        return take.text if take else ""


def _lines(take: TakeRecord) -> str:
    return f"{' '.join(take.text[:_FIRST].split())}\n{moment_text(take.created_at)}"
