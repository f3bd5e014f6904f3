"""Caret moves across soft breaks and proposed text, which are one position to the writer.

Between keys the caret is never at the end of a block that ends in a soft break, but at the start of
the next. Qt does the same within a block: no caret stands at the end of a row that goes on. Of a
piece of text that only the page has, it stands at the end.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCursor
from PySide6.QtWidgets import QTextEdit

from app.ui.editor.page_text import PageText

_Key = QKeySequence.StandardKey
_Move = QTextCursor.MoveOperation
_Mode = QTextCursor.MoveMode
_DELETE_WORD = {_Key.DeleteStartOfWord: False, _Key.DeleteEndOfWord: True}
_WORD_KEYS = (
    _Key.MoveToNextWord,
    _Key.MoveToPreviousWord,
    _Key.SelectNextWord,
    _Key.SelectPreviousWord,
)
_ENDS_OF_BLOCK = {
    _Key.MoveToStartOfBlock: False,
    _Key.SelectStartOfBlock: False,
    _Key.MoveToEndOfBlock: True,
    _Key.SelectEndOfBlock: True,
}
_TO_OTHER_ROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_LETTER = 2  # units that hold at least one


class CaretMoves:
    """What Qt's moves need before and after them where there are soft breaks or pieces."""

    def __init__(self, editor: QTextEdit, page: PageText) -> None:
        self._editor = editor
        self._page = page
        self._is_soft = page.breaks.is_soft

    def press(self, event: QKeyEvent, pass_on: Callable[[QKeyEvent], None]) -> None:
        """Press a key, which Qt does when `pass_on` is called."""
        cursor = self._editor.textCursor()
        done = self._before_key(event, cursor)
        self._put(cursor)
        if not done:
            former = cursor.position()
            pass_on(event)
            cursor = self._editor.textCursor()
            self._after_key(event, cursor, former)
            self._put(cursor)

    def leave_pieces(self) -> None:
        """Take the writer's selection out of pieces it begins or ends in.

        Qt does not tell what an input method removes of them.
        """
        cursor, around = self._editor.textCursor(), self._page.breaks.piece_around
        if any(around(at) != (at, at) for at in (cursor.position(), cursor.anchor())):
            self._put(self._page.cursor(*self._page.selection(cursor)))

    def after_mouse_press(self, *, extends: bool) -> None:
        """Put right where a press of the mouse put the caret; a triple one takes the paragraph."""
        cursor = self._editor.textCursor()
        if not cursor.hasSelection():
            if self._is_soft(cursor.position()):
                cursor.movePosition(_Move.PreviousCharacter)
            self._leave_piece(cursor)
        elif not extends:
            self._widen_to_paragraph(cursor)
        self._put_in_view(cursor)

    def after_double_click(self) -> None:
        """Take in what of the word lies on the other side of a break."""
        cursor = self._editor.textCursor()
        self._widen_to_word(cursor)
        self._put_in_view(cursor)

    def _put(self, cursor: QTextCursor) -> None:
        """Make `cursor` the writer's, if it is elsewhere."""
        former = self._editor.textCursor()
        if (cursor.position(), cursor.anchor()) != (former.position(), former.anchor()):
            self._editor.setTextCursor(cursor)

    def _put_in_view(self, cursor: QTextCursor) -> None:
        """The same, with the view as it is: the mouse never scrolls to a selection's end."""
        bar = self._editor.verticalScrollBar()
        value = bar.value()
        self._put(cursor)
        bar.setValue(value)

    def _before_key(self, event: QKeyEvent, cursor: QTextCursor) -> bool:
        """Take over deleting by words, and cross a break that Backspace would delete.

        Returns whether nothing is left to do; else `cursor` is the one to go on with.
        """
        if cursor.hasSelection():
            return False
        self._leave_piece(cursor)
        for key, forward in _DELETE_WORD.items():
            if event.matches(key):
                self._select_word(cursor, forward)
                cursor.removeSelectedText()
                return True
        if event.key() == Qt.Key.Key_Backspace:
            self._go_before(cursor)
        return False

    def _leave_piece(
        self, cursor: QTextCursor, mode: QTextCursor.MoveMode = _Mode.MoveAnchor
    ) -> None:
        """Go to the end of the piece of text that the cursor is in, or at the start of."""
        while (end := self._page.breaks.piece_around(cursor.position())[1]) != cursor.position():
            cursor.setPosition(end, mode)

    def _go_before(self, cursor: QTextCursor) -> None:
        """Go to the document's first position that is the same to the writer."""
        place = self._page.breaks.to_manuscript(cursor.position())
        cursor.setPosition(self._page.breaks.to_document(place, before=True))

    def _after_key(self, event: QKeyEvent, cursor: QTextCursor, former: int) -> None:
        """Put right where Qt moved `cursor` from `former`, a position of the document."""
        mode = _Mode.KeepAnchor if cursor.hasSelection() else _Mode.MoveAnchor
        start, end = self._page.breaks.piece_around(cursor.position())
        if start != end and former == end and event.key() not in _TO_OTHER_ROWS:
            cursor.setPosition(start, mode)
            is_word = any(event.matches(key) for key in _WORD_KEYS)
            cursor.movePosition(_Move.PreviousWord if is_word else _Move.PreviousCharacter, mode)
            former = start
        self._leave_piece(cursor, mode)
        if any(event.matches(key) for key in _WORD_KEYS):
            forward = cursor.position() > former
            if cursor.position() == former - 1 and self._is_soft(former - 1):
                cursor.movePosition(_Move.PreviousWord, mode)
            self._walk_on(cursor, forward, mode)
        for key, forward in _ENDS_OF_BLOCK.items():
            if event.matches(key):
                self._leave_block(cursor, forward, mode)
        if not self._is_soft(cursor.position()):
            return
        back = event.key() in _TO_OTHER_ROWS or cursor.position() == former - 1
        if event.key() == Qt.Key.Key_Backspace:
            back = False  # what moved it is the letter that is gone
        elif event.key() == Qt.Key.Key_End:
            place = self._page.breaks.to_manuscript(cursor.position())
            back = self._page.manuscript.text(place - 1, place) == " "
        cursor.movePosition(_Move.PreviousCharacter if back else _Move.NextCharacter, mode)

    def _widen_to_paragraph(self, cursor: QTextCursor) -> None:
        """Make of a selected block, as a triple press gives it, the paragraph."""
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        block = cursor.document().findBlock(start)
        if start != block.position() or end < start + block.length() - 1:
            return  # a triple press takes a block
        cursor.setPosition(start)
        self._leave_block(cursor, forward=False, mode=_Mode.MoveAnchor)
        while self._is_after(end):
            block = cursor.document().findBlock(end)
            end = block.position() + block.length() - (0 if block.next().isValid() else 1)
        cursor.setPosition(end, _Mode.KeepAnchor)

    def _widen_to_word(self, cursor: QTextCursor) -> None:
        ends = QTextCursor(cursor)
        ends.setPosition(cursor.selectionEnd())
        while self._is_soft(ends.position()) and self._is_within_word(ends.position()):
            ends.movePosition(_Move.NextCharacter)
            ends.movePosition(_Move.EndOfWord)
        cursor.setPosition(cursor.selectionStart())
        while self._is_after(cursor.position()) and self._is_within_word(cursor.position()):
            cursor.movePosition(_Move.PreviousCharacter)
            cursor.movePosition(_Move.StartOfWord)
        cursor.setPosition(ends.position(), _Mode.KeepAnchor)

    def _select_word(self, cursor: QTextCursor, forward: bool) -> None:
        """Select up to the next end of a word, through the breaks that are within it."""
        if not forward:
            self._go_before(cursor)
        move = _Move.NextWord if forward else _Move.PreviousWord
        cursor.movePosition(move, _Mode.KeepAnchor)
        self._walk_on(cursor, forward, _Mode.KeepAnchor)

    def _walk_on(self, cursor: QTextCursor, forward: bool, mode: QTextCursor.MoveMode) -> None:
        step = _Move.NextCharacter if forward else _Move.PreviousCharacter
        while self._is_at_break(cursor.position()):
            at = cursor.position()
            if self._is_soft(at) is forward:
                cursor.movePosition(step, mode)  # over the break
            if not self._is_within_word(at):
                return
            if not forward and self._is_after(cursor.position()):
                cursor.movePosition(step, mode)
            if not cursor.movePosition(_Move.NextWord if forward else _Move.PreviousWord, mode):
                return

    def _leave_block(self, cursor: QTextCursor, forward: bool, mode: QTextCursor.MoveMode) -> None:
        """From the start or the end of a block to that of the paragraph."""
        while forward and self._is_soft(cursor.position()):
            cursor.movePosition(_Move.NextCharacter, mode)
            cursor.movePosition(_Move.EndOfBlock, mode)
        while not forward and self._is_after(cursor.position()):
            cursor.movePosition(_Move.PreviousBlock, mode)

    def _is_after(self, position: int) -> bool:
        return position > 0 and self._is_soft(position - 1)

    def _is_at_break(self, position: int) -> bool:
        return self._is_soft(position) or self._is_after(position)

    def _is_within_word(self, position: int) -> bool:
        place = self._page.breaks.to_manuscript(position)
        end = min(place + _LETTER, len(self._page.manuscript))
        left = self._page.manuscript.text(max(0, place - _LETTER), place)
        right = self._page.manuscript.text(place, end)
        if not left or not right or right[0].isspace():
            return False
        return _kind(left[-1]) == _kind(right[0])


def _kind(letter: str) -> str:
    """What Qt's moves by words go over in one: letters, or signs such as a row of =."""
    if letter.isspace():
        return "space"
    return "letter" if letter.isalnum() or letter == "_" else "sign"
