"""The files opened or saved last: the list in the settings, and the menu of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QMenu, QWidget

from app.core.options.settings_store import SettingsStore
from app.program import Program
from app.ui.documents.document_files import DocumentFiles
from app.ui.languages import on_language_change

_MOST = 10


class RecentFiles:
    """The list in the settings, of absolute paths, the newest first; it `leaves_out` some."""

    def __init__(
        self, program: Program, files: DocumentFiles, leaves_out: Callable[[Path], bool]
    ) -> None:
        self._settings, self._files, self._leaves_out = program.settings_store, files, leaves_out

    @property
    def folder(self) -> Path:
        """Where to look for the next file: that of the last, or else the documents' or home."""
        recent = self._settings.settings.recent_files
        folder = Path(recent[0]).parent if recent else Path.home() / "Documents"
        return self._files.folder_or_home(folder)

    def remember(self, path: Path) -> None:
        """Put a file at the beginning."""
        if self._leaves_out(path):
            return
        recent = (str(path.absolute()), *self._others(path))[:_MOST]
        if recent != self._settings.settings.recent_files:
            self._settings.change(recent_files=recent)

    def forget(self, path: Path) -> None:
        """Take a file off that is not there."""
        if not path.exists():
            self._settings.change(recent_files=self._others(path))

    def _others(self, path: Path) -> tuple[str, ...]:
        recent = self._settings.settings.recent_files
        return tuple(name for name in recent if name != str(path.absolute()))


class RecentMenu(QMenu):
    """The files opened or saved last, the newest first."""

    def __init__(
        self, settings: SettingsStore, open_path: Callable[[Path], object], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._open_path = open_path
        self._word()
        on_language_change(self._word)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fill)

    def _word(self) -> None:
        self.setTitle(self.tr("Open Recent"))
        self.setAccessibleName(self.title())

    def _fill(self) -> None:
        self.clear()
        recent = self._settings.settings.recent_files
        for name in recent:
            self._add(Path(name))
        if recent:
            self.addSeparator()
        clear = self.addAction(self.tr("Clear the List"))
        clear.setEnabled(bool(recent))
        clear.triggered.connect(lambda: self._settings.change(recent_files=()))

    def _add(self, path: Path) -> None:
        action = self.addAction(path.name.replace("&", "&&"))
        action.setToolTip(str(path))
        action.triggered.connect(lambda: self._open_path(path))
