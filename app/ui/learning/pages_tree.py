"""The pages to learn from: the open book with its chapters, and other files, with check marks."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from app.core.books.book import included
from app.core.books.contents import BookContents

_PATH = Qt.ItemDataRole.UserRole
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class PagesTree(QTreeWidget):
    """`changed` says that other pages are checked."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setProperty("kind", "texts")
        self.setAccessibleName(self.tr("Pages to learn from"))
        self.setMinimumHeight(self.fontMetrics().height() * 6)
        self.itemChanged.connect(lambda *_what: self.changed.emit())

    def add_book(self, contents: BookContents) -> None:
        """Show a book with what lies in it; what is included is checked."""
        book = contents.book
        taken = set(included(book))
        whole = self._item(self, contents.name, None)
        above: list[tuple[int, QTreeWidgetItem]] = [(-1, whole)]
        for number, entry in enumerate(book.entries):
            while above[-1][0] >= entry.depth:
                above.pop()
            path = contents.path(entry)
            name = entry.title or Path(entry.file).stem
            item = self._item(above[-1][1], name, path)
            if path is None or number not in taken:
                item.setCheckState(0, _UNCHECKED)
            above.append((entry.depth, item))
        whole.setExpanded(True)

    def add(self, paths: Iterable[Path]) -> None:
        """Add files and folders, checked; those that are there already are checked again."""
        known = {item.data(0, _PATH): item for item in self._items()}
        for path in paths:
            item = known.get(str(path)) or self._item(self, path.name or str(path), path)
            item.setCheckState(0, _CHECKED)
            item.setToolTip(0, str(path))
        self.changed.emit()

    def paths(self) -> tuple[Path, ...]:
        """What is checked, in order."""
        return tuple(
            Path(item.data(0, _PATH))
            for item in self._items()
            if item.data(0, _PATH) and item.checkState(0) != _UNCHECKED
        )

    def first_name(self) -> str:
        """What an adapter may be called: after the first that is checked."""
        tops = (self.topLevelItem(at) for at in range(self.topLevelItemCount()))
        shown = (top for top in tops if top is not None and top.checkState(0) != _UNCHECKED)
        name = next((top.text(0) for top in shown), "")
        return Path(name).stem

    def _items(self) -> list[QTreeWidgetItem]:
        return [
            item
            for at in range(self.topLevelItemCount())
            if (top := self.topLevelItem(at)) is not None
            for item in _branch(top)
        ]

    def _item(
        self, above: QTreeWidget | QTreeWidgetItem, name: str, path: Path | None
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(above, [name])
        flags = Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsAutoTristate
        item.setFlags(item.flags() | flags)
        item.setData(0, _PATH, str(path) if path is not None else "")
        item.setCheckState(0, _CHECKED)
        return item


def _branch(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    inner = (item.child(at) for at in range(item.childCount()))
    return [item, *(one for child in inner if child is not None for one in _branch(child))]
