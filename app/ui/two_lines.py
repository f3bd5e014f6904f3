"""Rows of two lines, of which the first is shortened, never the second."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

_LINE_END = "\u2028"  # what Qt makes of a line end in an item's text
_PADDING = 18


class TwoLines(QStyledItemDelegate):
    """Draws such rows; Qt's own way drops the second line when the first is too long."""

    def initStyleOption(  # noqa: N802 (Qt override)
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Shorten the first line to the row's width."""
        super().initStyleOption(option, index)
        first, end, second = option.text.partition(_LINE_END)
        room = option.rect.width() - _PADDING
        if room > 0:
            elide = Qt.TextElideMode.ElideRight
            option.text = option.fontMetrics.elidedText(first, elide, room) + end + second
