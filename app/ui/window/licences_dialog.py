"""The dialog of licences: every component of the program, and the text of its licence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.core.errors import LampblackError
from app.core.system.licences import LicensedComponent, read_licences
from app.engine.packs.installed import Packs
from app.ui.background import BackgroundTasks
from app.ui.numbers import number_text
from app.ui.sentences import told
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import NoteLabel
from app.ui.widgets.two_line_list import TextListDialog


class LicencesDialog(TextListDialog):
    """Lists what the program consists of; a text is shown whole, and can be copied.

    `folder` is a bundle's folder of licences; without one the installed packages are listed. What
    is in the installed `packs` comes after it.
    """

    def __init__(self, folder: Path | None, packs: Packs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder, self._packs = folder, packs
        self._all: Sequence[LicensedComponent] = ()
        self._background = BackgroundTasks(self._show_error, self)
        self.setWindowTitle(self.tr("Licences"))
        self.intro.setText(self.tr("Looking for the licences…"))
        self._make_list()
        self._make_page()
        self.copy = self.add_button(self.tr("&Copy"))
        self.copy.setToolTip(self.tr("Copy the name, the version and the text of this licence"))
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text()))
        self.buttons.addButton(QDialogButtonBox.StandardButton.Close)
        self.finished.connect(lambda _result: self._background.close())
        self._show_found(())
        self.resize(960, 620)

    def _make_list(self) -> None:
        self.list.setAccessibleName(self.tr("Components"))
        self.list.setToolTip(self.tr("What Lampblack consists of"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(self.tr("Name or licence"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setToolTip(self.tr("List only those whose name or licence has these letters"))
        self.filter.textChanged.connect(self._narrow)
        label = QLabel(self.tr("&Filter"))
        label.setBuddy(self.filter)
        self.count = NoteLabel()
        half = QWidget()
        column = QVBoxLayout(half)
        column.setContentsMargins(0, 0, 0, 0)
        for widget in (label, self.filter, self.list, self.count):
            column.addWidget(widget)
        self.halves.insertWidget(0, half)
        self.halves.setSizes([300, 640])

    def _make_page(self) -> None:
        self.preview.setAccessibleName(self.tr("The licence"))
        self.preview.setToolTip(self.tr("The text of the selected component’s licence"))
        self.preview.setTabChangesFocus(True)
        self.preview.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        fixed.setPointSizeF(self.font().pointSizeF())
        self.preview.setFont(fixed)

    def begin(self) -> None:
        """Read the list in the background, and show it."""
        folder, packs = self._folder, self._packs
        self._background.run(lambda: read_licences(folder, packs.licences()), self.show_components)

    def show_components(self, found: Sequence[LicensedComponent]) -> None:
        """List these."""
        self._all = found
        self.intro.setText(
            self.tr(
                "Lampblack is free software under the MIT licence. These are the packages that it "
                "runs with here; a bundle, which carries Qt, llama.cpp and the starter model as "
                "well, holds the complete list."
            )
            if self._folder is None
            else self.tr(
                "Lampblack is free software under the MIT licence. All that it carries is listed "
                "here, each with its own terms."
            )
        )
        self._narrow()

    def text(self) -> str:
        """What Copy copies."""
        one: LicensedComponent | None = self.current()
        if one is None:
            return ""
        head = " ".join(filter(None, (one.name, one.version, one.licence)))
        return f"{head}\n\n{one.text or told(one.problem)}\n"

    def _show_error(self, error: LampblackError) -> None:
        self.intro.setText(told(str(error)))
        announce(self, self.intro.text(), is_urgent=True)

    def _narrow(self) -> None:
        """List what has the letters of the filter; what is selected stays so where it does."""
        letters = self.filter.text().casefold().split()
        found = [
            one
            for one in self._all
            if all(part in f"{one.name} {one.licence} {_pack(one)}".casefold() for part in letters)
        ]
        self._show_found(found)

    def _show_found(self, found: Sequence[LicensedComponent]) -> None:
        selected = self.current()
        with QSignalBlocker(self.list):
            self.list.clear()
            self.fill((_lines(one), one) for one in found)
            if selected in found:
                self.list.setCurrentRow(found.index(selected))
        self._show_current()
        self.copy.setEnabled(bool(found))
        count = self.tr("{0} components", "", len(self._all)).format(number_text(len(self._all)))
        if len(found) < len(self._all):
            count = self.tr("{0} of {1}").format(number_text(len(found)), count)
            announce(self.count, count)
        self.count.say(count if self._all else "")

    def _show_current(self) -> None:
        """Show the whole text, unlike other lists, which show a text's beginning."""
        one: LicensedComponent | None = self.current()
        text = (one.text or told(one.problem)) if one else ""
        if text != self.preview.toPlainText():  # else it stays where it was scrolled to
            self.preview.setPlainText(text)


def _lines(one: LicensedComponent) -> str:
    return f"{one.name}\n{' · '.join(filter(None, (one.version, one.licence, _pack(one))))}"


def _pack(one: LicensedComponent) -> str:
    """The name of the pack that it lies in."""
    return told(one.pack)
