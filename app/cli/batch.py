"""`lampblack batch`: one task of the table on every row of a file or folder."""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import msgspec
from msgspec.structs import replace

from app import __version__
from app.cli import output
from app.cli.engine import EngineTask
from app.cli.flags import add_flags
from app.cli.parsing import Words
from app.cli.run import add_task_flags, options_from
from app.cli.server import (
    SERVER_PARALLEL,
    add_server_flags,
    asked_parallel,
    check_may_leave,
    chosen_load,
)
from app.core.errors import CancelledError, ServerError
from app.core.models.model_file import ModelFile
from app.core.options.load_options import ENGINES
from app.engine.messages import Load, Loaded
from app.program import Program
from app.tasks.batch.ordered import RowResult
from app.tasks.batch.output import BatchHeader, BatchModel, OutputLock, header_path
from app.tasks.batch.rows import InputRow
from app.tasks.batch.running import BatchPlan, BatchProgress, BatchRun, prepare
from app.tasks.batch.source import open_source
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner, check_kind, check_model
from app.tasks.table import TASKS, Task, task

PARALLEL = 4

_APART = (
    "Each line is a row of its own: a name or number that begins on one line and ends on the next "
    "is not masked. Use --paragraphs for a text with wrapped lines."
)

_ABOUT = """Do a TASK with every row of INPUT and write a line of JSON for each to OUT, in order.

INPUT is a .csv or .tsv file with a line of names, a .jsonl file of texts or objects, a .txt file (a
row for each line that is not empty), or a folder (a row for each file, by name). A line of OUT is
{"row": N, "input": …, "result": …}, or with "error": {"kind": …, "message": …} for a row that
failed. OUT.header.json says with what it was made.

The same command goes on where a run ended, however that came, and does nothing once all is done."""

_END = """Ctrl+C ends the rows that run; what is done is kept.

Exit codes: 0 all rows are done, 1 some failed or are not done, 2 the command line was not
understood."""


def add_batch(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "batch",
        help="do a task with every row of a file or folder, and go on after an interruption",
        usage="lampblack batch TASK INPUT --out OUT.jsonl [options]",
        description=f"{_ABOUT}\n\nTasks: {', '.join(row.name for row in TASKS)}.",
        epilog=_END,
    )
    parser.add_argument("task", metavar="TASK", help="what to do; see `lampblack run --help`")
    parser.add_argument("input", metavar="INPUT", help="the file or folder with the texts")
    parser.add_argument("--out", metavar="OUT.jsonl", required=True, help="where the results go")
    parser.value("--column", "NAME", "the column of the texts; else text, content, review…")
    parser.switch("--paragraphs", "a row for each paragraph of a .txt file")
    parser.value(
        "--parallel",
        "N",
        f"rows that are done side by side (default {PARALLEL}, with a server {SERVER_PARALLEL})",
        default=None,
        type=int,
    )
    parser.switch("--retry-failed", "do the failed rows again; their lines are replaced")
    parser.switch("--restart", "replace the output of another run")
    add_task_flags(parser)
    parser.value("--model", "NAME|PATH", "a model; see `lampblack models list`")
    parser.value("--engine", None, "the engine to run it with", choices=("auto", *ENGINES))
    add_server_flags(parser)
    add_flags(parser)
    parser.runs(run_batch, "write one JSON object at the end")


def run_batch(arguments: argparse.Namespace, program: Program) -> int:
    """Do what is left of the batch; the result is the exit code."""
    row = task(arguments.task)
    options = options_from(arguments, row)
    arguments.parallel = asked_parallel(arguments, PARALLEL)
    source = open_source(
        Path(arguments.input), column=arguments.column, paragraphs=arguments.paragraphs
    )
    for note in source.notes:
        output.note(note)
    load, model = chosen_load(arguments, program, may_classify=True)
    if model:
        check_kind(row, options, model.name, model.labels)

    def check(loaded: Loaded) -> None:
        check_may_leave(program, loaded, source.path)
        check_model(row, options, loaded.model)
        if source.facts.kind == "lines" and loaded.model.server and loaded.model.server.masks:
            output.note(_APART)

    seed, out = _given_seed(options), Path(arguments.out).absolute()
    with ExitStack() as stack:
        # The header says what a server's model is, so that is asked for first.
        work = None if model else _begun(stack, load, None, program, check)
        header = BatchHeader(
            task=row.name,
            options=options_facts(options),
            seed=random.SystemRandom().getrandbits(31) if seed is None else seed,
            model=_model_facts(model, load, program) if model else _server_facts(work),
            version=__version__,
            source=str(source.path.absolute()).encode("utf-8", "replace").decode(),
            input=source.facts,
        )
        stack.enter_context(OutputLock(out))
        batch = prepare(
            source,
            out,
            header,
            seed_given=seed is not None,
            restart=arguments.restart,
            retries=arguments.retry_failed,
        )
        if batch.is_done:
            return _nothing_left(batch, as_json=arguments.json)
        work = work or _begun(stack, load, model, program, check)
        return _run(batch, row, options, work, arguments)


