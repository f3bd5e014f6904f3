"""The dialogs that only tell: keyboard shortcuts, and about the program."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QMessageBox,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app import __version__
from app.core.system.licences import bundled_licences
from app.core.system.network import network_state
from app.engine.packs.installed import Packs
from app.ui.action_table import ACTIONS, MENUS
from app.ui.actions import translated
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.theme import heading_font
from app.ui.window.licences_dialog import LicencesDialog

_tr = QCoreApplication.translate


class ShortcutsDialog(QDialog):
    """Every action with its keys, as the table has them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard Shortcuts"))
        body = QWidget()
        body.setProperty("kind", "body")
        self._fill(QGridLayout(body))
        area = QScrollArea()
        area.setProperty("kind", "plain")
        area.setWidgetResizable(True)
        area.setWidget(body)
        area.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(area)
        whole.addWidget(buttons)
        self.resize(820, 600)

    def _fill(self, grid: QGridLayout) -> None:
        grid.setHorizontalSpacing(24)
        grid.setColumnStretch(2, 1)
        for menu in MENUS:
            heading = QLabel(translated(menu))
            heading.setFont(heading_font(self.font(), 1))
            heading.setContentsMargins(0, 12, 0, 2)
            grid.addWidget(heading, grid.rowCount(), 0, 1, 3)
            for row in (row for row in ACTIONS if row.menu == menu):
                line = grid.rowCount()
                keys = QKeySequence.listToString(
                    [QKeySequence(keys) for keys in row.shortcuts],
                    QKeySequence.SequenceFormat.NativeText,
                ).replace("; ", ", ")
                grid.addWidget(_cell(translated(row.text).rstrip("…")), line, 0)
                grid.addWidget(_cell(keys, muted=True), line, 1)
                help_text = _cell(translated(row.help), muted=True)
                help_text.setWordWrap(True)
                grid.addWidget(help_text, line, 2)


def _cell(text: str, *, muted: bool = False) -> QLabel:
    label = QLabel(text)
    label.setProperty("kind", "muted" if muted else "")
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    return label


def about(parent: QWidget, packs: Packs) -> QMessageBox:
    """The box that says what this program is, and leads to the licences; the caller shows it."""
    box = QMessageBox(parent)
    box.setWindowTitle(_tr("Help", "About Lampblack"))
    box.setText(f"Lampblack {__version__}")
    promise = _tr("Help", "Nothing you write is sent anywhere.")
    if network_state() == "kernel":
        promise = _tr(
            "Help",
            "Nothing you write is sent anywhere: the system lets this window open no network "
            "connection.",
        )
    box.setInformativeText(
        _tr(
            "Help",
            "A desktop studio for writing with a language model that never leaves the machine.\n\n"
            "{0}\n\n"
            "MIT licence.",
        ).format(promise)
    )
    box.setStandardButtons(QMessageBox.StandardButton.Ok)
    box.setEscapeButton(QMessageBox.StandardButton.Ok)
    box.setDefaultButton(QMessageBox.StandardButton.Ok)
    licences = box.addButton(_tr("Help", "&Licences…"), QMessageBox.ButtonRole.ActionRole)
    licences.setToolTip(_tr("Help", "See all that Lampblack consists of, and under what terms"))
    licences.clicked.connect(lambda: show_licences(parent, packs))
    return box


def show_shortcuts(window: QWidget) -> None:
    """Every key."""
    show_dialog(ShortcutsDialog(window))


def show_about(window: QWidget, packs: Packs) -> None:
    """Version, licence, and what can be said about the network."""
    show_dialog(about(window, packs))


def show_licences(window: QWidget, packs: Packs) -> None:
    """Every component of the program and its packs with the text of its licence."""
    dialog = LicencesDialog(bundled_licences(), packs, window)
    dialog.begin()
    show_dialog(dialog)


def show_folder(folder: Path) -> None:
    """A folder in the system's file manager."""
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
