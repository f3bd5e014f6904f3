"""Which files own actions are taken in from and written to: the questions, and no more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

_FILTER = "JSON (*.json)"


class OwnFiles(QObject):
    """Asks on top of `window`; every method returns the answer."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window

    def to_import(self) -> Path | None:
        """Which file of actions to take in."""
        from PySide6.QtWidgets import QFileDialog

        title = self.tr("Import Actions")
        name, _filter = QFileDialog.getOpenFileName(self._window, title, str(Path.home()), _FILTER)
        return Path(name) if name else None

    def to_share(self, action: str) -> Path | None:
        """Where to write an action that is shared."""
        from PySide6.QtWidgets import QFileDialog

        plain = "".join(letter for letter in action if letter.isalnum() or letter in " -_")
        name, _filter = QFileDialog.getSaveFileName(
            self._window,
            self.tr("Share This Action"),
            str(Path.home() / f"{plain.strip() or 'action'}.json"),
            _FILTER,
        )
        path = Path(name) if name else None
        return path.with_suffix(".json") if path and not path.suffix else path
