"""`lampblack history`: the versions of a document that are kept, shown and restored."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.documents.text_files import KeptFiles, new_document, save_document
from app.core.errors import DocumentChangedError, DocumentError, UsageError
from app.program import Program

if TYPE_CHECKING:
    from app.core.store import DocumentHistory, Snapshot, Store

_HISTORY = """List the versions of FILE that are kept, the newest first, or every document that has
versions.

A version has a number, its date, what made it, its words, and how many were written and cut since
the one before. --show writes its text to standard output; --restore writes it to a new file."""

_CAUSES = {
    "opened": "opened",
    "saved": "saved",
    "generation": "before the model wrote",
    "rewrite": "before another take",
    "restore": "before restoring",
    "hourly": "hourly",
    "shortened": "before it became much shorter",
    "outside": "changed by another program",
    "replaced": "before another version replaced it",
    "replace": "before replacing",
}


def add_history(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "history",
        help="list, show and restore earlier versions of a document",
        usage="lampblack history [FILE] [--show N | --restore N --to PATH] [--json]",
        description=_HISTORY,
    )
    parser.value("file", "FILE", "a document; of untitled ones their id", nargs="?")
    parser.value("--show", "N", "write the text of this version", type=int, default=0)
    parser.value("--restore", "N", "write this version into the file of --to", type=int, default=0)
    parser.value("--to", "PATH", "a file that is not there yet")
    parser.runs(run_history)


def run_history(arguments: argparse.Namespace, program: Program) -> None:
    """List documents or versions, or hand one version out."""
    _check(arguments)
    store = program.store
    if not arguments.file:
        found = store.histories()
        output.answer(arguments.json, [_document_row(one) for one in found], _documents(found))
        return
    versions = store.snapshots(arguments.file)
    if not versions:
        raise DocumentError(
            f"No version of {arguments.file} is kept.",
            "`lampblack history` lists every document that has versions.",
        )
    if arguments.show:
        text = _text(store, versions, arguments.show, arguments.file)
        if arguments.json:
            output.answer(True, {"version": arguments.show, "text": text}, ())
        else:
            output.write(text)
    elif arguments.restore:
        text = _text(store, versions, arguments.restore, arguments.file)
        _restore(text, Path(arguments.to), program.kept_files)
        row = {"version": arguments.restore, "path": arguments.to}
        output.answer(arguments.json, row, [f"Restored into {arguments.to}."])
    else:
        rows = [msgspec.to_builtins(one) for one in reversed(versions)]
        output.answer(arguments.json, rows, _table(versions))


def _check(arguments: argparse.Namespace) -> None:
    hint = "See `lampblack history --help`."
    if arguments.show and arguments.restore:
        raise UsageError("Either --show or --restore.", hint)
    if bool(arguments.restore) != bool(arguments.to):
        raise UsageError("--restore and --to go together.", hint)
    if (arguments.show or arguments.restore) and not arguments.file:
        raise UsageError("Name the document.", hint)


def _text(store: Store, versions: Iterable[Snapshot], number: int, file: str) -> str:
    if number not in {one.id for one in versions}:
        raise DocumentError(
            f"{file} has no version {number}.", f"`lampblack history {file}` lists them."
        )
    return store.snapshot_text(number)


def _restore(text: str, path: Path, snapshots: Path | KeptFiles) -> None:
    """Write a new file; one that is there is never replaced."""
    try:
        save_document(new_document(), text, path, snapshots=snapshots)
    except DocumentChangedError as error:
        raise DocumentError(error.message, "Name a file that is not there yet.") from None


def _document_row(one: DocumentHistory) -> dict[str, object]:
    return {"document": one.document, "versions": one.count, "made_at": one.made_at}


def _documents(found: Sequence[DocumentHistory]) -> Iterator[str]:
    if not found:
        yield "No document has versions yet: the window keeps them as you open, write and save."
    for one in found:
        yield f"{_moment(one.made_at)}  {one.count:>5}  {one.document}"


def _table(versions: Sequence[Snapshot]) -> Iterator[str]:
    numbers = max(len(str(one.id)) for one in versions)
    causes = max(len(_CAUSES.get(one.cause, one.cause)) for one in versions)
    for one in reversed(versions):
        cause = _CAUSES.get(one.cause, one.cause)
        changed = f"+{one.gained} -{one.lost}" if one.gained or one.lost else ""
        line = f"{one.id:>{numbers}}  {_moment(one.made_at)}  {cause:<{causes}}"
        yield f"{line}  {one.words:>7} words  {changed}".rstrip()


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))
