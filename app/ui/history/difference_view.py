"""The field that shows what changed: marked by colour, and by a line below or through it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.ui.editor.manuscript import units
from app.ui.history.excerpt import Kind, MarkedPassage, Part, passage
from app.ui.numbers import number_text
from app.ui.widgets.theme import Theme

_SELECTABLE = (
    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
)


class DifferenceView(QPlainTextEdit):
    """Shows the parts of a difference; what is selected in it can be told as a MarkedPassage."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setProperty("kind", "field")
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(_SELECTABLE)
        self._shown: list[tuple[int, int, Part]] = []

    def say(self, text: str) -> None:
        """Show a sentence instead."""
        self._shown = []
        self.setPlainText("")
        self.setPlaceholderText(text)

    def show_parts(self, parts: Sequence[Part]) -> None:
        """Show a difference, from its first change."""
        self.say("")
        formats = _formats()
        cursor, first = QTextCursor(self.document()), None
        cursor.beginEditBlock()
        for part in parts:
            start, text = cursor.position(), part.text or self._skipped(part)
            cursor.insertText(text, formats[part.kind])
            self._shown.append((start, start + units(text), part))
            if first is None and part.kind in ("removed", "added"):
                first = start
        cursor.endEditBlock()
        cursor.setPosition(first or 0)
        self.setTextCursor(cursor)
        self.centerCursor()

    @property
    def marked(self) -> MarkedPassage | None:
        """The place of the selection in both texts; None where it holds no change."""
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        return passage(self._inside(start, end)) if start < end else None

    def _inside(self, start: int, end: int) -> Iterator[tuple[Part, int, int]]:
        for begin, stop, part in self._shown:
            if start < stop and end > begin:
                yield part, max(start, begin) - begin, min(end, stop) - begin

    def _skipped(self, part: Part) -> str:
        words = self.tr("{0} words without a change", "", part.words)
        return f"\n\n⋯ {words.format(number_text(part.words))} ⋯\n\n"


def _formats() -> dict[Kind, QTextCharFormat]:
    theme = Theme.current()
    same, removed, added, skipped = (QTextCharFormat() for _ in range(4))
    same.setForeground(theme.ink)
    skipped.setForeground(theme.muted)
    removed.setForeground(theme.error_ink)
    removed.setBackground(theme.error)
    removed.setFontStrikeOut(True)
    added.setForeground(theme.selection_ink)
    added.setBackground(theme.selection)
    added.setFontUnderline(True)
    return {"same": same, "removed": removed, "added": added, "skipped": skipped}
