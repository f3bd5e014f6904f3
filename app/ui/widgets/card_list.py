"""Cards: the rows of the lists of models, how they are drawn, and the view that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from math import ceil
from typing import Any

import msgspec
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.widgets.controls import set_property
from app.ui.widgets.icons import icon
from app.ui.widgets.theme import Theme, heading_font

_Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
CARD_ROLE = Qt.ItemDataRole.UserRole
_PADDING = 10
_ICON = 16


DOT = " · "
"""What stands between the facts of one line."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One row: a title with a badge, a line of facts, and sentences below.

    `is_wrong` draws the last sentence, `warning`, as something that is wrong, `is_faint` the title
    as something that cannot be used. `tip` is the tooltip, `icon` a drawing before the title. One
    that `is_heading` stands above others and cannot be chosen.
    """

    key: str
    title: str
    badge: str = ""
    facts: str = ""
    words: str = ""
    warning: str = ""
    is_wrong: bool = False
    is_faint: bool = False
    tip: str = ""
    icon: str = ""
    is_heading: bool = False

    @property
    def spoken(self) -> str:
        """The row as it is read aloud."""
        parts = (self.title, self.badge, self.facts.replace(" · ", ", "), self.words, self.warning)
        return ", ".join(part for part in parts if part)


class CardsModel(QAbstractListModel):
    """Cards in their order."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: tuple[Card, ...] = ()

    def set_cards(self, cards: Sequence[Card]) -> None:
        """Show other cards; of the same ones only what they say is changed."""
        keys = [card.key for card in cards]
        if keys == [card.key for card in self.cards]:
            self.cards = tuple(cards)
            self.dataChanged.emit(self.index(0), self.index(max(0, len(keys) - 1)))
            return
        self.beginResetModel()
        self.cards = tuple(cards)
        self.endResetModel()

    def row_of(self, key: str) -> int:
        """The row of the card with that key, or -1."""
        return next((row for row, card in enumerate(self.cards) if card.key == key), -1)

    def rowCount(self, parent: _Index = _NO_INDEX) -> int:
        """One row for each card."""
        return 0 if parent.isValid() else len(self.cards)

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Headings cannot be chosen."""
        is_heading = index.isValid() and self.cards[index.row()].is_heading
        return Qt.ItemFlag.NoItemFlags if is_heading else super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The card, and what people read and hear."""
        if not index.isValid() or index.row() >= len(self.cards):
            return None
        card = self.cards[index.row()]
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return card.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<p>{escape(card.tip)}</p>".replace("\n", "<br>") if card.tip else None
        return card.title if role == Qt.ItemDataRole.DisplayRole else None


class CardDelegate(QStyledItemDelegate):
    """Draws a card."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        theme, card = Theme.current(), index.data(CARD_ROLE)
        if card.is_heading:
            _paint_heading(painter, option, card, theme, is_first=index.row() == 0)
            return
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_back(painter, option, theme)
        inner = option.rect.adjusted(_PADDING, _PADDING - 2, -_PADDING, -_PADDING + 2)
        title = heading_font(option.font)
        height = QFontMetrics(title).height()
        line = QRect(inner.left(), inner.top(), inner.width(), height)
        if card.badge:
            line.setRight(_paint_badge(painter, line, option, card.badge, theme) - 8)
        painter.setFont(title)
        ink = theme.muted if card.is_faint else theme.ink
        painter.setPen(theme.selection_ink if chosen else ink)
        if card.icon:
            line.setLeft(_paint_icon(painter, line, card.icon, painter.pen().color()) + 6)
        text = painter.fontMetrics().elidedText(
            card.title, Qt.TextElideMode.ElideMiddle, line.width()
        )
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        below = inner.adjusted(0, height + 2, 0, 0)
        for words, color in _lines(card, theme):
            painter.setPen(QPen(theme.selection_ink if chosen else color))
            layout = wrapped(words, small(option.font), below.width())
            layout.draw(painter, below.topLeft())
            below.setTop(below.top() + ceil(layout.boundingRect().height()) + 2)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as all its lines at the view's width."""
        card, view = index.data(CARD_ROLE), option.widget
        if card.is_heading:
            return QSize(80, QFontMetrics(small(option.font)).height() + 2 * _PADDING)
        width = view.viewport().width() if isinstance(view, CardsView) else option.rect.width()
        height = QFontMetrics(heading_font(option.font)).height() + 2 * _PADDING - 2
        for words, _color in _lines(card, Theme.current()):
            height += wrapped_height(words, option.font, max(80, width - 2 * _PADDING)) + 2
        return QSize(80, height)


