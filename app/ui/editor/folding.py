"""Folding: what belongs to a heading is taken out of sight, and nothing else happens to it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextBlock, QTextCursor
from PySide6.QtWidgets import QToolButton

from app.core.documents.sections import HeadingSection, sections
from app.ui.actions import Actions
from app.ui.editor.editor import Editor
from app.ui.editor.manuscript import Change, Source, count_words, units
from app.ui.languages import on_language_change
from app.ui.numbers import number_text
from app.ui.widgets.announce import announce
from app.ui.widgets.apply_theme import on_theme_change
from app.ui.widgets.status_bar import StatusBar
from app.ui.widgets.theme import Theme

_GAP = 6  # pixels between a heading and its mark


class Folding(QObject):
    """Folds the sections of an editor's Markdown headings; the text stays what it is.

    A section unfolds when the caret goes into it or what is in it changes, whoever does that.
    `changed` when any was folded or unfolded.
    """

    changed = Signal()

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self._folds: list[QTextCursor] = []  # from a folded heading's end to its section's end
        self.marks = FoldMarks(editor, self)
        editor.changed.connect(self._on_changed)
        editor.caret_moved.connect(self._follow_caret)

    @property
    def is_any(self) -> bool:
        """Whether any section is folded."""
        return bool(self._folds)

    @property
    def headings(self) -> list[int]:
        """Where the lines of the folded headings end, in UTF-16 units."""
        return [self._editor.selection_of(fold)[0] for fold in self._folds]

    def toggle(self) -> bool:
        """Fold the section that the caret is in, or unfold it; False if it is in none."""
        if self._editor.is_composing:
            return False
        found = self._around(self._editor.caret)
        if found is None:
            return False
        body, end = found
        if body in self.headings:
            self.unfold(body)
        elif body < end:
            self._fold([found])
        else:
            return False
        return True

    def toggle_all(self) -> bool:
        """Unfold all sections if any is folded, else fold all; False if there are none."""
        if self._editor.is_composing:
            return False
        if self._folds:
            self._show(list(self._folds))
            return True
        spans = [span for span in self._spans() if span[0] < span[1]]
        if spans:
            self._fold(spans)
        return bool(spans)

    def told(self, body: int) -> str:
        """How much is out of sight below the heading that ends at `body`."""
        spans = map(self._editor.selection_of, self._folds)
        end = next((end for start, end in spans if start == body), body)
        words = count_words(self._editor.manuscript.text(body, end))
        return self.tr("Folded, with {0} words out of sight.", "", words).format(number_text(words))

    def unfold(self, body: int) -> None:
        """Unfold the section of the heading that ends at `body`."""
        self._show([fold for fold in self._folds if self._editor.selection_of(fold)[0] == body])

    # Inside

    def _spans(self) -> list[tuple[int, int]]:
        """Where each heading's line ends and where its section does, in UTF-16 units."""
        return [span for _start, span in self._found()]

    def _found(self) -> list[tuple[int, tuple[int, int]]]:
        text = self._editor.manuscript.text()
        found = sections(text)
        places = _in_units(text, found)
        return [(places[one.start], (places[one.body], places[one.end])) for one in found]

    def _around(self, caret: int) -> tuple[int, int] | None:
        """The innermost section that the caret is in."""
        found = self._found()
        index = bisect_right(found, caret, key=lambda one: one[0])
        for _start, span in reversed(found[:index]):
            if caret <= span[1]:
                return span
        return None

    def _fold(self, spans: list[tuple[int, int]]) -> None:
        caret = self._editor.caret
        for body, end in spans:
            fold = self._editor.cursor_at(body, end)
            self._folds.append(fold)
            if body < caret <= end:
                caret = body
        self._show_blocks(spans, are_shown=False)
        if caret != self._editor.caret:
            self._editor.move_caret(caret)
        self._tell()

    def _show(self, folds: list[QTextCursor]) -> None:
        """Unfold these; those within another one stay folded."""
        if not folds:
            return
        gone = set(map(id, folds))  # cursors that end at one place are equal to Qt
        self._folds = [fold for fold in self._folds if id(fold) not in gone]
        self._show_blocks([self._editor.selection_of(fold) for fold in folds], are_shown=True)
        still = [self._editor.selection_of(fold) for fold in self._folds]
        self._show_blocks(still, are_shown=False)
        self._tell()

    def _show_blocks(self, spans: list[tuple[int, int]], *, are_shown: bool) -> None:
        for body, end in spans:
            first = self._editor.cursor_at(body).block()
            last = self._editor.cursor_at(end).block()
            first = first if are_shown else first.next()
            self._editor.show_blocks(first, last, are_shown=are_shown)

    def _tell(self) -> None:
        self.marks.place()
        self.changed.emit()

    def _on_changed(self, change: Change, source: Source) -> None:
        """Unfold what was changed; a new text has nothing folded."""
        if not self._folds:
            return
        if source is Source.FILE:
            self._folds.clear()
            self._show_blocks([(0, len(self._editor.manuscript))], are_shown=True)
            self._tell()
            return
        self._show([f for f in self._folds if self._has(f, change) or not self._is_whole(f)])

    def _has(self, fold: QTextCursor, change: Change) -> bool:
        """Whether a change was in what is folded."""
        body, end = self._editor.selection_of(fold)
        return body < change.position + units(change.added) and change.position <= end

    def _is_whole(self, fold: QTextCursor) -> bool:
        """Whether a fold is still of a heading, and all that is in it out of sight."""
        heading = fold.document().findBlock(fold.selectionStart())
        if fold.selectionStart() != heading.position() + heading.length() - 1:
            return False
        if not fold.hasSelection() or not sections(heading.text()):
            return False
        return not self._has_visible(heading.next(), fold.selectionEnd())

    def _has_visible(self, block: QTextBlock, end: int) -> bool:
        while block.isValid() and block.position() <= end:
            if block.isVisible():
                return True
            block = block.next()
        return False

    def _follow_caret(self) -> None:
        """Unfold where the caret went in."""
        if not self._folds:
            return
        place = self._editor.textCursor().position()
        if not self._editor.document().findBlock(place).isVisible():
            self._show([f for f in self._folds if f.selectionStart() < place <= f.selectionEnd()])
            self._editor.ensureCursorVisible()


