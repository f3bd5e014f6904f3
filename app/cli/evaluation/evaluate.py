"""`lampblack evaluate`: how well models do a task, measured on labelled rows."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app import __version__
from app.cli import output
from app.cli.batch import options_facts
from app.cli.flags import add_flags
from app.cli.parsing import Words
from app.cli.run import add_task_flags, options_from
from app.cli.server import SERVER_PARALLEL, add_server_flags, asked_parallel
from app.core.errors import LampblackError, UsageError
from app.core.options.load_options import ENGINES
from app.core.system.files import why, write_atomically
from app.core.system.machine import machine_facts
from app.program import Program
from app.tasks.table import Task, task

if TYPE_CHECKING:
    from app.cli.evaluation.models import Evaluation
    from app.tasks.evaluation.evaluation import EvaluationReport, ModelEvaluation
    from app.tasks.evaluation.labelled import LabelledData

_ABOUT = """Do a TASK with the rows of FILE (.csv, .tsv or .jsonl) and compare with the right
answers.

classify and sentiment give accuracy, precision, recall, F1, the confusion matrix and how far the
probabilities can be trusted; translate and rewrite chrF, summarise ROUGE-L, score and complete the
perplexity of the texts, which need no right answers and may be in a .txt file or a folder. Every
figure has an interval of 95 %, from 1,000 bootstrap resamples; two models are compared on the same
resamples. Rows that fail are counted and listed. A classifier may also answer with labels of its
own that the data do not have. --seed seeds the resamples, --limit and what the model writes (0 if
not given)."""

_END = """Ctrl+C ends the work and shows what was measured until then (exit code 1).

Exit codes: 0 done, 2 the command line was not understood, 1 anything else."""


def add_evaluate(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "evaluate",
        help="measure how well a model does a task, on labelled rows",
        usage="lampblack evaluate TASK FILE [options]",
        description=_ABOUT,
        epilog=_END,
    )
    parser.add_argument("task", metavar="TASK", help="what to do; see `lampblack run --help`")
    parser.add_argument("file", metavar="FILE", help="the rows, a .csv, .tsv or .jsonl file")
    parser.value(
        "--model",
        "NAME|PATH",
        "a model; more than one are compared with the first",
        default=[],
        action="append",
    )
    parser.value("--engine", None, "the engine to run it with", choices=("auto", *ENGINES))
    parser.value("--text", "COLUMN", "the column of the texts (else text, input, …)")
    parser.value("--label", "COLUMN", "the column of the right answers (else label, reference, …)")
    parser.value("--limit", "N", "only N rows, drawn at random", default=0, type=int)
    parser.value(
        "--parallel",
        "N",
        f"how many rows at a time (default 1; with a server {SERVER_PARALLEL})",
        default=None,
        type=int,
    )
    parser.value("--report", "FILE.html", "write a page with charts, too")
    parser.switch("--rows", "with --json, give every row with its answer")
    add_task_flags(parser)
    add_server_flags(parser)
    add_flags(parser)
    parser.runs(run_evaluate)


def run_evaluate(arguments: argparse.Namespace, program: Program) -> int:
    """Read, ask the models, write; 1 if the user stopped it or a model could not be asked."""
    from app.cli.evaluation.models import Evaluation, check_answers
    from app.tasks.evaluation.evaluation import measure_of
    from app.tasks.evaluation.labelled import read_labelled

    row = task(arguments.task)
    measure = measure_of(row)
    arguments.parallel = asked_parallel(arguments, 1)
    target = _page_file(arguments.report)
    has_answers = measure != "perplexity"
    row = row if has_answers else task("score")
    seed = _seed(arguments, row)
    data = read_labelled(
        Path(arguments.file),
        text=arguments.text,
        answer=arguments.label,
        has_answers=has_answers,
        limit=arguments.limit,
        seed=seed,
    )
    notes = [*data.source.notes, *_choose_labels(arguments, row, data)]
    options = options_from(arguments, row)
    if not arguments.own_labels:
        check_answers(data, options.labels)
    work = Evaluation(arguments, program, row, options, data, seed)
    found, failures = work.models()
    if data.is_changed():
        failures.append(f"{data.source.path.name} was changed while it was read.")
    report = _report(work, found, [*notes, *failures])
    _write(report, arguments, target)
    return int(bool(failures) or any(model.stopped for model in report.models))


def _seed(arguments: argparse.Namespace, row: Task) -> int:
    """The seed; it is left in the arguments only for tasks that draw."""
    typed = vars(arguments).pop("sampling:seed", "0")
    if not str(typed).isdecimal():
        raise UsageError(f"The seed is a whole number from 0 on, not {typed!r}.")
    if row.gives == "text":
        vars(arguments)["sampling:seed"] = typed
    return int(typed)


def _page_file(typed: str) -> Path | None:
    """Where the page goes, checked before the long work begins; raises UsageError."""
    if not typed:
        return None
    target = Path(typed)
    if target.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{typed!r} is not the name of an HTML file.", "Let it end in .html.")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"There is no folder for {typed!r}.", "Make it first.")
    return target


def _choose_labels(arguments: argparse.Namespace, row: Task, data: LabelledData) -> list[str]:
    """Take the data's labels where the task needs some and none are given; a note says so."""
    arguments.own_labels = row.gives == "label" and not arguments.labels
    if not arguments.own_labels or row.labels:
        return []
    arguments.labels = json.dumps(sorted(data.answers))
    return ["The labels to choose from are those of the data."]


def _report(
    work: Evaluation, models: Sequence[ModelEvaluation], notes: Sequence[str]
) -> EvaluationReport:
    from app.cli.evaluation.recording import builds
    from app.tasks.evaluation.evaluation import (
        EvaluationReport,
        compared,
        data_facts,
        measure_of,
    )

    arguments = work.arguments
    measure = measure_of(task(arguments.task))
    pairs = [compared(models[0], other, measure, seed=work.seed) for other in models[1:]]
    settings = options_facts(work.options)
    return EvaluationReport(
        version=__version__,
        builds=builds(),
        machine=machine_facts(),
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        task=arguments.task,
        measure=measure,
        data=data_facts(work.data),
        settings=settings | {"parallel": arguments.parallel, "limit": arguments.limit},
        seed=work.seed,
        models=tuple(models),
        comparisons=tuple(pair for pair in pairs if pair is not None),
        notes=tuple(notes),
    )


def _write(report: EvaluationReport, arguments: argparse.Namespace, target: Path | None) -> None:
    from app.cli.evaluation.lines import report_lines

    content = msgspec.to_builtins(report)
    if not arguments.rows:
        for model in content["models"]:
            model["rows"] = [one for one in model["rows"] if one["failed"]]
    output.answer(arguments.json, content, report_lines(report))
    if target is not None:
        _write_page(report, target)


def _write_page(report: EvaluationReport, target: Path) -> None:
    from app.tasks.evaluation.page import page

    try:
        write_atomically(target, page(report).encode("utf-8"))
    except OSError as error:
        raise LampblackError(f"The page could not be written: {why(error)}.") from error
