"""Thread adaptation on simulated machines with a clock of their own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest

from app.host.llama_cpp.thread_adaptation import ThreadAdaptation, levels_of
from app.host.llama_cpp.thread_levels import STEP_LIMIT_S

STEP_S = {1: 0.013, 2: 0.011}
ROW_S = 0.005

Cost = Callable[[int, float], float]
"""Seconds of a single step, from its number of threads and the time."""


class Machine:
    """Computes batches in no time, on a clock that runs as long as they would take."""

    def __init__(self, cost: Cost, threads: int = 2, known: bool = True) -> None:
        self.now = 0.0
        self.depth = 0
        self.cost = cost
        self.given_up = 0
        self.history: list[tuple[float, int, float]] = []
        self.pace = ThreadAdaptation(
            lambda _threads: None,
            threads,
            STEP_S if known else None,
            ROW_S if known else 0.0,
            clock=lambda: self.now,
        )

    def batch(self, rows: int = 1, more: float = 0.0) -> None:
        """One batch, repeated while it is given up, with `more` seconds the first time."""
        while True:
            limit = self.pace.begin(rows, self.depth)
            seconds = self.cost(self.pace.threads, self.now) * self.weight(rows) + more
            self.history.append((self.now, self.pace.threads, seconds))
            if not limit or seconds <= limit:
                break
            self.now += limit
            self.given_up += 1
            more = 0.0
            self.pace.stalled(rows)
        self.now += seconds
        self.pace.took(rows, self.depth, seconds)
        self.depth += rows

    def weight(self, rows: int) -> float:
        return 1 + 0.45 * (rows - 1)

    def run(self, seconds: float, rows: int = 1) -> float:
        """Batches for so long; how many there were in a second."""
        begun, count = self.now, 0
        while self.now < begun + seconds:
            self.batch(rows)
            count += 1
        return count / (self.now - begun)

    def share(self, threads: int, since: float) -> float:
        """The part of the batches since a time that ran with `threads` threads."""
        used = [used for when, used, _ in self.history if when >= since]
        return used.count(threads) / len(used)


def idle(threads: int, _now: float) -> float:
    return {1: 0.013, 2: 0.011}[threads]


def busy(threads: int, _now: float) -> float:
    return {1: 0.014, 2: 0.25}[threads]


@pytest.mark.parametrize(
    ("threads", "levels"),
    [
        (1, (1,)),
        (2, (2, 1)),
        (3, (3, 2, 1)),
        (4, (4, 3, 2, 1)),
        (6, (6, 5, 3, 1)),
        (16, (16, 15, 8, 4, 2, 1)),
    ],
)
def test_levels(threads: int, levels: tuple[int, ...]) -> None:
    assert levels_of(threads) == levels


def test_an_idle_machine_keeps_its_threads() -> None:
    machine = Machine(idle)
    machine.run(30)
    assert machine.share(2, 0) == 1


@pytest.mark.parametrize("slow", [0.025, 0.04, 0.1, 0.25, 1.0, 5.0])
@pytest.mark.parametrize("known", [True, False])
def test_a_collapse_ends_within_two_seconds(slow: float, known: bool) -> None:
    machine = Machine(idle, known=known)
    machine.run(3)
    machine.cost = lambda threads, _now: {1: 0.014, 2: slow}[threads]
    begun = machine.now
    machine.run(2)
    assert machine.pace.threads == 1
    assert machine.run(20) >= 0.6 / 0.013
    assert machine.share(1, begun + 2) > 0.9


@pytest.mark.parametrize("known", [True, False])
def test_a_machine_that_is_busy_from_the_start(known: bool) -> None:
    machine = Machine(busy, known=known)
    machine.run(2)
    assert machine.run(20) >= 0.6 / 0.013


def test_a_step_that_hangs_is_given_up_and_repeated() -> None:
    machine = Machine(idle)
    machine.run(1)
    machine.cost = lambda threads, _now: {1: 0.014, 2: 30.0}[threads]
    begun = machine.now
    machine.batch()
    assert (machine.given_up, machine.pace.threads) == (1, 1)
    assert machine.now - begun == pytest.approx(STEP_LIMIT_S + 0.014)


def test_a_short_prompt_that_hangs_is_given_up() -> None:
    machine = Machine(lambda threads, _now: {1: 0.014, 2: 1.2}[threads])
    machine.batch(rows=9)
    assert machine.given_up == 1
    assert machine.now < 1


def test_a_chunk_that_hangs_is_given_up_even_if_nothing_is_known_but_steps() -> None:
    for known in (True, False):
        machine = Machine(idle, known=known)
        machine.run(1)
        machine.cost = lambda threads, _now: {1: 0.014, 2: 3.0}[threads]
        machine.batch(rows=40)
        assert machine.given_up == 1


def test_more_threads_come_back_when_the_machine_is_idle_again() -> None:
    machine = Machine(idle)
    machine.run(1)
    machine.cost = busy
    machine.run(3)
    machine.cost = idle
    assert machine.pace.threads == 1
    machine.run(9)
    assert machine.pace.threads == 2
    assert machine.share(2, machine.now - 2) == 1


def test_trials_grow_rare_while_the_machine_stays_busy() -> None:
    machine = Machine(busy)
    machine.run(120)
    trials = [
        now
        for (_, before, _), (now, threads, _) in pairwise(machine.history)
        if threads == 2 and before == 1
    ]
    gaps = [round(later - earlier, 3) for earlier, later in pairwise(trials)]
    assert gaps == sorted(gaps)
    assert gaps[0] == pytest.approx(4, abs=0.5)
    assert gaps[-1] == pytest.approx(32, abs=0.5)


def test_one_slow_step_means_nothing() -> None:
    machine = Machine(idle)
    machine.run(1)
    for _ in range(20):
        machine.batch(more=0.04)
        machine.run(0.5)
    assert machine.share(2, 0) == 1


@pytest.mark.parametrize("slope", [10_000, 1500])
def test_a_growing_context_is_no_busy_machine(slope: int) -> None:
    machine = Machine(idle)
    machine.cost = lambda threads, now: idle(threads, now) * (1 + machine.depth / slope)
    machine.run(60)
    assert machine.share(2, 0) > 0.99


def test_a_longer_document_is_no_busy_machine() -> None:
    machine = Machine(idle)
    machine.cost = lambda threads, now: idle(threads, now) * (1 + machine.depth / 1000)
    for depth in (0, 6000, 100, 3000, 0, 8000):
        machine.depth = depth
        machine.run(2)
    assert machine.given_up == 0
    assert machine.share(2, 0) > 0.9


def test_a_machine_on_which_fewer_threads_do_not_help() -> None:
    machine = Machine(idle)
    machine.run(1)
    machine.cost = lambda threads, _now: {1: 0.052, 2: 0.044}[threads]
    begun = machine.now
    machine.run(20)
    assert machine.share(2, begun) > 0.9


@pytest.mark.parametrize("period", [0.5, 3.0, 7.0])
def test_a_neighbour_that_comes_and_goes(period: float) -> None:
    machine = Machine(idle)

    def flapping(threads: int, now: float) -> float:
        return (busy if int(now / period) % 2 else idle)(threads, now)

    machine.cost = flapping
    machine.run(10)
    assert machine.run(60) >= 0.6 / 0.013


def test_takes_side_by_side_adapt_and_are_no_slow_steps() -> None:
    machine = Machine(idle)
    machine.run(1)
    for rows in (4, 3, 2, 1, 16, 1):
        machine.run(0.6, rows)
    assert machine.given_up == 0
    assert machine.share(2, 0) > 0.9
    machine.cost = busy
    machine.run(2, 4)
    assert machine.pace.threads == 1


def test_drafts_that_change_the_rows_of_each_step_do_not_hide_a_collapse() -> None:
    machine = Machine(idle)
    for rows in (1, 4, 2, 4, 1, 3) * 30:
        machine.batch(rows)
    machine.cost = busy
    begun = machine.now
    while machine.now < begun + 2:
        for rows in (1, 4, 2, 4, 1, 3):
            machine.batch(rows)
    assert machine.pace.threads == 1


def test_of_many_threads_the_best_number_is_found() -> None:
    def beside_one(threads: int, _now: float) -> float:
        return 0.1 / threads * (20 if threads == 16 else 1)

    machine = Machine(lambda threads, _now: 0.1 / threads, threads=16, known=False)
    machine.run(2)
    machine.cost = beside_one
    begun = machine.now
    machine.run(2)
    assert machine.pace.threads in (8, 15)
    machine.run(8)
    assert machine.share(15, begun + 5) > 0.8


def test_a_crowded_machine_goes_down_several_levels() -> None:
    machine = Machine(lambda threads, _now: 0.1 / threads, threads=8, known=False)
    machine.run(2)
    machine.cost = lambda threads, _now: 0.1 / threads * (30 if threads > 2 else 1)
    begun = machine.now
    machine.run(2)
    assert machine.pace.threads == 2
    machine.run(20)
    assert machine.share(2, begun + 2) > 0.9


def test_prompts_adapt_apart_from_steps() -> None:
    machine = Machine(idle)
    for _ in range(4):
        machine.batch(512)
    machine.cost = busy
    machine.batch(512)
    assert machine.given_up == 1
    machine.cost = idle
    machine.batch(1)
    assert machine.pace.threads == 2


def test_fixed_threads_stay() -> None:
    machine = Machine(busy)
    machine.pace.is_fixed = True
    machine.run(5)
    assert machine.share(2, 0) == 1
    assert machine.given_up == 0


def test_one_thread_has_nothing_to_adapt() -> None:
    machine = Machine(lambda _threads, _now: 5.0, threads=1)
    assert not machine.pace.adapts
    machine.run(20)
    assert machine.given_up == 0


def test_threads_are_only_set_when_they_change() -> None:
    applied: list[int] = []
    pace = ThreadAdaptation(applied.append, 4, {4: 0.01, 3: 0.012, 2: 0.015, 1: 0.02})
    for position in range(5):
        pace.begin(1, position)
        pace.took(1, position, 0.01)
    assert applied == []
    pace.stalled(1)
    pace.begin(1, 5)
    assert applied == [2]