def _in_units(text: str, found: list[HeadingSection]) -> dict[int, int]:
    """The places of sections, in characters, and the same in UTF-16 units."""
    places = sorted({place for one in found for place in (one.start, one.body, one.end)})
    if text.isascii():
        return {place: place for place in places}
    known, at, unit = {}, 0, 0
    for place in places:
        unit += units(text[at:place])
        known[place] = unit
        at = place
    return known


class FoldMarks(QObject):
    """A button with an ellipsis after each folded heading that is in view; a press unfolds it.

    The keyboard's way is the action. FoldController tells a screen reader what is folded, which
    finds the buttons below the page, too.
    """

    def __init__(self, editor: Editor, folding: Folding) -> None:
        super().__init__(folding)
        self._editor = editor
        self._folding = folding
        self._buttons: list[QToolButton] = []
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.place)
        editor.verticalScrollBar().valueChanged.connect(self._wake)
        editor.document().documentLayout().update.connect(self._wake)
        on_theme_change(self._recolour)
        on_language_change(self.place)

    def _wake(self, *_of_the_signal: object) -> None:
        if self._buttons and not self._later.isActive():
            self._later.start()

    def place(self) -> None:
        """Put the buttons where the folded headings are."""
        view, headings = self._editor.viewport(), self._folding.headings
        first, last = self._editor.visible if headings else (0, 0)
        shown = [place for place in headings if first <= place <= last]
        shown = [p for p in shown if self._editor.cursor_at(p).block().isVisible()]
        while len(self._buttons) < len(shown):
            self._buttons.append(self._new())
        for index, button in enumerate(self._buttons):
            button.setVisible(index < len(shown))
            if index >= len(shown):
                continue
            cursor = self._editor.cursor_at(shown[index])
            row = self._editor.cursorRect(cursor)
            title = cursor.block().text().strip("# \t")
            button.setProperty("heading", shown[index])
            button.setAccessibleName(self.tr("Unfold “{0}”").format(title))
            button.setAccessibleDescription(self._folding.told(shown[index]))
            button.setToolTip(self.tr("Unfold this section (Ctrl+.)"))
            button.setFixedSize(round(row.height() * 1.4), row.height())
            right = view.width() - button.width()
            button.move(min(row.right() + _GAP, right), row.top())

    def _new(self) -> QToolButton:
        button = QToolButton(self._editor.viewport())
        button.setText("⋯")
        button.setFocusPolicy(button.focusPolicy().NoFocus)
        button.setCursor(button.cursor().shape().PointingHandCursor)
        button.clicked.connect(lambda: self._folding.unfold(button.property("heading")))
        _colour(button)
        return button

    def _recolour(self) -> None:
        for button in self._buttons:
            _colour(button)


