"""The words that were written each day, and the goals: counts alone, no text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import apsw
import msgspec

from app.core.store.own_words import RunsWork

SCHEMA = """
    CREATE TABLE word_log (
        day TEXT NOT NULL,
        document TEXT NOT NULL,
        written INTEGER NOT NULL,
        cut INTEGER NOT NULL,
        by_model INTEGER NOT NULL,
        PRIMARY KEY (day, document)
    ) WITHOUT ROWID;
    CREATE TABLE goal (
        scope TEXT PRIMARY KEY,
        words INTEGER NOT NULL
    ) WITHOUT ROWID;
"""
"""`day` is the writer's calendar day, as 2026-11-28. `written` and `cut` are the writer's words,
`by_model` the model's that stand in the text, less those taken back. A goal's `scope` is empty for
one a day, else the document or the book that is to have so many words."""

EVERY_DAY = ""
"""The scope of the goal a day."""

Write = Callable[[Callable[[apsw.Connection], object]], None]


class DayWords(msgspec.Struct, frozen=True):
    """The words of a day: the writer's own that were written and cut, and the model's."""

    day: date
    written: int = 0
    cut: int = 0
    by_model: int = 0

    @property
    def own(self) -> int:
        """The writer's words that the day added to the text; below 0 where more were cut."""
        return self.written - self.cut


class WordLog:
    """Counts that only add up, so that a clock set back or another time zone loses none.

    A document is the path of its file or the id of its journal; `name_of` gives the name that it is
    kept under. Where the disk refuses, which the store tells, adding is done later, reading gives
    nothing and keeping gives False.
    """

    def __init__(self, run: RunsWork, write: Write, name_of: Callable[[str], str]) -> None:
        self._run, self._write, self._name_of = run, write, name_of

    def add(self, words: DayWords, document: str) -> None:
        """Add to what was counted for the document on that day; returns at once."""
        name = self._name_of(document)
        row = (words.day.isoformat(), name, words.written, words.cut, words.by_model)
        self._write(
            lambda connection: connection.execute(
                "INSERT INTO word_log VALUES (?, ?, ?, ?, ?) ON CONFLICT (day, document) DO UPDATE"
                " SET written = written + excluded.written, cut = cut + excluded.cut,"
                " by_model = by_model + excluded.by_model",
                row,
            )
        )

    def days(self, since: date, until: date) -> tuple[DayWords, ...]:
        """Each day of all documents, both ends included, on which something was counted."""

        def work(connection: apsw.Connection) -> tuple[DayWords, ...]:
            rows: Iterable[Any] = connection.execute(
                "SELECT day, sum(written), sum(cut), sum(by_model) FROM word_log"
                " WHERE day BETWEEN ? AND ? GROUP BY day ORDER BY day",
                (since.isoformat(), until.isoformat()),
            )
            return tuple(DayWords(date.fromisoformat(day), *counts) for day, *counts in rows)

        return self._run(work, ())

    def goal(self, scope: str = EVERY_DAY) -> int:
        """How many words are wanted a day, or of a document or a book; 0 for no goal."""
        name = self._scope(scope)

        def work(connection: apsw.Connection) -> int:
            row: Any = connection.execute(
                "SELECT words FROM goal WHERE scope = ?", (name,)
            ).fetchone()
            return row[0] if row is not None else 0

        return self._run(work, 0)

    def keep_goal(self, words: int, scope: str = EVERY_DAY) -> bool:
        """Want so many words; 0 for no goal any more."""
        name = self._scope(scope)

        def work(connection: apsw.Connection) -> bool:
            connection.execute("DELETE FROM goal WHERE scope = ?", (name,))
            if words > 0:
                connection.execute("INSERT INTO goal VALUES (?, ?)", (name, words))
            return True

        return self._run(work, False)

    def _scope(self, scope: str) -> str:
        return self._name_of(scope) if scope else EVERY_DAY
