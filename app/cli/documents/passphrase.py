"""The passphrase on the command line: asked for on the terminal, never an argument."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import output
from app.cli.parsing import Words
from app.core.errors import LockedError, StoreError, UsageError, WrongPassphraseError
from app.core.system.files import why
from app.program import Program

if TYPE_CHECKING:
    from app.core.store.vault import Vault

_TRIES = 3

_WORDS = """Encrypt what Lampblack keeps: unsaved texts, versions, takes, backups, saved prompts.

The passphrase is asked for on the terminal. What you save as a file of your own stays a plain file.
Settings, presets, names of files and the list of recent files are not encrypted.

A forgotten passphrase cannot be recovered: without it, nobody can read anything of this again.
On a solid-state disk, remnants of what was plain before may stay for a while."""

_FILES = """List the former versions of files that a save would have lost.

With a passphrase they are kept encrypted. With --to, the named one is written, plain, into a new
file."""


def add_passphrase(words: Words) -> None:
    """Add `passphrase` and `files` to the words of `store`."""
    parser = words.add_parser(
        "passphrase",
        help="encrypt what Lampblack keeps with a passphrase, change it or remove it",
        description=_WORDS,
    )
    inner = parser.add_subparsers(metavar="WORD", required=True)
    for word, run, about in (
        ("set", run_set, "encrypt everything; a forgotten passphrase cannot be recovered"),
        ("change", run_change, "give it another passphrase"),
        ("remove", run_remove, "make everything plain again"),
    ):
        inner.add_parser(word, help=about).runs(run)
    files = words.add_parser(
        "files", help="list the former versions that are kept encrypted", description=_FILES
    )
    files.value("name", "NAME", "one of them", nargs="?")
    files.value("--to", "FILE", "a file that is not there yet")
    files.runs(run_files)


def unlock(vault: Vault) -> None:
    """Take the key from the keyring, or ask for the passphrase; raises StoreError."""
    if vault.unlock_remembered():
        return
    if not sys.stdin.isatty():
        raise LockedError(
            "The store is locked with a passphrase, which is only asked for on a terminal.",
            "Run this in a terminal, or let the window remember the passphrase on this computer.",
        )
    for left in reversed(range(_TRIES)):
        try:
            vault.unlock(getpass.getpass("Passphrase: ", sys.stderr))
        except WrongPassphraseError as error:
            if not left:
                raise
            output.write_error(error)
        else:
            vault.finish()
            return


def run_set(arguments: argparse.Namespace, program: Program) -> None:
    """Set a passphrase."""
    _check_terminal()
    if program.vault.is_set:
        raise StoreError("There is a passphrase already.", "Use `store passphrase change`.")
    output.note("A forgotten passphrase cannot be recovered: nothing could be read again.")
    new = _new_passphrase()
    output.note("Encrypting…")
    program.vault.set(new)
    left = program.vault.finish()
    lines = ["Everything that Lampblack keeps is encrypted now."]
    lines += [f"{left} files could not be: free some room and start Lampblack."] if left else []
    output.answer(arguments.json, {"passphrase": True, "left": left}, lines)


def run_change(arguments: argparse.Namespace, program: Program) -> None:
    """Change the passphrase."""
    _check_set(program)
    typed = getpass.getpass("Present passphrase: ", sys.stderr)
    program.vault.unlock(typed)  # before the new one is asked for
    program.vault.change(typed, _new_passphrase())
    output.answer(arguments.json, {"passphrase": True}, ["The passphrase is changed."])


def run_remove(arguments: argparse.Namespace, program: Program) -> None:
    """Remove the passphrase."""
    _check_set(program)
    program.vault.remove(getpass.getpass("Present passphrase: ", sys.stderr))
    lines = ["The passphrase is removed: what Lampblack keeps can be read by anyone again."]
    output.answer(arguments.json, {"passphrase": False}, lines)


def run_files(arguments: argparse.Namespace, program: Program) -> None:
    """List former versions, or write one out."""
    folder = program.sealed_snapshots
    if folder is None:
        raise StoreError(
            "There is no passphrase, so former versions are plain files.",
            f"They are in {program.paths.snapshots}.",
        )
    try:
        names = folder.names()
        if not arguments.name:
            output.answer(arguments.json, names, names or ["None is kept."])
            return
        if arguments.name not in names or not arguments.to:
            raise UsageError("Name one of the list, and where to write it with --to.")
        path = Path(arguments.to)
        with path.open("xb") as file:
            file.write(folder.read(arguments.name))
    except OSError as error:
        raise StoreError(f"That could not be done: {why(error)}.") from error
    row = {"name": arguments.name, "path": str(path)}
    output.answer(arguments.json, row, [f"Wrote {path}."])


def _new_passphrase() -> str:
    from app.core.store.passphrase import check_passphrase  # most words do without SQLite

    new = getpass.getpass("New passphrase: ", sys.stderr)
    check_passphrase(new)
    if getpass.getpass("The same again: ", sys.stderr) != new:
        raise UsageError("The two were not the same.", "Begin again; nothing was changed.")
    return new


def _check_terminal() -> None:
    if not sys.stdin.isatty():
        raise UsageError("A passphrase is only asked for on a terminal.", "Run this in one.")


def _check_set(program: Program) -> None:
    _check_terminal()
    if not program.vault.is_set:
        raise StoreError("There is no passphrase.", "Set one with `store passphrase set`.")
