"""`lampblack run`: one task of the table on one text."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.cli import output
from app.cli.engine import EngineTask
from app.cli.flags import add_flags, given, text_or_file
from app.cli.input import check_text, given_text
from app.cli.parsing import Words
from app.cli.server import add_server_flags, check_may_leave, chosen_load, piped_file
from app.core.errors import UsageError
from app.core.options.load_options import ENGINES
from app.core.options.rows import rows_by_name
from app.core.options.sampling import PARAMETERS, Sampling
from app.engine.messages import Loaded
from app.program import Program
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.running import TaskRunner, check_kind, check_options
from app.tasks.table import TASKS, Task, task

_ABOUT = """Do a TASK with TEXT and write what comes out to standard output.

A TEXT of - , or none when something is piped in, is read from standard input as UTF-8, without the
one newline at its end; --file reads it from a file. A text that is longer than the model's context
is cut at the ends of paragraphs and sentences, and the answers are joined; a line on standard error
says so. Parameters that are not given have the task's own value."""

_END = """With --json, classify and sentiment write one line that is exactly
{"label": …, "probabilities": {label: p}}; what is to be said beside that goes to standard error.

Ctrl+C stops a text that is being written and keeps it (exit code 0); any other task ends without a
result. A second Ctrl+C ends at once.

Exit codes: 0 done, 2 the command line was not understood, 1 anything else."""


_FLAGS = {
    "labels": "--labels",
    "language": "--to",
    "source_language": "--from",
    "instruction": "--instruction",
    "schema": "--schema",
    "system": "--system",
}


def add_run(words: Words) -> None:
    """Add the word."""
    width = max(len(row.name) for row in TASKS)
    tasks = "\n".join(f"  {row.name:<{width}}  {row.summary}" for row in TASKS)
    parser = words.add_parser(
        "run",
        help="do a task with a text: " + ", ".join(row.name for row in TASKS),
        usage="lampblack run TASK [TEXT | -] [options]",
        description=f"{_ABOUT}\n\nTasks:\n{tasks}",
        epilog=_END,
    )
    parser.mix()
    parser.add_argument("task", metavar="TASK", help="what to do; one of those above")
    parser.value("text", "TEXT", "the text, or -", default=None, nargs="?")
    parser.value("--file", "FILE", "read the text from a file")
    add_task_flags(parser)
    parser.value("--model", "NAME|PATH", "a model; see `lampblack models list`")
    parser.value("--engine", None, "the engine to run it with", choices=("auto", *ENGINES))
    add_server_flags(parser)
    add_flags(parser)
    parser.runs(run_task, "write one line of JSON")


def add_task_flags(parser: Any) -> None:
    """Add the flags that become `TaskOptions`; `options_from` reads them."""
    parser.value("--labels", "A,B…", "the labels to choose from, or a JSON list of them")
    parser.value("--to", "LANGUAGE", "the language to write in, such as Chinese or zh")
    parser.value("--from", "LANGUAGE", "the language of the text", dest="source_language")
    parser.value("--instruction", "TEXT", "what to do with the text, or what the labels mean")
    parser.value("--schema", "TEXT|@FILE", "the JSON schema that the data obey")
    parser.value("--system", "TEXT", "the chat's system text")
    parser.value("--alternatives", "N", "how many other tokens score gives", default=0, type=int)
    parser.value(
        "--form",
        None,
        "ask in the chat template or with worked examples (default auto: as the model can)",
        choices=("auto", "chat", "plain"),
        default="auto",
    )
    parser.switch("--no-calibration", "leave in what the labels have without any text")
    parser.switch("--exact", "read the whole prompt, so that a seed gives the same text again")


