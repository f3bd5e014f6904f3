"""What the self-test found: a row for each step, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

StepState = Literal["passed", "failed", "skipped", "not run"]


class CannotTryError(Exception):
    """A step cannot be tried on this machine, which is no fault; the reason is a clause."""


class StepResult(msgspec.Struct, frozen=True, kw_only=True):
    """How one step went: its seconds, and what was found, or why it failed or was left out."""

    name: str
    title: str
    state: StepState = "not run"
    seconds: float = 0.0
    found: str = ""


class SelftestReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole self-test. `failed` names the step that failed, `remedy` says what to do then.

    `platform` is Qt's: `offscreen` draws the window in memory. `versions` are those of the program
    and of what it stands on, by name. `notes` are what the window wrote to its standard error.
    """

    lampblack: str
    passed: bool
    is_frozen: bool
    platform: str
    seconds: float
    steps: tuple[StepResult, ...]
    versions: dict[str, str]
    failed: str = ""
    problem: str = ""
    remedy: str = ""
    notes: tuple[str, ...] = ()


_WIDTH = 10


def result_line(result: StepResult) -> str:
    """A row of the table."""
    seconds = f"{result.seconds:6.2f} s" if result.state in ("passed", "failed") else " " * 8
    found = result.found or result.title
    return f"{result.state:<8}{seconds}  {result.name:<{_WIDTH}} {found}"


def summary(report: SelftestReport) -> Iterator[str]:
    """What stands below the table."""
    yield from (f"The window said: {note}" for note in report.notes)
    if report.passed:
        done = sum(step.state == "passed" for step in report.steps)
        yield f"Lampblack works here: {done} steps passed in {report.seconds:.1f} s."
        return
    yield f"The self-test failed at the step {report.failed}: {report.problem}"
    yield report.remedy
