"""Two texts beside each other, or below each other where there is too little room."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

_BESIDE, _BELOW = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
_LINES = 7


class SideBySide(QWidget):
    """Each text in a field that can be read and copied, under a heading."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headings = QLabel(), QLabel()
        self.fields = _field(), _field()
        self._line = QBoxLayout(_BESIDE, self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(12)
        for heading, field in zip(self.headings, self.fields, strict=True):
            heading.setBuddy(field)
            part = QVBoxLayout()
            part.setSpacing(4)
            part.addWidget(heading)
            part.addWidget(field, 1)
            self._line.addLayout(part, 1)

    def name(self, first: str, second: str) -> None:
        """Name the two."""
        for heading, field, name in zip(self.headings, self.fields, (first, second), strict=True):
            heading.setText(name)
            field.setAccessibleName(name.replace("&", ""))

    def show_texts(self, first: str, second: str) -> None:
        """Show two texts."""
        for field, text in zip(self.fields, (first, second), strict=True):
            field.setPlainText(text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where a line has thirty letters at least."""
        super().resizeEvent(event)
        least = 64 * self.fontMetrics().averageCharWidth()
        self._line.setDirection(_BESIDE if self.width() >= least else _BELOW)


def _field() -> QPlainTextEdit:
    field = QPlainTextEdit(readOnly=True)
    field.setProperty("kind", "field")
    field.setTabChangesFocus(True)
    field.setMinimumHeight(field.fontMetrics().lineSpacing() * _LINES)
    return field
