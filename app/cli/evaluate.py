"""`lampblack evaluate`: how well models do a task, measured on labelled rows."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app import __version__
from app.cli import output
from app.cli.engine import EngineTask, asked_load
from app.cli.flags import add_flags
from app.cli.parsing import Words
from app.cli.run import add_task_flags, options_from
from app.cli.server import (
    SERVER_PARALLEL,
    add_server_flags,
    asked_parallel,
    check_may_leave,
    open_asked_server,
    server_load,
)
from app.core.errors import CancelledError, LampblackError, UsageError
from app.core.options.load_options import ENGINES
from app.core.system.files import why, write_atomically
from app.core.units import size_text
from app.engine.client import EngineClient
from app.engine.messages import Load, ModelInfo
from app.program import Program
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner, check_model
from app.tasks.table import Task, task

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile
    from app.tasks.evaluation.evaluation import Comparison, EvaluationReport, ModelEvaluation
    from app.tasks.evaluation.labelled import LabelledData

_ABOUT = """Do a TASK with the rows of FILE (.csv or .jsonl) and compare with the right answers.

classify and sentiment give accuracy, precision, recall, F1, the confusion matrix and how far the
probabilities can be trusted; translate and rewrite chrF, summarise ROUGE-L, score and complete the
perplexity of the texts, which need no right answers. Every figure has an interval of 95 %, from
1,000 bootstrap resamples; two models are compared on the same resamples. Rows that fail are counted
and listed. --seed seeds the resamples, --limit and what the model writes (0 if not given)."""

_END = """Ctrl+C ends the work and shows what was measured until then (exit code 1).

Exit codes: 0 done, 2 the command line was not understood, 1 anything else."""

_CELL_COLUMNS = 9


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
    parser.add_argument("file", metavar="FILE", help="the rows, a .csv or .jsonl file")
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
    """Read, ask the models, write; 1 if the user stopped it."""
    from app.tasks.evaluation.evaluation import measure_of
    from app.tasks.evaluation.labelled import read_labelled, sample

    row = task(arguments.task)
    measure = measure_of(row)
    arguments.parallel = asked_parallel(arguments, 1)
    target = _page_file(arguments.report)
    has_answers = measure != "perplexity"
    row = row if has_answers else task("score")
    seed = _seed(arguments, row)
    data = read_labelled(
        Path(arguments.file), text=arguments.text, answer=arguments.label, has_answers=has_answers
    )
    notes = _choose_labels(arguments, row, data)
    options = options_from(arguments, row)
    _check_answers(row, options, data)
    data = sample(data, arguments.limit, seed)
    found: list[ModelEvaluation] = []
    subjects = _subjects(arguments, program)
    with ExitStack() as stack:
        new_engine = _engines(stack, program) if arguments.server else program.engine
        for subject in subjects:
            with new_engine() as client, EngineTask(client) as work:
                found.append(
                    _evaluated(subject, arguments, program, work, row, options, data, seed)
                )
            if found[-1].stopped:
                break
    report = _report(arguments, row, options, data, seed, found, notes)
    _write(report, arguments, target)
    return int(any(model.stopped for model in report.models))


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


def _choose_labels(arguments: argparse.Namespace, row: Task, data: LabelledData) -> tuple[str, ...]:
    """Take the data's labels where the task needs some and none are given; a note says so."""
    if row.gives != "label" or arguments.labels or row.labels:
        return ()
    arguments.labels = json.dumps(sorted(data.answers()))
    return ("The labels to choose from are those of the data.",)


def _check_answers(row: Task, options: TaskOptions, data: LabelledData) -> None:
    """Raise UsageError for a right answer that cannot be chosen."""
    labels = options.labels or row.labels
    if row.gives != "label":
        return
    for one in data.rows:
        if not one.problem and one.expected not in labels:
            raise UsageError(
                f"Row {one.row} has the label {one.expected!r}, which is none of "
                f"{', '.join(labels)}.",
                "Name all labels with --labels.",
            )


class _Subject(NamedTuple):
    """A model to evaluate, by its name in the report: a file, or one of a server's."""

    name: str
    model: ModelFile | None
    load: Load | None


def _subjects(arguments: argparse.Namespace, program: Program) -> list[_Subject]:
    wanted = arguments.model or [""]
    if arguments.server:
        saved = open_asked_server(arguments, program)
        loads = [server_load(saved, name) for name in wanted]
        return [
            _Subject(name, None, load)
            for name, load in zip(_numbered([load.path for load in loads]), loads, strict=True)
        ]
    models = [program.model(name) for name in wanted]
    names = _numbered([model.name for model in models])
    return [_Subject(name, model, None) for name, model in zip(names, models, strict=True)]


def _engines(
    stack: ExitStack, program: Program
) -> Callable[[], AbstractContextManager[EngineClient]]:
    """One client for all models: a server's child cannot be started a second time."""
    client = stack.enter_context(program.engine())
    return lambda: nullcontext(client)


def _numbered(names: Sequence[str]) -> list[str]:
    """The models' names; a number tells those apart that are equal."""
    return [
        name if names.count(name) == 1 else f"{name} ({place})"
        for place, name in enumerate(names, 1)
    ]


def _model_facts(info: ModelInfo, model: ModelFile | None) -> dict[str, str]:
    facts = {"engine": info.engine, "device": info.settings.device}
    if model is None:
        masks = info.server is not None and info.server.masks
        return facts | {"masked": "yes" if masks else "no"}
    size = size_text(model.size_bytes)
    return facts | {"quantization": model.quantization or "none", "size": size}


