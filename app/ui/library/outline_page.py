"""The side bar's page of headings: those of the text on the page, and where the caret is."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QListWidgetItem, QVBoxLayout, QWidget

from app.core.documents.markdown import is_fence
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.languages import on_language_change
from app.ui.library.quiet_list import ListOrHint, QuietList
from app.ui.widgets.theme import heading_font

_HEADING = re.compile(r"^ {0,3}(#{1,6})[ \t]+(\S.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_SETTLE_MS = 250
_INDENT = "\u2003"
_MOST = 5000


class OutlineHeading(NamedTuple):
    """A heading: its level, its words, and where its line begins in UTF-16 units."""

    level: int
    text: str
    position: int


def headings(text: str) -> Iterator[OutlineHeading]:
    """The Markdown headings of a text; what looks like one within a block of code is none."""
    code, at, place = _code(text), 0, 0
    for found in _HEADING.finditer(text):
        inside = bisect_right(code, found.start())
        if inside % 2 == 0:
            place += units(text[at : found.start()])
            at = found.start()
            yield OutlineHeading(len(found[1]), found[2], place)


def _code(text: str) -> list[int]:
    """Where blocks of code begin and end, in turn."""
    fences = (found.start() for found in _FENCE.finditer(text))
    return [at for at in fences if is_fence(text[at : at + 8])]


class OutlinePage(QWidget):
    """Lists the headings while it is shown; Enter or a click goes to one."""

    def __init__(self, editor: Editor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self._found = list[OutlineHeading]()
        self._is_following = False
        self.list = QuietList()
        self._settling = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settling.timeout.connect(self.fill)
        self.stack = ListOrHint(self.list)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 8, 8, 8)
        whole.addWidget(self.stack)
        self.list.chosen = self._jump
        editor.changed.connect(lambda _change, _source: self._wake())
        editor.caret_moved.connect(self._follow)
        self._word()
        on_language_change(self._word)

    def fill(self) -> None:
        """List the headings as they are now."""
        found = list(headings(self._editor.manuscript.text()))[:_MOST]
        if [one[:2] for one in found] != [one[:2] for one in self._found]:
            self._is_following = True
            self.list.clear()
            top = min((one.level for one in found), default=1)
            for one in found:
                item = QListWidgetItem(_INDENT * (one.level - top) + one.text)
                item.setData(Qt.ItemDataRole.AccessibleTextRole, self._spoken(one))
                item.setToolTip(one.text)
                if one.level == top:
                    item.setFont(heading_font(self.font(), 0))
                self.list.addItem(item)
            self._is_following = False
        self._found = found
        self.stack.follow()
        self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        """Be up to date when it is seen."""
        super().showEvent(event)
        self.fill()

    def _spoken(self, heading: OutlineHeading) -> str:
        return self.tr("{0}, level {1}").format(heading.text, heading.level)

    def _wake(self) -> None:
        if self.isVisible() and not self._settling.isActive():
            self._settling.start()

    def _follow(self) -> None:
        """Select the heading that the caret is below."""
        if not self.isVisible() or not self._found or self._settling.isActive():
            return
        row = bisect_right([one.position for one in self._found], self._editor.caret) - 1
        if row != self.list.currentRow() and not self.list.hasFocus():
            self.list.setCurrentRow(row)

    def _jump(self) -> None:
        row = self.list.currentRow()
        self.fill()
        if 0 <= row < len(self._found):
            self._editor.move_caret(self._found[row].position)
            self._editor.setFocus()

    def _word(self) -> None:
        self.list.setAccessibleName(self.tr("Headings"))
        self.list.setAccessibleDescription(self.tr("Enter goes to the heading in the text."))
        self.stack.say(
            lambda: self.tr(
                "The headings of the text are listed here: lines that begin with #, ##, and so on."
            )
        )
