"""The rows of what drove a sentence: a name, a number, a bar, and what that means."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.widgets.card_list import small
from app.ui.widgets.theme import Theme, heading_font

NUMBER, NATS, ABOUT, SHARE = (Qt.ItemDataRole.UserRole + place for place in range(4))
"""An item's data: the part's number, the text of its nats, its second line, -1 to 1 of the bar."""

_PADDING, _GAP = 10, 4


class InfluenceList(QListWidget):
    """The ranked parts; `opened` with the number of one that is clicked, or Enter is pressed on."""

    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "texts")
        self.setItemDelegate(_InfluenceRows(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.itemClicked.connect(lambda item: self.opened.emit(item.data(NUMBER)))

    def selected(self) -> int:
        """The number of the selected part; -1 for none."""
        item = self.currentItem()
        return -1 if item is None else int(item.data(NUMBER))

    def add(self, number: int, name: str, nats: str, about: str, share: float) -> None:
        """Add a row."""
        item = QListWidgetItem(name)
        item.setData(NUMBER, number)
        item.setData(NATS, nats)
        item.setData(ABOUT, about)
        item.setData(SHARE, share)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{name}, {nats}, {about}")
        item.setToolTip(f"{name}\n{nats}, {about}")
        self.addItem(item)

    def select(self, number: int) -> None:
        """Select the row of a part, or the first."""
        rows = range(self.count())
        row = next((row for row in rows if self.item(row).data(NUMBER) == number), 0)
        self.setCurrentRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open the row on Enter, on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.selected() >= 0:
            self.opened.emit(self.selected())
        else:
            super().keyPressEvent(event)


class _InfluenceRows(QStyledItemDelegate):
    """Draws them: the bar is full for what made the sentence likelier, hollow for the contrary."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Two lines of text with the bar between them."""
        del index
        letters, lower = option.fontMetrics, QFontMetrics(small(option.font))
        height = 2 * _PADDING + letters.height() + _bar_height(option) + lower.height() + 2 * _GAP
        return QSize(120, height)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw a row."""
        theme = Theme.current()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        _paint_back(painter, option, theme, is_selected=is_selected)
        area = option.rect.adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        ink = theme.selection_ink if is_selected else theme.ink
        nats = str(index.data(NATS))
        bold = heading_font(option.font)
        number_width = QFontMetrics(bold).horizontalAdvance(nats)
        line = QRect(area.left(), area.top(), area.width(), option.fontMetrics.height())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(ink)
        painter.setFont(bold)
        painter.drawText(line, int(middle | Qt.AlignmentFlag.AlignRight), nats)
        painter.setFont(option.font)
        room = line.adjusted(0, 0, -number_width - 2 * _PADDING, 0)
        _draw_elided(painter, room, str(index.data(Qt.ItemDataRole.DisplayRole)))
        bar = QRect(area.left(), line.bottom() + _GAP, area.width(), _bar_height(option))
        colours = (ink, ink) if is_selected else (theme.line, theme.accent)
        _paint_bar(painter, bar, float(index.data(SHARE)), *colours)
        painter.setFont(small(option.font))
        painter.setPen(ink if is_selected else theme.muted)
        below = QRect(area.left(), bar.bottom() + _GAP, area.width(), area.bottom() - bar.bottom())
        _draw_elided(painter, below, str(index.data(ABOUT)))
        painter.restore()


def _bar_height(option: QStyleOptionViewItem) -> int:
    return max(6, option.fontMetrics.height() // 2)


def _draw_elided(painter: QPainter, room: QRect, text: str) -> None:
    elide = Qt.TextElideMode.ElideRight
    shown = QFontMetrics(painter.font()).elidedText(text, elide, room.width())
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.drawText(room, int(flags), shown)


def _paint_back(
    painter: QPainter, option: QStyleOptionViewItem, theme: Theme, *, is_selected: bool
) -> None:
    if is_selected:
        painter.setBrush(theme.selection)
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.setBrush(theme.hover)
    else:
        return
    has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
    painter.setPen(QPen(theme.accent) if has_focus else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(option.rect.adjusted(3, 2, -3, -2), 5, 5)


def _paint_bar(painter: QPainter, room: QRect, share: float, line: QColor, colour: QColor) -> None:
    """A track as wide as the row, and as much of it as the part's share of the greatest."""
    track = QRectF(room).adjusted(0.5, 0.5, -0.5, -0.5)
    radius = track.height() / 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(line)
    painter.drawRoundedRect(track, radius, radius)
    width = max(abs(share) * track.width(), track.height())
    if not share:
        return
    painter.setPen(QPen(colour, 1.5))
    painter.setBrush(colour if share > 0 else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(
        QRectF(track.left(), track.top(), width, track.height()), radius, radius
    )
