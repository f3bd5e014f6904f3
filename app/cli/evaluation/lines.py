"""An evaluation's report as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from app.core.units import columns, shortened
from app.tasks.evaluation.evaluation import (
    Comparison,
    EvaluationReport,
    ModelEvaluation,
    notes_text,
)
from app.tasks.evaluation.page import verdict

_CELL_COLUMNS = 9
_WIDTH = 80


def report_lines(report: EvaluationReport) -> Iterator[str]:
    """The report for people, within 80 columns where names allow it."""
    data = report.data
    yield f"{report.task}, {data.used:,} of {data.rows:,} rows of {data.name}, seed {report.seed}"
    for note in report.notes:
        yield from wrap(note, _WIDTH)
    for model in report.models:
        yield ""
        yield from _model_lines(model)
    for found in report.comparisons:
        yield ""
        yield from _comparison_lines(found)


def _model_lines(model: ModelEvaluation) -> Iterator[str]:
    sha256 = f"sha256 {model.sha256[:16]}…" if model.sha256 else ""
    known = (model.facts.get("engine"), model.facts.get("device"), sha256)
    facts = ", ".join(filter(None, known))
    yield f"{model.model} ({facts})"
    stopped = ", stopped before the end" if model.stopped else ""
    yield f"{model.answered:,} rows answered, {model.failed:,} failed{stopped}"
    failed = [row for row in model.rows if row.failed]
    for row in failed[:5]:
        yield f"  row {row.row}: {row.failed}"
    if len(failed) > 5:
        yield f"  and {len(failed) - 5:,} more; --json lists all"
    yield from wrap(notes_text(model), _WIDTH)
    yield ""
    yield f"{'':<22}{'value':>9}   interval of 95 %"
    for one in model.figures:
        yield f"{one.title:<22}{one.value:>9.3f}   {one.low:.3f} to {one.high:.3f}"
    if model.labels:
        yield ""
        yield from _label_lines(model)


def _label_lines(model: ModelEvaluation) -> Iterator[str]:
    names = [shortened(label.label, 30) for label in model.labels]
    width = max(5, *map(columns, names))
    yield " " * width + "".join(
        f"{title:>{size}}"
        for title, size in (("rows", 7), ("chosen", 8), ("precision", 11), ("recall", 9), ("F1", 9))
    )
    for name, one in zip(names, model.labels, strict=True):
        figures = f"{one.precision.value:>11.3f}{one.recall.value:>9.3f}{one.f1.value:>9.3f}"
        yield _padded(name, width) + f"{one.right:>7,}{one.chosen:>8,}{figures}"
    if model.absent:
        yield f"Neither right nor chosen, so not in the means: {', '.join(model.absent)}"
    yield ""
    cell = max(_CELL_COLUMNS, 2 + max(columns(name) for name in names))
    if width + cell * len(names) > _WIDTH:
        yield "The confusion matrix is too wide for a terminal; --report and --json have it."
        return
    yield "Right label in lines, chosen one in columns:"
    yield " " * width + "".join(" " * (cell - columns(name)) + name for name in names)
    for name, line in zip(names, model.confusion, strict=True):
        yield _padded(name, width) + "".join(f"{count:>{cell},}" for count in line)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - columns(text))


def _comparison_lines(found: Comparison) -> Iterator[str]:
    yield f"{found.second} less {found.first}, on {found.rows:,} rows:"
    yield f"{'':<22}{'difference':>11}   interval of 95 %"
    for one in found.differences:
        interval = f"{one.low:+.3f} to {one.high:+.3f}"
        yield f"{one.title:<22}{one.value:>+11.3f}   {interval:<18}  {verdict(one)}"
