"""A whole run on fake goals: the report's shape, the chart, the sentences, Ctrl+C."""

from __future__ import annotations

import io
import json
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from app.benchmark.goal import Experiment, Goal, Measure
from app.benchmark.report import BARE
from app.benchmark.rounds import ProcessorUse
from app.cli.bench import GoalProgress, run_bench
from app.cli.main import build_parser, run_cli
from app.core.errors import LampblackError, ModelLoadError, NotMeasuredError
from app.core.runs.record import RunRecords
from app.core.system.paths import Paths
from app.program import Program

RunFake = Callable[..., tuple[int, str, str]]


def goal(number: int, make: Callable[[Any], Experiment], **more: Any) -> Goal:
    measures = (Measure("speed", f"speed of {number} & <more>", 0.97, **more),)
    return Goal(number, "A title", "Does something.", measures, make)


def steady(value: float) -> Callable[[Any], Experiment]:
    def make(_session: Any) -> Experiment:
        return Experiment(
            {"a": lambda: {"speed": value}, "bare": lambda: {BARE: 0.02}},
            lambda taken: {"speed": taken["speed"]},
        )

    return make


def failing(error: BaseException) -> Callable[[Any], Experiment]:
    def make(_session: Any) -> Experiment:
        raise error

    return make


@pytest.fixture
def run_fake(starter_model: Path, capsys: pytest.CaptureFixture[str]) -> RunFake:
    """Runs `lampblack bench` on given goals."""

    def run(table: list[Goal], *words: str) -> tuple[int, str, str]:
        arguments = build_parser().parse_args(["bench", "--model", str(starter_model), *words])
        code = run_bench(arguments, Program(Paths.here()), table=table, wait_for_idle=False)
        caught = capsys.readouterr()
        return code, caught.out, caught.err

    return run


