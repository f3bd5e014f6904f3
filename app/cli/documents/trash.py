"""`lampblack store trash`: the documents that were deleted, listed and restored."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.units import size_text
from app.program import Program

if TYPE_CHECKING:
    from app.core.store import TrashedDocument

_TRASH = """List the documents that were deleted in Lampblack, the last first, or restore one.

They stay for 30 days. `list` is what is done without a word. `restore N` writes document N back to
where it was, with its history; --to names another file. No file is ever written over."""


def add_trash(words: Words) -> None:
    """Add `trash` to the words of `store`."""
    parser = words.add_parser(
        "trash", help="list and restore documents that were deleted", description=_TRASH
    )
    parser.runs(run_list)
    inner = parser.add_subparsers(metavar="WORD")
    inner.add_parser("list", help="list them, the last first").runs(run_list)
    restoring = inner.add_parser("restore", help="write one back to where it was")
    restoring.value("number", "N", "its number in the list", type=int)
    restoring.value("--to", "FILE", "a file that is not there yet")
    restoring.runs(run_restore)


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """List the documents."""
    found = program.store.trash.documents()
    rows = [msgspec.to_builtins(one) for one in found]
    output.answer(arguments.json, rows, _lines(found))


def run_restore(arguments: argparse.Namespace, program: Program) -> None:
    """Restore one."""
    to = Path(arguments.to) if arguments.to else None
    path = program.store.trash.restore(arguments.number, to)
    row = {"document": arguments.number, "path": str(path)}
    output.answer(arguments.json, row, [f"Restored to {path}."])


def _lines(found: Sequence[TrashedDocument]) -> Iterator[str]:
    if not found:
        yield "The trash is empty."
    for one in found:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(one.deleted_at))
        yield f"{one.id:>4}  {when}  {size_text(one.size):>8}  {one.path}"
