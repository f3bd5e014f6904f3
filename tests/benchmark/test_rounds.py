"""Rounds, the idle machine, and verdicts, on fake samples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from app.benchmark.goal import Experiment, Goal, Measure, by_turns
from app.benchmark.goals import GOALS, chosen
from app.benchmark.report import Spread, goal_report, judge, passed
from app.benchmark.rounds import (
    SHORT_WAIT_S,
    WAIT_S,
    BusyError,
    IdleFilter,
    ProcessorUse,
    Round,
    SystemMonitor,
    run_rounds,
)
from app.core.errors import UsageError

SPEED = Measure("speed", "speed", 0.97)


class FakeMachine:
    """A machine with given loads, the last for ever; each look takes a second."""

    processors = 2

    def __init__(self, loads: Iterable[float], foreign: Iterable[float] = ()) -> None:
        self.loads = list(loads)
        self.disturbances = list(foreign)
        self.others = 0.0
        self.now = 0.0

    def sample(self) -> dict[str, float]:
        """Take ten seconds, of which the others have the next given part."""
        self.now += 10
        self.others += self.disturbances.pop(0) if self.disturbances else 0.0
        return {"speed": 1.0}

    def foreign(self) -> float:
        return self.others

    def load(self) -> ProcessorUse:
        self.now += 1
        return ProcessorUse(self.loads.pop(0) if len(self.loads) > 1 else self.loads[0], "compiler")


def filter_on(machine: FakeMachine) -> IdleFilter:
    return IdleFilter(machine, clock=lambda: machine.now)


def test_both_sides_are_sampled_by_turns() -> None:
    order: list[str] = []

    def sample(name: str, value: float):
        def take() -> dict[str, float]:
            order.append(name)
            return {name: value}

        return take

    experiment = Experiment(
        {"a": sample("a", 4.0), "b": sample("b", 2.0)},
        lambda taken: {"speed": taken["a"] / taken["b"]},
    )
    rounds: list[Round] = []
    run_rounds(experiment, 3, lambda sample: sample(), lambda taken, _number: rounds.append(taken))
    assert order == ["a", "b"] * 3
    assert [taken.measures["speed"] for taken in rounds] == [2.0] * 3


def test_turns_within_a_round_change_their_order_and_are_averaged() -> None:
    order: list[str] = []
    figures = {"a": iter([100.0, 1.0, 2.0, 3.0, 6.0]), "b": iter([5.0] * 4)}

    def sample(name: str):
        def take() -> dict[str, float]:
            order.append(name)
            return {name: next(figures[name])}

        return take

    assert by_turns({name: sample(name) for name in figures}, 4)() == {"a": 3.0, "b": 5.0}
    assert "".join(order) == "a" + "abbaabba"


def test_a_sample_waits_until_the_machine_is_idle() -> None:
    machine = FakeMachine([0.5, 0.2, 0.071, 0.069])
    waited: list[float] = []
    IdleFilter(
        machine, clock=lambda: machine.now, on_wait=lambda load: waited.append(load.busy)
    ).take(machine.sample)
    assert waited == [0.5, 0.2, 0.071]


def test_a_busy_machine_is_refused_after_a_while_and_then_sooner() -> None:
    machine = FakeMachine([0.4])
    sample_filter = filter_on(machine)
    with pytest.raises(BusyError, match=r"the machine was busy \(40% by compiler\)"):
        sample_filter.take(machine.sample)
    assert machine.now == pytest.approx(WAIT_S, abs=2)
    before = machine.now
    with pytest.raises(BusyError):
        sample_filter.take(machine.sample)
    assert machine.now - before == pytest.approx(SHORT_WAIT_S, abs=2)


def test_what_was_measured_before_the_machine_became_busy_is_kept() -> None:
    machine = FakeMachine([0.0, 0.0, 0.9])
    rounds: list[Round] = []
    experiment = Experiment({"a": lambda: {"speed": 1.0}}, dict)
    with pytest.raises(BusyError):
        run_rounds(experiment, 5, filter_on(machine).take, lambda taken, _n: rounds.append(taken))
    assert len(rounds) == 2


def test_a_sample_that_others_disturbed_is_taken_again() -> None:
    machine = FakeMachine([0.0], foreign=[8.0, 1.5, 0.5])
    assert filter_on(machine).take(machine.sample) == {"speed": 1.0}
    assert machine.disturbances == []


def test_a_sample_that_is_always_disturbed_is_not_judged() -> None:
    machine = FakeMachine([0.0], foreign=[8.0, 6.0, 4.0])
    with pytest.raises(BusyError, match=r"the machine was busy \(20% by other programs\)"):
        filter_on(machine).take(machine.sample)


def test_our_own_work_is_no_disturbance() -> None:
    machine = SystemMonitor()
    before = machine.foreign()
    sum(range(3_000_000))
    assert machine.foreign() - before > -0.1


def test_the_real_machine_has_a_load() -> None:
    load = SystemMonitor().load()
    assert 0 <= load.busy <= 1


@pytest.mark.parametrize(
    ("measure", "values", "verdict"),
    [
        (SPEED, [0.98, 0.96, 0.97], "met"),
        (SPEED, [0.98, 0.96, 0.96], "not met"),
        (Measure("t", "t", 50, "lower", "ms"), [10, 20, 90], "met"),
        (Measure("t", "t", 50, "lower", "ms", "worst"), [10, 20, 90], "not met"),
        (Measure("t", "t", 0.9, "higher", "ratio", "worst"), [1.0, 0.8], "not met"),
        (Measure("t", "t", 0.9, judged_by="nothing"), [0.1], "measured only"),
        (SPEED, [], "not measured"),
    ],
)
def test_verdicts(measure: Measure, values: list[float], verdict: str) -> None:
    assert judge(measure, values).verdict == verdict


def test_what_was_broken_off_is_never_judged() -> None:
    result = judge(SPEED, [0.5], reason="the machine was busy (40% by compiler)")
    assert (result.verdict, result.reason) == (
        "not judged",
        "the machine was busy (40% by compiler)",
    )
    assert judge(SPEED, [], reason="it was stopped").verdict == "not judged"
    assert judge(SPEED, [], absent="there is no PyTorch").reason == "there is no PyTorch"


def test_the_spread_has_both_ends_and_the_middle_half() -> None:
    spread = Spread.of([5.0, 1.0, 3.0, 2.0, 4.0])
    assert (spread.low, spread.lower_quartile, spread.median) == (1, 2, 3)
    assert (spread.upper_quartile, spread.high) == (4, 5)
    assert Spread.of([2.0]).upper_quartile == 2.0


def never_opened(_session: Any) -> Any:
    raise AssertionError("only the report is made")


def test_a_goal_is_as_good_as_its_worst_measure() -> None:
    goal = Goal(1, "Title", "About.", (SPEED, Measure("growth", "growth", 1.0)), never_opened)
    rounds = [Round({"speed": 1.0, "growth": 0.5}, {"bare_step": 0.02})]
    report = goal_report(goal, rounds, 3.0)
    assert [result.verdict for result in report.results] == ["met", "not met"]
    assert report.verdict == "not met"
    assert report.bare_step is not None
    assert not passed([report])
    assert not passed([])
    assert passed([goal_report(goal, [Round({"speed": 1, "growth": 1}, {})], 1.0)])


def test_goals_are_chosen_by_number_in_the_order_of_the_table() -> None:
    assert chosen([]) == GOALS
    numbers = [goal.number for goal in GOALS]
    assert numbers == sorted(set(numbers))
    assert [goal.number for goal in chosen([numbers[-1], 1])] == sorted({1, numbers[-1]})
    with pytest.raises(UsageError, match=r"There is no goal 99\. The goals are 1"):
        chosen([1, 99])


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: str(goal.number))
def test_every_goal_says_what_it_does_in_a_sentence(goal: Goal) -> None:
    assert goal.about.endswith(".")
    assert goal.about[0].isupper()
    keys = [measure.key for measure in goal.measures]
    assert len(keys) == len(set(keys)) > 0
