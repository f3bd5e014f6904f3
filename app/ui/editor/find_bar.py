"""The find bar: what to look for in the manuscript, how, and what to put in its place."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.core.documents.normalise import normalise
from app.core.errors import LampblackError
from app.ui.actions import Actions, tool_button
from app.ui.editor.editor import Editor
from app.ui.editor.finder import Finder
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.sentences import Words, told
from app.ui.widgets.announce import announce
from app.ui.widgets.controls import IconButton, NoteLabel
from app.ui.widgets.search_switches import SearchSwitches


class FindBar(QWidget):
    """A line or two above the page, hidden until they are asked for."""

    closed = Signal()

    def __init__(self, editor: Editor, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.finder = Finder(editor, self)
        self.line, self.replacement = QLineEdit(), QLineEdit()
        self.switches = SearchSwitches()
        self.found = QLabel()
        self.found.setProperty("kind", "muted")
        self._told: Words = ""
        self._has_replaced = False
        self.problem = NoteLabel("wrong")
        self._close = IconButton("close", "")
        self.replace_button, self.all_button = QPushButton(), QPushButton()
        self._lay_out(actions)
        self._connect()
        self._word()
        on_language_change(self._word)
        self.hide()

    def _lay_out(self, actions: Actions) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.switches)
        first.addWidget(self.found)
        for name in ("find_previous", "find_next"):
            first.addWidget(tool_button(actions, name))
        first.addWidget(self._close)
        for button in (self.replace_button, self.all_button):
            button.setProperty("kind", "small")
            second.addWidget(button)
        second.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 8, 12, 6)
        grid.setColumnStretch(0, 1)
        grid.addWidget(self.line, 0, 0)
        grid.addLayout(first, 0, 1)
        grid.addWidget(self.replacement, 1, 0)
        grid.addLayout(second, 1, 1)
        grid.addWidget(self.problem, 2, 0, 1, 2)
        self._show_replacing(False)

    def _connect(self) -> None:
        self.line.setClearButtonEnabled(True)
        self.line.returnPressed.connect(self.find_next)
        self.replacement.returnPressed.connect(self.replace)
        self.replace_button.clicked.connect(self.replace)
        self.all_button.clicked.connect(self.replace_all)
        self._close.clicked.connect(self.close_bar)
        for line in (self.line, self.replacement):
            line.textChanged.connect(self._ask)
        self.switches.toggled.connect(self._ask)
        self.finder.found.connect(self._show_count)
        self.finder.selected.connect(self._on_selected)
        self.finder.failed.connect(self._on_failed)
        self.finder.all_replaced.connect(self._on_replaced)
        self._editor.selectionChanged.connect(self._show_count)

    def _word(self) -> None:
        self.line.setAccessibleName(self.tr("Find"))
        self.line.setPlaceholderText(self.tr("Find in the manuscript"))
        self.replacement.setAccessibleName(self.tr("Replace with"))
        self.replacement.setPlaceholderText(self.tr("Replace with"))
        self.replace_button.setText(self.tr("Replace"))
        self.all_button.setText(self.tr("Replace All"))
        self._close.name(self.tr("Close (Esc)"))
        self._say(self._told)

    # What the writer asks for

    def begin(self, *, replacing: bool = False) -> None:
        """Show the line with the selected words in it, and with `replacing` that of others."""
        selected = self._editor.selected_text()
        if selected and "\n" not in selected and not self.switches.pattern.isChecked():
            self.line.setText(selected)
        self._show_replacing(replacing)
        self.show()
        self._ask()
        self.finder.open(True)
        self.line.setFocus()
        self.line.selectAll()

    def find_next(self) -> None:
        """Select the next place, from the top again after the last."""
        self._find(backwards=False)

    def find_previous(self) -> None:
        """Select the place before, from the end again after the first."""
        self._find(backwards=True)

    def replace(self) -> None:
        """Replace the selected place and go on to the next one."""
        if self.line.text():
            self.finder.replace()

    def replace_all(self) -> None:
        """Replace all places, as one step."""
        if self.line.text():
            self.finder.replace_all()

    def close_bar(self) -> None:
        """Go back to the page."""
        self.finder.open(False)
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        else:
            super().keyPressEvent(event)

    def _find(self, *, backwards: bool) -> None:
        if not self.line.text():
            self.begin()
            return
        self.finder.find(backwards=backwards)

    # What is found

    def _show_replacing(self, shown: bool) -> None:
        for widget in (self.replacement, self.replace_button, self.all_button):
            widget.setVisible(shown)
        self._is_replacing = shown

    def _ask(self) -> None:
        self._has_replaced = False
        self.problem.say("")
        self._say("")
        query = self.switches.query(self.line.text())
        self.finder.ask(query, normalise(self.replacement.text()) if self._is_replacing else None)

    def _show_count(self) -> None:
        """Say how many places there are, and which of them is selected."""
        if not self.line.text() or not self.finder.is_known or self._has_replaced:
            return
        count, current = len(self.finder.spans), self.finder.current
        if not count:
            self._say(lambda: self.tr("Not found"))
        elif current:
            self._say(
                lambda: self.tr("{0} of {1}").format(number_text(current), number_text(count))
            )
        else:
            self._say(lambda: self.tr("{0} found").format(number_text(count)))

    def _on_selected(self) -> None:
        self._has_replaced = False
        self._show_count()
        announce(self, self.found.text())

    def _on_failed(self, error: LampblackError) -> None:
        self._say("")
        self.problem.say(str(error))

    def _on_replaced(self, count: int) -> None:
        self._has_replaced = True
        self._say(lambda: self.tr("{0} replaced").format(number_text(count)))
        announce(self, self.found.text())

    def _say(self, words: Words) -> None:
        self._told = words
        self.found.setText(told(words))
