"""How open changes look on the page: what is to go struck through, what is to come underlined."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, groupby

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QTextCharFormat

from app.core.changes.open_changes import OpenChange
from app.ui.editor.editor import Editor
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_LINE_END = "¶"
_MOST_LINE_ENDS = 300
"""Removed line ends that are marked; a writer who sees more of them needs no sign to know."""


class ChangeMarks(QObject):
    """Puts what is to come into the page's document, and marks what of it is in the window."""

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._changes: tuple[OpenChange, ...] = ()
        self._is_blank = True  # nothing of any change is on the page
        self._later = QTimer(
            self, singleShot=True, interval=0
        )  # Qt tells in the middle of a change
        self._later.timeout.connect(self._draw)
        bar = editor.verticalScrollBar()
        for moved in (bar.valueChanged, bar.rangeChanged):
            moved.connect(self._wake)
        editor.caret_moved.connect(self._wake)
        on_theme_change(self._wake)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size."""
        if event.type() == QEvent.Type.Resize:
            self._wake()
        return super().eventFilter(watched, event)

    def _wake(self, *_of_the_signal: object) -> None:
        if self._changes:
            self._later.start()

    def show(self, changes: Iterable[OpenChange]) -> None:
        """Show these changes, which are in order, alone; nothing while Qt changes the page."""
        self._changes = tuple(changes)
        if self._is_blank and not self._changes:
            return
        if self._is_blank:
            self._editor.viewport().installEventFilter(self)
        self._is_blank = False
        if self._editor.page.is_settled:
            self._editor.page.show_pieces(self._pieces())
            self._draw()
            self._is_blank = not self._changes
            if self._is_blank:
                self._editor.viewport().removeEventFilter(self)

    def _pieces(self) -> list[tuple[int, str]]:
        """What the page shows beside the manuscript, each at its place."""
        added = [
            (one.end, one.added.replace("\n", _LINE_END + "\u2028"))
            for one in self._changes
            if one.added
        ]
        found = sorted((*added, *self._line_ends()), key=lambda piece: piece[0])
        return [
            (place, "".join(piece for _place, piece in pieces))
            for place, pieces in groupby(found, key=lambda piece: piece[0])
        ]

    def _line_ends(self) -> list[tuple[int, str]]:
        """A sign at each line end that is to go, which nothing could be struck through at."""
        found: list[tuple[int, str]] = []
        for one in self._changes:
            if one.start == one.end:
                continue
            text = self._editor.manuscript.text(one.start, one.end).encode("utf-16-le")
            letters = text[::2] if b"\n" in text else b""
            for place, low in enumerate(letters):
                if low == 10 and text[2 * place + 1] == 0:
                    found.append((one.start + place, _LINE_END))
        return found if len(found) <= _MOST_LINE_ENDS else []

    def _draw(self) -> None:
        """Mark what is in the window."""
        if not self._editor.page.is_settled:
            return
        first, last = self._editor.visible if self._changes else (0, 0)
        length = len(self._editor.manuscript)  # which may just have become shorter
        seen = [one for one in self._changes if first <= one.end <= length and one.start <= last]
        at = self._editor.caret
        theme = Theme.current()
        current = [one for one in seen if one.start <= at <= one.end]
        others = [one for one in seen if one not in current]
        removed, added = removed_format(theme), added_format(theme)
        self._put("removed", map(self._removed, others), removed)
        self._put("added", map(self._added, others), added)
        for form in (removed, added):
            form.setBackground(theme.hover)  # a layer hides how the one below it looks
        self._put("goes", map(self._removed, current), removed)
        self._put("comes", map(self._added, current), added)

    def _put(
        self, layer: str, spans: Iterable[list[tuple[int, int]]], form: QTextCharFormat
    ) -> None:
        self._editor.layers.put(layer, chain.from_iterable(spans), QTextCharFormat(form))

    def _removed(self, one: OpenChange) -> list[tuple[int, int]]:
        if one.start == one.end:
            return []
        return self._editor.layers.lines(self._editor.cursor_at(one.start, one.end))

    def _added(self, one: OpenChange) -> list[tuple[int, int]]:
        if not one.added:
            return []
        breaks = self._editor.page.breaks
        start, end = breaks.piece_around(breaks.to_document(one.end, before=True))
        return [(start, end)] if start < end else []


def removed_format(theme: Theme) -> QTextCharFormat:
    """How text looks that is to go."""
    form = QTextCharFormat()
    form.setForeground(theme.error_ink)
    form.setFontStrikeOut(True)
    return form


def added_format(theme: Theme) -> QTextCharFormat:
    """How text looks that is to come."""
    form = QTextCharFormat()
    form.setForeground(theme.accent)
    form.setFontUnderline(True)
    return form
