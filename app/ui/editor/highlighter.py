"""Markdown in the page's text, shown lightly: as it will look, with its signs in a paler colour."""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice, takewhile

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)

from app.core.documents import markdown
from app.core.documents.markdown import flattened, is_fence, line_spans
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_FENCED, _OPEN = 1 << 20, 1 << 21
"""States of a block: the next is in a block of code; the paragraph goes on after a soft break."""

_NO_STATE = -1  # also of a block that was never looked at, so that colouring it leads to no other
_Part = tuple[int, int, QTextCharFormat]
"""From, how long and how, in a block's UTF-16 units; a later one lies over an earlier."""

_AT_ONCE = 40  # blocks; what a long text has more is coloured in slices
_MOST_MOVED = 3  # comments that are coloured at once
_SLICE_S = 0.005
_PAUSE_MS = 5
_PAINTED_MS = 20  # after a text that was opened is painted, before the rest of it is coloured
_WINDOW = 6000  # letters that the window of a long text may show


class Highlighter(QObject):
    """Colours an editor's Markdown while it `is_on`; the text and its undo steps stay the same.

    Of a long text what is in the window comes first, and the rest between the writer's keys. Qt's
    own highlighter would look at every paragraph when a text is opened.
    """

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._formats: dict[int, QTextCharFormat] = {}
        self.is_on = False
        self._count = 0
        self._rest: QTextCursor | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._on_time)
        editor.document().contentsChange.connect(self._follow)
        editor.changed.connect(lambda _change, _source: self._show_comments())
        on_theme_change(self._recolour)

    def switch(self, *, on: bool) -> None:
        """Colour Markdown from now on, or not any more."""
        if on != self.is_on:
            self.is_on = on
            self._recolour()

    @property
    def is_done(self) -> bool:
        """Whether all of the text is as it should be."""
        return self._rest is None

    def _follow(self, position: int, removed: int, added: int) -> None:
        """Colour what changed, and what follows from it; or later, where it is much."""
        if not self.is_on:
            return
        document = self._editor.document()
        block = document.findBlock(position)
        stop = position + added + bool(removed)
        end = block if block.contains(stop) else document.findBlock(stop)
        last = end.blockNumber() if end.isValid() else document.blockCount()
        goes_on = False
        while block.isValid() and (goes_on or block.blockNumber() <= last):
            self._count += 1
            if self._count > _AT_ONCE or block.position() - position > _WINDOW:
                self._postpone(block)
                break
            state = block.userState()
            self._colour_block(block)
            goes_on = block.userState() != state
            block = block.next()
        if not self._timer.isActive():
            self._timer.start(_PAUSE_MS if self._rest is None else 0)

    # Many blocks: Qt would lay the text out again after each

    def _recolour(self) -> None:
        """Colour everything again."""
        self._formats.clear()
        self._postpone(self._editor.document().begin())
        self._colour_seen()
        self._timer.start(_PAUSE_MS)

    def _postpone(self, block: QTextBlock) -> None:
        if self._rest is None or block.position() < self._rest.position():
            self._rest = QTextCursor(block)

    def _on_time(self) -> None:
        if self._timer.interval():
            self._go_on()
        else:  # what is in the window is painted now
            self._timer.start(_PAINTED_MS)

    def _go_on(self) -> None:
        """Colour a slice of what is left."""
        self._count = 0
        if self._rest is None:
            return
        block = self._colour(self._rest.block(), _SLICE_S)
        if block.isValid():
            self._rest.setPosition(block.position())
            self._timer.start(_PAUSE_MS)
        else:
            self._rest = None

    def _colour_seen(self) -> None:
        if self._editor.isVisible():
            self._colour_range(*self._editor.visible)

    def _colour_range(self, start: int, end: int) -> None:
        first, last = self._editor.cursor_at(start), self._editor.cursor_at(end)
        self._colour(first.block(), last=last.blockNumber())

    def _colour(
        self, block: QTextBlock, seconds: float = math.inf, last: float = math.inf
    ) -> QTextBlock:
        """Colour the blocks from `block` on; where it was ended by the time or after the `last`."""
        end, changed = time.monotonic() + seconds, []
        while block.isValid() and block.blockNumber() <= last and time.monotonic() < end:
            if self._colour_block(block):
                changed.append(block)
            block = block.next()
        if changed:
            start, stop = changed[0].position(), changed[-1].position() + changed[-1].length()
            self._editor.document().markContentsDirty(start, stop - start)
        return block

    def _colour_block(self, block: QTextBlock) -> bool:
        """Whether this changed anything."""
        parts, state = self._parts(block, block.text())
        block.setUserState(state)
        layout = block.layout()
        former = layout.formats()
        if not parts and not former:
            return False
        ranges = _ranges(parts)
        if layout.preeditAreaText():
            ranges = _around_preedit(layout, former, ranges)
        layout.setFormats(ranges)
        return True

    # What a block is

    def _parts(self, block: QTextBlock, text: str) -> tuple[list[_Part], int]:
        """The parts of a block in their formats, and its state."""
        if not self.is_on:
            return [], _NO_STATE
        before = max(0, block.previous().userState())
        kind = before & ~(_FENCED | _OPEN) if before & _OPEN else 0
        state = before & _FENCED
        if not before & _OPEN and is_fence(text):
            state ^= _FENCED
            spans = [(0, len(text), markdown.CODE | markdown.MARK)]
        elif state:
            spans = [(0, len(text), markdown.CODE)]
        else:
            spans, kind = line_spans(text, kind)
        if self._editor.is_soft(block):
            state |= _OPEN | kind
        return list(self._dressed(block, text, spans)), state or _NO_STATE

    def _dressed(self, block: QTextBlock, text: str, spans: list[markdown.Span]) -> Iterator[_Part]:
        is_wide = not text.isascii() and max(text) > "\uffff"
        comments = self._comments(block)
        for start, end, kind in flattened(spans) if spans else ():
            begin = units(text[:start]) if is_wide else start
            length = units(text[start:end]) if is_wide else end - start
            yield (begin, length, self._format(kind))
        for start, end in comments:
            yield (start, end - start, self._format(markdown.COMMENT))

    def _comments(self, block: QTextBlock) -> list[tuple[int, int]]:
        """The comments in a block, from and to counted in it."""
        comments = self._editor.manuscript.comments
        if not comments:
            return []
        breaks, begin, length = self._editor.page.breaks, block.position(), block.length() - 1
        start, end = breaks.to_manuscript(begin), breaks.to_manuscript(begin + length)
        first = bisect_right(comments, start, key=lambda span: span[1])
        seen = takewhile(lambda span: span[0] < end, islice(comments, first, None))
        ends = (
            (breaks.to_document(one) - begin, breaks.to_document(other, before=True) - begin)
            for one, other in seen
        )
        return [(max(0, one), min(length, other)) for one, other in ends]

    def _show_comments(self) -> None:
        """Colour what has become a comment, or is none any more."""
        manuscript = self._editor.manuscript
        if not manuscript.moved_comments:
            return
        moved = sorted(manuscript.moved_comments)
        manuscript.moved_comments.clear()
        if not self.is_on:
            return
        after = len(manuscript)  # which may be before what was a comment until now
        if len(moved) <= _MOST_MOVED:
            for start, end in moved:
                self._colour_range(min(start, after), min(end, after))
        else:
            self._postpone(self._editor.cursor_at(min(moved[0][0], after)).block())
            self._colour_seen()
            self._timer.start(_PAUSE_MS)

    def _format(self, kind: int) -> QTextCharFormat:
        if kind not in self._formats:
            self._formats[kind] = _format(kind, Theme.current())
        return self._formats[kind]


