"""The goals about the window and the Torch engine, on fake numbers and in one small real run."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.benchmark import torch_goals, window_goals
from app.benchmark.goals import GOALS, chosen
from app.benchmark.session import GoalSession, Sizes
from app.benchmark.window_goals import beside_bare, manuscript
from app.core.errors import NotMeasuredError
from app.core.models.model_file import inspect
from app.engine.messages import Described, EngineReport

SMALL = Sizes(decode=6, words=3000, threads=1)


@pytest.fixture
def session(starter_model: Path, tmp_path: Path):
    with GoalSession(inspect(starter_model), tmp_path, {}, SMALL) as made:
        yield made


def test_the_real_window_is_a_multiple_of_the_bare_one() -> None:
    taken = {
        "bare_processor": 0.1,
        "bare_clock": 0.2,
        "bare_memory": 50e6,
        "bare_libraries": 0,
        "start_processor": 0.25,
        "start_clock": 0.4,
        "start_memory": 75e6,
        "start_libraries": 1,
    }
    assert beside_bare(taken) == {"processor": 2.5, "clock": 2.0, "memory": 1.5, "libraries": 1}


def test_a_model_library_in_the_window_misses_the_goal() -> None:
    (goal,) = chosen([12])
    libraries = next(measure for measure in goal.measures if measure.key == "libraries")
    assert libraries.meets(0)
    assert not libraries.meets(1)


def test_the_manuscript_has_its_words_in_paragraphs() -> None:
    text = manuscript(1050)
    assert len(text.split()) == 1050
    assert [len(paragraph.split()) for paragraph in text.split("\n\n")] == [100] * 10 + [50]


def test_every_measure_of_the_window_comes_out_of_its_samples(session: GoalSession) -> None:
    experiment = window_goals.starting(session)
    taken: dict[str, float] = {}
    for sample in experiment.samples.values():
        taken |= sample()
    values = experiment.values(taken)
    (goal,) = chosen([12])
    assert set(values) == {measure.key for measure in goal.measures}
    assert values["libraries"] == 0
    assert values["memory"] > 1


def test_the_real_window_writes_and_listens_to_its_event_loop(session: GoalSession) -> None:
    experiment = window_goals.streaming(session)
    taken = experiment.samples["window"]()
    assert taken["words"] >= 3000
    assert taken["samples"] > 100
    assert 0 <= taken["p50"] <= taken["p99"] <= taken["worst"]
    (goal,) = chosen([11])
    assert set(experiment.values(taken)) == {measure.key for measure in goal.measures}


class FakeClient:
    """A client whose host reports on its engines."""

    def __init__(self, problem: str) -> None:
        self.problem = problem

    def next_job(self) -> int:
        return 1

    def run(self, command, _on_event) -> Described:
        report = EngineReport(engine="torch", available=not self.problem, problem=self.problem)
        return Described(job=command.job, engines=(report,), network_denied="kernel")


def ours(problem: str) -> Any:
    return SimpleNamespace(client=FakeClient(problem))


def test_without_pytorch_the_goal_is_not_judged_and_says_so() -> None:
    torch_goals._check_torch(ours(""))
    with pytest.raises(NotMeasuredError, match="not installed here: torch is missing"):
        torch_goals._check_torch(ours("The Torch engine is not installed here: torch is missing."))


def test_the_goals_are_numbered_in_order() -> None:
    numbers = [goal.number for goal in GOALS]
    assert numbers == sorted(set(numbers))
    assert {11, 12, 13} <= set(numbers)
