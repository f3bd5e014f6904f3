"""`lampblack models list`: what is on this machine."""

from __future__ import annotations

import argparse
import json

import msgspec

from app.cli import output
from app.cli.parsing import Words, parser_of
from app.cli.program import Program
from app.core.models import ModelFile


def run_list(arguments: argparse.Namespace, program: Program) -> int:
    """List every model, the broken ones with their problem."""
    models = program.library.list()
    if arguments.json:
        output.write(json.dumps(msgspec.to_builtins(models), ensure_ascii=False, indent=2) + "\n")
        return 0
    for model in models:
        output.write(model_line(model) + "\n")
    if not models:
        output.note("There is no model yet. Fetch one with `lampblack models get starter`.")
    return 0


def model_line(model: ModelFile) -> str:
    """A model on one line: name, size, quantization, context, and its path or its problem."""
    if model.problem:
        return f"{model.name}  ({model.problem})  {model.path}"
    facts = [output.size_text(model.size_bytes), model.quantization, model.architecture]
    facts += [f"context {model.context}"] if model.context else []
    return f"{model.name}  {', '.join(fact for fact in facts if fact)}  {model.path}"


def add_words(words: Words) -> None:
    """Add `list`."""
    parser = parser_of(words.add_parser, "list", help="the models on this machine")
    parser.add_argument("--json", action="store_true", help="write them as a JSON list")
    parser.set_defaults(run=run_list)
