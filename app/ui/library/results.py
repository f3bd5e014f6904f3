"""The places that a search found: texts in rows, below each its places with what is around them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.core.books.library_search import Hit
from app.ui.editor.manuscript import units
from app.ui.numbers import number_text
from app.ui.widgets.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
_Checked = Qt.CheckState
_BEFORE_SHARE = 0.4  # of a row's width, for what stands before a place
_OPEN = 12  # texts whose places are shown at once, of which there are
_MOST_OPEN = 2000  # at most: laying more out would hold the window up
_ENDLESS = 100_000.0  # pixels of a line

HIT_ROLE = Qt.ItemDataRole.UserRole
COUNT_ROLE = Qt.ItemDataRole.UserRole + 1
NEW_ROLE = Qt.ItemDataRole.UserRole + 2


class ResultGroup(msgspec.Struct, frozen=True, eq=False):
    """A text with `count` places; `key` is whatever it was made of.

    `hit` gives one of them by its number, and `new` what would be put there, if anything.
    """

    key: Any
    title: str
    tip: str
    count: int
    hit: Callable[[int], Hit]
    new: Callable[[int], str] | None = None


class ResultsModel(QAbstractItemModel):
    """Texts and their places. With `has_checks` each can be chosen or left out; all are chosen."""

    checked = Signal()

    def __init__(self, parent: QWidget | None = None, *, has_checks: bool = False) -> None:
        super().__init__(parent)
        self.groups: list[ResultGroup] = []
        self._chosen: list[set[int]] = []
        self._has_checks = has_checks
        flag = Qt.ItemFlag
        common = flag.ItemIsEnabled | flag.ItemIsSelectable
        common |= flag.ItemIsUserCheckable if has_checks else flag.NoItemFlags
        self._flags = common, common | flag.ItemNeverHasChildren

    def clear(self) -> None:
        """Show nothing."""
        self.beginResetModel()
        self.groups, self._chosen = [], []
        self.endResetModel()

    def add(self, group: ResultGroup) -> None:
        """Add a text at the end."""
        row = len(self.groups)
        self.beginInsertRows(_NO_INDEX, row, row)
        self.groups.append(group)
        self._chosen.append(set(range(group.count)))
        self.endInsertRows()

    def chosen(self, row: int) -> Collection[int]:
        """The numbers of the places of a text that are chosen."""
        return self._chosen[row]

    def place(self, index: _Index) -> tuple[ResultGroup, int]:
        """The text of an index and the number of the place; of a text's own row the first."""
        row = index.internalId()
        return (self.groups[row - 1], index.row()) if row else (self.groups[index.row()], 0)

    # Qt's questions

    def index(self, row: int, column: int, parent: _Index = _NO_INDEX) -> QModelIndex:
        """A text has the number 0, and its places that of its row, from 1."""
        if column or row < 0 or row >= self.rowCount(parent):  # `hasIndex` asks more than that
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def hasChildren(self, parent: _Index = _NO_INDEX) -> bool:  # noqa: N802 (Qt override)
        """Every text has places, and no place has."""
        return not parent.isValid() or not parent.internalId()

    def parent(self, index: _Index = _NO_INDEX) -> Any:
        """The text of a place."""
        row = index.internalId() if index.isValid() else 0
        return self.createIndex(row - 1, 0, 0) if row else QModelIndex()

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """The texts, or the places of one."""
        if not parent.isValid():
            return len(self.groups)
        return 0 if parent.internalId() else self.groups[parent.row()].count

    def columnCount(self, _parent: _Index = _NO_INDEX) -> int:
        """One."""
        return 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """All can be chosen; a view asks this for each row that it lays out."""
        return self._flags[bool(index.internalId())]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What people read and hear, and the place itself."""
        if not index.isValid():
            return None
        row = index.internalId()
        if role == Qt.ItemDataRole.CheckStateRole:
            return self._state(index) if self._has_checks else None
        if not row:
            return self._data_of_text(self.groups[index.row()], role)
        return self._data_of_hit(self.groups[row - 1], index.row(), role)

    def setData(  # noqa: N802 (Qt override)
        self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Choose a place or a whole text, or leave it out."""
        if role != Qt.ItemDataRole.CheckStateRole or not self._has_checks:
            return False
        is_on, row = _Checked(value) == _Checked.Checked, index.internalId()
        if row:
            numbers, change = self._chosen[row - 1], {index.row()}
        else:
            numbers, change = self._chosen[index.row()], set(range(self.groups[index.row()].count))
        numbers.update(change) if is_on else numbers.difference_update(change)
        top = self.index(row - 1 if row else index.row(), 0)
        self.dataChanged.emit(top, top)
        self.dataChanged.emit(self.index(0, 0, top), self.index(self.rowCount(top) - 1, 0, top))
        self.checked.emit()
        return True

    def _state(self, index: _Index) -> Qt.CheckState:
        row = index.internalId()
        if row:
            is_on = index.row() in self._chosen[row - 1]
            return _Checked.Checked if is_on else _Checked.Unchecked
        chosen, count = len(self._chosen[index.row()]), self.groups[index.row()].count
        if chosen == count:
            return _Checked.Checked
        return _Checked.PartiallyChecked if chosen else _Checked.Unchecked

    def _data_of_text(self, group: ResultGroup, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return group.title
        if role == COUNT_ROLE:
            return number_text(group.count)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            places = self.tr("{0} places", "", group.count).format(number_text(group.count))
            return f"{group.title}, {places}"
        return group.tip if role == Qt.ItemDataRole.ToolTipRole else None

    def _data_of_hit(self, group: ResultGroup, number: int, role: int) -> Any:
        new = group.new(number) if group.new is not None else None
        if role == NEW_ROLE:
            return new
        if role not in (
            HIT_ROLE,
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return None
        hit = group.hit(number)
        if role == HIT_ROLE:
            return hit
        change = hit.found if new is None else f"{hit.found} → {new}"
        return f"{hit.before}{change}{hit.after}"


class ResultsView(QTreeView):
    """Shows such a model; Enter and a click say that a place was `chosen`."""

    chosen = Signal(object, int)

    def __init__(self, model: ResultsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.results = model
        self.setModel(model)
        self.setItemDelegate(ResultRow(self))
        self.setProperty("kind", "texts")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(14)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setExpandsOnDoubleClick(False)
        model.rowsInserted.connect(self._open_first)
        self.activated.connect(self._choose)
        self.clicked.connect(self._on_clicked)

    def exchange(self, groups: Sequence[ResultGroup]) -> None:
        """Show these of the same texts: what is open, selected and seen stays in its place."""
        model, bar, current = self.results, self.verticalScrollBar(), self.currentIndex()
        rows = range(len(model.groups))
        shut = {model.groups[row].tip for row in rows if not self.isExpanded(model.index(row, 0))}
        place = model.place(current) if current.isValid() else None
        seen, is_top = bar.value(), current.isValid() and not current.internalId()
        order = {group.tip: row for row, group in enumerate(model.groups)}
        model.clear()
        known = sorted(groups, key=lambda group: order.get(group.tip, len(order)))
        for row, group in enumerate(known):
            model.add(group)
            if group.tip in order:
                self.setExpanded(model.index(row, 0), group.tip not in shut)
            if place is not None and group.tip == place[0].tip:
                top = model.index(row, 0)
                last = min(place[1], group.count - 1)
                self.setCurrentIndex(top if is_top else model.index(last, 0, top))
        bar.setValue(seen)

    def _open_first(self, parent: QModelIndex, first: int, last: int) -> None:
        groups = self.results.groups
        places = sum(group.count for group in groups[: last + 1]) if not parent.isValid() else 0
        if not parent.isValid() and last < _OPEN and places <= _MOST_OPEN:
            for row in range(first, last + 1):
                self.expand(self.results.index(row, 0))

    def _on_clicked(self, index: QModelIndex) -> None:
        if index.internalId():
            self._choose(index)

    def _choose(self, index: QModelIndex) -> None:
        """Go to a place; where places are checked, nothing is gone to."""
        if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            self.chosen.emit(*self.results.place(index))


class ResultRow(QStyledItemDelegate):
    """Draws a text's name with its count, or a place marked within its line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """One line, with room for letters of another script."""
        return QSize(super().sizeHint(option, index).width(), option.fontMetrics.height() * 7 // 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Let the style draw the row and its box, then write the line."""
        shown = QStyleOptionViewItem(option)
        self.initStyleOption(shown, index)
        shown.text = ""
        view: Any = shown.widget
        style = view.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, shown, painter, view)
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, shown, view)
        room.setRight(shown.rect.right() - 6)
        painter.save()
        painter.setClipRect(shown.rect)
        hit: Hit | None = index.data(HIT_ROLE)
        is_selected = bool(shown.state & QStyle.StateFlag.State_Selected)
        theme = Theme.current()
        painter.setPen(theme.selection_ink if is_selected else theme.ink)
        if hit is None:
            self._write_title(painter, shown, index, room)
        else:
            self._write_line(painter, shown, room, (hit, index.data(NEW_ROLE)))
        painter.restore()

    def _write_title(
        self, painter: QPainter, shown: QStyleOptionViewItem, index: _Index, room: QRect
    ) -> None:
        font = shown.font
        font.setBold(True)
        painter.setFont(font)
        letters = painter.fontMetrics()
        count = index.data(COUNT_ROLE)
        beside = letters.horizontalAdvance(count) + 10
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, count)
        room.setRight(room.right() - beside)
        elide = Qt.TextElideMode.ElideRight
        title = letters.elidedText(index.data(), elide, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, title)

    def _write_line(
        self, painter: QPainter, shown: QStyleOptionViewItem, room: QRect, line: tuple[Hit, Any]
    ) -> None:
        hit, new = line
        put = "" if new is None else " ".join(new.split()) if new.strip() else new
        letters, wide = shown.fontMetrics, room.width()
        before = _cut_left(letters, hit.before, round(wide * _BEFORE_SHARE))
        left = wide - letters.horizontalAdvance(f"{before}{hit.found}{put}")
        after = letters.elidedText(hit.after, Qt.TextElideMode.ElideRight, max(left, 0))
        layout = QTextLayout(f"{before}{hit.found}{put}{after}", shown.font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        layout.setTextOption(option)
        start, length = units(before), units(hit.found)
        mark, added = _formats(is_replaced=new is not None)
        parts = [_range(start, length, mark), _range(start + length, units(put), added)]
        layout.setFormats([part for part in parts if part.length])
        layout.beginLayout()
        row = layout.createLine()
        row.setLineWidth(_ENDLESS)
        layout.endLayout()
        layout.draw(painter, QPointF(room.left(), room.center().y() - row.height() / 2))


def _cut_left(letters: QFontMetrics, text: str, wide: int) -> str:
    """The end of a text that has room, with a mark where it begins."""
    cut = letters.elidedText(text.rstrip(), Qt.TextElideMode.ElideLeft, wide)
    if cut != text.rstrip():
        cut = "…" + cut[1:].lstrip()
    return cut + " " * (len(text) - len(text.rstrip()))


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    found = QTextLayout.FormatRange()
    found.start, found.length, found.format = start, length, form
    return found


def _formats(*, is_replaced: bool) -> tuple[QTextCharFormat, QTextCharFormat]:
    """How a place is marked, and what would be put there."""
    theme, mark, added = Theme.current(), QTextCharFormat(), QTextCharFormat()
    added.setForeground(theme.selection_ink)
    added.setBackground(theme.selection)
    added.setFontUnderline(True)
    if is_replaced:
        mark.setForeground(theme.error_ink)
        mark.setBackground(theme.error)
        mark.setFontStrikeOut(True)
    else:
        mark.setForeground(theme.ink)
        mark.setBackground(theme.found_tint)
        mark.setFontUnderline(theme.is_high)
    return mark, added
