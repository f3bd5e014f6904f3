"""`lampblack runs`: what was trained, listed, shown, compared."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.errors import UsageError
from app.core.runs.comparing import compared, shown
from app.core.runs.record import RunRecord, RunRecords
from app.core.units import columns
from app.program import Program

_MOST_ROWS = 20


def add_runs(words: Words) -> None:
    """Add `runs` with its own words."""
    runs = words.add_parser("runs", help="list, show and compare what was trained")
    inner = runs.add_subparsers(metavar="WORD", required=True)
    inner.add_parser("list", help="list every run, the newest first").runs(run_list)
    showing = inner.add_parser("show", help="one run: settings, figures, curve")
    showing.value("id", "RUN", "its id, as listed")
    showing.runs(run_show)
    comparing = inner.add_parser("compare", help="runs beside each other")
    comparing.value("ids", "RUN", "two ids or more", nargs="+")
    comparing.runs(run_compare)


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """A line for each run."""
    found = list(RunRecords(program.paths.runs).list())
    lines = [f"{one.id}  {one.state:<8}  {one.name}, of {one.model}{_result(one)}" for one in found]
    content = [_without_curve(one) for one in found]
    output.answer(arguments.json, content, lines or ["There are no runs."])


def run_show(arguments: argparse.Namespace, program: Program) -> None:
    """Everything that is known of a run."""
    record = RunRecords(program.paths.runs).read(arguments.id)
    output.answer(arguments.json, msgspec.to_builtins(record), _lines(record))


def run_compare(arguments: argparse.Namespace, program: Program) -> None:
    """A table with a column for each run."""
    if len(arguments.ids) < 2:
        raise UsageError("To compare takes two runs at least.", "See `lampblack runs list`.")
    records = RunRecords(program.paths.runs)
    found = [records.read(run) for run in arguments.ids]
    rows = [("", tuple(one.id for one in found)), *compared(found)]
    content = [msgspec.to_builtins(one) for one in found]
    output.answer(arguments.json, content, _table(rows))


def _result(record: RunRecord) -> str:
    before, after = record.figures.get("loss_before"), record.figures.get("loss_after")
    if before is None or after is None:
        return ""
    return f": held-out loss {before:.3f} before, {after:.3f} after"


def _without_curve(record: RunRecord) -> dict[str, object]:
    content: dict[str, object] = msgspec.to_builtins(record)
    return {name: value for name, value in content.items() if name not in ("curve", "held_out")}


def _lines(record: RunRecord) -> Iterator[str]:
    yield f"{record.id}: {record.name}, {record.state}"
    if record.problem:
        yield record.problem
    yield f"begun {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(record.begun_at))}"
    yield f"model {record.model} (sha256 {record.model_sha256 or 'not known'})"
    yield f"pages {', '.join(record.data)} (sha256 {record.data_sha256})"
    for title in ("settings", "figures", "versions"):
        values = getattr(record, title)
        if values:
            rows = (f"{name.replace('_', ' ')} {shown(value)}" for name, value in values.items())
            yield f"{title}: {', '.join(rows)}"
    if record.machine is not None:
        yield f"machine: {record.machine.processor}, {record.machine.system}"
    if record.held_out:
        tests = record.held_out[:: max(1, len(record.held_out) // _MOST_ROWS)]
        yield "held-out loss: " + ", ".join(f"{step}: {loss:.3f}" for step, loss in tests)
    if record.curve:
        rows_shown = record.curve[:: max(1, len(record.curve) // _MOST_ROWS)]
        yield "loss: " + ", ".join(f"{step}: {loss:.3f}" for step, loss, _rate in rows_shown)
    if record.made:
        yield f"made {record.made}"


def _table(rows: list[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    cells = [(name, *values) for name, values in rows]
    widths = [max(columns(row[at]) for row in cells) for at in range(len(cells[0]))]
    for row in cells:
        parts = (
            cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(parts).rstrip()