def _given_seed(options: TaskOptions) -> int | None:
    seed = options.sampling.get("seed") if options.seed is None else options.seed
    return None if seed is None else int(seed)


def options_facts(options: TaskOptions) -> dict[str, object]:
    """The options that differ from the defaults, as they stand in JSON."""
    given, default = msgspec.to_builtins(options), msgspec.to_builtins(TaskOptions())
    return {name: value for name, value in given.items() if value != default[name]}


def _model_facts(model: ModelFile, load: Load, program: Program) -> BatchModel:
    record = program.metadata.record(model)
    return BatchModel(
        name=model.own_name or model.name,
        size_bytes=model.size_bytes,
        sha256=record.sha256,
        engine=load.engine,
    )


def _server_facts(work: RowsTask | None) -> BatchModel:
    assert work is not None, "a server's model is loaded first"
    model = work.model
    assert model is not None
    assert model.server is not None
    place = model.server
    return BatchModel(name=model.name, engine=model.engine, server=place.url, masked=place.masks)


class RowsTask(EngineTask):
    """The load and then the rows, with their progress."""

    def tell(self, progress: BatchProgress, name: str = "") -> None:
        """Show how far the rows are, with the name of what is done."""
        failed = f", {progress.failed:,} failed" if progress.failed else ""
        left = progress.left_s if progress.done else None
        time_left = f", {output.duration_text(left)} left" if left is not None else ""
        self.line.show(
            f"{name}{': ' * bool(name)}{progress.rows:,} rows ({progress.fraction:.0%}){failed}, "
            f"{progress.rows_per_s:.1f} per second{time_left}"
        )


def _begun(
    stack: ExitStack,
    load: Load,
    model: ModelFile | None,
    program: Program,
    check: Callable[[Loaded], None],
) -> RowsTask:
    """The work with its model loaded and checked; the stack ends it."""
    work = stack.enter_context(RowsTask(stack.enter_context(program.engine())))
    check(work.load(load, model, program))
    return work


def _run(
    batch: BatchPlan,
    row: Task,
    options: TaskOptions,
    work: RowsTask,
    arguments: argparse.Namespace,
) -> int:
    if batch.written.rows:
        output.note(f"{batch.out.name} has {batch.written.rows:,} rows already; going on.")
    options = replace(options, seed=batch.header.seed)
    runner = TaskRunner(work.client, background=batch.header.model.server != "")
    run = BatchRun(
        batch,
        lambda item: do_row(runner, row, item, options),
        arguments.parallel,
        cancel=runner.cancel,
        on_progress=work.tell,
    )
    work.stops(run.stop)
    if work.cancelled():
        raise CancelledError("Stopped.")
    try:
        progress = run.run()
    except ServerError as error:
        kept = f"{run.rows:,} rows are in {batch.out.name}; the same command goes on from there."
        raise type(error)(error.message, f"{error.hint} {kept}".strip()) from error
    return _tell(batch, progress, is_stopped=run.is_stopped, as_json=arguments.json)


def do_row(runner: TaskRunner, row: Task, item: InputRow, options: TaskOptions) -> RowResult:
    """What the task gives for a row; raises LampblackError."""
    result = runner.run(row, item.text, options)
    if result.finish_reason == "cancelled":
        raise CancelledError("Stopped.")
    cut = ("The text was ended at the most tokens.",) if result.finish_reason == "length" else ()
    return RowResult(result.value, (*result.notes, *cut))


def _nothing_left(batch: BatchPlan, *, as_json: bool) -> int:
    header = batch.header
    output.note(f"{batch.out} is finished already: {header.rows:,} rows.")
    if as_json:
        output.answer(True, _report(batch, header.rows, header.failed, finished=True), ())
    return _failures(header.failed, header.rows)


def _tell(batch: BatchPlan, progress: BatchProgress, *, is_stopped: bool, as_json: bool) -> int:
    """The last lines, and the exit code."""
    speed = f"{progress.rows_per_s:.1f} rows per second"
    output.note(
        f"{progress.done:,} rows in {output.duration_text(progress.seconds)} ({speed}); "
        f"{batch.out} has {progress.rows:,}."
    )
    if as_json:
        report = _report(batch, progress.rows, progress.failed, finished=not is_stopped)
        report |= {
            "done": progress.done,
            "seconds": round(progress.seconds, 3),
            "rows_per_s": round(progress.rows_per_s, 3),
        }
        output.answer(True, report, ())
    if is_stopped:
        raise CancelledError("Stopped before the last row.", "The same command goes on from here.")
    return _failures(progress.failed, progress.rows)


def _report(batch: BatchPlan, rows: int, failed: int, *, finished: bool) -> dict[str, object]:
    return {
        "out": str(batch.out),
        "header": str(header_path(batch.out)),
        "rows": rows,
        "failed": failed,
        "finished": finished,
        "seed": batch.header.seed,
    }


def _failures(failed: int, rows: int) -> int:
    if failed:
        output.note(f"{failed:,} of {rows:,} rows failed; --retry-failed does them again.")
    return int(failed > 0)
