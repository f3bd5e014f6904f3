"""`lampblack models folders` and `found`: watched folders, and what other programs have."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from app.cli import output
from app.cli.parsing import Words
from app.core.errors import ModelNotFoundError, ParameterError, UsageError
from app.core.models.other_programs import PROGRAMS, ProgramStore, find_programs
from app.core.options.rows import is_encodable
from app.core.system.files import is_folder
from app.program import Program


def run_folders(arguments: argparse.Namespace, program: Program) -> None:
    """Show, add or remove watched folders."""
    if arguments.folder is not None:
        change = _watch if arguments.what == "add" else _leave
        change(program, str(Path(arguments.folder).expanduser().absolute()))
    folders = program.settings.watched_folders
    here = {folder: is_folder(Path(folder)) for folder in folders}
    output.answer(
        arguments.json,
        [{"path": folder, "here": is_here} for folder, is_here in here.items()],
        (folder + ("" if is_here else "  (not here now)") for folder, is_here in here.items()),
    )
    if not (folders or arguments.json):
        output.note("No folder is watched. Add one with `lampblack models folders add FOLDER`.")


def _watch(program: Program, folder: str) -> None:
    if not is_folder(Path(folder)):
        raise ModelNotFoundError(f"There is no folder {folder}.")
    if not is_encodable(folder):
        raise ParameterError(f"{folder!a} cannot be remembered: its name is not valid text.")
    program.settings_store.put("watched_folders", folder)


def _leave(program: Program, folder: str) -> None:
    if folder not in program.settings.watched_folders:
        raise ParameterError(f"The folder {folder} is not watched.")
    program.settings_store.drop("watched_folders", folder)


def run_found(arguments: argparse.Namespace, program: Program) -> None:
    """Show which programs have models here, and begin or end using them."""
    use, leave = [[*map(_program, names)] for names in (arguments.use, arguments.leave)]
    program.settings_store.put("use_programs", *use)
    for name in leave:
        program.settings_store.drop("use_programs", name)
    used = program.settings.use_programs
    stores = find_programs(Path.home(), os.environ)
    facts = [_facts(store, used) for store in stores]
    output.answer(arguments.json, facts, (_line(store, used) for store in stores))
    if arguments.json:
        return
    if not stores:
        output.note("No other program here has models that can be used.")
    elif not used:
        output.note("Use a program's models, where they lie, with `--use PROGRAM`.")


def _program(name: str) -> str:
    """The program of that name, whatever its spaces and capitals."""

    def plain(text: str) -> str:
        return "".join(text.lower().replace("-", " ").split())

    for program in PROGRAMS:
        if plain(program) == plain(name):
            return program
    raise UsageError(f"There is no program {name[:40]!r}.", f"Known are: {', '.join(PROGRAMS)}.")


def _line(store: ProgramStore, used: tuple[str, ...]) -> str:
    count = f"{len(store.models)} model{'s' * (len(store.models) != 1)}"
    state = "used here" if store.name in used else "not used"
    return f"{store.name}  {count}, {state}  {store.folder}"


def _facts(store: ProgramStore, used: tuple[str, ...]) -> dict[str, Any]:
    return {
        "program": store.name,
        "folder": str(store.folder),
        "used": store.name in used,
        "models": [
            {"path": str(path), "name": name or path.stem}
            for path, name in zip(store.models, store.names, strict=True)
        ],
    }


def add_words(words: Words) -> None:
    """Add `folders` and `found`."""
    folders = words.add_parser("folders", help="the folders that are watched for models")
    inner = folders.add_subparsers(metavar="WORD", required=True)
    for what, text in (
        ("list", "show them"),
        ("add", "watch one"),
        ("remove", "watch one no more"),
    ):
        parser = inner.add_parser(what, help=text)
        parser.set_defaults(folder=None, what=what)
        if what != "list":
            parser.value("folder", "FOLDER", "a folder on any disk")
        parser.runs(run_folders, "write them as a JSON list")
    found = words.add_parser("found", help="models that other programs have here")
    for flag, text in (("--use", "use its models where they lie"), ("--leave", "use them no more")):
        found.value(flag, "PROGRAM", text, default=[], nargs="+", action="extend")
    found.runs(run_found, "write them as a JSON list")
