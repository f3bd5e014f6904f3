"""Misspelled words on the page, underlined while they are in the window."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextCharFormat

from app.core.spelling.checker import Misspelling, SpellChecker
from app.ui.editor.editor import Editor, Source
from app.ui.editor.highlighter import is_in_code
from app.ui.editor.manuscript import Change, units
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_AFTER_MS = 100


class SpellingMarks(QObject):
    """Underlines what the `checker` takes for wrong, in the layer of an editor, and nowhere else.

    Only what is in the window is looked up, a little after a change; a word that is being typed is
    left alone. `strange` where most words of the window are unknown: nothing is underlined then.
    `used` when another checker is in use.
    """

    strange = Signal()
    used = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.checker: SpellChecker | None = None
        self._typed_at = -1
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self._mark)
        editor.changed.connect(self._on_changed)
        editor.caret_moved.connect(self.wake)
        editor.verticalScrollBar().valueChanged.connect(self.wake)
        editor.viewport().installEventFilter(self)
        on_theme_change(self.wake)

    def use(self, checker: SpellChecker | None) -> None:
        """Mark by this checker from now on; None marks nothing."""
        self.checker = checker
        self._mark()
        self.used.emit()

    def wake(self, *_of_the_signal: object) -> None:
        """Look at the window again, soon."""
        if self.checker is not None and not self._timer.isActive():
            self._timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self.wake()
        return super().eventFilter(watched, event)

    def at(self, position: int) -> tuple[int, int, str] | None:
        """The misspelled word at a place of the document: from, to and the word; None for none."""
        block = self._editor.document().findBlock(position)
        for start, end, word in self._found(block):
            if start <= position <= end:
                return start, end, word
        return None

    def next_after(self, position: int) -> tuple[int, int, str] | None:
        """The first misspelled word behind a place of the document, around the end."""
        document = self._editor.document()
        first = document.findBlock(position)
        rest = [one for one in self._found(first) if one[0] >= position]
        if rest:
            return rest[0]
        block = first.next()
        while block.isValid():
            for one in self._found(block):
                return one
            block = block.next()
        block = document.begin()
        while block.isValid() and block.blockNumber() <= first.blockNumber():
            for one in self._found(block):
                return one
            block = block.next()
        return None

    def _on_changed(self, change: Change, source: Source) -> None:
        at_end = change.position + units(change.added)
        self._typed_at = at_end if source is Source.WRITER else -1
        self.wake()

    def _mark(self) -> None:
        """Underline what is in the window."""
        if self.checker is None or self._editor.is_composing:
            self._editor.layers.put("spelling", (), QTextCharFormat())
            return
        blocks = list(self._visible())
        if self.checker.is_strange(block.text() for block in blocks):
            self._editor.layers.put("spelling", (), QTextCharFormat())
            self.strange.emit()
            return
        caret = self._editor.textCursor().position()
        typing = caret if self._editor.caret == self._typed_at else -1
        spans = (
            (start, end)
            for block in blocks
            for start, end, _word in self._found(block)
            if end != typing
        )
        self._editor.layers.put("spelling", spans, _format())

    def _visible(self) -> Iterator[QTextBlock]:
        first, last = self._editor.view.ends()
        block = self._editor.document().findBlock(first)
        while block.isValid() and block.position() <= last:
            yield block
            block = block.next()

    def _found(self, block: QTextBlock) -> Iterator[tuple[int, int, str]]:
        """The misspelled words of a block, from and to in positions of the document."""
        if self.checker is None or is_in_code(block):
            return
        text, begin = block.text(), block.position()
        is_wide = not text.isascii() and max(text) > "\uffff"
        for one in self.checker.misspelled(text):
            start, end = _in_units(text, one) if is_wide else (one.start, one.end)
            if not self._editor.page.breaks.has_pieces(begin + start, begin + end):
                yield begin + start, begin + end, one.word  # what is only proposed is not checked


def _in_units(text: str, one: Misspelling) -> tuple[int, int]:
    start = units(text[: one.start])
    return start, start + units(text[one.start : one.end])


def _format() -> QTextCharFormat:
    form = QTextCharFormat()
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
    form.setUnderlineColor(Theme.current().error_ink)
    return form
