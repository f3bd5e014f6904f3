"""The page: a plain-text editor that a writer and a model can write in at the same time."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QMargins, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from app.core.documents.normalise import normalise
from app.ui.editor.caret_moves import CaretMoves
from app.ui.editor.manuscript import Change, Source as Source, units
from app.ui.editor.page_layout import PageLayout
from app.ui.editor.page_text import PageText
from app.ui.editor.plain_text_edit import PlainTextEdit, is_letter
from app.ui.editor.undo_history import History, UndoStep
from app.ui.editor.view import Layers, Tint, View
from app.ui.languages import on_language_change
from app.ui.widgets.apply_theme import page_font
from app.ui.widgets.listeners import Listeners
from app.ui.widgets.theme import Theme

_NARROWEST = 24  # pixels between the text and the window's edge
_LINE_END_KEYS = (  # in an empty paragraph with a margin, Qt's own Enter only takes the margin
    QKeySequence.StandardKey.InsertLineSeparator,
    QKeySequence.StandardKey.InsertParagraphSeparator,
)
_HISTORY_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class Editor(PlainTextEdit):
    """The manuscript's editor.

    `changed` carries every Change with its Source; `manuscript` is the text that `page` shows, and
    `history` its undo steps. Positions are in UTF-16 units.
    """

    step_undone = Signal(object)
    step_redone = Signal(object)
    composed = Signal()
    zoom_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.changed, self.history_moved = Listeners[[Change, Source]](), Listeners[[]]()
        self.view = View(self, self.cursor_at)
        self._layout = PageLayout(self.document(), self.view.extent, self.view.caret)
        self.document().setDocumentLayout(self._layout)
        self.page = PageText(self.document(), self.view.ends, self)
        self.manuscript = self.page.manuscript
        self._moves = CaretMoves(self, self.page)
        self.history = History()
        self._preedit = ""
        self._measure = 68
        self._room = 0
        self.layers = Layers(self)
        self._tint = Tint(self.layers, self.cursor_at)
        self._muted = QColor()
        self._prepare()

    def _prepare(self) -> None:
        self.setAcceptRichText(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)  # Qt's would undo itself
        self.setFrameShape(QTextEdit.Shape.NoFrame)
        self.setCursorWidth(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._word()
        on_language_change(self._word)
        document = self.document()
        document.setDocumentMargin(0)
        self.page.changed.connect(lambda change: self._tell(change, Source.WRITER))
        self.page.reflowed.connect(self._tint.show)
        self.page.reflowed.connect(self._keep_modified)
        self._layout.shifted.connect(self.view.move_down)
        self.verticalScrollBar().valueChanged.connect(self._layout.settle)
        self.verticalScrollBar().rangeChanged.connect(self._set_width)
        self.verticalScrollBar().valueChanged.connect(self.page.align)

    def _word(self) -> None:
        self.setAccessibleName(self.tr("Manuscript"))
        self.setAccessibleDescription(self.tr("Write here. Ctrl+Enter lets the model go on."))
        self.viewport().update()

    # The look of the page

    def set_page(self, family: str, points: float, line_height: int, measure: int) -> None:
        """Set the font, the line height in percent and the line's length in characters."""
        self._measure = measure
        font = page_font(family, points)
        self.document().setDefaultFont(font)
        self.setFont(font)
        line = self.fontMetrics().height()
        paragraph = QTextBlockFormat()
        kind = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        paragraph.setLineHeight(float(line_height), kind.value)
        paragraph.setBottomMargin(line * 0.15)
        self._layout.set_spacing(line_height, line * 0.15)
        self.page.set_format(paragraph)
        self._set_margins()

    def _set_margins(self) -> None:
        line = self.fontMetrics().height()
        self._layout.set_margins(max(line * 1.6, self._room), max(line * 4, self._room))
        self._set_width()
        self.page.align()
        self._sync_modified()  # Qt takes formats for changes

    def set_room(self, height: int) -> None:
        """Leave so many pixels free above the text and below it, at least."""
        if height != self._room:
            self._room = height
            self._set_margins()

    def set_colours(self, theme: Theme) -> None:
        """Colour the page, its text, its selection, and what the writer has not accepted yet."""
        self.setStyleSheet(
            f"QTextEdit {{ background: {theme.page.name()}; color: {theme.ink.name()};"
            f" selection-background-color: {theme.selection.name()};"
            f" selection-color: {theme.selection_ink.name()}; }}"
        )
        self._muted = theme.muted
        self._tint.set_colours(theme)

    def set_tint(self, start: int, end: int) -> None:
        """Tint the text from `start` to `end`, and nothing else; equal ends clear it."""
        self._tint.move(start, end)

    @property
    def tint(self) -> tuple[int, int]:
        """The tinted range; both ends are equal when there is none."""
        return self._tint.range

    def _set_width(self) -> None:
        """Keep the lines in the middle and as long as they are, with the scroll bar or without."""
        wanted = round(self.fontMetrics().averageCharWidth() * self._measure)
        bar = self.verticalScrollBar()
        room = bar.sizeHint().width() if bar.maximum() > bar.minimum() else 0
        side = max(_NARROWEST, (self.width() - wanted) // 2)
        margins = QMargins(side, 0, side - room, 0)
        if margins != self.viewportMargins():  # or a long text would be laid out again
            self.setViewportMargins(margins)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the page; on an empty one, the invitation where the first line will be."""
        super().paintEvent(event)
        if len(self.manuscript) or self.is_composing:
            return
        self.view.draw_first_line(self.accessibleDescription(), self._muted)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the page in the middle."""
        self._set_width()
        super().resizeEvent(event)
        self.page.align()

    # The text

    def set_text(self, text: str) -> None:
        """Show another text; nothing of the old one can be undone."""
        text = normalise(text)
        self.page.show_pieces(())
        self._layout.expect(text)
        self._replace(Source.FILE, 0, len(self.manuscript), text)
        self.history = History()
        self.set_tint(0, 0)
        self.move_caret(0)
        self._sync_modified()

    def cursor_at(self, start: int, end: int | None = None) -> QTextCursor:
        """A cursor from `start` to `end` that is not the writer's, in the document's positions."""
        return self.page.cursor(start, end)

    @property
    def caret(self) -> int:
        """Where the writer's caret is."""
        return self.page.breaks.to_manuscript(self.textCursor().position())

    @property
    def selection(self) -> tuple[int, int]:
        """Where the writer's selection begins and ends; both are the caret if there is none."""
        return self.page.selection(self.textCursor())

    def selection_of(self, cursor: QTextCursor) -> tuple[int, int]:
        """Where the selection of any cursor begins and ends in the manuscript."""
        return self.page.selection(cursor)

    def show_blocks(self, first: QTextBlock, last: QTextBlock, *, are_shown: bool) -> None:
        """Show blocks of the page, or hide them; the text stays what it is."""
        self._layout.show_blocks(first, last, are_shown=are_shown)
        self._keep_modified()

    def selected_text(self) -> str:
        """The text of the selection."""
        return self.manuscript.text(*self.selection)

    def is_soft(self, block: QTextBlock) -> bool:
        """Whether `block` ends where its paragraph goes on."""
        return self.page.is_soft(block)

    def position_of(self, block: QTextBlock) -> int:
        """Where `block` begins in the manuscript."""
        return self.page.breaks.to_manuscript(block.position())

    @property
    def visible(self) -> tuple[int, int]:
        """Where the text that is in the window begins and ends."""
        first, last = self.view.ends()
        return self.page.breaks.to_manuscript(first), self.page.breaks.to_manuscript(last)

    def move_caret(self, position: int) -> None:
        """Put the writer's caret at `position` and show it."""
        position = min(position, len(self.manuscript))
        self.setTextCursor(self.cursor_at(position))
        if self.page.breaks:  # to show it may have moved rows; Up and Down go by where it is now
            self.setTextCursor(self.cursor_at(position))

    def insert_plain(self, text: str) -> None:
        """Insert `text` at the caret as the writer's own."""
        self.history.close_step()
        self._replace(Source.WRITER, *self.selection, normalise(text))
        self.ensureCursorVisible()

    def replace_text(self, start: int, end: int, text: str) -> None:
        """Replace `start`–`end` by the writer's `text`, as one step."""
        self.history.close_step()
        self._replace(Source.WRITER, start, end, normalise(text))
        self.history.close_step()

    def move_text(self, start: int, end: int, to: int) -> None:
        """Move the writer's text from `start`–`end` to `to`, which is outside, in one step."""
        text = self.manuscript.text(start, end)
        self.history.close_step()
        self._replace(Source.WRITER, start, end, "")
        to -= end - start if to > start else 0
        self._replace(Source.WRITER, to, to, text)
        self.history.join_last()
        self.history_moved.emit()
        self.setTextCursor(self.cursor_at(to, to + end - start))

    def write(self, step: UndoStep, start: int, end: int, text: str, whole: str) -> None:
        """Replace `start`–`end` by the model's `text`, after which the open `step` is `whole`.

        Both are normalised.
        """
        keep = self.view.keeper(end)
        self._replace(Source.MODEL, start, end, text)
        self.history.amend(step, whole)
        keep(start + units(text))
        self._sync_modified()

    def undo(self) -> None:
        """Take the last step back."""
        if (step := self.history.undo()) is None:
            return
        if step.owner is not None:
            self.step_undone.emit(step)
        self.carry_out(change.inverse() for change in reversed(step.changes))
        self.move_caret(step.caret_undone)
        self._sync_modified()

    def redo(self) -> None:
        """Do the last undone step again."""
        if (step := self.history.redo()) is None:
            return
        self.carry_out(step.changes)
        self.move_caret(step.caret_redone)
        if step.owner is not None:
            self.step_redone.emit(step)
        self._sync_modified()

    def mark_saved(self) -> None:
        """The text as it is now is the file's."""
        self.history.mark_clean()
        self._sync_modified()

    def mark_unsaved(self) -> None:
        """The text is in no file."""
        self.history.mark_dirty()
        self._sync_modified()

    def _sync_modified(self) -> None:
        self._keep_modified()
        self.history_moved.emit()

    def _keep_modified(self) -> None:
        """Whatever Qt takes for a change, such as a format or a soft break."""
        self.document().setModified(not self.history.is_clean)

    def carry_out(self, changes: Iterable[Change], source: Source = Source.HISTORY) -> None:
        """Make changes, one after the other, that are in `history` already."""
        for change in changes:
            self._replace(source, change.position, change.removed_end, change.added)

    def _replace(self, source: Source, start: int, end: int, text: str) -> None:
        change = self.page.replace(start, end, text)
        if change is None:
            self._keep_modified()
        else:
            self._tell(change, source)

    def _tell(self, change: Change, source: Source) -> None:
        if source is Source.WRITER:
            self.history.record(change)
        self.changed.emit(change, source)
        if source is Source.WRITER:
            self._sync_modified()

    # Keys, input methods, mouse

    @property
    def is_composing(self) -> bool:
        """Whether an input method holds half-typed text."""
        return bool(self._preedit)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Remember whether an input method holds half-typed text; normalise what it gives."""
        if not (was_composing := self.is_composing):
            self._moves.leave_pieces()
        self._preedit = event.preeditString()
        self.page.paused = self.is_composing
        text = normalise(event.commitString())
        if text != event.commitString():
            plain = QInputMethodEvent(self._preedit, event.attributes())
            plain.setCommitString(text, event.replacementStart(), event.replacementLength())
            event = plain
        super().inputMethodEvent(event)
        if was_composing and not self.is_composing:
            self.page.resume()
            self.composed.emit()

    def event(self, event: QEvent) -> bool:
        """Leave Undo and Redo to the actions; while composing, no key is a shortcut.

        The wheel and the mouse come here only beside the page.
        """
        if (kind := event.type()) == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if self.is_composing:
                event.accept()
                return True
            if any(map(event.matches, _HISTORY_KEYS)):
                event.ignore()
                return False
        if kind == QEvent.Type.Wheel and isinstance(event, QWheelEvent):
            self.wheelEvent(event)
            return True
        if kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            place = event.position().toPoint() - self.viewport().pos()
            self.setTextCursor(self.cursorForPosition(place))  # in the line at that height
            self.setFocus()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Type, with plain line ends only."""
        if self.is_composing and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
            event.accept()
        elif not is_letter(event) and any(map(event.matches, _LINE_END_KEYS)):
            if self.textCursor().hasSelection():  # without a soft break at its end, which would
                self.setTextCursor(self.cursor_at(*self.selection))  # pass for the new line's
            self.textCursor().insertBlock()
            self.ensureCursorVisible()
        elif self.page.breaks:
            self._moves.press(event, super().keyPressEvent)
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll, or zoom with Ctrl."""
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_asked.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the caret; typing there is a new step."""
        self.history.close_step()
        super().mousePressEvent(event)
        if self.page.breaks and event.button() == Qt.MouseButton.LeftButton:
            extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._moves.after_mouse_press(extends=extends)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word, also one with a soft break in it."""
        super().mouseDoubleClickEvent(event)
        if self.page.breaks:
            self._moves.after_double_click()
