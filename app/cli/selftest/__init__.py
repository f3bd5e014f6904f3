"""`lampblack selftest`: the whole program on its starter model, step by step."""

from __future__ import annotations

import argparse

from app.cli import output
from app.cli.parsing import Words
from app.cli.selftest.report import StepResult, result_line, summary
from app.core.errors import ParameterError
from app.program import Program

_ABOUT = """Try the whole program: open its window, load the starter model, write, stop, rewrite,
save, export and read again, replace words, restore a version and a backup, and look at the store,
the local service and the network filter.

It works in a temporary home, which is removed at the end: your texts, settings and models are not
touched. With a display the window is seen for some seconds, without one it is drawn in memory. A
step that fails says what to do, and the exit code is 1. Ctrl+C ends it."""


def add_selftest(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "selftest", help="try the whole program on its starter model", description=_ABOUT
    )
    parser.value(
        "--skip", "STEP", "leave out a step, such as service; may be repeated", default=[],
        action="append",
    )  # fmt: skip
    parser.runs(run_selftest)


def run_selftest(arguments: argparse.Namespace, program: Program) -> int:
    """Write the report as it comes, or as one object at the end; 1 when a step failed."""
    from app.cli.selftest.run import as_json, try_program  # the other words do without the store
    from app.cli.selftest.table import STEPS

    optional = [step.name for step in STEPS if step.is_optional]
    if unknown := [name for name in arguments.skip if name not in optional]:
        raise ParameterError(
            f"The step {unknown[0][:40]!r} cannot be left out.",
            f"These can be: {', '.join(optional)}.",
        )
    tell = _say if not arguments.json else lambda _result: None
    report = try_program(program, tell=tell, skipped=arguments.skip)
    output.answer(arguments.json, as_json(report), summary(report))
    return 0 if report.passed else 1


def _say(result: StepResult) -> None:
    output.write(f"{result_line(result)}\n")