def _evaluated(
    subject: _Subject,
    arguments: argparse.Namespace,
    program: Program,
    work: EngineTask,
    row: Task,
    options: TaskOptions,
    data: LabelledData,
    seed: int,
) -> ModelEvaluation:
    from app.tasks.evaluation.evaluation import answers, evaluated, measure_of

    model = subject.model
    load = subject.load or asked_load(arguments, program, model)[0]
    loaded = work.load(load, model, program)
    check_may_leave(program, loaded, Path(arguments.file))
    check_model(row, options, loaded.model)
    name = subject.name or loaded.model.name
    runner = TaskRunner(work.client, background=model is None)
    work.stops(runner.cancel)
    since = time.monotonic()

    def predict(text: str) -> dict[str, Any]:
        if work.cancelled():
            raise CancelledError("Stopped.")
        result = runner.run(row, text, options)
        if result.finish_reason == "cancelled":  # a part of an answer is none
            raise CancelledError("Stopped.")
        return result.value

    def show(done: int, total: int) -> None:
        left = (time.monotonic() - since) / done * (total - done)
        work.line.show(f"{name}: {done:,} of {total:,} rows, {output.duration_text(left)} left")

    return evaluated(
        name,
        answers(predict, data.rows, parallel=arguments.parallel, on_done=show),
        measure_of(row),
        labels=options.labels or row.labels,
        seed=seed,
        facts=_model_facts(loaded.model, model),
        wanted=len(data.rows),
        since=since,
    )


def _report(
    arguments: argparse.Namespace,
    row: Task,
    options: TaskOptions,
    data: LabelledData,
    seed: int,
    models: Sequence[ModelEvaluation],
    notes: tuple[str, ...],
) -> EvaluationReport:
    from app.tasks.evaluation.evaluation import (
        EvaluationReport,
        compared,
        data_facts,
        measure_of,
    )

    measure, labels = measure_of(row), options.labels or row.labels
    pairs = [compared(models[0], other, measure, labels=labels, seed=seed) for other in models[1:]]
    settings = {
        name: value
        for name, value in msgspec.to_builtins(options).items()
        if value != msgspec.to_builtins(TaskOptions())[name]
    }
    return EvaluationReport(
        version=__version__,
        date=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        task=arguments.task,
        measure=measure,
        data=data_facts(data),
        settings=settings | {"parallel": arguments.parallel, "limit": arguments.limit},
        seed=seed,
        models=tuple(models),
        comparisons=tuple(pair for pair in pairs if pair is not None),
        notes=notes,
    )


def _write(report: EvaluationReport, arguments: argparse.Namespace, target: Path | None) -> None:
    content = msgspec.to_builtins(report)
    if not arguments.rows:
        for model in content["models"]:
            model["rows"] = [one for one in model["rows"] if one["failed"]]
    output.answer(arguments.json, content, _lines(report))
    if target is not None:
        _write_page(report, target)


def _write_page(report: EvaluationReport, target: Path) -> None:
    from app.tasks.evaluation.page import page

    try:
        write_atomically(target, page(report).encode("utf-8"))
    except OSError as error:
        raise LampblackError(f"The page could not be written: {why(error)}.") from error


def _lines(report: EvaluationReport) -> Iterator[str]:
    """The report for people, within 80 columns where names allow it."""
    data = report.data
    yield f"{report.task}, {data.used:,} of {data.rows:,} rows of {data.name}, seed {report.seed}"
    yield from report.notes
    for model in report.models:
        yield ""
        yield from _model_lines(model)
    for found in report.comparisons:
        yield ""
        yield from _comparison_lines(found)


def _model_lines(model: ModelEvaluation) -> Iterator[str]:
    facts = ", ".join(filter(None, (model.facts.get("engine"), model.facts.get("device"))))
    yield f"{model.model} ({facts})"
    stopped = ", stopped before the end" if model.stopped else ""
    yield f"{model.answered:,} rows answered, {model.failed:,} failed{stopped}"
    failed = [row for row in model.rows if row.failed]
    for row in failed[:5]:
        yield f"  row {row.row}: {row.failed}"
    if len(failed) > 5:
        yield f"  and {len(failed) - 5:,} more; --json lists all"
    yield ""
    yield f"{'':<22}{'value':>9}   interval of 95 %"
    for one in model.figures:
        yield f"{one.title:<22}{one.value:>9.3f}   {one.low:.3f} to {one.high:.3f}"
    if model.labels:
        yield ""
        yield from _label_lines(model)


def _label_lines(model: ModelEvaluation) -> Iterator[str]:
    from app.tasks.evaluation.charts import columns, shortened

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
    if width + cell * len(names) > 80:
        yield "The confusion matrix is too wide for a terminal; --report and --json have it."
        return
    yield "Right label in lines, chosen one in columns:"
    yield " " * width + "".join(" " * (cell - columns(name)) + name for name in names)
    for name, line in zip(names, model.confusion, strict=True):
        yield _padded(name, width) + "".join(f"{count:>{cell},}" for count in line)


def _padded(text: str, width: int) -> str:
    from app.tasks.evaluation.charts import columns

    return text + " " * (width - columns(text))


def _comparison_lines(found: Comparison) -> Iterator[str]:
    from app.tasks.evaluation.page import verdict

    yield f"{found.second} less {found.first}, on {found.rows:,} rows:"
    yield f"{'':<22}{'difference':>11}   interval of 95 %"
    for one in found.differences:
        interval = f"{one.low:+.3f} to {one.high:+.3f}"
        yield f"{one.title:<22}{one.value:>+11.3f}   {interval:<18}  {verdict(one)}"
