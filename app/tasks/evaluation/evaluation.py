"""An evaluation: models that answer labelled rows, and what their answers are worth."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from app.core.errors import LampblackError, UsageError
from app.core.system.machine import MachineFacts
from app.tasks.batch.ordered import Outcome
from app.tasks.evaluation.label_measures import LabelMeasures, ReliabilityBin
from app.tasks.evaluation.labelled import LabelledData
from app.tasks.evaluation.resamples import (
    LEVEL,
    RESAMPLES,
    Estimate,
    Measures,
    differences,
    estimates,
)
from app.tasks.evaluation.text_measures import (
    ChrfMeasures,
    PerplexityMeasures,
    RougeMeasures,
)
from app.tasks.table import Measure, Task

KEPT = 400
"""How many characters of a text are kept where not all of it is wanted."""


class EvaluatedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row with its answer, or with why there is none in `failed`.

    `text` may be only the beginning of a text of `length` characters. `score` says how good the
    answer is: the probability of the right label (without probabilities 1 or 0), chrF, ROUGE-L or
    perplexity. `notes` are sentences on how the answer came about.
    """

    row: int
    text: str
    length: int
    expected: str
    answer: str = ""
    probabilities: dict[str, float] = {}
    measured: dict[str, float] = {}
    score: float = 0.0
    failed: str = ""
    notes: tuple[str, ...] = ()


class LabelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A label: in how many rows it is right, in how many it was chosen, and its figures."""

    label: str
    right: int
    chosen: int
    precision: Estimate
    recall: Estimate
    f1: Estimate


class ModelEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What one model's answers are worth; `facts` say what was loaded and how.

    `sha256` is of its weights, empty where it is not known. `confusion` has a line for each right
    label and a column for each chosen one. `stopped` says that the user ended it before all rows
    were done.
    """

    model: str
    facts: dict[str, str]
    answered: int
    failed: int
    stopped: bool
    seconds: float
    figures: tuple[Estimate, ...]
    labels: tuple[LabelFigures, ...] = ()
    absent: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    reliability: tuple[ReliabilityBin, ...] = ()
    rows: tuple[EvaluatedRow, ...] = ()
    sha256: str = ""


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How much better or worse `second` is than `first`, on the rows that both answered."""

    first: str
    second: str
    rows: int
    differences: tuple[Estimate, ...]


class DataFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The file that was read, and how; `used` of its rows were asked for."""

    name: str
    sha256: str
    kind: str
    encoding: str
    delimiter: str
    text: str
    answer: str
    rows: int
    used: int


