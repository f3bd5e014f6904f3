"""The command line's words and what runs for each."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Callable, Sequence
from contextlib import closing

from app import __version__
from app.benchmark.run import ROUNDS
from app.cli import output
from app.cli.batch import add_batch
from app.cli.bench import run_bench
from app.cli.doctor import run_doctor
from app.cli.documents.conversion import add_export, add_import
from app.cli.documents.history import add_history
from app.cli.documents.passphrase import unlock
from app.cli.documents.provenance import add_provenance
from app.cli.documents.search import add_search
from app.cli.documents.store import add_store
from app.cli.evaluation.evaluate import add_evaluate
from app.cli.flags import add_flags
from app.cli.generate import run_generate
from app.cli.licences import add_licences
from app.cli.models import add_models
from app.cli.packs import add_packs
from app.cli.parsing import Parser, Words
from app.cli.run import add_run
from app.cli.selftest import add_selftest
from app.cli.serve import add_serve
from app.cli.server import add_server_flags
from app.cli.servers import add_servers
from app.cli.training.runs import add_runs
from app.cli.training.style import add_train
from app.core.errors import LampblackError
from app.core.options.load_options import ENGINES
from app.core.options.presets import BUILTIN
from app.core.system.paths import Paths
from app.downloads.client import Fetcher
from app.engine.client import EngineClient
from app.engine.server_child import EarlyServer
from app.program import Program

_ABOUT = """Writing with a language model that never leaves the machine.

Without a word, or with files, the window opens: lampblack [open] [--] [FILE…]"""

_GENERATE = r"""Continue PROMPT, or answer it with --chat, and write the text to standard output.

A PROMPT of - , or none when something is piped in, is read from standard input as UTF-8, without
the one newline at its end. In flags that take texts, \n, \t and \\ stand for a newline, a tab and a
backslash; a JSON list gives several texts at once. Parameters that are not given have the default
shown or the preset's value; load options that are not given are those of the window's settings.

Ctrl+C stops the writing and keeps the text (finish_reason "cancelled", exit code 0); a second one
ends at once."""

_BENCH = """Measure goal by goal, on one model and in one run, ours and a yardstick by turns.

Each number is a ratio with its spread over the rounds, its limit, and whether that is met. A sample
begins only while the machine has nothing else to do; where that never happens, the goal is not
judged. Ctrl+C ends the run and shows what was measured until then.

Exit codes: 0 every goal is met or only measured, 2 the command line was not understood, 1 anything
else: a goal that is missed, not judged or not measured, or a run that was stopped."""

_EXIT_CODES = "Exit codes: 0 done, 2 the command line was not understood, 1 anything else."


def build_parser() -> argparse.ArgumentParser:
    """The parser of every word that is not the window's."""
    parser = Parser(prog="lampblack", description=_ABOUT, epilog=_EXIT_CODES)
    parser.add_argument("--version", action="version", version=f"lampblack {__version__}")
    words = parser.add_subparsers(metavar="WORD", required=True)
    _add_generate(words)
    add_run(words)
    add_batch(words)
    add_evaluate(words)
    add_export(words)
    add_import(words)
    add_serve(words)
    add_servers(words)
    _add_bench(words)
    _add_doctor(words)
    add_selftest(words)
    add_models(words)
    add_train(words)
    add_runs(words)
    add_history(words)
    add_provenance(words)
    add_search(words)
    add_store(words)
    add_packs(words)
    add_licences(words)
    return parser


def _presets() -> str:
    """The built-in presets, a line for each."""
    lines = (f"  {preset.name:<17} {preset.description}" for preset in BUILTIN)
    return "\n".join(("Presets, for --preset:", *lines))


def _add_generate(words: Words) -> None:
    parser = words.add_parser(
        "generate",
        help="continue a text",
        usage="lampblack generate [PROMPT | -] [options]",
        description=_GENERATE,
        epilog=f"{_presets()}\n\n{_EXIT_CODES}",
    )
    parser.value("prompt", "PROMPT", "the text to go on from, or -", default=None, nargs="?")
    parser.value("--model", "NAME|PATH", "a model; see `lampblack models list`")
    parser.value("--engine", None, "the engine to run it with", choices=("auto", *ENGINES))
    parser.value(
        "--adapter",
        "PATH[=STRENGTH]",
        "attach a LoRA adapter, a GGUF file or a PEFT folder; more than one if repeated",
        default=[],
        action="append",
    )
    parser.switch("--chat", "answer the prompt in the model's chat template")
    parser.value("--system", "TEXT", "the chat's system text; implies --chat", default=None)
    parser.value(
        "--preset",
        "NAME|FILE",
        "begin with a preset's parameters, or with those of a file (.json, .yaml, .kcpps), "
        "also of SillyTavern, KoboldCpp and text-generation-webui, or, as the window does, with "
        "those that are suggested for the model (suggested)",
    )
    parser.switch("--exact", "read the whole prompt, so that a seed gives the same text again")
    parser.switch("--drop-head", "drop the beginning of a prompt that is too long")
    parser.switch("--json", "write one JSON object with the text and its numbers")
    parser.switch("--stats", "write one line of numbers to standard error")
    add_server_flags(parser)
    add_flags(parser)
    parser.set_defaults(run=run_generate)


def _add_bench(words: Words) -> None:
    parser = words.add_parser(
        "bench",
        help="measure how fast it is here, beside bare yardsticks",
        description=_BENCH,
    )
    parser.value(
        "--goal", "N", "only these goals", default=[], type=int, nargs="+", action="extend"
    )
    parser.value("--model", "NAME|PATH", "a GGUF model; else the starter model")
    parser.value(
        "--rounds",
        "N",
        f"the number of rounds; else {ROUNDS}, and fewer are not judged",
        default=ROUNDS,
        type=int,
    )
    parser.value("--chart", "FILE.svg", "draw the results, too")
    parser.runs(run_bench, "write the report as one JSON object")


def _add_doctor(words: Words) -> None:
    parser = words.add_parser("doctor", help="say what works here and what is missing")
    parser.value(
        "--model",
        "NAME",
        "load this model, or the usual one, and say which device holds which layers",
        default=None,
        nargs="?",
        const="",
    )
    parser.runs(run_doctor, "write the report as one JSON object")


def run_cli(
    arguments: Sequence[str],
    *,
    fetcher: Fetcher | None = None,
    listening: socket.socket | None = None,
    server: EarlyServer | None = None,
    new_client: Callable[..., EngineClient] = EngineClient,
) -> int:
    """Run one word; errors become one line on stderr, and the result is the exit code."""
    output.prepare_streams()
    try:
        parsed = build_parser().parse_args(arguments)
        output.check_stdout()
        with closing(Program(Paths.here(), fetcher, new_client)) as program:
            program.listening = listening
            program.server = server
            program.unlock = unlock
            return int(parsed.run(parsed, program) or 0)
    except LampblackError as error:
        output.write_error(error)
        return error.exit_code
    except SystemExit as ended:  # argparse's own end after --help and --version
        return int(ended.code or 0)
