from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from app.core.books.progress import WordTally, last_days, local_day, reached, share, with_words
from app.core.store import DayWords, Store

DAY = date(2026, 11, 28)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "data" / "store.sqlite")
    yield made
    made.close()
    assert not made.problems


def kept(store: Store, tally: WordTally, document: str = "/a.txt") -> None:
    for words in tally.take():
        store.word_log.add(words, document)


def test_own_words_and_the_models_are_counted_apart(store: Store) -> None:
    tally = WordTally(lambda: DAY)
    for words, by_model in ((300, False), (-50, False), (120, True), (-20, True)):
        tally.count(words, by_model=by_model)
    kept(store, tally)
    tally.count(10, by_model=False)
    kept(store, tally, "/b.txt")
    assert not tally.waiting
    (day,) = store.word_log.days(DAY, DAY)
    assert day == DayWords(DAY, written=310, cut=50, by_model=100)
    assert (day.own, tally.session) == (260, 260)


@given(st.lists(st.tuples(st.integers(-400, 400), st.booleans(), st.integers(-3, 3)), max_size=30))
def test_whatever_the_clock_does_no_word_is_lost(changes: list[tuple[int, bool, int]]) -> None:
    """The clock is set back, or the writer flies west and east."""
    day = DAY
    tally, taken = WordTally(lambda: day), list[DayWords]()
    for words, by_model, days in changes:
        day += timedelta(days=days)
        tally.count(words, by_model=by_model)
        if days == 0:
            taken += tally.take()
    taken += tally.take()
    assert sum(one.own for one in taken) == sum(w for w, by, _ in changes if not by)
    assert sum(one.by_model for one in taken) == sum(w for w, by, _ in changes if by)
    assert tally.session == sum(one.own for one in taken)


def test_what_was_counted_before_a_crash_is_not_counted_again() -> None:
    tally = WordTally(lambda: DAY)
    tally.count(5, by_model=False)
    tally.take()
    tally.count(1000, by_model=False)
    tally.forget()
    assert (tally.take(), tally.session) == ((), 5)


def test_a_day_that_comes_twice_is_added_to(store: Store) -> None:
    day = DAY
    tally = WordTally(lambda: day)
    tally.count(100, by_model=False)
    kept(store, tally)
    day = DAY - timedelta(days=30)
    tally.count(7, by_model=False)
    kept(store, tally)
    day = DAY
    tally.count(1, by_model=False)
    kept(store, tally)
    found = store.word_log.days(DAY - timedelta(days=27), DAY)
    assert [(one.day, one.own) for one in found] == [(DAY, 101)]
    shown = last_days(found, DAY, 28)
    assert len(shown) == 28
    assert [one.own for one in shown] == [0] * 27 + [101]
    assert with_words(shown, [DayWords(DAY, written=9)])[-1].own == 110


def test_days_stay_when_the_store_is_opened_again(tmp_path: Path) -> None:
    for _ in range(2):
        store = Store(tmp_path / "store.sqlite")
        store.word_log.add(DayWords(DAY, written=4, cut=1, by_model=2), "/a.txt")
        assert store.word_log.keep_goal(500)
        store.close()
    store = Store(tmp_path / "store.sqlite")
    assert store.word_log.days(DAY, DAY) == (DayWords(DAY, 8, 2, 4),)
    assert store.word_log.goal() == 500
    store.close()


def test_a_goal_belongs_to_a_day_or_to_a_document(store: Store, tmp_path: Path) -> None:
    log = store.word_log
    (tmp_path / "book").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "book")
    assert log.goal() == 0
    log.keep_goal(500)
    log.keep_goal(80_000, str(tmp_path / "book"))
    assert (log.goal(), log.goal(str(tmp_path / "link"))) == (500, 80_000)
    log.keep_goal(0)
    assert (log.goal(), log.goal(str(tmp_path / "book"))) == (0, 80_000)


@pytest.mark.parametrize(
    ("words", "goal", "is_reached"),
    [(0, 500, 0.0), (250, 500, 0.5), (900, 500, 1.0), (-3, 500, 0.0), (5, 0, 0.0)],
)
def test_a_share_lies_between_nothing_and_all(words: int, goal: int, is_reached: float) -> None:
    assert share(words, goal) == is_reached


def test_days_that_reached_the_goal_are_counted() -> None:
    days = [DayWords(DAY, written=500), DayWords(DAY, written=600, cut=101), DayWords(DAY)]
    assert (reached(days, 500), reached(days, 499), reached(days, 0)) == (1, 2, 0)


def test_a_day_is_the_writers_own() -> None:
    assert isinstance(local_day(), date)
