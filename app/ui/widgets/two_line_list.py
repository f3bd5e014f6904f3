"""A list of texts in rows of two lines, and the field that shows the selected one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QListWidget,
    QPlainTextEdit,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

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

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Room for letters of another script too: they are higher, and Qt drops what is cut off."""
        return super().sizeHint(option, index) + QSize(0, option.fontMetrics.height() // 2)


def text_list(name: str) -> QListWidget:
    """A list of texts, called `name` for those who hear the window."""
    made = QListWidget()
    made.setAccessibleName(name)
    made.setProperty("kind", "texts")
    made.setItemDelegate(TwoLines(made))
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return made


def text_preview(name: str) -> QPlainTextEdit:
    """The field beside it, to read and copy from."""
    made = QPlainTextEdit()
    made.setProperty("kind", "field")
    made.setReadOnly(True)
    made.setAccessibleName(name)
    return made
