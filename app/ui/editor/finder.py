"""The finder: every place of what is searched for in the manuscript, marked, and replaced."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCharFormat

from app.core.documents.search import Query, SearchResult, search
from app.core.documents.search_process import search_in_process
from app.core.errors import LampblackError
from app.core.provenance.origins import Patched
from app.ui.background import BackgroundTasks
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import units
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.theme import Theme

_PAUSE_MS = 200
_MOST_MARKS = 500  # in the window; more cannot be told apart

_Action = Callable[[], object]
_Spans = Sequence[tuple[int, int]]


class Finder(QObject):
    """Searches an editor's text again a little after it changed, as long as it `is_open`.

    Words are searched for at once; a regular expression in a process of its own, so that none can
    stop the window. `found` when the places are known, and `is_known` as long as they are;
    `selected` when the next was selected, if there is one; `failed` where the expression is wrong
    or takes too long; `all_replaced` with how many places were. Places are in UTF-16 units.
    """

    found = Signal()
    selected = Signal()
    failed = Signal(object)
    all_replaced = Signal(int)

    def __init__(self, editor: Editor, parent: QObject) -> None:
        super().__init__(parent)
        self._editor = editor
        self._query = Query("")
        self._replacement: str | None = None
        self.spans: _Spans = ()
        self._replacements: Sequence[str] = ()
        self.is_known = True
        self._asked = 0
        self._waiting: _Action | None = None
        self._is_open = False
        self._marks = FoundMarks(editor, self)
        self._tasks = BackgroundTasks(self._on_failed, self)
        self._timer = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._search)
        editor.changed.connect(lambda _change, _source: self._forget())

    def close(self) -> None:
        """The window closes: end the thread, after the search that is in progress."""
        self._timer.stop()
        self._tasks.close()

    def open(self, is_open: bool) -> None:
        """Mark what is found, or not any more."""
        self._is_open = is_open
        self._marks.show(self.spans if is_open and self.is_known else ())
        if is_open and not self.is_known:
            self._timer.start()

    def ask(self, query: Query, replacement: str | None) -> None:
        """Search for `query` from now on; None for the replacement where none is wanted."""
        is_same = replacement == self._replacement or not query.is_pattern
        is_same = is_same and query == self._query
        self._query, self._replacement = query, replacement
        if not is_same:
            self._marks.show(())
            self._timer.stop()
            self._forget()

    @property
    def current(self) -> int:
        """Which of the places is selected, from 1; 0 if none is."""
        selection = self._editor.selection
        index = bisect_left(self.spans, selection)
        is_one = self.is_known and self.spans[index : index + 1] == [selection]
        return index + 1 if is_one else 0

    # What the writer asks for

    def find(self, *, backwards: bool = False) -> None:
        """Select the next place or the one before, around the end."""
        self._when_known(partial(self._select, backwards))

    def replace(self) -> None:
        """Replace the selected place, and go on to the next; not on a page to be read only."""
        if not self._editor.isReadOnly():
            self._when_known(self._replace_one)

    def replace_all(self) -> None:
        """Replace every place, as one step."""
        if not self._editor.isReadOnly():
            self._when_known(self._replace_all)

    def _select(self, backwards: bool) -> None:
        start, end = selection = self._editor.selection
        if not self.spans:
            self.selected.emit()
            return
        if backwards:
            index = bisect_right(self.spans, start, key=lambda span: span[1]) - 1
            index -= self.spans[index] == selection
        else:
            index = bisect_left(self.spans, end, key=lambda span: span[0]) % len(self.spans)
            index += self.spans[index] == selection
        place = self.spans[index % len(self.spans)]
        self._editor.setTextCursor(self._editor.cursor_at(*place))
        self._editor.ensureCursorVisible()
        self.selected.emit()

    def _replace_one(self) -> None:
        index = self.current - 1
        if index >= 0 and not self._editor.is_composing:
            start, text = self.spans[index][0], self._text_for(index)
            self._editor.replace_text(*self.spans[index], text)
            self._editor.move_caret(start + units(text))
        self.find()

    def _replace_all(self) -> None:
        """In one piece from the first to the last: a step has a change, not thousands."""
        if not self.spans or self._editor.is_composing:
            return
        pieces: list[str] = []
        kept: list[tuple[int, int]] = []
        at, count = self.spans[0][0], len(self.spans)
        first, caret = at, self._editor.caret
        place = caret
        for index, (start, end) in enumerate(self.spans):
            text = self._text_for(index)
            pieces += self._editor.manuscript.text(at, start), text
            kept += (start - at, at), (units(text), -1)
            at = end
            place += units(text) - (end - start) if end <= caret else 0
        with self._editor.putting(Patched(first, tuple(kept))):
            self._editor.replace_text(first, at, "".join(pieces))
        self._editor.move_caret(max(0, place))
        self.all_replaced.emit(count)

    def _text_for(self, index: int) -> str:
        """What replaces the place of that index."""
        if self._query.is_pattern:
            return self._replacements[index] if self._replacements else ""
        return self._replacement or ""

    # Searching

    def _forget(self) -> None:
        """What was found is not known to be there any more."""
        self.is_known = False
        self._asked += 1
        self._marks.hold()
        if self._is_open and not self._timer.isActive():  # begun again, it would never end while
            self._timer.start()  # text streams

    def _when_known(self, action: _Action) -> None:
        if self.is_known:
            action()
        else:
            self._waiting = action
            self._search()

    def _search(self) -> None:
        self._timer.stop()
        asked, query, text = self._asked, self._query, self._editor.manuscript.text()
        if not query.is_pattern or not query.words:
            self._on_found(asked, _in_units(text, search(text, query)))
            return
        work = partial(_search_aside, text, query, self._replacement)
        self._tasks.run(work, partial(self._on_found, asked), partial(self._on_failed, asked=asked))

    def _on_found(self, asked: int, found: SearchResult) -> None:
        if asked != self._asked:
            self._search_again()
            return
        self.spans, self._replacements = found.spans, found.replacements
        self.is_known = True
        if self._is_open:
            self._marks.show(self.spans)
        action, self._waiting = self._waiting, None
        if action is not None:
            action()
        self.found.emit()

    def _on_failed(self, error: LampblackError, asked: int = 0) -> None:
        if asked != self._asked:
            self._search_again()
            return
        self.spans, self._waiting = (), None
        self._marks.show(())
        self.failed.emit(error)

    def _search_again(self) -> None:
        """The text or the question has changed meanwhile, and somebody waits."""
        if self._waiting is not None and self._tasks.is_idle:
            self._search()


class FoundMarks(QObject):
    """FoundMarks the places found that are in an editor's window, lightly."""

    def __init__(self, editor: Editor, parent: QObject) -> None:
        super().__init__(parent)
        self._editor = editor
        self._spans: _Spans = ()
        bar = editor.verticalScrollBar()
        bar.valueChanged.connect(self.draw)
        bar.rangeChanged.connect(self.draw)
        on_theme_change(self.draw)

    def show(self, spans: _Spans) -> None:
        """Mark `spans`, which are in order, from now on."""
        self._spans = spans
        self._editor.layers.put("found", (), QTextCharFormat())
        self.draw()

    def hold(self) -> None:
        """The text has changed: what is drawn moves along, until other places are shown."""
        self._spans = ()

    def draw(self, *_of_the_bar: int) -> None:
        """Mark those that are in the window."""
        if not self._spans:
            return
        first, last = self._editor.visible
        begin = bisect_left(self._spans, first, key=lambda span: span[1])
        end = bisect_right(self._spans, last, key=lambda span: span[0])
        seen = self._spans[begin : min(end, begin + _MOST_MARKS)]
        lines = (self._editor.layers.lines(self._editor.cursor_at(*span)) for span in seen)
        self._editor.layers.put("found", chain.from_iterable(lines), _mark(Theme.current()))


def _mark(theme: Theme) -> QTextCharFormat:
    form = QTextCharFormat()
    form.setBackground(theme.found_tint)
    if theme.is_high:
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        form.setUnderlineColor(theme.edge)
    return form


def _search_aside(text: str, query: Query, replacement: str | None) -> SearchResult:
    return _in_units(text, search_in_process(text, query, replacement))


def _in_units(text: str, found: SearchResult) -> SearchResult:
    """The same places in UTF-16 units."""
    if text.isascii():
        return found
    spans, at, place = [], 0, 0
    for start, end in found.spans:
        begin = place + units(text[at:start])
        at, place = end, begin + units(text[start:end])
        spans.append((begin, place))
    return SearchResult(spans, found.replacements)