class CardsView(QListView):
    """A list of cards, which wrap with its width; Enter activates."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        set_property(self, "kind", "list")
        self.cards = CardsModel(self)
        self.setModel(self.cards)
        self.setItemDelegate(CardDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setMinimumSize(220, 120)
        self._empty = ""

    def say_empty(self, text: str) -> None:
        """What stands in the middle while there are no cards."""
        self._empty = text
        self.viewport().update()

    def show_cards(self, cards: Sequence[Card]) -> None:
        """Show these; what was selected stays selected, else the first is."""
        key = self.selected()
        self.cards.set_cards(cards)
        self.scheduleDelayedItemsLayout()
        self.select(key)

    def selected(self) -> str:
        """The key of the selected card."""
        card = self.currentIndex().data(CARD_ROLE)
        return card.key if isinstance(card, Card) else ""

    def select(self, key: str) -> None:
        """Select a card, or the first one."""
        row = self.cards.row_of(key)
        if row < 0:
            rows = enumerate(self.cards.cards)
            row = next((row for row, card in rows if not card.is_heading), -1)
        if row >= 0:
            self.setCurrentIndex(self.cards.index(row))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say why there is nothing."""
        super().paintEvent(event)
        if self.cards.cards or not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setPen(Theme.current().muted)
        room = self.viewport().rect().adjusted(_PADDING, _PADDING, -_PADDING, -_PADDING)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self._empty)
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the lines again."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Activate on Enter, on every platform."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


def _lines(card: Card, theme: Theme) -> list[tuple[str, QColor]]:
    warning = theme.error_ink if card.is_wrong else theme.muted
    lines = [(card.facts, theme.muted), (card.words, theme.ink), (card.warning, warning)]
    return [(words, color) for words, color in lines if words]


def _paint_back(painter: QPainter, option: QStyleOptionViewItem, theme: Theme) -> None:
    state = QStyle.StateFlag
    if option.state & state.State_Selected:
        painter.setBrush(theme.selection)
    elif option.state & state.State_MouseOver:
        painter.setBrush(theme.hover)
    else:
        return
    focused = option.state & state.State_HasFocus
    painter.setPen(QPen(theme.accent) if focused else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(option.rect.adjusted(3, 2, -3, -2), 5, 5)


def _paint_heading(
    painter: QPainter, option: QStyleOptionViewItem, card: Card, theme: Theme, *, is_first: bool
) -> None:
    """Draw a heading in small letters, with a line between it and what is above."""
    area = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
    painter.save()
    painter.setPen(theme.line)
    if not is_first:
        height = area.top() + _PADDING // 2
        painter.drawLine(area.left(), height, area.right(), height)
    painter.setFont(small(option.font))
    painter.setPen(theme.muted)
    flags = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
    painter.drawText(area.adjusted(0, 0, 0, -2), flags, card.title)
    painter.restore()


def _paint_icon(painter: QPainter, line: QRect, name: str, color: QColor) -> int:
    """Draw an icon at the left end of `line`; returns its right edge."""
    side = min(_ICON, line.height())
    square = QRect(line.left(), line.center().y() - side // 2 + 1, side, side)
    icon(name, color).paint(painter, square)
    return square.right()


def _paint_badge(
    painter: QPainter, line: QRect, option: QStyleOptionViewItem, text: str, theme: Theme
) -> int:
    """Draw a badge at the right end of `line`; returns its left edge."""
    font = small(option.font)
    metrics = QFontMetrics(font)
    width, height = metrics.horizontalAdvance(text) + 14, metrics.height() + 2
    badge = QRect(line.right() - width, line.center().y() - height // 2, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.accent)
    painter.drawRoundedRect(badge, height / 2, height / 2)
    painter.setFont(font)
    painter.setPen(theme.accent_ink)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
    return badge.left()


def wrapped(text: str, font: QFont, width: int) -> QTextLayout:
    """`text` laid out in lines of `width`, broken between words where there are any."""
    layout = QTextLayout(_broken_at_dots(text, QFontMetrics(font), width), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout


def wrapped_height(text: str, font: QFont, width: int) -> int:
    """How high `text` is in small letters; asked for every row of a list at every change of it."""
    return _height(text, font.toString(), tuple(font.families()), width)


@lru_cache(maxsize=20_000)
def _height(text: str, description: str, families: tuple[str, ...], width: int) -> int:
    font = QFont()
    font.fromString(description)
    font.setFamilies(families)  # the description has only the first: Han letters are higher
    return ceil(wrapped(text, small(font), width).boundingRect().height())


def _broken_at_dots(text: str, metrics: QFontMetrics, width: int) -> str:
    """`text` with line breaks in place of the dots that would end a line."""
    lines: list[str] = []
    for part in text.split(DOT):
        joined = lines[-1] + DOT + part if lines else part
        if lines and metrics.horizontalAdvance(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(part)
    return "\u2028".join(lines)


def small(font: QFont) -> QFont:
    """`font`, a little smaller."""
    return heading_font(font, -0.5, bold=False)
