"""What a run of the self-test proves, the table, and the lists of files around a package."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_STEPS = (("home", 0.1), ("window", 2.0), ("load", 1.0), ("write", 0.5), ("service", 0.0))


@pytest.fixture
def results(part):
    return part("prove.results")


@pytest.fixture
def tried(part):
    plan = part("prove.plan")
    artefact = plan.Artefact("tar", Path("x.tar.xz"), "lampblack", plan.UNUSUAL)
    return plan.Try(artefact, plan.TREES[0], plan.CONDITIONS[1])


@pytest.fixture
def judged(results, tried) -> Callable[..., Any]:
    def judge(code: int = 0, error: str = "", **changed: Any) -> Any:
        steps = [{"name": n, "state": "passed", "seconds": s, "found": ""} for n, s in _STEPS]
        report = {"passed": True, "is_frozen": True, "steps": steps, "notes": []} | changed
        return results.row(tried, results.Ended(code, json.dumps(report), error, 9.0), 300.0)

    return judge


def steps(**states: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "state": states.get(name, "passed"), "seconds": s, "found": "so it is"}
        for name, s in _STEPS
    ]


def test_a_good_run_has_no_problem_and_says_when_the_first_text_was_there(judged) -> None:
    row = judged(steps=steps(service="skipped"))
    assert (row.problems, row.seconds, row.megabytes) == ((), 9.0, 300.0)
    assert row.first_text_s == pytest.approx(3.6)
    assert row.steps["service"] == "skipped"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"code": 3}, "exit code 3"),
        ({"error": "a warning\n"}, "standard error: a warning"),
        ({"passed": False, "failed": "load", "problem": "No room."}, "load: No room."),
        ({"is_frozen": False}, "not the frozen program"),
        ({"steps": steps(window="skipped")}, "window was skipped: so it is"),
        ({"notes": ["qt says"]}, "the window said: qt says"),
    ],
)
def test_each_fault_alone_fails_a_row(judged, changed, said: str) -> None:
    (problem,) = judged(**changed).problems
    assert said in problem


def test_a_run_without_a_report_fails(results, tried) -> None:
    row = results.row(tried, results.Ended(0, "Hello", "", 1.0), 0.0, ["it has left 1 files"])
    assert row.problems == ("no report: Hello", "it has left 1 files")
    assert row.first_text_s == 0.0


def test_no_first_text_where_a_step_before_it_failed(results) -> None:
    assert results.first_text_s({"steps": steps(load="failed")}) == 0.0


def test_the_table_says_what_passed_and_what_is_wrong(judged, results) -> None:
    rows = [judged(), judged(code=1)]
    lines = results.table(rows)
    assert lines[0].split() == ["archive", "tree", "condition", "result", "seconds", "first",
                                "text", "installed"]  # fmt: skip
    assert lines[2].split() == ["tar", "Debian", "12", "bare", "passed", "9.0", "s", "3.6", "s",
                                "300", "MB"]  # fmt: skip
    assert lines[4] == "    exit code 1"
    assert lines[-1] == "1 passed, 1 failed"
    found = json.loads(results.as_json(rows, {"machine": "here"}))
    assert found["machine"] == "here"
    assert [row["problems"] for row in found["rows"]] == [[], ["exit code 1"]]


def test_what_a_package_leaves_or_takes_is_seen(part) -> None:
    changes = part("prove.packages").changes
    before = "d 755 /opt \nf 644 /etc/fonts/conf \nl 777 /usr/lib64 /lib/x\n"
    logged = "f 644 /var/log/dpkg.log \n"
    assert changes(before, before + logged, is_named=False) == []
    left = f"d 755 {Path('/opt', 'lampblack')} \n"
    assert changes(before, before + left, is_named=False) == ["left: " + left.strip() + " "]
    assert changes(before, before + left, is_named=True) == ["left: " + left.strip() + " "]
    assert changes(before, before + "f 644 /usr/lib/libEGL.so.1 \n", is_named=True) == []
    assert changes(before, before.replace("d 755 /opt \n", ""), is_named=False) == []
    lost = before.replace("f 644 /etc/fonts/conf \n", "f 600 /etc/fonts/conf \n")
    assert len(changes(before, lost, is_named=False)) == 2
