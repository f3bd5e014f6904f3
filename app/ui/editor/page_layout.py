"""The page's layout: a paragraph is laid out when it is looked at, the others are estimated.

Qt's own layout moves every paragraph below a change, and lays out a whole text when it is opened.
Here a paragraph knows its height alone; where it stands is a sum that is made as far as needed.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QPainter,
    QPainterPath,
    QTextBlock,
    QTextDocument,
    QTextFrame,
    QTextOption,
)

from app.ui.editor.block_drawing import BlockDrawing
from app.ui.editor.block_heights import ABOVE, SEEN, BlockHeights, HeightEstimates

_FIXED = 64  # Qt counts positions on the page in 64ths of a pixel
_EVERYTHING = 1e9  # pixels, as Qt says it
_TRIES = 4  # how often what comes into view, because blocks are lower, is laid out too
_MOST_LAID = 400  # blocks
_FEW = 200  # blocks that are looked at one by one

_Direction = Qt.LayoutDirection


class _Rows(NamedTuple):
    """Where the rows of the block that was laid out last begin: in its text, and from its top."""

    block: int
    rows: list[tuple[int, float]]

    def differ(self, former: _Rows, at: int, growth: int) -> tuple[float, float]:
        """Between which heights rows differ from the `former`, for text that grew at `at`."""
        index = bisect_right(self.rows, (at, _EVERYTHING))
        begin = self.rows[max(0, index - 2)][1]  # a word may have gone to the row before
        if index < min(len(self.rows), len(former.rows)):
            place, y = self.rows[index]
            if place - growth > at and former.rows[index] == (place - growth, y):
                return begin, y  # as at most keys
        same = {(begin + growth, y) for begin, y in former.rows if begin > at}
        following = (y for place, y in self.rows[index:] if (place, y) in same)
        return begin, next(following, _EVERYTHING)


class PageLayout(QAbstractTextDocumentLayout):
    """Lays out the blocks of a document by their line height and bottom margin, one column wide.

    `view` tells where the window's part of the page begins and ends, in pixels from the top; what
    is there is exact. `caret` is the writer's position in the document. `shifted` tells by how many
    pixels the text in view moved because blocks above it turned out higher, so that the view can
    follow. An invisible block has no height.
    """

    shifted = Signal(float)

    def __init__(
        self,
        document: QTextDocument,
        view: Callable[[], tuple[float, float]],
        caret: Callable[[], int],
    ) -> None:
        super().__init__(document)
        self._document = document
        self._view = view
        self._caret = caret
        self._blocks = BlockHeights(document.blockCount())
        self._told = 0.0
        self._margins = (0.0, 0.0)
        self._estimates = HeightEstimates(document)
        self._are_hidden = False
        self._rows: _Rows | None = None
        self._width = document.pageSize().width()
        self._look: tuple[float, object] | None = None
        self._options: dict[_Direction, QTextOption] = {}
        redrawn: Any = self.update  # which stubs do not know to have two forms
        self._redrawn = redrawn[QRectF]
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.settle)
        document.contentsChange.connect(self._splice)

    # What the page looks like

    def set_margins(self, top: float, bottom: float) -> None:
        """Leave so many pixels free above the first block and below the last."""
        if (top, bottom) != self._margins:
            self._margins = top, bottom
            self._blocks.set_margin(top)
            self._tell_size()
            self._redraw(0, _EVERYTHING)

    def set_spacing(self, line_height: float, gap: float) -> None:
        """Estimate by this line height in percent, and this gap after a paragraph in pixels."""
        self._estimates.set_spacing(line_height, gap)
        self._look = None

    # Changes

    def documentChanged(self, start: int, removed: int, added: int) -> None:  # noqa: N802 (Qt)
        """Forget what was known of the blocks that changed, and lay out those in view."""
        if removed == 0 and added == self._document.characterCount():
            self._width = self._document.pageSize().width()
            look = self._width, self._document.defaultFont()
            if look != self._look or self._document.blockCount() != len(self._blocks):
                self._look = look
                self._begin_again()
            return
        first, last = self._splice(start, removed, added)
        former, self._rows = self._rows, None
        top, bottom = self._view()
        place = self._blocks.top(first)
        if first == last and top < self._blocks.end(first) and place <= bottom:
            self._blocks.set(first, self._lay_out(self._document.findBlockByNumber(first), first))
            is_settled = self._blocks.total == self._told  # as at most keys
        else:
            is_settled = place > bottom or (first != last and self._blocks.end(last) < top)
        if not is_settled:
            self._ensure(max(top, place), bottom)
        end = place + self._blocks[last] if first == last else self._blocks.top(last + 1)
        if self._blocks.total != self._told:
            self._tell_size()
            end = _EVERYTHING
        elif first == last:
            at = start - self._document.findBlockByNumber(first).position()
            begin, stop = self._changed_rows(former, at, added - removed)
            place, end = place + begin, min(end, place + stop)
        self._redraw(place, end)

    def _changed_rows(self, former: _Rows | None, at: int, growth: int) -> tuple[float, float]:
        """From where to where the block that was just laid out is to be drawn again."""
        rows = self._rows
        if rows is None or former is None or rows.block != former.block:
            return 0.0, _EVERYTHING
        return rows.differ(former, at, growth)

    def expect(self, text: str) -> None:
        """All of the text will be replaced by `text`: nothing that is laid out will stay."""
        self._clear(0, len(self._blocks.states))
        self._estimates.coming, self._are_hidden = text, False

    def show_blocks(self, block: QTextBlock, last: QTextBlock, *, are_shown: bool) -> None:
        """Show the blocks from `block` to `last`, or hide them."""
        first, end = block.blockNumber(), last.blockNumber() + 1
        self._are_hidden = True
        for _ in range(first, end):
            block.setVisible(are_shown)
            block.clearLayout()
            block = block.next()
        self._blocks.replace(first, end, self._estimate(first, end))
        self.settle()
        self._tell_size()
        self._redraw(0, _EVERYTHING)

    def _begin_again(self) -> None:
        """The width or the font is another."""
        self._clear(0, len(self._blocks.states))
        self._options.clear()
        self._estimates.look(self._width)
        self._blocks.begin(self._estimate(0, self._document.blockCount()))
        self._ensure(*self._view())
        self._tell_size()
        self._redraw(0, _EVERYTHING)

    def _splice(self, start: int, _removed: int, added: int) -> tuple[int, int]:
        """Follow a change; returns the numbers of its first and last block."""
        document = self._document
        block = document.findBlock(start)
        end = block if block.contains(start + added) else document.findBlock(start + added)
        end = end if end.isValid() else document.lastBlock()
        first = block.blockNumber()
        last = first if end is block else end.blockNumber()
        count = last + 1 - first
        grown = document.blockCount() - len(self._blocks)
        block.clearLayout()
        if first != last:
            end.clearLayout()
            self._forget_between(block, first, last, grown)
        if grown:
            if count > _FEW:
                self._estimates.look(self._width)
            self._blocks.replace(first, last + 1 - grown, self._estimate(first, last + 1))
        else:
            self._blocks.states[first : last + 1] = bytes(count)
        self._estimates.coming = ""
        return first, last

    def _forget_between(self, block: QTextBlock, first: int, last: int, grown: int) -> None:
        """Clear the layouts between two blocks, between which there are `grown` more now."""
        if not grown:
            for at in self._blocks.with_rows(first + 1, last):
                self._document.findBlockByNumber(at).clearLayout()
        elif any(self._blocks.states[first + 1 : last - grown]):
            for _ in range(first + 1, last):
                block = block.next()
                block.clearLayout()

    def _estimate(self, first: int, last: int) -> list[float]:
        return self._estimates.heights(first, last, are_hidden=self._are_hidden)

    def _redraw(self, top: float, bottom: float) -> None:
        self._redrawn.emit(QRectF(0, top, _EVERYTHING, bottom - top))

    def _tell_size(self) -> None:
        self._told = self._blocks.total
        self.documentSizeChanged.emit(self.documentSize())

    # Laying out

    def settle(self) -> None:
        """Lay out what is in view, around the caret if it is there, or what is laid out already."""
        for _ in range(_TRIES):
            top, bottom = self._view()
            first, last = self._blocks.at(top), self._blocks.at(bottom)
            anchor = self._document.findBlock(self._caret()).blockNumber()
            if not first <= anchor <= last:
                anchor = max(first, self._blocks.states.find(SEEN, first, last + 1))
            place = self._blocks.top(anchor)
            if not self._ensure(top, bottom):
                break
            self._redraw(0, _EVERYTHING)
            if self._blocks.total != self._told:
                self._tell_size()
            if shift := self._blocks.top(anchor) - place:
                self.shifted.emit(shift)
        if self._blocks.total != self._told:
            self._tell_size()
        if self._blocks.states.count(SEEN) > _MOST_LAID:
            self._let_go()

    def _let_go(self) -> None:
        """Keep the letters' shapes of what is around the window only: they take memory."""
        top, bottom = self._view()
        first, last = self._blocks.at(2 * top - bottom), self._blocks.at(2 * bottom - top)
        self._clear(0, first)
        self._clear(last + 1, len(self._blocks.states))

    def _clear(self, first: int, end: int) -> None:
        """Free the layouts of the blocks from `first` to before `end`; their heights stay."""
        for at in self._blocks.with_rows(first, end):
            layout = self._document.findBlockByNumber(at).layout()
            layout.setCacheEnabled(False)
            layout.beginLayout()
            layout.endLayout()
            layout.clearLayout()
            self._blocks.states[at] = 0

    def _ensure(self, top: float, bottom: float) -> bool:
        """Lay out from `top` to `bottom`; whether anything was not yet."""
        found = False
        number = self._blocks.at(top)
        block = self._document.findBlockByNumber(number)
        while block.isValid() and number < len(self._blocks) and self._blocks.top(number) <= bottom:
            if self._blocks.states[number] != SEEN:
                found = True
                self._blocks.set(number, self._lay_out(block, number))
            block, number = self._after(block, number)
        return found

    def _after(self, block: QTextBlock, number: int) -> tuple[QTextBlock, int]:
        """The next block that is not hidden, and its number."""
        following = self._blocks.following(number) if self._are_hidden else number + 1
        if following == number + 1:
            return block.next(), following
        return self._document.findBlockByNumber(following), following

    def _know(self, block: QTextBlock) -> int:
        """Have `block` laid out; returns its number.

        Above the window its height stays as it was taken for, or what is in view would move.
        """
        number = block.blockNumber()
        if number >= len(self._blocks):
            return number
        if not self._blocks.states[number] or not block.layout().lineCount():
            height = self._lay_out(block, number)
            if self._blocks.end(number) <= self._view()[0]:
                self._blocks.states[number] = ABOVE
            else:
                self._blocks.set(number, height)
            if self._blocks.total != self._told:
                self._later.start()
        return number

    def _lay_out(self, block: QTextBlock, number: int) -> float:
        """Break `block` into rows; returns how high it is."""
        if not block.isVisible():
            return 0.0
        layout, form = block.layout(), block.blockFormat()
        percent = form.lineHeight() / 100 or 1.0
        width, y = self._width, 0.0
        rows, start, place = [], 0, QPointF()
        former, step = -1.0, 0.0
        layout.setTextOption(self._option(block.textDirection()))
        layout.setCacheEnabled(True)  # or the letters would be shaped again to be drawn
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLeadingIncluded(True)
            line.setLineWidth(width)
            place.setY(y)
            line.setPosition(place)
            rows.append((start, y))
            start += line.textLength()
            if (height := line.height()) != former:
                raw = math.ceil(height + min(0.0, line.leading()))
                former, step = height, int(raw * percent * _FIXED) / _FIXED
            y += step
        layout.endLayout()
        is_plain = not layout.formats() and not layout.preeditAreaText()
        self._rows = _Rows(number, rows) if is_plain else None
        return y + int(form.bottomMargin() * _FIXED) / _FIXED

    def _option(self, direction: _Direction) -> QTextOption:
        if direction not in self._options:
            option = QTextOption(self._document.defaultTextOption())
            option.setTextDirection(direction)
            if direction == _Direction.RightToLeft:
                option.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._options[direction] = option
        return self._options[direction]

    # What Qt asks

    def blockBoundingRect(self, block: QTextBlock) -> QRectF:  # noqa: N802 (Qt)
        """Where `block` stands, which lays it out."""
        if not block.isValid():
            return QRectF()
        number = self._know(block)
        height = self._blocks[number] if number < len(self._blocks) else 0.0
        return QRectF(0, self._blocks.top(number), self._width, height)

    def documentSize(self) -> QSizeF:  # noqa: N802 (Qt)
        """The page with its margins, and without the gap after the last paragraph."""
        return QSizeF(self._width, sum(self._margins) + self._blocks.total - self._estimates.gap)

    def frameBoundingRect(self, _frame: QTextFrame) -> QRectF:  # noqa: N802 (Qt)
        """All of the page: there are no other frames."""
        return QRectF(QPointF(), self.documentSize())

    def pageCount(self) -> int:  # noqa: N802 (Qt)
        """One, which is as long as the text."""
        return 1

    def hitTest(  # noqa: N802 (Qt)
        self, point: QPointF | QPoint | QPainterPath.Element, accuracy: Qt.HitTestAccuracy
    ) -> int:
        """The position in the document at `point`; in the gap below a line, that line's."""
        assert isinstance(point, QPointF)
        number = self._blocks.at(point.y())
        block = self._document.findBlockByNumber(number)
        if not block.isValid():
            block = self._document.lastBlock()
        number = self._know(block)
        place = QPointF(point.x(), point.y() - self._blocks.top(number))
        if accuracy == Qt.HitTestAccuracy.ExactHit and not self._is_on_text(block, place):
            return -1
        layout, line = block.layout(), None
        for index in range(layout.lineCount()):
            following = layout.lineAt(index)
            if line is not None and following.y() > place.y():
                break
            line = following
        if line is None:
            return block.position()
        return block.position() + line.xToCursor(place.x())

    def _is_on_text(self, block: QTextBlock, place: QPointF) -> bool:
        layout = block.layout()
        lines = map(layout.lineAt, range(layout.lineCount()))
        return any(line.naturalTextRect().contains(place) for line in lines)

    def draw(self, painter: QPainter, context: QAbstractTextDocumentLayout.PaintContext) -> None:
        """Draw the blocks that lie in the context's clip."""
        clip = context.clip
        top, bottom = (clip.top(), clip.bottom()) if clip.isValid() else (0.0, _EVERYTHING)
        number = self._blocks.at(top)
        block = self._document.findBlockByNumber(number)
        drawing = BlockDrawing(painter, context, self.property("cursorWidth") or 1)
        while block.isValid() and number < len(self._blocks):
            if self._blocks.states[number] != SEEN:
                self._blocks.set(number, self._lay_out(block, number))
                self._later.start()
            place = self._blocks.top(number)
            if place > bottom:
                break
            if block.isVisible():
                drawing.draw(block, QPointF(0, place))
            block, number = self._after(block, number)
