"""Results come in the order of the rows, with all slots in use and in bounded memory."""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import threading
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings, strategies as st

from app.core.errors import (
    CancelledError,
    EngineStoppedError,
    GenerationError,
    ModelCrashedError,
    PromptTooLongError,
)
from app.tasks.batch import ordered
from app.tasks.batch.ordered import Ordered, Outcome, RowResult
from app.tasks.batch.rows import InputRow


def rows(count: int) -> Iterator[InputRow]:
    return (InputRow(number=n, text=str(n)) for n in range(1, count + 1))


@settings(deadline=None, max_examples=30)
@given(order=st.permutations(range(1, 9)), parallel=st.integers(8, 12))
def test_results_are_in_order_whatever_ends_first(order: list[int], parallel: int) -> None:
    turns = [threading.Event() for _ in order]
    turns[0].set()

    def do(row: InputRow) -> RowResult:
        place = order.index(row.number)
        turns[place].wait(10)
        if place + 1 < len(turns):
            turns[place + 1].set()
        return RowResult(row.text)

    found = list(Ordered(do, parallel).outcomes(rows(8)))
    assert [json.loads(one.line)["row"] for one in found] == list(range(1, 9))
    assert all(json.loads(one.line)["result"] == one.row.text for one in found)


def test_all_slots_are_used_while_the_first_row_is_slow() -> None:
    done, enough = itertools.count(1), threading.Event()

    def do(row: InputRow) -> RowResult:
        if row.number == 1:
            assert enough.wait(10)
        elif next(done) == 30:
            enough.set()
        return RowResult(None)

    assert len(list(Ordered(do, 4).outcomes(rows(100)))) == 100


def test_no_more_rows_are_taken_in_than_the_window_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ordered, "WINDOW_BYTES", 1000)
    taken = 0

    def long_rows() -> Iterator[InputRow]:
        nonlocal taken
        for taken in range(1, 101):
            yield InputRow(number=taken, text="x" * 400)

    for outcome in Ordered(lambda _row: RowResult(None), 4).outcomes(long_rows()):
        assert taken <= outcome.row.number + 3
    assert taken == 100


def test_a_result_is_given_before_a_row_that_is_long_in_coming() -> None:
    """As of a queue that others fill, while the slots have enough to do."""
    second_runs, first_is_given = threading.Event(), threading.Event()

    def coming() -> Iterator[InputRow]:
        for row in rows(10):
            if row.number == 3:
                assert second_runs.wait(10)  # so the first is done
            assert row.number < 4 or first_is_given.is_set()
            yield row

    def do(row: InputRow) -> RowResult:
        if row.number == 2:
            second_runs.set()
            assert first_is_given.wait(10)
        return RowResult(None)

    given = 0
    for _outcome in Ordered(do, 1).outcomes(coming()):
        first_is_given.set()
        given += 1
    assert given == 10


def both_ways(work: Callable[[], Ordered], count: int) -> list[list[Outcome]]:
    """The outcomes as they are given to a thread, and to asyncio."""

    async def awaited() -> list[Outcome]:
        return [one async for one in work().outcomes_async(rows(count))]

    return [list(work().outcomes(rows(count))), asyncio.run(awaited())]


def test_asyncio_gets_the_same_outcomes() -> None:
    def do(row: InputRow) -> RowResult:
        if row.number % 7 == 0:
            raise PromptTooLongError("Too long.")
        return RowResult(row.text)

    usual, awaited = both_ways(lambda: Ordered(do, 3), 100)
    assert [one.line for one in awaited] == [one.line for one in usual]
    assert [one.row.number for one in awaited] == list(range(1, 101))
    assert [type(one.cause) for one in awaited if one.failed] == [PromptTooLongError] * 14


def test_asyncio_goes_on_with_other_work_and_leaving_early_ends_the_rows(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def do(row: InputRow) -> RowResult:
        if row.number > 1:
            begun.set()
            assert cancelled.wait(10)
            raise CancelledError("Stopped.")
        return RowResult(None)

    async def left() -> None:
        outcomes = Ordered(do, 3, cancel=cancelled.set).outcomes_async(rows(100))
        assert (await anext(outcomes)).row.number == 1
        waiting = asyncio.ensure_future(anext(outcomes))
        while not begun.is_set():
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert cancelled.is_set()

    asyncio.run(left())
    gc.collect()
    assert not caplog.records, "asyncio complains of an error that is not looked at"


def test_a_failed_row_is_a_line_and_a_crash_is_tried_again() -> None:
    crashed: list[int] = []

    def do(row: InputRow) -> RowResult:
        if row.number == 2:
            raise PromptTooLongError("Too long.")
        if row.number == 3 and not crashed:
            crashed.append(3)
            raise ModelCrashedError("Gone.")
        return RowResult("fine")

    found = [json.loads(one.line) for one in Ordered(do, 2).outcomes(rows(4))]
    assert [line.get("result") for line in found] == ["fine", None, "fine", "fine"]
    assert found[1]["error"] == {"kind": "prompt_too_long", "message": "Too long."}


def test_what_is_not_the_rows_fault_ends_the_run() -> None:
    def do(row: InputRow) -> RowResult:
        if row.number >= 3:
            raise EngineStoppedError("Gone.")
        return RowResult("fine")

    outcomes = Ordered(do, 2).outcomes(rows(100))
    assert [next(outcomes).row.number for _ in range(2)] == [1, 2]
    with pytest.raises(EngineStoppedError):
        next(outcomes)


def test_a_model_that_crashes_at_every_row_ends_the_run() -> None:
    def do(row: InputRow) -> RowResult:
        if row.number > 1:
            raise ModelCrashedError("Gone.")
        return RowResult("fine")

    outcomes = Ordered(do, 1).outcomes(rows(100))
    assert [next(outcomes).failed for _ in range(5)] == [False, True, True, True, True]
    with pytest.raises(ModelCrashedError):
        next(outcomes)


@pytest.mark.parametrize("parallel", [1, 4, 8])
def test_a_row_that_ends_the_engine_fails_alone(parallel: int) -> None:
    """Whoever runs beside it loses the engine, too, and is tried again."""
    running: set[int] = set()
    ended: set[int] = set()
    lock = threading.Lock()

    def do(row: InputRow) -> RowResult:
        with lock:
            running.add(row.number)
            if row.number == 3:
                ended.update(running)
        try:
            if row.number == 3:
                raise ModelCrashedError("Gone.")
            if row.number in ended:
                ended.discard(row.number)
                raise EngineStoppedError("Gone with another.")
            return RowResult("fine")
        finally:
            with lock:
                running.discard(row.number)

    outcomes = list(Ordered(do, parallel).outcomes(rows(40)))
    assert [one.row.number for one in outcomes if one.failed] == [3]
    assert len(outcomes) == 40


def test_stop_keeps_what_is_done_and_records_nothing_that_is_not() -> None:
    begun, cancelled = threading.Event(), threading.Event()

    def do(row: InputRow) -> RowResult:
        if row.number < 5:
            return RowResult("fine")
        begun.set()
        assert cancelled.wait(10)
        raise GenerationError("cut")

    work = Ordered(do, 3, cancel=cancelled.set)
    stopper = threading.Thread(target=lambda: (begun.wait(10), work.stop()))
    stopper.start()
    found = [outcome.row.number for outcome in work.outcomes(rows(100))]
    stopper.join()
    assert found == [1, 2, 3, 4]
