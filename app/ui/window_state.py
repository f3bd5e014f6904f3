"""What a window remembers: its size and place, the splitter, the zoom, and every file's caret."""

from __future__ import annotations

from pathlib import Path

import msgspec
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QMainWindow, QSplitter, QWidget

_MOST_CARETS = 100  # files; those that were left longest ago are forgotten
_FRAME = 48  # what the desktop puts around a window, in pixels at most


class WindowMemory:
    """An ini file of Qt's own; losing it costs nothing but a window's size."""

    def __init__(self, path: Path) -> None:
        self._ini = QSettings(str(path), QSettings.Format.IniFormat)

    @property
    def zoom(self) -> int:
        """How many steps larger than set the page's text is shown."""
        value = str(self._ini.value("zoom", 0))
        return int(value) if value.lstrip("-").isdecimal() else 0

    @zoom.setter
    def zoom(self, steps: int) -> None:
        self._ini.setValue("zoom", steps)

    def caret(self, path: Path) -> int:
        """Where the caret was when the file was left; its start if it was never here."""
        return self._carets().get(path.absolute().as_uri(), 0)

    def keep_caret(self, path: Path, position: int) -> None:
        """Remember where the caret is in the file that is being left."""
        carets = self._carets()
        carets.pop(path.absolute().as_uri(), None)
        carets[path.absolute().as_uri()] = position
        kept = dict(list(carets.items())[-_MOST_CARETS:])
        self._ini.setValue("carets", msgspec.json.encode(kept).decode())

    def _carets(self) -> dict[str, int]:
        try:
            return msgspec.json.decode(str(self._ini.value("carets", "{}")), type=dict[str, int])
        except msgspec.MsgspecError:
            return {}

    def restore(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Give the window the size and place that it had."""
        geometry, sizes = self._ini.value("geometry"), self._ini.value("splitter")
        if not (isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)):
            room = window.screen().availableGeometry()
            window.resize(min(1180, room.width()), min(800, room.height() - _FRAME))
        if not (isinstance(sizes, QByteArray) and splitter.restoreState(sizes)):
            splitter.setSizes([840, 340])

    def restore_beside(self, name: str, window: QWidget, splitter: QSplitter) -> None:
        """Give a window that stands beside the main one the size and place that it had."""
        geometry, sizes = self._ini.value(f"{name}/geometry"), self._ini.value(f"{name}/splitter")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
        if isinstance(sizes, QByteArray):
            splitter.restoreState(sizes)

    def keep_beside(self, name: str, window: QWidget, splitter: QSplitter) -> None:
        """Remember such a window's size and place."""
        self._ini.setValue(f"{name}/geometry", window.saveGeometry())
        self._ini.setValue(f"{name}/splitter", splitter.saveState())
        self._ini.sync()

    def keep(self, window: QMainWindow, splitter: QSplitter) -> None:
        """Remember the window's size and place."""
        self._ini.setValue("geometry", window.saveGeometry())
        self._ini.setValue("splitter", splitter.saveState())
        self._ini.sync()
