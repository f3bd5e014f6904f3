"""The find bar: looks for words in the manuscript, around the end and without case."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from app.ui.actions import Actions, tool_button
from app.ui.editor.editor import Editor
from app.ui.widgets.controls import IconButton


class FindBar(QWidget):
    """A line above the page, hidden until it is asked for."""

    closed = Signal()

    def __init__(self, editor: Editor, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Find"))
        self.line.setPlaceholderText(self.tr("Find in the manuscript"))
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self.find_next)
        self.found = QLabel()
        self.found.setProperty("kind", "muted")
        close = IconButton("close", self.tr("Close (Esc)"))
        close.clicked.connect(self.close_bar)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 8, 12, 0)
        line.addWidget(self.line, 1)
        line.addWidget(self.found)
        for name in ("find_previous", "find_next"):
            line.addWidget(tool_button(actions, name))
        line.addWidget(close)
        self.hide()

    def begin(self) -> None:
        """Show the line with the selected words in it."""
        selected = self._editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.line.setText(selected)
        self.show()
        self.line.setFocus()
        self.line.selectAll()

    def find_next(self) -> None:
        """Select the next place, from the top again after the last."""
        self._find(QTextDocument.FindFlag(0), QTextCursor.MoveOperation.Start)

    def find_previous(self) -> None:
        """Select the place before, from the end again after the first."""
        self._find(QTextDocument.FindFlag.FindBackward, QTextCursor.MoveOperation.End)

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

    def _find(self, flags: QTextDocument.FindFlag, start: QTextCursor.MoveOperation) -> None:
        words = self.line.text()
        if not words:
            self.begin()
            return
        document = self._editor.document()
        cursor = document.find(words, self._editor.textCursor(), flags)
        if cursor.isNull():
            edge = QTextCursor(document)
            edge.movePosition(start)
            cursor = document.find(words, edge, flags)
        self.found.setText(self.tr("Not found") if cursor.isNull() else "")
        if not cursor.isNull():
            self._editor.setTextCursor(cursor)
            self._editor.ensureCursorVisible()
