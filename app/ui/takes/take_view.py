"""A take's text in the tray: its sentences to step through, and what differs from the first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit, QWidget

from app.core.text.differences import difference
from app.tasks.cutting import sentence_spans
from app.ui.editor.manuscript import units
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_SELECTABLE = Qt.TextInteractionFlag.TextSelectableByMouse
_MOST_COMPARED = 40_000  # characters of both texts


class TakeView(QTextEdit):
    """Shows one take as plain text that only grows, without the space around it.

    `key_pressed` carries every key that is not of the text's own; `sentence_asked` the number of
    the sentence that was clicked twice.
    """

    key_pressed = Signal(object)
    sentence_asked = Signal(int)
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(_SELECTABLE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(8)
        self.sentence = 0
        """The number of the sentence that the keys act on."""
        self._whole = ""
        self._first = ""
        self._chosen: Collection[int] = ()
        self._spans: list[tuple[int, int]] = []
        self._differences: list[tuple[int, int]] = []
        on_theme_change(self._mark)

    @property
    def sentences(self) -> list[str]:
        """The sentences of the text, each with the space after it."""
        return [self._whole[start:end] for start, end in self._spans]

    def show_take(self, text: str, first: str, chosen: Collection[int]) -> None:
        """Show a text, what of it is not in the `first` one, and which sentences are chosen."""
        if text != self._whole:
            self._set_text(text)
        elif first == self._first and chosen == self._chosen:
            return
        self._first, self._chosen = first, chosen
        self._differences = _differences(first, text)
        self._mark()

    def step(self, by: int) -> None:
        """Go to the sentence that lies `by` further on."""
        if self._spans:
            self.sentence = max(0, min(len(self._spans) - 1, self.sentence + by))
            self._mark()
            start, end = self._spans[self.sentence]
            for place in (end, start):  # both ends in sight, its beginning at least
                self.setTextCursor(self._cursor(place, place))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let the tray decide."""
        self.key_pressed.emit(event)
        if not event.isAccepted():
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Digits and the like are no shortcuts of the window's while they mean a take."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and ((event.text().isprintable() and event.text()) or event.key() == _RENAME):
                event.accept()
                return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Make the sentence there the one that the keys act on."""
        super().mousePressEvent(event)
        self.sentence = self._at(event)
        self._mark()
        self.entered.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the sentence there."""
        if event.button() == Qt.MouseButton.LeftButton and self._spans:
            self.sentence = self._at(event)
            self.sentence_asked.emit(self.sentence)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which sentence the keys act on."""
        super().focusInEvent(event)
        self._mark()
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show it no more."""
        super().focusOutEvent(event)
        self._mark()

    # Inside

    def _at(self, event: QMouseEvent) -> int:
        place = self.cursorForPosition(event.position().toPoint()).position()
        head = len(self._whole) - len(self._whole.lstrip())
        ends = [units(self._whole[head:end]) for _start, end in self._spans]
        return max(0, min(len(self._spans) - 1, bisect_right(ends, place)))

    def _set_text(self, text: str) -> None:
        """Only what is new is written, so that the view stays where it was scrolled to."""
        shown, new = self._whole.lstrip(), text.lstrip()
        self._whole = text
        cursor = QTextCursor(self.document())
        if shown and new.startswith(shown):
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(new[len(shown) :])
        else:
            self.setPlainText(new)
        self._spans = sentence_spans(text)
        self.sentence = max(0, min(self.sentence, len(self._spans) - 1))

    def _mark(self) -> None:
        theme = Theme.current()
        selections = []
        for number in self._chosen:
            if number < len(self._spans):
                selections.append(self._selection(self._spans[number], _chosen_format(theme)))
        if self.hasFocus() and self._spans:
            selections.append(self._selection(self._spans[self.sentence], _current_format(theme)))
        form = _different_format(theme)
        selections += [self._selection(span, form) for span in self._differences]
        self.setExtraSelections(selections)

    def _selection(self, span: tuple[int, int], form: QTextCharFormat) -> QTextEdit.ExtraSelection:
        selection = QTextEdit.ExtraSelection()
        text = self._whole[span[0] : span[1]]
        lead = len(text) - len(text.lstrip())
        selection.cursor = self._cursor(span[0] + lead, span[0] + len(text.rstrip()))
        selection.format = form
        return selection

    def _cursor(self, start: int, end: int) -> QTextCursor:
        head = len(self._whole) - len(self._whole.lstrip())
        cursor = QTextCursor(self.document())
        cursor.setPosition(units(self._whole[head : max(head, start)]))
        cursor.setPosition(
            units(self._whole[head : max(head, end)]), QTextCursor.MoveMode.KeepAnchor
        )
        return cursor


_RENAME = Qt.Key.Key_F2


def _differences(first: str, text: str) -> list[tuple[int, int]]:
    """Where `text` has what `first` has not, in characters; nothing where that is too long."""
    if not first or first == text or len(first) + len(text) > _MOST_COMPARED:
        return []
    found, at = [], 0
    for hunk in difference(first, text):
        end = at + len(hunk.new)
        if not hunk.is_same and hunk.new.strip():
            found.append((at, end))
        at = end
    return found


def _different_format(theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
    form.setUnderlineColor(theme.edge)
    return form


def _current_format(theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setBackground(theme.selection)
    form.setForeground(theme.selection_ink)
    return form


def _chosen_format(theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setBackground(QColor(theme.take_tint))
    form.setForeground(theme.take_ink)
    form.setFontWeight(600)
    return form
