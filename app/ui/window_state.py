"""What a window remembers: its size and place, the zoom, and each file's caret and encoding."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QByteArray, QSettings
from PySide6.QtWidgets import QSplitter, QWidget

_MOST_FILES = 100  # those that were left longest ago are forgotten
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

    @property
    def side_bar_width(self) -> int:
        """How many pixels wide the side bar was left; 0 if it never was changed."""
        value = str(self._ini.value("side_bar_width", 0))
        return int(value) if value.isdecimal() else 0

    @side_bar_width.setter
    def side_bar_width(self, width: int) -> None:
        self._ini.setValue("side_bar_width", width)

    def caret(self, path: Path) -> int:
        """Where the caret was when the file was left; its start if it was never here."""
        return int(self._of_files("carets", dict[str, int]).get(_key(path), 0))

    def keep_caret(self, path: Path, position: int) -> None:
        """Remember where the caret is in the file that is being left."""
        self._keep("carets", self._of_files("carets", dict[str, int]), path, position)

    def encoding(self, path: Path) -> str:
        """The id of the encoding that was chosen for a file; empty where none was."""
        return str(self._of_files("encodings", dict[str, str]).get(_key(path), ""))

    def keep_encoding(self, path: Path, encoding: str) -> None:
        """Remember the encoding that was chosen for a file; an empty one is forgotten."""
        self._keep("encodings", self._of_files("encodings", dict[str, str]), path, encoding)

    def _of_files(self, name: str, kind: Any) -> dict[str, Any]:
        try:
            found: dict[str, Any] = msgspec.json.decode(str(self._ini.value(name, "{}")), type=kind)
        except msgspec.MsgspecError:
            return {}
        return found

    def _keep(self, name: str, files: dict[str, Any], path: Path, value: int | str) -> None:
        former = list(files.items())
        files.pop(_key(path), None)
        if value != "":
            files[_key(path)] = value
        kept = list(files.items())[-_MOST_FILES:]
        if kept != former:  # Qt writes the file before it paints what was opened
            self._ini.setValue(name, msgspec.json.encode(dict(kept)).decode())

    def restore(self, window: QWidget, splitter: QSplitter, name: str = "") -> None:
        """Give a window the size and place that it had; one beside the main one has a `name`."""
        geometry, sizes = (self._ini.value(name + key) for key in ("geometry", "splitter"))
        is_restored = isinstance(geometry, QByteArray) and window.restoreGeometry(geometry)
        if not is_restored and not name:
            room = window.screen().availableGeometry()
            window.resize(min(1180, room.width()), min(800, room.height() - _FRAME))
        if not (isinstance(sizes, QByteArray) and splitter.restoreState(sizes)) and not name:
            splitter.setSizes([840, 340])

    def keep(self, window: QWidget, splitter: QSplitter, name: str = "") -> None:
        """Remember the size and place of a window."""
        self._ini.setValue(name + "geometry", window.saveGeometry())
        self._ini.setValue(name + "splitter", splitter.saveState())
        self._ini.sync()


def _key(path: Path) -> str:
    return path.absolute().as_uri()
