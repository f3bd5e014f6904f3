"""Counts what is written as it is written, and shows it beside the goals in the status bar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from app.core.books.progress import WordTally, last_days, local_day, with_words
from app.core.store import DayWords, Store
from app.ui.actions import Actions
from app.ui.background import BackgroundTasks
from app.ui.documents.controller import DocumentController
from app.ui.editor.editor import Editor, Source
from app.ui.library.goal_button import GoalButton
from app.ui.widgets.controls import show_dialog
from app.ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from app.ui.library.progress_dialog import ProgressNow

_SHOW_MS = 400
_KEEP_MS = 5000
_HOUR_S = 3600
_DAYS = 56  # of the chart
_TIGHT = 900  # pixels of the window: with less the ring stands alone
_PLACE = 4  # in the status bar, before the words


class OpenBook(Protocol):
    """The book that the text on the page belongs to."""

    @property
    def scope(self) -> str:
        """What its goal is kept for: its folder."""

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its texts."""


class ProgressController(QObject):
    """Adds up the words of each day; `book` gives the open book, or None.

    `words` gives how many words the files of the book have; those of the page are its own.
    """

    def __init__(
        self,
        store: Store,
        documents: DocumentController,
        editor: Editor,
        status: StatusBar,
        actions: Actions,
        book: Callable[[], OpenBook | None],
        words: Callable[[], Mapping[str, int]],
        today: Callable[[], date] = local_day,
    ) -> None:
        super().__init__(editor)
        self._log, self._documents, self._editor = store.word_log, documents, editor
        self._status, self._book, self._words_of = status, book, words
        self._today = today
        self.tally = WordTally(today)
        self._day = DayWords(today())
        self._goal = self._wanted = 0
        self._scope = documents.marked_as
        self._others: int | None = None  # the words of the book's other texts
        self._is_in_book = False
        self._is_told = True
        self._tasks = BackgroundTasks(documents.failed.emit, self)
        self.showing = QTimer(self, singleShot=True, interval=_SHOW_MS)
        self.showing.timeout.connect(self.show_now)
        self.keeping = QTimer(self, singleShot=True, interval=_KEEP_MS)
        self.keeping.timeout.connect(self.keep)
        self._midnight = QTimer(self, singleShot=True)
        self._midnight.timeout.connect(self._on_new_day)
        self.button = GoalButton()
        self.button.clicked.connect(self.open)
        status.insertPermanentWidget(_PLACE, self.button)
        status.words.installEventFilter(self)
        status.words.setCursor(Qt.CursorShape.PointingHandCursor)
        status.installEventFilter(self)
        editor.changed.connect(lambda _change, source: self._on_changed(source))
        documents.leaving.connect(self.keep)
        documents.replaced.connect(self._on_replaced)
        documents.recovered.connect(lambda _journal: self.tally.forget())
        documents.saved.connect(lambda _path: self.follow_book())
        actions.connect_all({"progress": self.open})

    @property
    def is_idle(self) -> bool:
        """Whether nothing is read from the store."""
        return self._tasks.is_idle

    def begin(self) -> None:
        """The window is shown: read what was written today, and the goals."""
        self._read_day()
        self._read_goals()
        self._wait_for_midnight()

    def close(self) -> None:
        """The window closes."""
        for timer in (self.showing, self.keeping, self._midnight):
            timer.stop()
        self.keep()
        self._status.words.removeEventFilter(self)
        self._status.removeEventFilter(self)
        self._tasks.close()

    # Counting

    def _on_changed(self, source: Source) -> None:
        added = 0 if source is Source.FILE else self._editor.manuscript.added_words
        if not added:
            return
        self.tally.count(added, by_model=self._is_by_model(source))
        for timer in (self.showing, self.keeping):
            if not timer.isActive():  # begun again, it would never end while text streams
                timer.start()

    def _is_by_model(self, source: Source) -> bool:
        if source is not Source.HISTORY:
            return source in (Source.MODEL, Source.REWRITE)
        step = self._editor.history.last_moved
        return step is not None and step.is_owned

    def keep(self) -> None:
        """Have the store keep what was counted."""
        self.keeping.stop()
        for words in self.tally.take():
            self._log.add(words, self._documents.marked_as)
            if words.day == self._day.day:
                self._day = with_words([self._day], [words])[0]

    def _on_replaced(self) -> None:
        self.follow_book()

    def _on_new_day(self) -> None:
        if self._today() != self._day.day:
            self._read_day()
        self._wait_for_midnight()

    def _wait_for_midnight(self) -> None:
        """Look again at midnight, and each hour, for a clock that is set."""
        now = datetime.now()
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
        left = (midnight - now).total_seconds()
        self._midnight.start(round(1000 * min(max(left, 0.0) + 1, _HOUR_S)))

    def _read_day(self) -> None:
        self.keep()
        day = self._today()
        self._day = DayWords(day)
        self._tasks.run(partial(self._log.days, day, day), partial(self._on_day, day))

    def _on_day(self, day: date, found: tuple[DayWords, ...]) -> None:
        if found and day == self._today():
            self._day = found[0]
        self._is_told = self._own >= self._goal
        self.show_now()

    def _read_goals(self) -> None:
        scope = self._scope

        def read() -> tuple[int, int]:
            return self._log.goal(), self._log.goal(scope)

        self._tasks.run_soon(read, partial(self._on_goals, scope))

    def _on_goals(self, scope: str, goals: tuple[int, int]) -> None:
        if scope == self._scope:
            self._goal, self._wanted = goals
            self._is_told = self._own >= self._goal
            self.show_now()

    # Showing

    @property
    def _own(self) -> int:
        """The writer's words of today."""
        return with_words([self._day], self.tally.waiting)[0].own

    @property
    def _book_words(self) -> int | None:
        if self._others is None:
            return None
        return self._others + self._editor.manuscript.words * self._is_in_book

    def follow_book(self) -> None:
        """The book, its words or the text on the page are others: asking for them is slow."""
        book, words = self._book(), self._words_of()
        path = str(self._documents.path or "")
        files = book.files if book is not None else ()
        others = sum(words.get(file, 0) for file in files if file != path)
        self._others, self._is_in_book = None if book is None else others, path in files
        scope = book.scope if book is not None else self._documents.marked_as
        if scope != self._scope:
            self._scope = scope
            self._read_goals()
        self.show_now()

    def show_now(self) -> None:
        """Show how far it is."""
        if self._today() != self._day.day:
            self._on_new_day()
            return
        book = self._book_words
        self._status.show_book(book or 0)
        own = self._own
        if self._goal or not self._wanted:
            self.button.show_goal(own, self._goal, is_daily=True)
        else:
            words = self._editor.manuscript.words if book is None else book
            self.button.show_goal(words, self._wanted, is_daily=False)
        if self._goal and own >= self._goal and not self._is_told:
            self._is_told = True
            self._status.say(self.tr("The goal of today is reached."))

    def open(self) -> None:
        """Show the days of the last weeks and the goals."""
        self.keep()
        today = self._today()
        since = today - timedelta(days=_DAYS - 1)
        self._tasks.run(partial(self._log.days, since, today), partial(self._open, today))

    def _open(self, today: date, found: tuple[DayWords, ...]) -> None:
        from app.ui.library.progress_dialog import ProgressDialog

        dialog = ProgressDialog(self._now(today, found), self._editor.window())
        dialog.goal_chosen.connect(self._on_goal)
        dialog.wanted_chosen.connect(partial(self._on_wanted, self._scope))
        show_dialog(dialog)

    def _now(self, today: date, found: tuple[DayWords, ...]) -> ProgressNow:
        from app.ui.library.progress_dialog import ProgressNow

        return ProgressNow(
            days=with_words(last_days(found, today, _DAYS), self.tally.waiting),
            session=self.tally.session,
            words=self._editor.manuscript.words,
            book_words=self._book_words,
            goal=self._goal,
            wanted=self._wanted,
        )

    def _on_goal(self, words: int) -> None:
        self._goal, self._is_told = words, self._own >= words
        self._tasks.run(partial(self._log.keep_goal, words))
        self.show_now()

    def _on_wanted(self, scope: str, words: int) -> None:
        self._wanted = words
        self._tasks.run(partial(self._log.keep_goal, words, scope))
        self.show_now()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The words in the status bar can be pressed; in a narrow one the ring stands alone."""
        if watched is self._status.words and event.type() == QEvent.Type.MouseButtonRelease:
            self.open()
            return True
        if watched is self._status and event.type() == QEvent.Type.Resize:
            self.button.narrow(is_narrow=self._status.width() < _TIGHT)
        return False
