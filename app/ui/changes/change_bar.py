"""The bar above the page while changes are open: how many, and what can be done with them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.ui.actions import Actions, tool_button
from app.ui.languages import on_language_change
from app.ui.numbers import number_text

_STEPS = ("previous_change", "next_change", "accept_change", "reject_change")
_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom


class ChangeBar(QFrame):
    """One line, or two in a narrow window; hidden while no change is open."""

    def __init__(self, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self._count, self._author, self._is_writing = 0, "", False
        self.label = QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.accept_all, self.reject_all = QPushButton(), QPushButton()
        self._lay_out()
        for button, name in (
            (self.accept_all, "accept_changes"),
            (self.reject_all, "reject_changes"),
        ):
            button.setProperty("kind", "small")
            button.clicked.connect(actions[name].trigger)
        self._word()
        on_language_change(self._word)
        self.hide()

    def _lay_out(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(4)
        for name in _STEPS:
            self._buttons.addWidget(tool_button(self._actions, name))
        self._buttons.addWidget(self.accept_all)
        self._buttons.addWidget(self.reject_all)
        self._lines = QBoxLayout(_BESIDE, self)
        self._lines.setContentsMargins(16, 6, 12, 6)
        self._lines.addWidget(self.label, 1)
        self._lines.addLayout(self._buttons)

    def show_changes(self, count: int, author: str, *, is_being_written: bool) -> None:
        """Say how many changes are open; `author` is empty where there are several."""
        self._count, self._author, self._is_writing = count, author, is_being_written
        self._word()
        self.setVisible(count > 0)

    def _word(self) -> None:
        count = number_text(self._count)
        if self._is_writing:
            text = self.tr("{0} writes. {1} changes so far.", "", self._count)
            text = text.format(self._author or self.tr("The model"), count)
        elif self._author:
            text = self.tr("{0} changes by {1} are open.", "", self._count)
            text = text.format(count, self._author)
        else:
            text = self.tr("{0} changes are open.", "", self._count).format(count)
        self.label.setText(text)
        self.setAccessibleName(text)
        self.accept_all.setText(self.tr("Accept All"))
        self.reject_all.setText(self.tr("Reject All"))
        for button, name in (
            (self.accept_all, "accept_changes"),
            (self.reject_all, "reject_changes"),
        ):
            button.setEnabled(self._actions[name].isEnabled())
            button.setToolTip(self._actions[name].toolTip())
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the buttons below the words where they would leave them too little room."""
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the buttons: the words go above them."""
        edges = self._lines.contentsMargins()
        width = self._buttons.minimumSize().width() + edges.left() + edges.right()
        return QSize(width, super().minimumSizeHint().height())

    def _arrange(self) -> None:
        edges = self._lines.contentsMargins()
        room = self.width() - edges.left() - edges.right() - self._buttons.sizeHint().width()
        wanted = self.label.fontMetrics().horizontalAdvance(self.label.text()) + 16
        is_beside = room >= wanted
        self._lines.setDirection(_BESIDE if is_beside else _BELOW)
        side = Qt.AlignmentFlag(0) if is_beside else Qt.AlignmentFlag.AlignRight
        self._lines.setAlignment(self._buttons, side)
