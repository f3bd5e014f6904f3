"""Scores the text on the page in the background, and keeps its numbers while it is edited."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.core.interpretability.surprise import SurpriseRun
from app.core.interpretability.surprise_map import NEAR, SurpriseMap
from app.core.text.shared_ends import shared_ends
from app.ui.background import BackgroundTasks
from app.ui.editor.editor import Editor, Source
from app.ui.editor.manuscript import Change, units

if TYPE_CHECKING:
    from app.tasks.page_scoring import PageScoring


class SurpriseScorer(QObject):
    """Runs one scoring at a time; `numbers` are those of the text on the page.

    `moved` when there are others, `progressed` carries how far it is from 0 to 1, `ended` why it
    went wrong: a LampblackError, or None. Switched off it follows no change, and finds out what has
    changed when it is switched on again.
    """

    moved = Signal()
    progressed = Signal(float)
    ended = Signal(object)

    def __init__(self, editor: Editor) -> None:
        super().__init__(editor)
        self._editor = editor
        self.numbers = SurpriseMap()
        self._scoring: PageScoring | None = None
        self._tasks = BackgroundTasks(self._fail, self)
        self._is_on = False
        self._text = ""  # as it was when it was switched off

    @property
    def is_running(self) -> bool:
        """Whether something is scored, and not stopped."""
        return self._scoring is not None

    @property
    def is_idle(self) -> bool:
        """Whether nothing more comes, also of what was stopped."""
        return self._tasks.is_idle

    def switch(self, *, on: bool) -> None:
        """Follow the text, or remember it as it is."""
        if on is self._is_on:
            return
        self._is_on = on
        if on:
            self._catch_up()
            self._editor.changed.connect(self._on_changed)
        else:
            self.stop()
            self._editor.changed.disconnect(self._on_changed)
            self._text = self._editor.manuscript.text() if self.numbers.has_numbers else ""

    def clear(self) -> None:
        """Forget every number, and stop: another text is on the page."""
        self.stop()
        self._text = ""
        self.numbers.clear(len(self._editor.manuscript))
        self.moved.emit()

    def begin(self, scoring: PageScoring) -> None:
        """Score what `scoring` has of the text as it is now, in the place of what runs."""
        self.stop()
        self._scoring = scoring
        self.numbers.begin()
        tell = self._tasks.tell
        self._tasks.run(
            lambda: scoring.run(
                lambda runs, fraction: tell(partial(self._take, scoring, runs, fraction))
            ),
            lambda _none: self._end(scoring, None),
            lambda error: self._end(scoring, error),
        )

    def stop(self) -> None:
        """Stop; what is scored stays, and nothing more of it comes."""
        scoring, self._scoring = self._scoring, None
        if scoring is not None:
            scoring.cancel()
            self.numbers.end()
            self.ended.emit(None)

    def close(self) -> None:
        """The window closes."""
        self.stop()
        self._tasks.close()

    def _take(
        self, scoring: PageScoring, runs: list[tuple[int, SurpriseRun]], fraction: float
    ) -> None:
        if scoring is self._scoring:
            self.numbers.put(runs)
            self.progressed.emit(fraction)
            self.moved.emit()

    def _end(self, scoring: PageScoring, error: LampblackError | None) -> None:
        if scoring is self._scoring:
            self._scoring = None
            self.numbers.end()
            self.ended.emit(error)

    def _fail(self, error: LampblackError) -> None:
        self.ended.emit(error)

    # The text

    def _on_changed(self, change: Change, source: Source) -> None:
        if source is Source.FILE:
            self.clear()
        else:
            self._follow(change.position, units(change.removed), units(change.added))

    def _follow(self, position: int, removed: int, added: int) -> None:
        if not self.numbers.needs_changes:
            self.numbers.clear(len(self._editor.manuscript))
            return
        text, end = self._editor.manuscript.text, position + added
        left = text(max(0, position - NEAR), position)
        right = text(position, min(len(self._editor.manuscript), end + NEAR))
        self.numbers.follow(position, removed, added, left, right)

    def _catch_up(self) -> None:
        """Take what changed since it was switched off for one change, if anything is scored."""
        former, self._text = self._text, ""
        text = self._editor.manuscript.text() if former else ""
        if not former:
            self.numbers.clear(len(self._editor.manuscript))
        elif former != text:
            head, tail = shared_ends(former, text)
            removed = former[head : len(former) - tail]
            added = text[head : len(text) - tail]
            self._follow(units(text[:head]), units(removed), units(added))
