"""One run of the benchmark: goal after goal, each in a session of its own."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

from app import __version__
from app.benchmark.goal import Goal, Sample, Values
from app.benchmark.goals import NOT_MEASURED
from app.benchmark.report import (
    BenchmarkReport,
    GoalReport,
    ModelFacts,
    goal_report,
    passed,
)
from app.benchmark.rounds import BusyError, Round, run_rounds
from app.benchmark.session import GoalSession
from app.core.errors import LampblackError, NotMeasuredError
from app.core.models.model_file import ModelFile
from app.core.system.machine import machine_facts

ROUNDS = 7
"""The least that is judged: with fewer, a few samples that are off move the median."""


class Listener(Protocol):
    """Hears how far a run is."""

    def begun(self, goal: Goal, place: int, count: int) -> None:
        """A goal begins, the `place`-th of `count`."""

    def round_done(self, goal: Goal, number: int, rounds: int, seconds: float) -> None:
        """`number` of `rounds` of a goal are done, after `seconds`."""

    def ended(self, report: GoalReport) -> None:
        """A goal is over."""


@dataclass(frozen=True, slots=True)
class BenchmarkRun:
    """What one run works with; `make_session` opens the session of a goal.

    `take` takes a sample, and may raise BusyError.
    """

    goals: Sequence[Goal]
    rounds: int
    take: Callable[[Sample], Values]
    make_session: Callable[[], GoalSession]
    listener: Listener

    def run(self, model: ModelFile, builds: Mapping[str, str]) -> BenchmarkReport:
        """Everything that was found until the last goal or Ctrl+C; `builds` fills meanwhile."""
        begun = monotonic()
        reports: list[GoalReport] = []
        interrupted = False
        for place, goal in enumerate(self.goals, 1):
            self.listener.begun(goal, place, len(self.goals))
            report, interrupted = self._measure(goal)
            reports.append(report)
            self.listener.ended(report)
            if interrupted:
                break
        return BenchmarkReport(
            machine=machine_facts(),
            builds={"lampblack": __version__, "python": platform.python_version(), **builds},
            model=ModelFacts(
                name=model.name,
                path=model.path,
                quantization=model.quantization,
                size_bytes=model.size_bytes,
            ),
            rounds=self.rounds,
            goals=tuple(reports),
            not_measured=NOT_MEASURED,
            interrupted=interrupted,
            seconds=monotonic() - begun,
            passed=passed(reports) and not interrupted,
        )

    def _measure(self, goal: Goal) -> tuple[GoalReport, bool]:
        begun = monotonic()
        rounds: list[Round] = []
        reason = "" if self.rounds >= ROUNDS else f"a verdict needs {ROUNDS} rounds"
        missing = ""
        interrupted = False

        def on_round(taken: Round, number: int) -> None:
            rounds.append(taken)
            self.listener.round_done(goal, number + 1, self.rounds, monotonic() - begun)

        try:
            with self.make_session() as session:
                run_rounds(goal.open(session), self.rounds, self.take, on_round)
        except BusyError as busy:
            reason = str(busy)
        except NotMeasuredError as error:
            missing = str(error)
        except LampblackError as error:
            missing = f"the measurement failed: {error}"
        except KeyboardInterrupt:
            reason, interrupted = "it was stopped", True
        report = goal_report(
            goal,
            rounds,
            monotonic() - begun,
            reason=reason,
            missing=missing,
        )
        return report, interrupted
