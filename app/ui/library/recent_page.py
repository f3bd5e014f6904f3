"""The side bar's page of recent books and documents, the newest first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidgetItem, QVBoxLayout, QWidget

from app.core.options.settings_store import SettingsStore
from app.ui.languages import on_language_change
from app.ui.library.quiet_list import ListOrHint, QuietList
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme
from app.ui.widgets.two_line_list import TwoLines


class RecentPage(QWidget):
    """Lists them while it is shown. `book_asked` and `document_asked` carry a path."""

    book_asked = Signal(object)
    document_asked = Signal(object)

    def __init__(self, settings: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self.list = QuietList()
        self.list.setItemDelegate(TwoLines(self.list))
        self.stack = ListOrHint(self.list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.addWidget(self.stack)
        self.list.chosen = self._open
        self._word()
        on_language_change(self._word)
        on_theme_change(self.fill)

    def fill(self) -> None:
        """List what was opened last, books before documents."""
        self.list.clear()
        settings = self._settings.settings
        for name in settings.recent_books:
            self._add(Path(name), is_book=True)
        for name in settings.recent_files:
            self._add(Path(name), is_book=False)
        self.stack.follow()
        self.list.setCurrentRow(0)

    def showEvent(self, event: QShowEvent) -> None:
        """Be up to date when it is seen."""
        super().showEvent(event)
        self.fill()

    def _add(self, path: Path, *, is_book: bool) -> None:
        item = QListWidgetItem(f"{path.name}\n{path.parent}")
        kind = self.tr("Book") if is_book else self.tr("Document")
        item.setData(Qt.ItemDataRole.UserRole, (is_book, str(path)))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{path.name}, {kind}, {path.parent}")
        item.setIcon(icon("library" if is_book else "document", Theme.current().muted))
        item.setToolTip(str(path))
        self.list.addItem(item)

    def _open(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            is_book, name = item.data(Qt.ItemDataRole.UserRole)
            (self.book_asked if is_book else self.document_asked).emit(Path(name))

    def _word(self) -> None:
        self.list.setAccessibleName(self.tr("Recent books and documents"))
        self.list.setAccessibleDescription(self.tr("Enter opens what is selected."))
        self.stack.say(lambda: self.tr("What you open is listed here."))
        self.fill()
