"""`lampblack store`: backups of takes, versions and unsaved texts, the trash, the passphrase."""

from __future__ import annotations

import argparse

from app.cli import output
from app.cli.documents.passphrase import add_passphrase
from app.cli.documents.trash import add_trash
from app.cli.parsing import Words
from app.core.errors import UsageError
from app.core.units import size_text
from app.program import Program

_RESTORE = """Put a backup in the place of the store, which is kept beside it.

What came after the backup is added where it can be read: unsaved texts, marks, deleted documents,
takes and versions. --alone leaves it out; it is still in the store that is kept."""


def add_store(words: Words) -> None:
    """Add `store` with its own words."""
    parser = words.add_parser(
        "store", help="the backups and the passphrase of takes, versions and unsaved texts"
    )
    inner = parser.add_subparsers(metavar="WORD", required=True)
    listing = inner.add_parser("backups", help="list the daily backups, the newest first")
    listing.runs(run_backups)
    restoring = inner.add_parser(
        "restore",
        help="put a backup in the place of the store, which is kept beside it",
        description=_RESTORE,
    )
    restoring.value(
        "day", "DAY", "the day of the backup, such as 2026-11-28; else the newest", nargs="?"
    )
    restoring.switch("--alone", "leave out what came after the backup")
    restoring.runs(run_restore)
    add_trash(inner)
    add_passphrase(inner)


def run_backups(arguments: argparse.Namespace, program: Program) -> None:
    """List the backups."""
    from app.core.store.backups import backups  # most words do without SQLite

    found = {day: path.stat().st_size for day, path in backups(program.paths.backups).items()}
    rows = [{"day": day, "bytes": size} for day, size in found.items()]
    lines = [f"{day}  {size_text(size)}" for day, size in found.items()]
    output.answer(arguments.json, rows, lines or ["There is no backup yet: the window makes them."])


def run_restore(arguments: argparse.Namespace, program: Program) -> None:
    """Restore the one of a day."""
    from app.core.store.backups import backups, restore

    found = backups(program.paths.backups)
    day = arguments.day or next(iter(found), "")
    if day not in found:
        raise UsageError(
            f"There is no backup of {day}." if day else "There is no backup yet.",
            "`lampblack store backups` lists them.",
        )
    kept = restore(
        program.paths.store_file, found[day], program.store_key, is_alone=arguments.alone
    )
    lines = [f"The store of {day} is back."] + ([f"The former one is {kept}."] if kept else [])
    output.answer(arguments.json, {"day": day, "former": str(kept or "")}, lines)
