"""The find bar: looks for words in the manuscript, around the end and without case."""

from __future__ import annotations

import re
from collections import deque

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.ui.actions import Actions, tool_button
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.languages import on_language_change
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton


class FindBar(QWidget):
    """A line above the page, hidden until it is asked for."""

    closed = Signal()

    def __init__(self, editor: Editor, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.line = QLineEdit()
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self.find_next)
        self.found = QLabel()
        self.found.setProperty("kind", "muted")
        self._close = IconButton("close", "")
        self._close.clicked.connect(self.close_bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 12, 0)
        line.addWidget(self.line, 1)
        line.addWidget(self.found)
        for name in ("find_previous", "find_next"):
            line.addWidget(tool_button(actions, name))
        line.addWidget(self._close)
        self._word()
        on_language_change(self._word)
        self.hide()

    def _word(self) -> None:
        self.line.setAccessibleName(self.tr("Find"))
        self.line.setPlaceholderText(self.tr("Find in the manuscript"))
        self._close.name(self.tr("Close (Esc)"))
        if self.found.text():
            self.found.setText(self.tr("Not found"))

    def begin(self) -> None:
        """Show the line with the selected words in it."""
        selected = self._editor.manuscript.text(*self._editor.selection)
        if selected and "\n" not in selected:
            self.line.setText(selected)
        self.show()
        self.line.setFocus()
        self.line.selectAll()

    def find_next(self) -> None:
        """Select the next place, from the top again after the last."""
        self._find(backwards=False)

    def find_previous(self) -> None:
        """Select the place before, from the end again after the first."""
        self._find(backwards=True)

    def close_bar(self) -> None:
        """Go back to the page."""
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def _find(self, *, backwards: bool) -> None:
        words = self.line.text()
        if not words:
            self.begin()
            return
        manuscript = self._editor.manuscript
        text = manuscript.text().replace("\u00a0", " ")
        pattern = re.compile(re.escape(words.replace("\u00a0", " ")), re.IGNORECASE)
        start, end = (len(manuscript.text(0, place)) for place in self._editor.selection)
        if backwards:
            found = _last(pattern, text, start) or _last(pattern, text, len(text))
        else:
            found = pattern.search(text, end) or pattern.search(text)
        self.found.setText("" if found else self.tr("Not found"))
        announce(self, self.found.text())
        if found:
            place = units(text[: found.start()])
            self._editor.setTextCursor(self._editor.cursor_at(place, place + units(found[0])))
            self._editor.ensureCursorVisible()


def _last(pattern: re.Pattern[str], text: str, end: int) -> re.Match[str] | None:
    """The last place before `end`."""
    found = deque(pattern.finditer(text, 0, end), maxlen=1)
    return found[0] if found else None