def _colour(button: QToolButton) -> None:
    theme = Theme.current()
    button.setStyleSheet(
        f"QToolButton {{ border: 1px solid {theme.edge.name()}; border-radius: 4px; padding: 0;"
        f" background: {theme.page.name()}; color: {theme.muted.name()}; }}"
        f"QToolButton:hover {{ color: {theme.ink.name()}; }}"
    )


class FoldController(QObject):
    """Folds when it is asked for, and says in the status bar and to screen readers what it did.

    The page's description has how many sections are folded, and where the caret comes to a folded
    heading a screen reader is told of it.
    """

    def __init__(self, editor: Editor, status: StatusBar, actions: Actions) -> None:
        super().__init__(editor)
        self._editor, self._status = editor, status
        self.folding = Folding(editor)
        self._described = editor.accessibleDescription()
        self._line = -1  # of the folded heading that the caret is in
        self._is_asked = False
        actions.connect_all({"fold": self._fold, "fold_all": self._fold_all})
        self.folding.changed.connect(self._describe)
        editor.caret_moved.connect(self._follow_caret)
        on_language_change(self._reword)

    def begin(self) -> None:
        """The window is shown: nothing is folded yet."""

    def close(self) -> None:
        """The window closes; what was folded is not kept."""

    def _reword(self) -> None:
        """The page has its description in another language."""
        self._described = self._editor.accessibleDescription()
        self._describe()

    def _describe(self) -> None:
        described = self._described
        if count := len(self.folding.headings):
            folded = self.tr(
                "%n sections are folded; Ctrl+. shows the one at the cursor.", "", count
            )
            described = f"{described} {folded}"
        self._editor.setAccessibleDescription(described)

    def _follow_caret(self) -> None:
        """Tell of a folded heading that the caret comes to, unless it was just asked for."""
        if not self.folding.is_any:
            self._line = -1
            return
        block = self._editor.textCursor().block()
        body = block.position() + block.length() - 1
        line = block.blockNumber() if body in self.folding.headings else -1
        if line >= 0 and line != self._line and not self._is_asked:
            announce(self._editor, self.folding.told(body))
        self._line = line

    def _asked(self, work: Callable[[], bool]) -> bool:
        self._is_asked = True
        done = work()
        self._follow_caret()
        self._is_asked = False
        return done

    def _fold(self) -> None:
        before = len(self.folding.headings)
        if not self._asked(self.folding.toggle):
            self._status.say(self.tr("There is nothing to fold here: no heading above has text."))
        elif len(self.folding.headings) > before:
            self._status.say(self.tr("Folded. The text is all there; Ctrl+. shows it again."))
        else:
            self._status.say(self.tr("Unfolded."))

    def _fold_all(self) -> None:
        if not self._asked(self.folding.toggle_all):
            self._status.say(self.tr("There is nothing to fold: this text has no headings."))
        elif count := len(self.folding.headings):
            self._status.say(self.tr("%n sections folded.", "", count))
        else:
            self._status.say(self.tr("All sections unfolded."))
