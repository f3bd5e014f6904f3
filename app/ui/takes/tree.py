"""The tree of takes: which take came of which, drawn small."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent
from PySide6.QtWidgets import (
    QTreeWidget,
    QTreeWidgetItem,
    QTreeWidgetItemIterator,
    QWidget,
)

from app.core.store.takes.kept import KeptTake
from app.core.store.takes.tree import TakeBranch
from app.ui.background import BackgroundTasks
from app.ui.languages import on_language_change
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.icons import pixmap
from app.ui.widgets.theme import Theme

_FIRST = 80  # characters of a take in its row
_TIP = 400
_ROWS = 7  # that it has room for where it lies above the takes
_STEP = 14  # pixels by which a take stands right of the one that it came of

Read = Callable[[str], tuple[TakeBranch, ...]]


class TakeTree(QTreeWidget):
    """Shows branches; `chosen` carries the take of a row that was clicked, or entered with Enter.

    The rows of the place that is shown are in bold type.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "book")
        self.setHeaderHidden(True)
        self.setIndentation(_STEP)
        self.setIconSize(QSize(14, 14))
        self.setUniformRowHeights(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(lambda item, _column: self.chosen.emit(_take(item)))
        self._word()
        on_language_change(self._word)
        on_theme_change(self._recolour)

    @property
    def items(self) -> list[QTreeWidgetItem]:
        """Every row, from the top."""
        found = list[QTreeWidgetItem]()

        rows = QTreeWidgetItemIterator(self)
        while item := rows.value():
            found.append(item)
            rows += 1
        return found

    def show_branches(self, branches: Iterable[TakeBranch], place: str, current: str = "") -> None:
        """Show these; the take whose key is `current` is the present row, or the place's first."""
        self.clear()
        for branch in branches:
            self.addTopLevelItem(self._item(branch, None, place))
        self.expandAll()
        self._recolour()
        rows = self.items
        own = [item for item in rows if place and _take(item).place == place]
        wanted = [item for item in rows if current and _take(item).key == current]
        for item in (*wanted, *own)[:1]:
            self.setCurrentItem(item)
            self.scrollToItem(item, self.ScrollHint.PositionAtCenter)

    def rows_height(self) -> int:
        """The height of as many rows as are wanted at once, in pixels."""
        return min(_ROWS, max(2, len(self.items))) * self.sizeHintForRow(0) + 4

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter."""
        item = self.currentItem()
        if item is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(_take(item))
            event.accept()
        else:
            super().keyPressEvent(event)

    # Inside

    def _item(self, branch: TakeBranch, above: TakeBranch | None, place: str) -> QTreeWidgetItem:
        take, item = branch.take, QTreeWidgetItem()
        text = " ".join(take.record.text[:_TIP].split())
        called = take.name or text[:_FIRST]
        star = "★ " if take.is_starred else ""
        item.setText(0, star + called)
        item.setToolTip(0, text)
        item.setData(0, Qt.ItemDataRole.UserRole, branch)
        if place and take.place == place:
            font = item.font(0)
            font.setBold(True)
            item.setFont(0, font)
        item.setData(0, Qt.ItemDataRole.AccessibleTextRole, self._told(branch, above, called))
        for one in branch.branches:
            item.addChild(self._item(one, branch, place))
        return item

    def _told(self, branch: TakeBranch, above: TakeBranch | None, called: str) -> str:
        """What a screen reader says of a row."""
        said = [called]
        if above is not None:
            first = above.take.name or " ".join(above.take.record.text[:_FIRST].split())
            words = self.tr("written again from: {0}") if branch.is_again else ""
            said.append((words or self.tr("goes on from: {0}")).format(first))
        said += [self.tr("with a star")] * branch.take.is_starred
        return ", ".join(said)

    def _draw(self, item: QTreeWidgetItem) -> None:
        branch: TakeBranch = item.data(0, Qt.ItemDataRole.UserRole)
        drawing = "retry" if branch.is_again else "continue" if item.parent() else "write"
        theme = Theme.current()
        size, ratio = self.iconSize().width(), self.devicePixelRatio()
        drawn = QIcon()
        for colour, mode in (
            (theme.muted, QIcon.Mode.Normal),
            (theme.selection_ink, QIcon.Mode.Selected),
        ):
            drawn.addPixmap(pixmap(drawing, colour, size, ratio), mode)
        item.setIcon(0, drawn)

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Tree of the takes"))
        self.setAccessibleDescription(
            self.tr("Takes that go on from another one, or are it written again, stand below it.")
        )

    def _recolour(self) -> None:
        for item in self.items:
            self._draw(item)


class TreeReader(QObject):
    """Has the tree of a place read in the background and shown, if there is more than the place.

    `read` gives the tree of a place, which waits for the disk. `shown` says that it is shown.
    """

    shown = Signal()

    def __init__(self, tree: TakeTree, read: Read, tasks: BackgroundTasks) -> None:
        super().__init__(tree)
        self._tree, self._read, self._tasks = tree, read, tasks
        self._place = ""
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._ask)

    def show(self, place: str) -> None:
        """Show the tree of a place, once it is read."""
        if place != self._place:
            self._tree.hide()
        self._place = place
        self._later.start()

    def refresh(self) -> None:
        """Something was written, named or marked."""
        if self._place:
            self._later.start()

    def _ask(self) -> None:
        place = self._place
        self._tasks.run(lambda: self._read(place), lambda found: self._show(place, found))

    def _show(self, place: str, found: tuple[TakeBranch, ...]) -> None:
        if place != self._place:
            return
        item = self._tree.currentItem()
        had = _take(item).key if item is not None and self._tree.hasFocus() else ""
        self._tree.show_branches(found, place, had)
        self._tree.setVisible(any(one.branches for one in found))
        self.shown.emit()


def _take(item: QTreeWidgetItem) -> KeptTake:
    branch: TakeBranch = item.data(0, Qt.ItemDataRole.UserRole)
    return branch.take
