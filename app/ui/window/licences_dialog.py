"""The dialog of licences: every library and model in the program, with its terms."""

from __future__ import annotations

from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QWidget

from app.core.errors import LampblackError
from app.core.system.licences import LicenceList, read_licences
from app.ui.background import BackgroundTasks
from app.ui.sentences import told
from app.ui.widgets.two_line_list import TextListDialog


class LicencesDialog(TextListDialog):
    """Lists what the program is made of; the whole text of each stands beside it."""

    most = 1_000_000

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licences"))
        self.list.setAccessibleName(self.tr("Libraries and models"))
        self.preview.setAccessibleName(self.tr("The licence"))
        self.preview.setPlaceholderText(self.tr("This package came without its licence's text."))
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Filter by name or licence"))
        self.filter.setAccessibleName(self.filter.placeholderText())
        self.filter.setToolTip(self.tr("Show only what has these letters in its name or licence"))
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._narrow)
        self.column.insertWidget(1, self.filter)
        self.intro.setText(self.tr("Reading the list…"))
        self.copy = self.add_button(self.tr("Copy"))
        self.copy.setToolTip(self.tr("Copy the licence beside the list"))
        self.copy.setEnabled(False)
        self.copy.clicked.connect(
            lambda: QGuiApplication.clipboard().setText(self.preview.toPlainText())
        )
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.resize(900, 560)
        self.tasks = BackgroundTasks(self._on_failed, self)
        self.tasks.run(read_licences, self._show)
        self.finished.connect(lambda: self.tasks.close())

    def _show(self, found: LicenceList) -> None:
        intro = self.tr(
            "Lampblack has %n parts by others, each under its own licence. Qt and PySide6 are "
            "under the LGPL: their libraries lie beside the program, and you may put your own "
            "build in their place.",
            "",
            len(found.parts) - 1,
        )
        if not found.is_complete:
            intro = self.tr(
                "These are the packages that are installed here. Lampblack's downloads list "
                "everything that is in them."
            )
        self.intro.setText(intro)
        self.fill((f"{one.name}\n{one.version} · {one.licence}", one) for one in found.parts)
        self.copy.setEnabled(bool(found.parts))
        self.list.setFocus()

    def _on_failed(self, error: LampblackError) -> None:
        self.intro.setText(told(str(error)))

    def _narrow(self, wanted: str) -> None:
        """Hide the rows without these letters; the first that is left is selected."""
        rows = [self.list.item(row) for row in range(self.list.count())]
        for item in rows:
            item.setHidden(wanted.casefold() not in item.text().casefold())
        current = self.list.currentItem()
        if left := [item for item in rows if not item.isHidden()]:
            self.list.setCurrentItem(current if current in left else left[0])