def options_from(arguments: argparse.Namespace, row: Task) -> TaskOptions:
    """The options as given on the command line; raises LampblackError."""
    for name in ("to", "source_language", "instruction", "system", "labels"):
        check_text(getattr(arguments, name), f"What is given with {_FLAGS.get(name, '--to')}")
    schema = arguments.schema
    options = TaskOptions(
        labels=tuple(_labels(arguments.labels)),
        language=arguments.to,
        source_language=arguments.source_language,
        instruction=arguments.instruction,
        system=arguments.system,
        schema=text_or_file(rows_by_name(Sampling)["grammar"], schema) if schema else "",
        sampling=given(arguments, "sampling", PARAMETERS),
        calibrate=not arguments.no_calibration,
        alternatives=arguments.alternatives,
        form=arguments.form,
        exact=arguments.exact,
    )
    for name in row.needs:
        is_known_later = name == "labels" and bool(arguments.model)  # a classifier has its own
        if not getattr(options, name) and not is_known_later:
            raise UsageError(f"The task {row.name} needs the {name}.", f"Use {_FLAGS[name]}.")
    check_options(row, options)
    return options


def _labels(typed: str) -> Iterator[str]:
    """The labels of a JSON list, or between commas."""
    try:
        found = json.loads(typed) if typed.lstrip().startswith("[") else typed.split(",")
    except ValueError:
        raise UsageError("The labels are not valid JSON.", 'Write ["a", "b"], or a,b.') from None
    if typed and not all(isinstance(label, str) for label in found):
        raise UsageError("The labels are not all texts.", 'Write ["a", "b"], or a,b.')
    yield from (label.strip() for label in found if typed)


def run_task(arguments: argparse.Namespace, program: Program) -> None:
    """Load, do the task, write; Ctrl+C keeps a text and the exit code 0."""
    row = task(arguments.task)
    task_options = options_from(arguments, row)
    text = given_text(arguments.text, "text", f'lampblack run {row.name} "…"', arguments.file)
    is_piped = arguments.text in (None, "-") and not arguments.file
    load, model = chosen_load(arguments, program, is_piped=is_piped, may_classify=True)
    if model:
        check_kind(row, task_options, model.name, model.labels)
    files = (Path(arguments.file),) if arguments.file else piped_file(is_piped)
    streams = row.gives == "text" and not arguments.json
    with program.engine() as client, EngineTask(client) as work:
        loaded = work.load(load, model, program)
        check_may_leave(program, loaded, *files)
        runner = TaskRunner(work)
        result = runner.run(row, text, task_options, work.write if streams else None)
    name = model.name if model else loaded.model.name
    _write(row, result, loaded, name, as_json=arguments.json)


def _write(row: Task, result: TaskResult, loaded: Loaded, name: str, *, as_json: bool) -> None:
    """Write the result, but for a text that was streamed, and the notes that JSON does not hold."""
    if as_json and row.gives != "label":
        output.write(_json(result.value | _facts(result, loaded, name)))
        return
    if as_json:
        output.write(_json(result.value))
    elif row.gives != "text":
        output.write("".join(f"{line}\n" for line in _lines(result.value)))
    for note in result.notes:
        output.note(note)


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False) + "\n"


def _facts(result: TaskResult, loaded: Loaded, name: str) -> dict[str, object]:
    return {
        "finish_reason": result.finish_reason,
        "model": name,
        "engine": loaded.model.engine,
        "device": loaded.model.settings.device,
        "notes": [*loaded.model.notes, *result.notes],
        "seed": result.seed,
        "prompt_tokens": result.prompt_tokens,
        "completion_tokens": result.completion_tokens,
    }


def _lines(value: dict[str, Any]) -> Iterator[str]:
    """A result for people: the likeliest label first, data as JSON, measures one to a line."""
    if "probabilities" in value and "label" in value:
        found = value["probabilities"]
        width = max(map(len, found))
        for label in sorted(found, key=lambda name: -found[name]):
            yield f"{label:<{width}}  {found[label]:.3f}"
    elif "data" in value:
        yield json.dumps(value["data"], ensure_ascii=False, indent=2)
    else:
        yield f"perplexity by token  {value['perplexity']:.4f}  ({value['tokens']:,} tokens)"
        yield f"perplexity by byte   {value['byte_perplexity']:.4f}  ({value['bytes']:,} bytes)"
