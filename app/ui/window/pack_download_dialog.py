"""The dialog that asks where the PyTorch engine is to be fetched from, and with which checksum."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.core.errors import UsageError
from app.downloads.pack_download import pack_source
from app.ui.widgets.controls import FlowingNote, set_property


class PackDownloadDialog(QDialog):
    """Asks for an address; `chosen` carries a PackSource that may be fetched."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Download the PyTorch Engine"))
        self.about = FlowingNote("")
        self.about.say(
            self.tr(
                "It is fetched from the address that you give, or where that sends us, verified, "
                "and installed. It is a program that runs on this computer, without the network: "
                "take it only from where you got Lampblack."
            )
        )
        self.address = QLineEdit()
        self.address.setPlaceholderText("https://…/lampblack-torch-….tar.xz")
        self.address.setToolTip(self.tr("The address of the file lampblack-torch-….tar.xz"))
        self.sum = QLineEdit()
        self.sum.setPlaceholderText(self.tr("as the file beside it says"))
        self.sum.setToolTip(
            self.tr("The checksum that it must have; else that of the file beside it, .sha256")
        )
        self.problem = FlowingNote("wrong")
        for field in (self.address, self.sum):
            field.textChanged.connect(self._show_state)
        self._make_buttons()
        self._lay_out()
        self._show_state()
        self.resize(560, 0)

    def accept(self) -> None:
        """Hand over what may be fetched, and close; else say what is wrong."""
        try:
            source = pack_source(self.address.text().strip(), self.sum.text().strip())
        except UsageError as error:
            self.problem.say(str(error))
            self._grow()
            return
        super().accept()
        self.chosen.emit(source)

    def showEvent(self, event: QShowEvent) -> None:
        """Be as high as the sentences need by now."""
        super().showEvent(event)
        self._grow()

    def _grow(self) -> None:
        """Make room for sentences of several lines."""
        self._whole.activate()
        needed = self._whole.totalHeightForWidth(self.width())
        self.resize(self.width(), max(self.height(), needed))

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.download_button = QPushButton(self.tr("&Download"))
        self.download_button.setToolTip(self.tr("Fetch the engine, verify it and install it"))
        set_property(self.download_button, "kind", "primary")
        self.download_button.setDefault(True)
        self.buttons.addButton(self.download_button, QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self.tr("&Address"), self.address)
        form.addRow(self.tr("&SHA-256"), self.sum)
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(18, 16, 18, 16)
        whole.setSpacing(12)
        whole.addWidget(self.about)
        whole.addLayout(form)
        whole.addWidget(self.problem)
        whole.addWidget(self.buttons)

    def _show_state(self) -> None:
        self.problem.say("")
        self.download_button.setEnabled(bool(self.address.text().strip()))
