"""`lampblack runs`: what was trained and measured, listed, shown, compared, reported, removed."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from app.cli import output
from app.cli.long_task import confirm
from app.cli.parsing import Words
from app.core.errors import LampblackError, UsageError
from app.core.runs.comparing import compared, main_figure, plain_name, shown, unit_of
from app.core.runs.html_report import plain, report
from app.core.runs.record import RunRecord, RunRecords
from app.core.runs.run_plots import run_image
from app.core.system.files import why, write_atomically
from app.core.units import columns
from app.program import Program

_MOST_ROWS = 20
_RUN = "its id, as listed, or its name"


def add_runs(words: Words) -> None:
    """Add `runs` with its own words."""
    runs = words.add_parser("runs", help="list, show and compare what was trained and measured")
    inner = runs.add_subparsers(metavar="WORD", required=True)
    inner.add_parser("list", help="list every run, the newest first").runs(run_list)
    showing = inner.add_parser("show", help="one run: settings, figures, curves")
    showing.value("run_name", "RUN", _RUN)
    showing.value("--svg", "FILE.svg", "draw its curves or measures, too")
    showing.runs(run_show)
    comparing = inner.add_parser("compare", help="runs beside each other")
    comparing.value("names", "RUN", "two runs or more", nargs="+")
    comparing.value("--svg", "FILE.svg", "draw their curves over each other, too")
    comparing.runs(run_compare)
    reporting = inner.add_parser(
        "report", help="write a page about a run, or that compares several; it opens offline"
    )
    reporting.value("names", "RUN", _RUN, nargs="+")
    reporting.add_argument("--to", metavar="FILE.html", help="the page", required=True)
    reporting.runs(run_report)
    removing = inner.add_parser("remove", help="move the records of runs to the trash")
    removing.value("names", "RUN", _RUN, nargs="+")
    removing.switch("--yes", "do not ask")
    removing.runs(run_remove)
    placing = inner.add_parser("path", help="say where the runs are kept, or one of them")
    placing.value("run_name", "RUN", _RUN, nargs="?")
    placing.runs(run_path)


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """A line for each run; what is wrong with others goes to standard error."""
    found = RunRecords(program.paths.runs).look()
    lines = [
        f"{one.id}  {one.state:<8}  {one.name}, of {one.model}{_result(one)}"
        for one in found.records
    ]
    for problem in found.problems:
        output.note(problem.sentence)
    content = [_without_curve(one) for one in found.records]
    output.answer(arguments.json, content, lines or ["There are no runs."])


def run_show(arguments: argparse.Namespace, program: Program) -> None:
    """Everything that is known of a run."""
    target = _target(arguments.svg, ".svg")
    record = RunRecords(program.paths.runs).meant(arguments.run_name)
    output.answer(arguments.json, msgspec.to_builtins(record), _lines(record))
    if target is not None:
        _draw([record], target)


def run_compare(arguments: argparse.Namespace, program: Program) -> None:
    """A table with a column for each run; an asterisk stands before what differs."""
    target = _target(arguments.svg, ".svg")
    found = _meant(arguments.names, program)
    if len(found) < 2:
        raise UsageError("To compare takes two runs at least.", "See `lampblack runs list`.")
    rows = [("", tuple(one.id for one in found)), *_compared(found)]
    content = [msgspec.to_builtins(one) for one in found]
    output.answer(arguments.json, content, _table(rows))
    if target is not None:
        _draw(found, target)


def run_report(arguments: argparse.Namespace, program: Program) -> None:
    """Write the page."""
    target = _target(arguments.to, ".html", ".htm")
    assert target is not None
    found = _meant(arguments.names, program)
    _write(target, report(found))
    content = {"page": str(target), "runs": [one.id for one in found]}
    output.answer(arguments.json, content, [f"The report is at {target}"])


def run_remove(arguments: argparse.Namespace, program: Program) -> None:
    """Move runs to the trash, those that cannot be read as well; what they made stays."""
    records = RunRecords(program.paths.runs)
    broken = {problem.id for problem in records.look().problems}
    meant = [name if name in broken else records.meant(name).id for name in arguments.names]
    ids = [*dict.fromkeys(meant)]
    sentence = f"To the trash: {', '.join(ids)}. What was made by them stays."
    if not arguments.yes:
        refusal = UsageError(f"{sentence} That cannot be asked here.", "Say --yes to do it.")
        confirm(f"{sentence}\nRemove?", refusal, "Nothing was removed.")
    for run in ids:
        records.remove(run)
    output.answer(arguments.json, {"removed": ids}, [sentence])


def run_path(arguments: argparse.Namespace, program: Program) -> None:
    """Where they are; a run whose record is damaged has a folder, too."""
    records = RunRecords(program.paths.runs)
    path = records.path
    if arguments.run_name:
        broken = {problem.id for problem in records.look().problems}
        name = arguments.run_name
        path = records.folder(name if name in broken else records.meant(name).id)
    output.answer(arguments.json, {"path": str(path)}, [str(path)])


def _meant(names: Sequence[str], program: Program) -> list[RunRecord]:
    records = RunRecords(program.paths.runs)
    found = {one.id: one for one in map(records.meant, names)}
    return [*found.values()]


def _target(typed: str, *endings: str) -> Path | None:
    """Where a file goes, checked first; None for none. Raises UsageError."""
    if not typed:
        return None
    target = Path(typed)
    if target.suffix.lower() not in endings:
        raise UsageError(
            f"{typed!r} does not end in {endings[0]}.", f"Let its name end in {endings[0]}."
        )
    if not target.absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {typed!r}.", "Make it first.")
    return target


def _draw(records: Sequence[RunRecord], target: Path) -> None:
    drawn = run_image(records, plain)
    if not drawn:
        raise LampblackError("There is nothing to draw: the run has neither curves nor measures.")
    _write(target, drawn)


def _write(target: Path, content: str) -> None:
    try:
        write_atomically(target, content.encode("utf-8"))
    except OSError as error:
        raise LampblackError(f"{target.name} could not be written: {why(error)}.") from error


def _result(record: RunRecord) -> str:
    before, after = record.figures.get("loss_before"), record.figures.get("loss_after")
    if before is not None and after is not None:
        return f": held-out loss {before:.3f} before, {after:.3f} after"
    found = main_figure(record)
    return f": {plain_name(found[0])} {shown(found[1])}" if found is not None else ""


def _without_curve(record: RunRecord) -> dict[str, object]:
    content: dict[str, object] = msgspec.to_builtins(record)
    left = ("curve", "held_out", "scores")
    return {name: value for name, value in content.items() if name not in left}


def _lines(record: RunRecord) -> Iterator[str]:
    yield f"{record.id}: {record.name}, {record.state}"
    if record.problem:
        yield record.problem
    yield f"begun {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(record.begun_at))}"
    yield f"model {record.model} (sha256 {record.model_sha256 or 'not known'})"
    if record.data:
        yield f"data {', '.join(record.data)} (sha256 {record.data_sha256})"
    for title in ("settings", "figures", "facts", "versions"):
        values = getattr(record, title)
        if values:
            rows = (
                f"{plain_name(name)} {shown(value, unit_of(name) if title == 'figures' else '')}"
                for name, value in values.items()
            )
            yield f"{title}: {', '.join(rows)}"
    for one in record.measures:
        yield f"{one.name}: {one.value:.3f} (interval of 95 %: {one.low:.3f} to {one.high:.3f})"
    if record.machine is not None:
        yield f"machine: {record.machine.processor}, {record.machine.system}"
    if record.held_out:
        tests = record.held_out[:: max(1, len(record.held_out) // _MOST_ROWS)]
        yield "held-out loss: " + ", ".join(f"{step}: {loss:.3f}" for step, loss in tests)
    if record.curve:
        rows_shown = record.curve[:: max(1, len(record.curve) // _MOST_ROWS)]
        yield "loss: " + ", ".join(f"{step}: {loss:.3f}" for step, loss, _rate in rows_shown)
    if record.confusion is not None:
        yield from _confusion(record)
    if record.made:
        yield f"made {record.made}"


def _confusion(record: RunRecord) -> Iterator[str]:
    assert record.confusion is not None
    labels, counts = record.confusion.labels, record.confusion.counts
    if len(labels) > _MOST_ROWS:
        yield f"The confusion matrix of {len(labels):,} labels is in the report and with --json."
        return
    yield "Right label in lines, chosen one in columns:"
    yield from _table(
        [("", labels)]
        + [(name, tuple(map(str, row))) for name, row in zip(labels, counts, strict=True)]
    )


def _compared(records: Sequence[RunRecord]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in compared(records):
        unit = unit_of(row.name) if row.group == "figures" else ""
        mark = "* " if row.differs else "  "
        yield mark + plain_name(row.name), tuple(shown(value, unit) for value in row.values)


def _table(rows: list[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    cells = [(name, *values) for name, values in rows]
    widths = [max(columns(row[at]) for row in cells) for at in range(len(cells[0]))]
    for row in cells:
        parts = (
            cell + " " * (width - columns(cell)) for cell, width in zip(row, widths, strict=True)
        )
        yield "  ".join(parts).rstrip()
