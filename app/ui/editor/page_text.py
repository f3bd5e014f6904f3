"""The page's text: the manuscript and the QTextDocument that shows it, changed together.

Every position here is the manuscript's, in UTF-16 units; the document's own, which soft breaks
and pieces of proposed text shift, stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import (
    QTextBlock,
    QTextBlockFormat,
    QTextCursor,
    QTextDocument,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QTextEdit

from app.core.documents.normalise import normalise
from app.ui.editor.manuscript import Change, Manuscript, units
from app.ui.editor.soft_breaks import LONGEST, WISHED, SoftBreaks, cuts, with_ends
from app.ui.widgets.listeners import Listeners

_KEEP = QTextCursor.MoveMode.KeepAnchor
_TRIES = 4  # how often a break is moved at a time: shaping may differ by where a text begins
_ROW = 400  # units that fill a row of the page for certain, unless they are very narrow


class PageText(QObject):
    """A manuscript in a document.

    `visible` tells the document's positions of the first and the last letter that can be seen.
    `paused` is set while an input method holds half-typed text, which no block may lose.
    `changed` carries each Change that Qt made itself, such as typing, and `settled` comes as soon
    as the page can be changed after it. `reflowed` comes after soft breaks were moved or pieces
    shown, by which the text stays as it is.
    """

    settled = Signal()
    reflowed = Signal()

    def __init__(
        self, document: QTextDocument, visible: Callable[[], tuple[int, int]], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.changed = Listeners[[Change]]()
        self.manuscript = Manuscript()
        self.breaks = SoftBreaks()
        self._document = document
        self._visible = visible
        self._format = QTextBlockFormat()
        self.paused = False
        self._quiet = False
        self._touched: tuple[int, int] | None = None
        self._held: tuple[int, int, int] | None = None
        document.setUndoRedoEnabled(False)
        document.contentsChange.connect(self._on_contents_change)
        document.contentsChanged.connect(self._on_contents_changed)

    # Positions

    def cursor(self, start: int, end: int | None = None) -> QTextCursor:
        """A cursor from `start` to `end`, which is the same unless it is given."""
        at = to = self.breaks.to_document(start)
        if end is not None and end != start:
            to = self.breaks.to_document(end, before=end > start)
        return self._span(at, to)

    def _span(self, start: int, end: int) -> QTextCursor:
        """A cursor between two of the document's own positions."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(start)
        cursor.setPosition(end, _KEEP)
        return cursor

    def selection(self, cursor: QTextCursor) -> tuple[int, int]:
        """Where a cursor's selection begins and ends; both are its position if there is none."""
        to_manuscript = self.breaks.to_manuscript
        return to_manuscript(cursor.selectionStart()), to_manuscript(cursor.selectionEnd())

    def is_soft(self, block: QTextBlock) -> bool:
        """Whether `block` ends in a soft break."""
        return self.breaks.is_soft(block.position() + block.length() - 1)

    @property
    def is_settled(self) -> bool:
        """Whether the page can be looked at and changed; not in the middle of a change."""
        is_whole = len(self.manuscript) + self.breaks.units == self._document.characterCount() - 1
        return is_whole and not self.paused and self._held is None and self._touched is None

    # Changes

    def replace(self, start: int, end: int, text: str) -> Change | None:
        """Put `text`, which is normalised, in the place of `start`–`end`; None if it was there.

        None as well, and nothing happens, while the page can only be read.
        """
        if (start == end and not text) or self._is_read_only():
            return None
        cursor = self.cursor(start, end)
        at = cursor.selectionStart()
        return self._carry_out(cursor, at, cursor.selectionEnd() - at, text)

    def _is_read_only(self) -> bool:
        page = self.parent()
        return isinstance(page, QTextEdit) and page.isReadOnly()

    def set_format(self, form: QTextBlockFormat) -> None:
        """Give every paragraph the format `form`."""
        self._format = form
        with self._silent_edit(QTextCursor(self._document)) as cursor:
            cursor.select(QTextCursor.SelectionType.Document)
            cursor.setBlockFormat(form)
            self._dress_at(self.breaks)

    def _carry_out(self, cursor: QTextCursor, at: int, removed: int, text: str) -> Change | None:
        """Replace the cursor's selection by `text`.

        Before the change that is under way, the document had `removed` units there, from `at` on.
        """
        places = cuts(text)
        with self._silent_edit(cursor):
            if self.breaks and "\n" in text:  # new blocks get the format of the one they are put in
                cursor.setBlockFormat(self._format)
            cursor.insertText(with_ends(text, places)) if text else cursor.removeSelectedText()
            start, gone = self.breaks.follow(at, removed, units(text))
            change = self.manuscript.replace(start, gone, text)
            for place in places:
                self.breaks.add(start + place)
            self._dress_at(places, start)
        self._settle(start, start)
        self._settle(start + units(text), start + units(text))
        self.align()
        if change is None:  # but a piece may have gone with what was put there again
            self.settled.emit()
        return change

    def show_pieces(self, wanted: Sequence[tuple[int, str]]) -> None:
        """Show these texts on the page alone, in the place of those that are shown so now.

        Each stands at its place, of which there are not two, rising; none has the end of a block.
        While Qt changes the page or half-typed text is held nothing happens: see `settled`.
        """
        present, wanted = self.breaks.pieces, list(wanted)
        if present == wanted or not self.is_settled:
            return
        head = tail = 0
        shorter = min(len(present), len(wanted))
        while head < shorter and present[head] == wanted[head]:
            head += 1
        while tail < shorter - head and present[-1 - tail] == wanted[-1 - tail]:
            tail += 1
        with self._silent_edit(QTextCursor(self._document)) as cursor:
            for place, piece in reversed(present[head : len(present) - tail]):
                at = self.breaks.to_document(place, before=True)
                cursor.setPosition(at)
                cursor.setPosition(at + units(piece), _KEEP)
                cursor.removeSelectedText()
                self.breaks.remove(place, is_piece=True)
            for place, piece in wanted[head : len(wanted) - tail]:
                cursor.setPosition(self.breaks.to_document(place, before=True))
                cursor.insertText(piece)
                self.breaks.add(place, piece)
        self.reflowed.emit()

    def _on_contents_change(self, position: int, removed: int, added: int) -> None:
        """Follow Qt's change; it may count the document's last paragraph end, which is no text."""
        if self._quiet:
            return
        length = self._document.characterCount() - 1
        former = len(self.manuscript) + self.breaks.units
        removed, added = min(removed, former - position), min(added, length - position)
        if former - removed + added != length:
            position, removed, added = 0, former, length
        text = self._read(position, position + added)
        changed = position, position + added
        if removed and units(text) == added:
            before = self._former(position, position + removed)
            position, removed, text = self.breaks.narrowed(position, before, text)
            added = units(text)
        if normalise(text) != text or units(text) != added:  # PySide drops half a pair
            self._held = position, removed, added  # until Qt lets the document be changed
            return
        start, gone = self.breaks.follow(position, removed, units(text))
        first, last = (self.breaks.to_manuscript(at) for at in changed)
        if self._touched is not None:
            first, last = min(first, self._touched[0]), max(last, self._touched[1])
        self._touched = first, last
        change = self.manuscript.replace(start, gone, text)
        if change is not None:
            self.changed.emit(change)

    def _on_contents_changed(self) -> None:
        """Put right what Qt did by itself: a text that is not normal, a block that is too long."""
        if self._quiet:
            return
        if self._held is not None:
            position, removed, added = self._held
            self._held = None
            text = normalise(self._read(position, position + added))
            cursor = self._span(position, position + added)
            change = self._carry_out(cursor, position, removed, text)
            if change is not None:
                self.changed.emit(change)
        self.resume()

    def resume(self) -> None:
        """Settle what was typed, unless half of it is still held."""
        if self._touched is not None and not self.paused:
            touched, self._touched = self._touched, None
            self._settle(*touched)
            self.align()
            self.settled.emit()

    def _read(self, start: int, end: int) -> str:
        """The document's text between two of its own positions."""
        if end - start == 1:  # a key, which needs no cursor
            letter = self._document.characterAt(start)
            if letter.isascii() and letter.isprintable():
                return letter
        return self._span(start, end).selectedText().replace("\u2029", "\n")

    def _former(self, start: int, end: int) -> str:
        """The same of the document as it was before the change that is under way."""
        first, last = self.breaks.to_manuscript(start), self.breaks.to_manuscript(end)
        return self.breaks.own_text(start, end, self.manuscript.text(first, last))

    @contextmanager
    def _silence(self) -> Iterator[None]:
        """Take no change for Qt's own."""
        former, self._quiet = self._quiet, True
        try:
            yield
        finally:
            self._quiet = former

    @contextmanager
    def _silent_edit(self, cursor: QTextCursor) -> Iterator[QTextCursor]:
        """One edit of the document that Qt lays out once."""
        with self._silence():
            cursor.beginEditBlock()
            yield cursor
            cursor.endEditBlock()

    # Blocks

    def _block(self, position: int) -> QTextBlock:
        return self._document.findBlock(self.breaks.to_document(position))

    def _dress_at(self, places: Iterable[int], start: int = 0) -> None:
        """Give the blocks at the breaks `places`, counted from `start`, their format."""
        for place in places:
            block = self._block(start + place)
            self._dress(block.previous())
            self._dress(block)

    def _dress(self, block: QTextBlock) -> None:
        """Give a block its format: no gap at a soft break, and the paragraph's direction."""
        form = QTextBlockFormat(self._format)
        former = block.previous()
        if self.is_soft(block):
            form.setBottomMargin(0)
        if former.isValid() and self.is_soft(former):
            form.setLayoutDirection(former.textDirection())
        if block.blockFormat() != form:
            QTextCursor(block).setBlockFormat(form)

    def _settle(self, start: int, end: int) -> None:
        """Join and split the blocks from `start` to `end` that a change left too short or long."""
        if not self.breaks:
            block = self._document.findBlock(start)
            if block.contains(end) and block.length() <= LONGEST:
                if block.blockFormat() != self._format:
                    with self._silence():
                        self._dress(block)
                return
        with self._silence():
            block = self._block(start)
            if block.previous().isValid() and self.is_soft(block.previous()):
                block = block.previous()
            at = block.position()
            while block.isValid() and at <= self.breaks.to_document(end):
                self._fit(at)
                block = self._document.findBlock(at).next()
                at = block.position()

    def _fit(self, at: int) -> None:
        """Join the block at `at`, a position of the document, with what is small, or split it."""
        block = self._document.findBlock(at)
        while self.is_soft(block) and _is_small(block):
            self._join(block)
            block = self._document.findBlock(at)
        if block.length() > LONGEST:
            self._split(block)
        self._dress(self._document.findBlock(at))

    def _join(self, block: QTextBlock) -> None:
        """Take the soft break out that ends `block`."""
        end = block.position() + block.length() - 1
        self.breaks.remove(self.breaks.to_manuscript(end))
        self._span(end, end).deleteChar()

    def _split(self, block: QTextBlock) -> None:
        start, end = block.position(), block.position() + block.length() - 1
        start, end = self.breaks.to_manuscript(start), self.breaks.to_manuscript(end)
        places = cuts(self.manuscript.text(start, end))
        with self._silent_edit(QTextCursor(self._document)) as cursor:
            for place in reversed(places):
                cursor.setPosition(self.breaks.to_document(start + place))
                cursor.insertBlock()
            for place in places:
                self.breaks.add(start + place)
            self._dress_at(places, start)

    # Rows: a soft break stays where a row ends

    def align(self) -> None:
        """Move every soft break that can be seen to the end of the row it stands in."""
        if not self.breaks or self._quiet or self.paused or self._held or self._touched:
            return
        first, last = self._visible()
        moved = False
        with self._silence():
            block = self._document.findBlock(first)
            while block.isValid() and block.position() <= last:
                at = block.position()
                for _ in range(_TRIES):
                    if not self.is_soft(block) or not self._align_end(block):
                        break
                    block, moved = self._document.findBlock(at), True
                block = self._document.findBlock(at).next()
        if moved:
            self.reflowed.emit()

    def _align_end(self, block: QTextBlock) -> bool:
        """Let the last row of `block` end as if there were no break; False if it does already."""
        following = block.next()
        if self.breaks.has_pieces(block.position(), following.position() + following.length()):
            return False
        self._document.documentLayout().blockBoundingRect(block)  # lays it out
        layout = block.layout()
        if not layout.lineCount():
            return False
        row = layout.lineAt(layout.lineCount() - 1)
        start = self.breaks.to_manuscript(block.position())
        place = start + block.length() - 1
        stop = place + following.length() - 1
        end = self._row_end(start + row.textStart(), place, stop, row.width(), block)
        if end - start > LONGEST:  # too long by that row; one without width never ends
            end = start + row.textStart() if row.textStart() else place
        if end == place:
            return False
        self._move_break(block, end if end < stop else None)
        return True

    def _row_end(self, start: int, place: int, stop: int, width: float, block: QTextBlock) -> int:
        """Where a row of `width` pixels ends that begins at `start`; at most `stop`."""
        option = QTextOption(self._document.defaultTextOption())
        option.setTextDirection(block.textDirection())
        device = self._document.documentLayout().paintDevice()
        reach = place + _ROW
        while True:
            text = self.manuscript.text(start, min(reach, stop))
            layout = QTextLayout(text, self._document.defaultFont(), device)
            layout.setTextOption(option)
            layout.beginLayout()
            row = layout.createLine()
            row.setLineWidth(width)
            layout.endLayout()
            if reach >= stop or row.textLength() < units(text):
                return start + row.textLength()
            reach += reach - start

    def _move_break(self, block: QTextBlock, to: int | None) -> None:
        """Move the break that ends `block` to `to`, or take it out."""
        at = block.position()
        with self._silent_edit(QTextCursor(self._document)) as cursor:
            self._join(block)
            if to is not None:
                cursor.setPosition(self.breaks.to_document(to))
                cursor.insertBlock()
                self.breaks.add(to)
                self._dress(self._block(to))
            self._dress(self._document.findBlock(at))
        if to is not None:
            self._fit(self.breaks.to_document(to))


def _is_small(block: QTextBlock) -> bool:
    """Whether `block` and the next are short enough for one, or one of them is empty."""
    one, other = block.length() - 1, block.next().length() - 1
    return not one or not other or one + other <= WISHED