class EvaluationReport(msgspec.Struct, frozen=True, kw_only=True):
    """The whole evaluation. Intervals hold the middle `level` of the `resamples`.

    `builds` are the versions of what computed it by their names, beside that of the program.
    """

    version: str
    builds: dict[str, str]
    machine: MachineFacts
    date: str
    task: str
    measure: Measure
    data: DataFacts
    settings: dict[str, Any]
    seed: int
    models: tuple[ModelEvaluation, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()
    resamples: int = RESAMPLES
    level: float = LEVEL


class _RowMeasures(Measures, Protocol):
    def of_rows(self) -> list[float]: ...


def measure_of(task: Task) -> Measure:
    """How the task's answers are measured; raises UsageError for one that has no measure."""
    if task.measures:
        return task.measures[0]
    raise UsageError(
        f"The task {task.name} has no right answers to compare with.",
        "Evaluate classify, sentiment, translate, rewrite, summarise, score or complete.",
    )


def data_facts(data: LabelledData) -> DataFacts:
    """What a report says of its data."""
    facts = data.source.facts
    return DataFacts(
        name=data.source.path.name,
        sha256=data.sha256,
        kind=facts.kind,
        encoding=facts.encoding,
        delimiter=facts.delimiter,
        text=facts.column,
        answer=facts.answer,
        rows=data.found,
        used=data.used,
    )


def evaluated_row(outcome: Outcome, *, whole: bool = True) -> EvaluatedRow:
    """What is kept of a row that was done; of its text the beginning, unless it is wanted whole."""
    row = outcome.row
    done = EvaluatedRow(
        row=row.number,
        text=row.text if whole else row.text[:KEPT],
        length=len(row.text),
        expected=row.expected,
    )
    if outcome.result is None:
        failed = outcome.error.message if outcome.error else ""
        return msgspec.structs.replace(done, failed=failed)
    kept = _kept(outcome.result.value)
    return msgspec.structs.replace(done, notes=outcome.result.notes, **kept)


def _kept(value: Mapping[str, Any]) -> dict[str, Any]:
    """What a report keeps of an answer."""
    if "label" in value:
        return {
            "answer": value["label"],
            "probabilities": dict(value.get("probabilities") or {}),
        }
    if "text" in value:
        return {"answer": value["text"]}
    return {"measured": {name: value[name] for name in ("log_probability", "tokens", "bytes")}}


def measures(
    measure: Measure, rows: Sequence[EvaluatedRow], labels: Sequence[str] = ()
) -> Measures:
    """The measures of rows that were answered."""
    if measure == "accuracy":
        sure = [row.probabilities for row in rows]
        return LabelMeasures(
            labels,
            [row.expected for row in rows],
            [row.answer for row in rows],
            sure if all(sure) else (),
        )
    return _text_measures(measure, rows)


def _text_measures(measure: Measure, rows: Sequence[EvaluatedRow]) -> _RowMeasures:
    if measure == "perplexity":
        return PerplexityMeasures([row.measured for row in rows])
    kind = ChrfMeasures if measure == "chrf" else RougeMeasures
    return kind([row.answer for row in rows], [row.expected for row in rows])


def evaluated(
    model: str,
    rows: Sequence[EvaluatedRow],
    measure: Measure,
    *,
    labels: Sequence[str] = (),
    seed: int = 0,
    facts: dict[str, str] | None = None,
    sha256: str = "",
    wanted: int = 0,
    since: float | None = None,
) -> ModelEvaluation:
    """What the answers of a model are worth; raises LampblackError where there are none.

    `wanted` rows were asked for, and the work began at `since` of the monotonic clock.
    """
    good = [row for row in rows if not row.failed]
    if not good:
        reason = f" The first: {rows[0].failed}" if rows else ""
        raise LampblackError(f"No row was answered by {model}.{reason}")
    found = measures(measure, good, labels)
    numbers = estimates(found, seed)
    return ModelEvaluation(
        model=model,
        facts=facts or {},
        sha256=sha256,
        answered=len(good),
        failed=len(rows) - len(good),
        stopped=len(rows) < wanted,
        seconds=time.monotonic() - since if since is not None else 0.0,
        rows=tuple(_scored(rows, measure)),
        **_parts(found, numbers),
    )


def _parts(found: Measures, numbers: tuple[Estimate, ...]) -> dict[str, Any]:
    if not isinstance(found, LabelMeasures):
        return {"figures": numbers}
    table = found.confusion()
    own = numbers[found.whole_count :]
    labels = tuple(
        LabelFigures(
            label=label,
            right=int(table[place].sum()),
            chosen=int(table[:, place].sum()),
            precision=own[3 * place],
            recall=own[3 * place + 1],
            f1=own[3 * place + 2],
        )
        for place, label in enumerate(found.labels)
    )
    return {
        "figures": numbers[: found.whole_count],
        "labels": labels,
        "absent": found.absent,
        "confusion": tuple(tuple(map(int, line)) for line in table),
        "reliability": found.reliability(),
    }


def _scored(rows: Sequence[EvaluatedRow], measure: Measure) -> Iterable[EvaluatedRow]:
    """The rows with their scores."""
    good = [row for row in rows if not row.failed]
    if measure == "accuracy":
        scores = [
            row.probabilities.get(row.expected, float(row.answer == row.expected)) for row in good
        ]
    else:
        scores = _text_measures(measure, good).of_rows()
    score = iter(scores)
    for row in rows:
        yield row if row.failed else msgspec.structs.replace(row, score=next(score))


def notes_text(model: ModelEvaluation) -> str:
    """The sentence on the rows that were answered with notes; empty if there are none."""
    noted = [row for row in model.rows if row.notes]
    if not noted:
        return ""
    first = f"row {noted[0].row}: {' '.join(noted[0].notes)}"
    more = (
        f" The first of {len(noted):,} such rows; --json with --rows gives all."
        if noted[1:]
        else ""
    )
    return f"Note on {first}{more}"


def worst(model: ModelEvaluation, measure: Measure, count: int) -> list[EvaluatedRow]:
    """The rows with the worst answers first; of labels only those that are wrong."""
    good = [row for row in model.rows if not row.failed]
    if measure == "accuracy":
        good = [row for row in good if row.answer != row.expected]
    sign = -1 if measure == "perplexity" else 1
    return sorted(good, key=lambda row: sign * row.score)[:count]


def compared(
    first: ModelEvaluation,
    second: ModelEvaluation,
    measure: Measure,
    *,
    seed: int = 0,
) -> Comparison | None:
    """The paired comparison of two models, or None where they answered no row in common."""
    labels = [*dict.fromkeys(one.label for model in (first, second) for one in model.labels)]
    known = {row.row: row for row in first.rows if not row.failed}
    pairs = [(known[row.row], row) for row in second.rows if not row.failed and row.row in known]
    if not pairs:
        return None
    one, other = (measures(measure, rows, labels) for rows in zip(*pairs, strict=True))
    count = one.whole_count if isinstance(one, LabelMeasures) else None
    return Comparison(
        first=first.model,
        second=second.model,
        rows=len(pairs),
        differences=differences(one, other, seed)[:count],
    )
