"""Shows on the page where the text in the window came from, by tints and kinds of underlines."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QTextCharFormat
from PySide6.QtWidgets import QToolTip

from app.core.provenance.passages import OriginPassage, Shown, passages
from app.core.store import Store, TakeRecord
from app.ui.background import BackgroundTasks
from app.ui.editor.editor import Editor
from app.ui.provenance.tracker import OriginTracker
from app.ui.provenance.words import passage_text
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_AFTER_MS = 100
_NEAR = 20_000  # units of a paragraph on either side of what is asked for
_Line = QTextCharFormat.UnderlineStyle
_LINES: dict[Shown, QTextCharFormat.UnderlineStyle] = {
    "generated": _Line.SingleUnderline,
    "edited": _Line.DashUnderline,
    "rewrite": _Line.DashDotLine,
    "pasted": _Line.DotLine,
}


class OriginTint(QObject):
    """Tints what is in the window while it is on, and tells what the caret and the mouse are in.

    `told` carries the words for the caret; empty while it is off.
    """

    told = Signal(str)

    def __init__(
        self, editor: Editor, tracker: OriginTracker, store: Store, tasks: BackgroundTasks
    ) -> None:
        super().__init__(editor)
        self._editor, self._tracker, self._store, self._tasks = editor, tracker, store, tasks
        self.is_on = False
        self._takes = dict[int, TakeRecord | None]()
        self._timer = QTimer(self, singleShot=True, interval=_AFTER_MS)
        self._timer.timeout.connect(self.show_now)
        tracker.moved.connect(self.wake)
        editor.caret_moved.connect(self.wake)
        editor.verticalScrollBar().valueChanged.connect(self.wake)
        on_theme_change(self.wake)

    def switch(self, *, on: bool) -> None:
        """Show it, or do not show it any more."""
        self.is_on = on
        view = self._editor.viewport()
        if on:
            view.installEventFilter(self)
        else:
            view.removeEventFilter(self)
        self._takes.clear()
        self.show_now()

    def wake(self, *_of_the_signal: object) -> None:
        """Look at the window again, soon."""
        if self.is_on and not self._timer.isActive():
            self._timer.start()

    def close(self) -> None:
        """The window closes."""
        self._timer.stop()
        self._editor.viewport().removeEventFilter(self)

    def show_now(self) -> None:
        """Tint what is in the window, and tell what the caret is in."""
        layers = self._editor.layers
        found = self._passages(*self._editor.visible) if self.is_on else []
        for kind in _LINES:
            spans = []
            for one in found:
                if one.kind == kind:
                    spans += layers.lines(self._editor.cursor_at(one.start, one.end))
            layers.put(kind, spans, _format(kind))
        self.told.emit(self.text_at(self._editor.caret) if self.is_on else "")

    def text_at(self, position: int) -> str:
        """What the text at `position` is; after the last letter, what that is."""
        found = self._passages(position, position)
        length = len(self._editor.manuscript)
        at = min(position, length - 1)
        passage = next((one for one in found if one.start <= at < one.end), None)
        return passage_text(passage, self._take(passage.take)) if passage is not None else ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the window's size, and tell what the text under the mouse is."""
        if event.type() == QEvent.Type.Resize:
            self.wake()
        elif event.type() == QEvent.Type.ToolTip and self.is_on and isinstance(event, QHelpEvent):
            cursor = self._editor.cursorForPosition(event.pos())
            text = self.text_at(self._editor.selection_of(cursor)[0])
            QToolTip.showText(event.globalPos(), text, self._editor.viewport())
            return True
        return super().eventFilter(watched, event)

    def _passages(self, start: int, end: int) -> list[OriginPassage]:
        """Those of the paragraphs from `start` to `end`; of very long ones, of what is near."""
        manuscript = self._editor.manuscript
        start = max(manuscript.line_start(start), start - _NEAR)
        end = min(manuscript.line_end(end), end + _NEAR)
        return passages(manuscript.text(start, end), self._tracker.spans.cut(start, end), start)

    def _take(self, key: int) -> TakeRecord | None:
        """What is kept of a take, as soon as it was looked up."""
        if not key or key in self._takes:
            return self._takes.get(key)
        self._takes[key] = None

        def keep(found: dict[int, TakeRecord]) -> None:
            if key in found:
                self._takes[key] = found[key]
                self.wake()
            else:  # it is kept when it is finished
                self._takes.pop(key, None)

        self._tasks.run(lambda: self._store.provenance.takes([key]), keep)
        return None


def _format(kind: Shown) -> QTextCharFormat:
    theme, form = Theme.current(), QTextCharFormat()
    if kind != "pasted" or not theme.is_high:
        form.setBackground(theme.hover if kind == "pasted" else theme.take_tint)
    form.setUnderlineStyle(_LINES[kind])
    form.setUnderlineColor(theme.edge)
    return form
