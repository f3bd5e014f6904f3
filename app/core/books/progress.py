"""Progress: the words of this session and of today, and the days of the last weeks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from app.core.store import DayWords


def local_day() -> date:
    """The calendar day where the writer is."""
    return datetime.now().astimezone().date()


class WordTally:
    """Counts what changes a text, for each day apart, until it is taken to be kept.

    `today` gives the day; it may go back, as with a clock set back or on a journey to the west:
    what is counted then belongs to that day.
    """

    def __init__(self, today: Callable[[], date] = local_day) -> None:
        self._today = today
        self._waiting: dict[date, DayWords] = {}
        self.session = 0
        """The writer's own words since this was made; below 0 where more were cut."""

    @property
    def waiting(self) -> tuple[DayWords, ...]:
        """What was counted and not taken yet."""
        return tuple(self._waiting.values())

    def count(self, words: int, *, by_model: bool) -> None:
        """The text has so many words more, or less where below 0."""
        if not words:
            return
        day = self._today()
        before = self._waiting.get(day) or DayWords(day)
        self._waiting[day] = _sum(
            before,
            DayWords(
                day,
                written=0 if by_model else max(words, 0),
                cut=0 if by_model else max(-words, 0),
                by_model=words if by_model else 0,
            ),
        )
        self.session += 0 if by_model else words

    def take(self) -> tuple[DayWords, ...]:
        """What was counted since the last time."""
        taken, self._waiting = self.waiting, {}
        return taken

    def forget(self) -> None:
        """What was counted since the last time was counted before."""
        self.session -= sum(day.own for day in self._waiting.values())
        self._waiting = {}


def last_days(days: Iterable[DayWords], until: date, count: int) -> list[DayWords]:
    """The last `count` days up to `until`, those without words as well, the oldest first."""
    known = {day.day: day for day in days}
    wanted = (until - timedelta(days=back) for back in range(count - 1, -1, -1))
    return [known.get(day) or DayWords(day) for day in wanted]


def with_words(days: Sequence[DayWords], added: Iterable[DayWords]) -> list[DayWords]:
    """The same days with more words each."""
    more = {day.day: day for day in added}
    return [_sum(day, more[day.day]) if day.day in more else day for day in days]


def share(words: int, goal: int) -> float:
    """How much of a goal is reached, 0 to 1."""
    return min(max(words / goal, 0.0), 1.0) if goal > 0 else 0.0


def reached(days: Iterable[DayWords], goal: int) -> int:
    """On how many days the goal was reached."""
    return sum(day.own >= goal for day in days) if goal > 0 else 0


def _sum(one: DayWords, other: DayWords) -> DayWords:
    return msgspec.structs.replace(
        one,
        written=one.written + other.written,
        cut=one.cut + other.cut,
        by_model=one.by_model + other.by_model,
    )
