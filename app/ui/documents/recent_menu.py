"""The menu of recent files, filled whenever it opens."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from app.core.options.settings_store import SettingsStore


class RecentMenu(QMenu):
    """The files opened or saved last, the newest first."""

    chosen = Signal(Path)
    cleared = Signal()

    def __init__(self, settings: SettingsStore, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        self.setTitle(self.tr("Open Recent"))
        self.setAccessibleName(self.title())
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        recent = self._settings.settings.recent_files
        for name in recent:
            self._add(Path(name))
        if recent:
            self.addSeparator()
        clear = self.addAction(self.tr("Clear the List"))
        clear.setEnabled(bool(recent))
        clear.triggered.connect(self.cleared)

    def _add(self, path: Path) -> None:
        action = self.addAction(path.name.replace("&", "&&"))
        action.setToolTip(str(path))
        action.triggered.connect(lambda: self.chosen.emit(path))
