"""What the Help menu shows: the keys, the program, and where its logs are."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from app.ui.window.view_controller import show_dialog


def show_shortcuts(window: QWidget) -> None:
    """Every key."""
    from app.ui.window.help import ShortcutsDialog

    show_dialog(ShortcutsDialog(window))


def show_about(window: QWidget) -> None:
    """Version, licence, and what can be said about the network."""
    from app.ui.window.help import about

    show_dialog(about(window))


def show_folder(folder: Path) -> None:
    """A folder in the system's file manager."""
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
