"""Which JSON file to take something in from or to write it to: the questions, and no more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

_FILTER = "JSON (*.json)"


class JsonFiles(QObject):
    """Asks on top of `window`; the dialogs' titles are those of what is taken in or written."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def source(self, title: str) -> Path | None:
        """Which file to read."""
        from PySide6.QtWidgets import QFileDialog

        name, _filter = QFileDialog.getOpenFileName(self._window, title, str(Path.home()), _FILTER)
        return Path(name) if name else None

    def target(self, title: str, name: str) -> Path | None:
        """Which file to write; `name` is suggested, as far as a file may be called so."""
        from PySide6.QtWidgets import QFileDialog

        plain = "".join(letter for letter in name if letter.isalnum() or letter in " -_").strip()
        suggestion = str(Path.home() / f"{plain or 'lampblack'}.json")
        found, _filter = QFileDialog.getSaveFileName(self._window, title, suggestion, _FILTER)
        path = Path(found) if found else None
        return path.with_suffix(".json") if path and not path.suffix else path
