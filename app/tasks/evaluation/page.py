"""The page of an evaluation: one HTML file that needs no network and runs no script."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from app.core.plots.page import fact_table, heat_table, page as whole_page, table
from app.core.plots.svg import safe_text as _text
from app.core.system.machine import MachineFacts
from app.core.units import size_text
from app.tasks.evaluation.charts import label_bars, reliability
from app.tasks.evaluation.evaluation import (
    KEPT,
    Comparison,
    EvaluatedRow,
    EvaluationReport,
    ModelEvaluation,
    notes_text,
    worst,
)
from app.tasks.evaluation.resamples import Estimate

_WORST, _FAILED, _LABELS = 20, 50, 25


def page(report: EvaluationReport) -> str:
    """The whole page; every text of the data and of the models stands in it as text."""
    title = f"{report.task}, {report.data.name}"
    parts = [
        *_summary(report),
        *(part for found in report.comparisons for part in _comparison(found)),
        *(part for model in report.models for part in _model(model, report)),
        *_facts(report),
    ]
    return whole_page(title, parts)


def _summary(report: EvaluationReport) -> Iterator[str]:
    yield (
        f"<p class=quiet>{report.data.used:,} of {report.data.rows:,} rows, "
        f"{_text(report.date)}; intervals of {report.level:.0%} from {report.resamples:,} "
        "bootstrap resamples</p>"
    )
    for note in report.notes:
        yield f"<p>{_text(note)}</p>"


def _interval(figure: Estimate) -> str:
    return f"{figure.low:.3f} to {figure.high:.3f}"


def _comparison(found: Comparison) -> Iterator[str]:
    yield f"<h2>{_text(found.second)} less {_text(found.first)}</h2>"
    yield f"<p class=quiet>on {found.rows:,} rows that both answered, by paired resamples</p>"
    yield table(
        ("figure", "difference", "interval", ""),
        [
            (
                _text(one.title),
                f"{one.value:+.3f}",
                f"{one.low:+.3f} to {one.high:+.3f}",
                verdict(one),
            )
            for one in found.differences
        ],
        numbers=3,
    )


def verdict(difference: Estimate) -> str:
    """Whether an interval of a difference leaves out 0."""
    if difference.low == difference.high == 0:
        return "equal"
    if difference.low <= 0 <= difference.high:
        return "not clear"
    return "better" if (difference.low > 0) == (difference.better == "higher") else "worse"


def _model(model: ModelEvaluation, report: EvaluationReport) -> Iterator[str]:
    yield f"<h2>{_text(model.model)}</h2>"
    stopped = ", stopped before the end" if model.stopped else ""
    yield f"<p>{model.answered:,} rows answered, {model.failed:,} failed{stopped}.</p>"
    yield table(
        ("figure", "value", "interval"),
        [(_text(one.title), f"{one.value:.3f}", _interval(one)) for one in model.figures],
        numbers=2,
    )
    if note := notes_text(model):
        yield f"<p>{_text(note)}</p>"
    if model.labels:
        yield from _labels(model)
    yield from _rows(model, report)


def _labels(model: ModelEvaluation) -> Iterator[str]:
    order = sorted(range(len(model.labels)), key=lambda place: -model.labels[place].right)
    shown = sorted(order[:_LABELS])
    if len(shown) < len(model.labels):
        yield f"<p>Shown are the {_LABELS} most frequent of {len(model.labels):,} labels.</p>"
    if model.absent:
        names = ", ".join(model.absent[:_LABELS]) + ("…" if len(model.absent) > _LABELS else "")
        yield f"<p>Neither right nor chosen, so not in the means: {_text(names)}.</p>"
    yield "<h3>Labels</h3><p class=quiet>A figure that would divide by zero is 0.</p>"
    yield label_bars([model.labels[place] for place in shown])
    yield "<h3>Confusion</h3><p class=quiet>lines: the right label; columns: the chosen one</p>"
    yield _confusion(model, shown)
    if model.reliability:
        yield "<h3>Reliability</h3>"
        yield reliability(model.reliability)
        yield table(
            ("probability", "answers", "mean probability", "right"),
            [
                (f"{one.low:.1f} to {one.high:.1f}", f"{one.count:,}", f"{one.confidence:.3f}",
                 f"{one.accuracy:.3f}")
                for one in model.reliability
            ],
            numbers=3,
        )  # fmt: skip


def _confusion(model: ModelEvaluation, shown: Sequence[int]) -> str:
    names = [model.labels[place].label for place in shown]
    counts = [[model.confusion[place][other] for other in shown] for place in shown]
    return heat_table(names, counts, [sum(model.confusion[place]) for place in shown])


def _rows(model: ModelEvaluation, report: EvaluationReport) -> Iterator[str]:
    bad = worst(model, report.measure, _WORST)
    what = "Wrong answers" if report.measure == "accuracy" else "Worst rows"
    yield f"<h3>{what}</h3>"
    if bad:
        yield f"<p class=quiet>the worst first, by {_SCORES[report.measure]}; at most {_WORST}</p>"
        has_answers = report.measure != "perplexity"
        head = ("row", "text", *(("right answer", "answer") if has_answers else ()), "score")
        yield table(head, [_line(row, has_answers=has_answers) for row in bad], numbers=1)
    else:
        yield "<p>There are none.</p>"
    failed = [row for row in model.rows if row.failed]
    if failed:
        yield f"<h3>Rows that failed: {len(failed):,}</h3>"
        if len(failed) > _FAILED:
            yield f"<p class=quiet>the first {_FAILED}; --json lists all</p>"
        yield table(
            ("row", "reason", "text"),
            [
                (str(row.row), _text(row.failed), _cut(row.text, row.length))
                for row in failed[:_FAILED]
            ],
        )


_SCORES = {
    "accuracy": "the probability of the right label",
    "chrf": "chrF",
    "rouge_l": "ROUGE-L F1",
    "perplexity": "perplexity by token",
}


def _line(row: EvaluatedRow, *, has_answers: bool) -> Sequence[str]:
    answers = [_cut(one, len(one)) for one in (row.expected, row.answer) if has_answers]
    return (str(row.row), _cut(row.text, row.length), *answers, f"{row.score:.3f}")


def _cut(text: str, length: int) -> str:
    """The text of this length, or its beginning and how much is left out."""
    more = length - KEPT
    end = f" <span class=quiet>… and {more:,} characters more</span>" if more > 0 else ""
    return f"<bdi>{_text(text[:KEPT])}</bdi>{end}"


def _facts(report: EvaluationReport) -> Iterator[str]:
    yield "<h2>This run</h2>"
    data = report.data
    how = (data.kind, data.encoding, *([f"delimiter {data.delimiter!r}"] * bool(data.delimiter)))
    builds = "".join(f", {name} {build}" for name, build in report.builds.items())
    lines: list[tuple[str, Any]] = [
        ("program", f"Lampblack {report.version}{builds}"),
        ("machine", _machine(report.machine)),
        ("data", f"{data.name} ({', '.join(filter(None, how))})"),
        ("SHA-256 of the data", data.sha256),
        ("columns", " and ".join(filter(None, (data.text, data.answer))) or "none"),
        ("seed", report.seed),
        ("settings", json.dumps(report.settings, ensure_ascii=False)),
    ]
    for model in report.models:
        facts = ", ".join(f"{name} {value}" for name, value in model.facts.items())
        lines.append((model.model, f"{facts}, {model.seconds:.1f} s"))
        lines.append((f"SHA-256 of {model.model}", model.sha256 or "not known"))
    yield fact_table(lines)


def _machine(facts: MachineFacts) -> str:
    return (
        f"{facts.processor}, {facts.cores} cores ({facts.processors} logical), "
        f"{size_text(facts.memory)} of memory, {facts.system}"
    )
