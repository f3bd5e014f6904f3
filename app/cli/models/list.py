"""`lampblack models list` and `duplicates`: the models here, and those with the same content."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from app.cli import output
from app.cli.long_task import LongTask
from app.cli.parsing import Words
from app.core.models.duplicates import duplicates
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile
from app.core.models.removal import DiskUse, disk_use
from app.core.units import size_text
from app.program import Program


def run_list(arguments: argparse.Namespace, program: Program) -> None:
    """List every model, the broken ones with their problem."""
    models = program.library.list()
    for problem in (*program.metadata.problems, *program.library.notes):
        output.note(problem)
    use = disk_use(models)
    records = [(model, program.metadata.record(model)) for model in models]
    content = [facts(model, record, use) for model, record in records]
    output.answer(arguments.json, content, (model_line(*pair) for pair in records))
    if arguments.json:
        return
    if models:
        unusable = sum(not model.can_load for model in models)
        count = f"{len(models)} model{'s' * (len(models) != 1)}"
        count += f", {unusable} of them cannot be used" if unusable else ""
        output.note(f"{count}, {size_text(use.total)} on disk.")
    else:
        output.note("There is no model yet. Fetch one with `lampblack models get starter`.")


def run_duplicates(arguments: argparse.Namespace, program: Program) -> None:
    """Show which models have the same content in different files."""
    with LongTask("Comparing the models") as work:
        found = duplicates(program.library.list(), program.metadata, work.show, work.cancelled)
    paths = [[model.path for model in group] for group in found]
    heads = [f"{group[0].name}  {len(group)} × {size_text(group[0].size_bytes)}" for group in found]
    lines = ("\n    ".join((head, *group)) for head, group in zip(heads, paths, strict=True))
    output.answer(arguments.json, paths, lines)
    if not (found or arguments.json):
        output.note("No model is here twice.")


def facts(model: ModelFile, record: ModelRecord, use: DiskUse) -> dict[str, Any]:
    """All that is known of a model, for JSON."""
    known: dict[str, Any] = msgspec.to_builtins(model)
    return known | {
        "disk_bytes": use.models[model.path],
        "favourite": record.favourite,
        "notes": record.notes,
        "sha256": record.sha256,
        "verified_at": record.verified_at,
        "source": record.source,
    }


def model_line(model: ModelFile, record: ModelRecord | None = None) -> str:
    """A model on one line: name, size, quantization, context, and its path or its problem."""
    star = "★ " if record is not None and record.favourite else ""
    if model.problem:
        return f"{star}{model.name}  ({model.problem})  {model.path}"
    shown = [size_text(model.size_bytes), model.quantization, model.architecture]
    shown += [f"context {model.context}"] if model.context else []
    shown += [f"of {model.program}"] if model.program else []
    return f"{star}{model.name}  {', '.join(fact for fact in shown if fact)}  {model.path}"


def add_words(words: Words) -> None:
    """Add `list` and `duplicates`."""
    parser = words.add_parser("list", help="the models on this machine")
    parser.runs(run_list, "write them as a JSON list; a time is in seconds since 1970, UTC")
    parser = words.add_parser("duplicates", help="models with the same content")
    parser.runs(run_duplicates, "write lists of paths as JSON")
