"""A list without a frame, for the pages of the side bar, and the words that stand in its place."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QStackedWidget, QVBoxLayout, QWidget

from app.ui.sentences import Words
from app.ui.widgets.controls import NoteLabel


class ListOrHint(QStackedWidget):
    """Shows a list, or a hint while it is empty."""

    def __init__(self, listed: QListWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = listed
        self._hint = NoteLabel()
        empty = QWidget()
        lines = QVBoxLayout(empty)
        lines.setContentsMargins(6, 6, 6, 6)
        lines.addWidget(self._hint)
        lines.addStretch(1)
        self.addWidget(listed)
        self.addWidget(empty)

    def say(self, words: Words) -> None:
        """What the hint says, in the present language."""
        self._hint.say(words)
        self._hint.reword()

    def follow(self) -> None:
        """The list was filled."""
        self.setCurrentIndex(int(not self._list.count()))


class QuietList(QListWidget):
    """A list without a frame, whose Enter and whose click call `chosen`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "book")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.chosen: Callable[[], object] = lambda: None
        self.itemClicked.connect(lambda _item: self.chosen())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose with Enter."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen()
        else:
            super().keyPressEvent(event)
