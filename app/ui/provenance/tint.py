"""Shows on the page where the text in the window came from, by tints and kinds of underlines."""

from __future__ import annotations

from PySide6.QtGui import QTextCharFormat

from app.core.provenance.passages import OriginPassage, Shown, passages
from app.core.store import Store, TakeRecord
from app.ui.background import BackgroundTasks
from app.ui.editor.editor import Editor
from app.ui.editor.window_tint import WindowTint
from app.ui.provenance.tracker import OriginTracker
from app.ui.provenance.words import passage_text
from app.ui.widgets.theme import Theme

_Line = QTextCharFormat.UnderlineStyle
_LINES: dict[Shown, QTextCharFormat.UnderlineStyle] = {
    "generated": _Line.SingleUnderline,
    "edited": _Line.DashUnderline,
    "rewrite": _Line.DashDotLine,
    "pasted": _Line.DotLine,
}


class OriginTint(WindowTint):
    """Tints where the text came from."""

    def __init__(
        self, editor: Editor, tracker: OriginTracker, store: Store, tasks: BackgroundTasks
    ) -> None:
        super().__init__(editor, tracker.moved)
        self._tracker, self._store, self._tasks = tracker, store, tasks
        self._takes = dict[int, TakeRecord | None]()

    def switch(self, *, on: bool) -> None:
        """Show it, or do not show it any more."""
        self._takes.clear()
        super().switch(on=on)

    def _draw(self) -> None:
        layers = self._editor.layers
        found = self._passages(*self._editor.visible) if self.is_on else []
        for kind in _LINES:
            spans = []
            for one in found:
                if one.kind == kind:
                    spans += layers.lines(self._editor.cursor_at(one.start, one.end))
            layers.put(kind, spans, _format(kind))

    def text_at(self, position: int) -> str:
        """What the text at `position` is; after the last letter, what that is."""
        found = self._passages(position, position)
        length = len(self._editor.manuscript)
        at = min(position, length - 1)
        passage = next((one for one in found if one.start <= at < one.end), None)
        return passage_text(passage, self._take(passage.take)) if passage is not None else ""

    def _passages(self, start: int, end: int) -> list[OriginPassage]:
        start, end = self.paragraphs(start, end)
        text = self._editor.manuscript.text(start, end)
        return passages(text, self._tracker.spans.cut(start, end), start)

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
