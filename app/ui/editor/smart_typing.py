"""Smart typing: straight quotes and hyphens become typographic ones as the writer types them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

from app.core.documents.typography import TYPED, educated
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units

_FAR_MARKS = ("```", "~~~", "<!--")  # of code and comments that began in a line before
_NO_TEXT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier


class SmartTyping(QObject):
    """Works on an editor's keys while it `is_on`, and on nothing else: no paste, no input method.

    What was typed is a step of its own, so that one Undo gives the straight sign back.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.is_on = False
        editor.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Type what can become something else, and let it."""
        if not self.is_on or event.type() != QEvent.Type.KeyPress:
            return False
        assert isinstance(event, QKeyEvent)
        if not self._is_for_us(event):
            return False
        self._editor.keyPressEvent(event)
        self._educate(event.text())
        return True

    def _is_for_us(self, event: QKeyEvent) -> bool:
        is_sign = len(event.text()) == 1 and event.text() in TYPED
        return is_sign and not event.modifiers() & _NO_TEXT and not self._editor.is_composing

    def _educate(self, typed: str) -> None:
        manuscript, caret = self._editor.manuscript, self._editor.caret
        needs_all = any(manuscript.may_have(mark, caret) for mark in _FAR_MARKS)
        before = manuscript.text(0 if needs_all else manuscript.line_start(caret), caret)
        if not before.endswith(typed):
            return
        found = educated(before[:-1], typed)
        if found is not None:
            count, text = found
            start = caret - 1 - count
            self._editor.replace_text(start, caret, text)
            self._editor.move_caret(start + units(text))