def keys(value: Any) -> Any:
    """The shape of JSON: keys, and of a list its first entry."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [keys(inner) for inner in value[:1]]
    return type(value).__name__


SPREAD = dict.fromkeys(("median", "low", "lower_quartile", "upper_quartile", "high"), "float")


def test_the_json_report_keeps_its_shape(run_fake: RunFake) -> None:
    code, out, err = run_fake([goal(1, steady(1.25))], "--json", "--rounds", "8")
    assert code == 0
    assert err == "Goal 1, a title: met\n"
    report = json.loads(out)
    report["builds"] = {}
    assert keys(report) == {
        "machine": {
            "system": "str",
            "processor": "str",
            "processors": "int",
            "cores": "int",
            "memory": "int",
        },
        "builds": {},
        "model": {"name": "str", "path": "str", "quantization": "str", "size_bytes": "int"},
        "rounds": "int",
        "goals": [
            {
                "number": "int",
                "title": "str",
                "about": "str",
                "verdict": "str",
                "results": [
                    {
                        "key": "str",
                        "title": "str",
                        "unit": "str",
                        "limit": "float",
                        "better": "str",
                        "judged_by": "str",
                        "verdict": "str",
                        "reason": "str",
                        "values": ["float"],
                        "spread": SPREAD,
                    }
                ],
                "rounds": "int",
                "seconds": "float",
                "bare_step": SPREAD,
                "optional": "bool",
            }
        ],
        "not_measured": ["str"],
        "interrupted": "bool",
        "seconds": "float",
        "passed": "bool",
    }
    assert report["goals"][0]["results"][0]["values"] == [1.25] * 8


def test_a_missed_goal_is_said_and_ends_with_one(run_fake: RunFake) -> None:
    code, out, _err = run_fake([goal(1, steady(1.25)), goal(2, steady(0.5))])
    assert code == 1
    assert "1. A title: met" in out
    assert "0.5 (0.5 to 0.5, middle half 0.5 to 0.5), goal ≥ 0.97: not met" in out


def test_only_the_goals_asked_for_are_measured(run_fake: RunFake) -> None:
    table = [goal(number, steady(1)) for number in (1, 2, 3)]
    _code, _out, err = run_fake(table, "--goal", "3", "--goal", "1")
    assert err.splitlines() == ["Goal 1, a title: met", "Goal 3, a title: met"]


def test_what_cannot_be_measured_does_not_keep_the_others_from_it(run_fake: RunFake) -> None:
    table = [
        goal(1, failing(NotMeasuredError("There is no PyTorch."))),
        goal(2, failing(ModelLoadError("The model would not load."))),
        goal(3, steady(1)),
    ]
    code, out, _err = run_fake(table)
    assert code == 1
    assert "not measured (There is no PyTorch.)" in out
    assert "not measured (the measurement failed: The model would not load.)" in out
    assert "3. A title: met" in out


def test_a_measure_that_is_only_shown_does_not_fail_the_run(run_fake: RunFake) -> None:
    code, out, _err = run_fake([goal(1, steady(0.5), judged_by="nothing")])
    assert code == 0
    assert "measured only" in out


def test_ctrl_c_keeps_what_was_measured_and_closes_the_lab(run_fake: RunFake) -> None:
    closed: list[bool] = []
    taken: list[bool] = []

    def make(session: Any) -> Experiment:
        session.callback(lambda: closed.append(True))

        def sample() -> dict[str, float]:
            if len(taken) == 2:
                signal.raise_signal(signal.SIGINT)
            taken.append(True)
            return {"speed": 1.0}

        return Experiment({"a": sample}, dict)

    table = [goal(1, steady(1)), goal(2, make), goal(3, steady(1))]
    code, out, _err = run_fake(table, "--json")
    report = json.loads(out)
    assert code == 1
    assert closed == [True]
    assert report["interrupted"]
    assert not report["passed"]
    assert [(found["number"], found["verdict"], found["rounds"]) for found in report["goals"]] == [
        (1, "met", 7),
        (2, "not judged", 2),
    ]


def test_the_chart_is_xml_with_a_row_for_every_goal(run_fake: RunFake, tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    table = [
        goal(1, steady(1.25)),
        goal(2, steady(0.01)),
        goal(3, failing(NotMeasuredError("No."))),
        goal(4, steady(0.0), better="lower"),
    ]
    run_fake(table, "--chart", str(target))
    root = ElementTree.fromstring(target.read_text("utf-8"))
    texts = ["".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    for number in (1, 2, 3, 4):
        assert f"{number}. speed of {number} & <more>" in texts
    assert "not measured" in texts


def test_a_chart_that_cannot_be_written_is_a_sentence(run_fake: RunFake, tmp_path: Path) -> None:
    target = tmp_path / "chart.svg"
    target.mkdir()
    with pytest.raises(LampblackError, match="The chart could not be written"):
        run_fake([goal(1, steady(1))], "--chart", str(target))


def test_fewer_rounds_are_shown_and_not_judged(run_fake: RunFake) -> None:
    code, out, _err = run_fake([goal(1, steady(2))], "--rounds", "6")
    assert code == 1
    assert "2 (2 to 2, middle half 2 to 2), goal ≥ 0.97: not judged" in out
    assert "(a verdict needs 7 rounds)" in out
    assert "a step of the bare loop: 20 ms (20 to 20)" in out


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_sees_goal_round_and_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    progress, row = GoalProgress(), goal(4, steady(1))
    progress.begun(row, 2, 10)
    progress.round_done(row, 3, 7, 30.0)
    progress.waiting(ProcessorUse(0.5, "compiler"))
    progress.clear()
    shown = [" ".join(line.split()) for line in screen.getvalue().split("\r") if line.strip()]
    assert shown == [
        "Goal 4, a title (2 of 10): preparing…",
        "Goal 4, a title (2 of 10): round 3 of 7, 40 s left",
        "Goal 4, a title (2 of 10): round 3 of 7, 40 s left; "
        "waiting, the machine is busy (50% by compiler)",
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--goal", "99"], "There is no goal 99."),
        (["--goal", "many"], "Argument --goal: invalid int value: 'many'."),
        (["--chart", "results.png"], "'results.png' is not the name of an SVG file."),
        (["--chart", "nowhere/results.svg"], "There is no folder for 'nowhere/results.svg'."),
        (["--rounds", "0"], "There cannot be 0 rounds."),
    ],
)
def test_wrong_words_are_refused_before_anything_runs(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["bench", *words]) == 2
    assert capsys.readouterr().err.startswith(f"lampblack: {sentence}")


def test_a_run_is_recorded_also_where_it_fails(
    run_fake: RunFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_fake([goal(1, steady(1.25))], "--json", "--rounds", "7")

    def fail(*_given: Any) -> None:
        raise ModelLoadError("It does not load.")

    monkeypatch.setattr("app.cli.bench._measured", fail)
    with pytest.raises(ModelLoadError):
        run_fake([goal(1, steady(1.25))])
    failed, done = RunRecords(Paths.here().runs).list()
    assert (done.kind, done.state) == ("benchmark", "done")
    assert done.figures["1. speed of 1 & <more>"] == 1.25
    assert (failed.state, failed.problem) == ("failed", "It does not load.")
