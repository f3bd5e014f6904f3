"""`lampblack models import`, `remove`, `verify` and `set`: one model at a time."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from app.cli import output
from app.cli.long_task import LongTask, confirm
from app.cli.models.list import facts
from app.cli.parsing import Words
from app.core.errors import SettingsError, UsageError
from app.core.models.import_copy import copy_in
from app.core.models.model_file import ModelFile, inspect
from app.core.models.removal import add_in_place, disk_use, plan_removal, remove, take_off
from app.core.models.verify import verify_known
from app.core.units import size_text
from app.program import Program

_NAME = ("NAME|PATH", "a model; see `lampblack models list`")


def run_import(arguments: argparse.Namespace, program: Program) -> None:
    """Put a model on the list where it lies, or copy it."""
    path = Path(arguments.path)
    model: ModelFile | Path
    if arguments.copy:
        with LongTask("Copying") as work:
            model = copy_in(inspect(path), program.paths.models, work.show, work.cancelled)
        done = f"{model.name} was copied and verified: {model.path}"
    else:
        model = add_in_place(path, program.settings_store, program.metadata)
        if isinstance(model, Path):
            sentence = f"{model} is watched from now on; the models in it are on the list."
            output.answer(arguments.json, {"watched": str(model)}, [sentence])
            return
        done = f"{model.name} is used where it lies: {model.path}"
    _report(arguments, program, model, done)


def run_remove(arguments: argparse.Namespace, program: Program) -> None:
    """Move a model to the trash, or take it off the list."""
    model = _meant(program, arguments.name)
    only_list = arguments.keep_file or not (plan := plan_removal(model)).paths
    sentence = (
        f"{model.name} is taken off the list; its files stay."
        if arguments.keep_file
        else plan.sentence
    )
    if not arguments.yes:
        refusal = UsageError(f"{sentence} That cannot be asked here.", "Say --yes to do it.")
        confirm(f"{sentence}\nRemove it?", refusal, "Nothing was removed.")
    freed = 0 if only_list else remove(model)
    take_off(model, program.settings_store, program.metadata)
    facts_now = {"path": model.path, "freed_bytes": freed, "trashed": not only_list}
    size = f" That is {size_text(freed)}." if freed else ""
    output.answer(arguments.json, facts_now, [f"{sentence}{size}"])


def run_verify(arguments: argparse.Namespace, program: Program) -> None:
    """Read a model through and compare its checksum with what is known of it."""
    model = program.model(arguments.name)
    with LongTask(f"Verifying {model.name}") as work:
        verdict = verify_known(
            model,
            program.metadata,
            program.catalogue,
            program.paths.models,
            work.show,
            work.cancelled,
            ignore_last=arguments.anew,
        )
    known = f"as {verdict.by} says" if verdict.by else "which nothing could be compared with"
    if verdict.by == "the last time":
        known = "as the last time"
    elif not (verdict.by or verdict.problem):
        known = "remembered for the next time"
    output.answer(
        arguments.json,
        {"path": model.path, "sha256": verdict.sha256, "by": verdict.by},
        [f"{model.name} is whole: sha256 {verdict.sha256}, {known}."],
    )
    if verdict.problem:
        raise SettingsError(verdict.problem)


def run_set(arguments: argparse.Namespace, program: Program) -> None:
    """Change the title, the notes or the star of a model."""
    changes: dict[str, Any] = {
        name: getattr(arguments, name)
        for name in ("title", "notes", "favourite")
        if getattr(arguments, name) is not None
    }
    if not changes:
        raise UsageError("There is nothing to set.", "Say --title, --notes or --favourite.")
    model = _meant(program, arguments.name)
    before = model.own_name or model.name
    program.metadata.change(model, **changes)
    title = program.metadata.record(model).title
    model = msgspec.structs.replace(model, name=title or before, own_name=before if title else "")
    _report(arguments, program, model, f"Remembered of {before}: {model.path}")


def _meant(program: Program, name: str) -> ModelFile:
    """The model of that name or path, and also one on the list that cannot be used."""
    wanted = name.strip()
    for model in program.library.list():
        path = Path(model.path)
        if wanted in (model.name, model.own_name, model.path, path.name, path.stem):
            return model
        if str(Path(wanted).absolute()) == model.path:
            return model
    return program.model(name)


def _report(
    arguments: argparse.Namespace, program: Program, model: ModelFile, sentence: str
) -> None:
    known = facts(model, program.metadata.record(model), disk_use([model]))
    output.answer(arguments.json, known, [sentence])


def add_words(words: Words) -> None:
    """Add `import`, `remove`, `verify` and `set`."""
    parser = words.add_parser("import", help="use a model where it lies")
    parser.value("path", "PATH", "a GGUF file, or a folder with models")
    parser.switch("--copy", "copy it into the program's own folder")
    parser.runs(run_import)
    parser = words.add_parser("remove", help="move a model to the trash")
    parser.value("name", *_NAME)
    parser.switch("--keep-file", "only take it off the list")
    parser.switch("--yes", "do not ask")
    parser.runs(run_remove)
    parser = words.add_parser("verify", help="compare a model with its known checksum")
    parser.value("name", *_NAME)
    parser.switch("--anew", "take the present content for right, if nothing else is known")
    parser.runs(run_verify)
    parser = words.add_parser("set", help="give a model a title, notes or a star")
    parser.value("name", *_NAME)
    parser.value("--title", "TEXT", "what to call it; empty is its file's name", default=None)
    parser.value("--notes", "TEXT", "what you want to remember of it", default=None)
    parser.add_argument("--favourite", action=argparse.BooleanOptionalAction, help="give it a star")
    parser.runs(run_set)
