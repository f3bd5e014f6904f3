"""`lampblack bench`: our speed beside bare baselines, goal by goal."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from app import __version__
from app.benchmark.chart import chart
from app.benchmark.goal import Goal
from app.benchmark.goals import GOALS, chosen
from app.benchmark.report import BenchmarkReport, GoalReport, Result
from app.benchmark.rounds import IdleFilter, ProcessorUse, SystemMonitor
from app.benchmark.run import BenchmarkRun
from app.benchmark.session import GoalSession, Sizes
from app.cli import output
from app.cli.recorded import RecordedRun
from app.core.errors import LampblackError, NotAModelError, UsageError
from app.core.models.model_file import ModelFile
from app.core.models.starter import starter_path
from app.core.runs.record import RunRecords
from app.core.system.files import write_atomically
from app.core.units import size_text
from app.program import Program


def run_bench(
    arguments: argparse.Namespace,
    program: Program,
    *,
    table: Sequence[Goal] = GOALS,
    sizes: Sizes | None = None,
    wait_for_idle: bool = True,
) -> int:
    """Measure, write the report, draw the chart; 0 if every goal is met or only measured."""
    goals = chosen(arguments.goal, table)
    if arguments.rounds < 1:
        raise UsageError(f"There cannot be {arguments.rounds} rounds.", "Take 7 or more.")
    target = _chart_file(arguments.chart)
    model = _model(arguments.model, program)
    recorded = _recorded(goals, arguments.rounds, model, program)
    try:
        with TemporaryDirectory(prefix="lampblack-bench-", ignore_cleanup_errors=True) as folder:
            report = _measured(goals, arguments.rounds, model, Path(folder), sizes, wait_for_idle)
    except LampblackError as error:
        recorded.end("failed", str(error))
        raise
    _end(recorded, report)
    output.answer(arguments.json, msgspec.to_builtins(report), _lines(report))
    if target is not None:
        _draw(report, target)
    return 0 if report.passed else 1


def _recorded(
    goals: Sequence[Goal], rounds: int, model: ModelFile, program: Program
) -> RecordedRun:
    return RecordedRun(
        RunRecords(program.paths.runs),
        "benchmark",
        name="Benchmark",
        model=model.name,
        model_path=model.path,
        settings={"goals": ", ".join(str(goal.number) for goal in goals), "rounds": rounds},
        versions={"Lampblack": __version__},
    )


def _end(recorded: RecordedRun, report: BenchmarkReport) -> None:
    """Record the median of each measure by its goal and title."""
    figures = {
        f"{goal.number}. {result.title}": result.spread.median
        for goal in report.goals
        for result in goal.results
        if result.spread is not None
    }
    recorded.end(
        "stopped" if report.interrupted else "done",
        figures=figures | {"seconds": round(report.seconds, 1)},
        versions={"Lampblack": __version__} | report.builds,
    )


def _chart_file(typed: str) -> Path | None:
    """Where the chart goes, checked before the long work begins; raises UsageError."""
    target = Path(typed)
    if not typed:
        return None
    if target.suffix.lower() != ".svg":
        raise UsageError(f"{typed!r} is not the name of an SVG file.", "Let it end in .svg.")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {typed!r}.", "Make it first.")
    return target


def _model(name: str, program: Program) -> ModelFile:
    model = program.library.resolve(name or str(starter_path(program.paths.models)))
    if model.kind != "gguf":
        raise NotAModelError(
            f"{model.name} is a model folder, and the benchmark needs a GGUF file.",
            "Name one with --model.",
        )
    return model


def _measured(
    goals: tuple[Goal, ...],
    rounds: int,
    model: ModelFile,
    folder: Path,
    sizes: Sizes | None,
    wait_for_idle: bool,
) -> BenchmarkReport:
    builds: dict[str, str] = {}
    progress = GoalProgress()
    filtered = IdleFilter(SystemMonitor(), on_wait=progress.waiting)
    run = BenchmarkRun(
        goals,
        rounds,
        filtered.take if wait_for_idle else lambda sample: sample(),
        lambda: GoalSession(model, folder, builds, sizes),
        progress,
    )
    try:
        return run.run(model, builds)
    finally:
        progress.clear()


class GoalProgress:
    """The line on a terminal that says how far it is; a line per goal anywhere else."""

    def __init__(self) -> None:
        self._line = output.ProgressLine()
        self._shown = ""

    def begun(self, goal: Goal, place: int, count: int) -> None:
        """A goal begins."""
        self._name = f"Goal {goal.number}, {goal.title.lower()} ({place} of {count})"
        self._show(f"{self._name}: preparing…")

    def round_done(self, _goal: Goal, number: int, rounds: int, seconds: float) -> None:
        """Say how long the rest of the goal will take."""
        left = seconds / number * (rounds - number)
        self._show(f"{self._name}: round {number} of {rounds}, {left:.0f} s left")

    def waiting(self, load: ProcessorUse) -> None:
        """Another program keeps the machine busy."""
        by = f" by {load.program}" if load.program else ""
        self._line.show(f"{self._shown}; waiting, the machine is busy ({load.busy:.0%}{by})")

    def ended(self, report: GoalReport) -> None:
        """A goal is over: its verdict stays, one line each."""
        self.clear()
        output.note(f"Goal {report.number}, {report.title.lower()}: {report.verdict}")

    def clear(self) -> None:
        """Remove the line."""
        self._line.clear()

    def _show(self, text: str) -> None:
        self._shown = text
        self._line.show(text)


def _lines(report: BenchmarkReport) -> Iterator[str]:
    """The report for people."""
    machine, model = report.machine, report.model
    yield f"{model.name}, {model.quantization}, {size_text(model.size_bytes)}"
    yield (
        f"{machine.processor}, {machine.cores} cores, {machine.processors} processors, "
        f"{size_text(machine.memory)} of memory, {machine.system}"
    )
    yield "; ".join(f"{name} {build}" for name, build in report.builds.items())
    for goal in report.goals:
        yield ""
        yield f"{goal.number}. {goal.title}: {goal.verdict}"
        yield f"   {goal.about}"
        for result in goal.results:
            yield f"   - {result_line(result)}"
        if goal.bare_step is not None:
            bare = goal.bare_step
            low, median, high = (1000 * time for time in (bare.low, bare.median, bare.high))
            yield f"   a step of the bare loop: {median:.3g} ms ({low:.3g} to {high:.3g})"
    yield ""
    yield from report.not_measured
    stopped = "stopped" if report.interrupted else "done"
    yield f"{report.rounds} rounds, {stopped} after {report.seconds:.0f} s."


def result_line(result: Result) -> str:
    """One measure: its median, spread, limit and verdict."""
    sign = "≥" if result.better == "higher" else "≤"
    unit = "" if result.unit == "ratio" else f" {result.unit}"
    text = f"{result.title}: "
    if result.spread is not None:
        spread = result.spread
        text += (
            f"{spread.median:.3g}{unit} ({spread.low:.3g} to {spread.high:.3g}, "
            f"middle half {spread.lower_quartile:.3g} to {spread.upper_quartile:.3g}), "
        )
    text += f"goal {sign} {result.limit:.3g}{unit}: {result.verdict}"
    return f"{text} ({result.reason})" if result.reason else text


def _draw(report: BenchmarkReport, target: Path) -> None:
    try:
        write_atomically(target, chart(report).encode("utf-8"))
    except OSError as error:
        raise LampblackError(f"The chart could not be written: {error.strerror}.") from error
