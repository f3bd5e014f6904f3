"""What a run of the benchmark found, and its verdicts."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict
from typing import Literal

import msgspec

from app.benchmark.goal import Goal, Measure
from app.benchmark.rounds import Round
from app.core.system.machine import MachineFacts

Verdict = Literal["met", "not met", "not judged", "measured only", "not measured"]
_WORST: tuple[Verdict, ...] = ("not met", "not judged", "not measured", "met", "measured only")

BARE = "bare_step"
"""What samples call the seconds of one step of the bare loop, which every round holds."""


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """The values of the rounds: their median, both quartiles and both ends."""

    median: float
    low: float
    lower_quartile: float
    upper_quartile: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one value."""
        cuts = statistics.quantiles(values, n=4, method="inclusive") if len(values) > 1 else values
        return cls(
            median=statistics.median(values),
            low=min(values),
            lower_quartile=cuts[0],
            upper_quartile=cuts[-1],
            high=max(values),
        )


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One measure of a goal; `reason` says why it is not judged or measured."""

    key: str
    title: str
    unit: str
    limit: float
    better: str
    judged_by: str
    verdict: Verdict
    reason: str = ""
    values: tuple[float, ...] = ()
    spread: Spread | None = None


class GoalReport(msgspec.Struct, frozen=True, kw_only=True):
    """One goal with its measures; `bare_step` is the bare loop's seconds per step."""

    number: int
    title: str
    about: str
    verdict: Verdict
    results: tuple[Result, ...]
    rounds: int
    seconds: float
    bare_step: Spread | None = None
    optional: bool = False


class ModelFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The model that all goals used."""

    name: str
    path: str
    quantization: str
    size_bytes: int


class BenchmarkReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole run; `passed` says that every goal that was asked for is met or only measured."""

    machine: MachineFacts
    builds: dict[str, str]
    model: ModelFacts
    rounds: int
    goals: tuple[GoalReport, ...]
    not_measured: tuple[str, ...]
    interrupted: bool
    seconds: float
    passed: bool


def judge(
    measure: Measure, values: Sequence[float], *, reason: str = "", absent: str = ""
) -> Result:
    """The verdict on one measure.

    With a `reason` the rounds were broken off, and what they gave is shown but not judged; with
    `absent` the measure could not be taken at all.
    """
    verdict: Verdict
    if absent or (not values and not reason):
        verdict, reason = "not measured", absent or "no round gave a value"
    elif reason:
        verdict = "not judged"
    else:
        verdict = _verdict(measure, values)
    return Result(
        **asdict(measure),
        verdict=verdict,
        reason=reason,
        values=tuple(values),
        spread=Spread.of(values) if values else None,
    )


def _verdict(measure: Measure, values: Sequence[float]) -> Verdict:
    if measure.judged_by == "nothing":
        return "measured only"
    worst = min(values) if measure.better == "higher" else max(values)
    judged = worst if measure.judged_by == "worst" else statistics.median(values)
    return "met" if measure.meets(judged) else "not met"


def goal_report(
    goal: Goal,
    rounds: Sequence[Round],
    seconds: float,
    *,
    reason: str = "",
    missing: str = "",
) -> GoalReport:
    """All verdicts of a goal; its own is the worst of them. `missing` says why none was taken."""
    results = tuple(
        judge(
            measure,
            [taken.measures[measure.key] for taken in rounds if measure.key in taken.measures],
            reason=reason,
            absent=missing,
        )
        for measure in goal.measures
    )
    bare = [taken.samples[BARE] for taken in rounds if BARE in taken.samples]
    return GoalReport(
        number=goal.number,
        title=goal.title,
        about=goal.about,
        verdict=min((result.verdict for result in results), key=_WORST.index),
        results=results,
        rounds=len(rounds),
        seconds=seconds,
        bare_step=Spread.of(bare) if bare else None,
        optional=goal.optional,
    )


def passed(goals: Sequence[GoalReport]) -> bool:
    """Whether there are goals, and each is met, or was only to be measured, or may be left out."""
    left = [goal for goal in goals if not (goal.optional and goal.verdict == "not measured")]
    return bool(left) and all(goal.verdict in ("met", "measured only") for goal in left)