def is_in_code(block: QTextBlock) -> bool:
    """Whether a block is inside a block of code, as far as Markdown is coloured."""
    before = block.previous().userState()
    return before > 0 and bool(before & _FENCED)


def _ranges(parts: list[_Part]) -> list[QTextLayout.FormatRange]:
    """The parts as Qt takes them; neighbours that look the same are one."""
    ranges: list[QTextLayout.FormatRange] = []
    for start, length, form in parts:
        last = ranges[-1] if ranges else None
        if last is not None and last.start + last.length == start and last.format == form:
            last.length += length
            continue
        part = QTextLayout.FormatRange()
        part.start, part.length, part.format = start, length, form
        ranges.append(part)
    return ranges


def _around_preedit(
    layout: QTextLayout,
    former: list[QTextLayout.FormatRange],
    ranges: list[QTextLayout.FormatRange],
) -> list[QTextLayout.FormatRange]:
    """`ranges` moved around what an input method holds, which keeps its own formats."""
    start = layout.preeditAreaPosition()
    length = len(layout.preeditAreaText())
    for part in ranges:
        if part.start >= start:
            part.start += length
        elif part.start + part.length >= start:
            part.length += length
    end = start + length
    held = [part for part in former if start <= part.start and part.start + part.length <= end]
    return held + ranges


def _format(kind: int, theme: Theme) -> QTextCharFormat:
    """How a part of a text looks; the theme's `muted` and `accent` can be read on its page."""
    form = QTextCharFormat()
    if kind & (markdown.MARK | markdown.QUOTE | markdown.COMMENT):
        form.setForeground(theme.muted)
    elif kind & (markdown.LINK | markdown.LIST):
        form.setForeground(theme.accent)
    if kind & (markdown.EMPHASIS | markdown.COMMENT) and not kind & markdown.MARK:
        form.setFontItalic(True)
    if kind & (markdown.STRONG | markdown.HEADING) and not kind & markdown.MARK:
        form.setFontWeight(QFont.Weight.Bold)
    if kind & markdown.LINK:
        form.setFontUnderline(True)
    if kind & markdown.STRIKE and not kind & markdown.MARK:
        form.setFontStrikeOut(True)
    if kind & markdown.COMMENT:  # over whatever is in it
        form.setFontWeight(QFont.Weight.Normal)
        form.setFontUnderline(False)
    if kind & markdown.CODE:
        form.setFontFamilies(["monospace"])
    return form
