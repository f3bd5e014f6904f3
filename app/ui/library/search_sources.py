"""Which files are searched, and the window that the search page is shown in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.program import Program
from app.ui.documents.controller import DocumentController

if TYPE_CHECKING:
    from app.core.books.library_search import SourceGroup


class SearchSources:
    """The document and the files that were opened last."""

    def __init__(self, program: Program, documents: DocumentController) -> None:
        self._program, self._documents = program, documents

    def groups(self) -> tuple[SourceGroup, ...]:
        """The open book, those opened before, and recent files, each in its order."""
        from app.core.books.library_search import SourceGroup

        path = self._documents.path
        own = (str(path),) if path is not None else ()
        loose = dict.fromkeys((*own, *self._program.settings.recent_files))
        return (SourceGroup("", tuple(loose)),)


class SearchWindow(QDialog):
    """A window beside the page, which stays open while one writes."""

    def show_page(self, page: QWidget) -> None:
        """Show the page, and the window before others."""
        if self.layout() is None:
            lines = QVBoxLayout(self)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.addWidget(page)
            self.setWindowTitle(self.tr("Search in Everything"))
            self.resize(460, 560)
        self.show()
