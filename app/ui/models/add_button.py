"""The button that adds a model or a server, with the menu of the ways to one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from app.ui.languages import on_language_change
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme


class AddButton(QPushButton):
    """`chosen` carries the path of a file or folder; `more` stands below the ways to add."""

    chosen = Signal(str)
    server_asked = Signal()

    def __init__(self, more: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        menu = QMenu(self)
        self.file = menu.addAction("", self._choose_file)
        self.folder = menu.addAction("", self._choose_folder)
        self.server = menu.addAction("", self.server_asked.emit)
        menu.addSeparator()
        menu.addActions(list(more))
        self.setMenu(menu)
        self._word()
        self._draw_icons()
        on_language_change(self._word)
        on_theme_change(self._draw_icons)

    def _word(self) -> None:
        self.setText(self.tr("Add a model"))
        self.setToolTip(self.tr("The model stays where it is; nothing is copied."))
        self.file.setText(self.tr("Add a file…"))
        self.folder.setText(self.tr("Add a folder…"))
        self.server.setText(self.tr("Add a server…"))

    def _draw_icons(self) -> None:
        muted = Theme.current().muted
        self.file.setIcon(icon("document", muted))
        self.folder.setIcon(icon("folder", muted))
        self.server.setIcon(icon("globe", muted))

    def _choose_file(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self, self.tr("Add a model file"), "", self.tr("Models (*.gguf);;All files (*)")
        )
        if path:
            self.chosen.emit(path)

    def _choose_folder(self) -> None:
        path = QFileDialog.getExistingDirectory(self, self.tr("Add a folder with a model"))
        if path:
            self.chosen.emit(path)
