"""The list of what could have stood in a place: numbered words with bars and per cents."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.core.interpretability.why import ReadWord, WordChoice
from app.ui.interpretability.why_words import choice_text, refusal_of, share, shown
from app.ui.widgets.theme import Theme

_GAP = 10
_ROOMS = (0.06, 0.42)  # of the row's width: where the word begins, and where it ends
_BAR = 0.7  # of the height of letters
_Index = QModelIndex | QPersistentModelIndex
_ROLE = Qt.ItemDataRole.UserRole


class WordBars(QStyledItemDelegate):
    """Draws a row: its number, the word, a bar as long as it is likely, and the per cents."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        self.initStyleOption(option, index)
        words, option.text = index.data(_ROLE), ""
        widget = option.widget
        style = widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        number, text, probability, most, kind = words
        theme = Theme.current()
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        ink = theme.selection_ink if is_chosen else theme.ink
        muted = ink if is_chosen else theme.muted
        room = option.rect.adjusted(_GAP, 0, -_GAP, 0)
        metrics = option.fontMetrics
        percent = share(probability)
        wide = max(metrics.horizontalAdvance(share(0.0)), metrics.horizontalAdvance(percent))
        begin = room.left() + max(round(room.width() * _ROOMS[0]), metrics.horizontalAdvance("00 "))
        end = room.left() + round(room.width() * _ROOMS[1])
        painter.save()
        painter.setFont(option.font)
        _text(painter, QRect(room.left(), room.top(), begin - room.left(), room.height()),
              number, muted, metrics)  # fmt: skip
        if kind == "stands":
            bold = painter.font()
            bold.setBold(True)
            painter.setFont(bold)
            metrics = QFontMetrics(bold)
        word = QRect(begin, room.top(), end - begin, room.height())
        _text(painter, word, text, ink if kind in ("stands", "text") else muted, metrics)
        painter.setFont(option.font)
        right = QRect(room.right() - wide, room.top(), wide + 1, room.height())
        _text(painter, right, percent, ink, option.fontMetrics, Qt.AlignmentFlag.AlignRight)
        full = right.left() - _GAP - end - _GAP
        height = max(4, round(option.fontMetrics.ascent() * _BAR))
        width = max(2, round(full * probability / max(most, 1e-9)))
        bar = QRect(end + _GAP, room.center().y() - height // 2 + 1, width, height)
        painter.setPen(QColor(0, 0, 0, 0))
        colour = theme.accent if kind == "stands" else theme.edge
        painter.setBrush(ink if is_chosen else colour)
        painter.drawRoundedRect(bar, 2, 2)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """A row with some air."""
        return QSize(0, super().sizeHint(option, index).height() + 4)


def _text(
    painter: QPainter,
    room: QRect,
    text: str,
    colour: QColor,
    metrics: QFontMetrics,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    painter.setPen(colour)
    fitted = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, int(side | Qt.AlignmentFlag.AlignVCenter), fitted)


class WordList(QListWidget):
    """The word as it stands, and the likeliest others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "texts")
        self.setItemDelegate(WordBars(self))
        self.setAccessibleName(self.tr("What could stand here"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._choices: list[WordChoice | None] = []

    def fill(self, word: ReadWord) -> None:
        """List a word, and the others by their numbers."""
        self.clear()
        self._choices = [None, *word.others]
        most = max([word.probability, *(one.probability for one in word.others)])
        self._add("", shown(word.text), word.probability, most, "stands")
        for number, one in enumerate(word.others, 1):
            text = choice_text(one, word.text)
            self._add(str(number % 10), text, one.probability, most, one.kind)
        self.setCurrentRow(0)

    def _add(self, number: str, text: str, probability: float, most: float, kind: str) -> None:
        item = QListWidgetItem(text)
        item.setData(_ROLE, (number, text, probability, most, kind))
        said = f"{text}, {share(probability)}"
        if kind == "stands":
            said = self.tr("{0}, as it stands").format(said)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{number}: {said}" if number else said)
        if kind in ("end", "part"):
            choice = WordChoice(text, probability, "end" if kind == "end" else "part")
            item.setToolTip(refusal_of(choice))
        self.addItem(item)

    @property
    def current(self) -> WordChoice | None:
        """The choice that is selected; None for the word as it stands."""
        row = self.currentRow()
        return self._choices[row] if 0 <= row < len(self._choices) else None

    def choose(self, number: int) -> bool:
        """Select the choice with that number; False where there is none."""
        if not 0 < number < self.count():
            return False
        self.setCurrentRow(number)
        return True
