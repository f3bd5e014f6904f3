"""`lampblack models passport`: trying a model, and what it turned out to be good for."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from app.cli import output
from app.cli.engine import EngineTask, planned
from app.cli.parsing import Words
from app.core.errors import UsageError
from app.core.models.catalogue import PURPOSES
from app.core.models.model_file import ModelFile
from app.core.passport import Passport, from_record, score, words
from app.engine.messages import Examine, Examined
from app.program import Program


def run_passport(arguments: argparse.Namespace, program: Program) -> None:
    """Show a model's passport, after an examination where there is none or `--again` is said."""
    if arguments.purpose:
        _rank(arguments, program)
        return
    model = program.model(arguments.name)
    passport = from_record(program.metadata.record(model).passport)
    if passport is not None and not passport.problem and not arguments.again:
        _write(arguments, model, passport)
        return
    passport = _examined(model, program)
    _write(arguments, model, passport)  # before it is kept, in case that it cannot be
    program.metadata.change(model, passport=msgspec.to_builtins(passport))


def _write(arguments: argparse.Namespace, model: ModelFile, passport: Passport) -> None:
    output.answer(arguments.json, _facts(model, passport), (model.name, *words(passport)))


def _rank(arguments: argparse.Namespace, program: Program) -> None:
    """List the models that have a passport, the one that suits the purpose best first."""
    if arguments.name or arguments.again:
        raise UsageError("--for compares all models that were examined.", "Leave out the name.")
    found = []
    for model in program.library.list():
        passport = from_record(program.metadata.record(model).passport)
        if passport is not None and not model.problem:
            found.append((model, passport))
    found.sort(key=lambda pair: -score(pair[1], arguments.purpose))
    output.answer(
        arguments.json,
        [_facts(model, passport) for model, passport in found],
        (
            f"{score(kept, arguments.purpose):4.0%}  {each.name}  {each.path}"
            for each, kept in found
        ),
    )
    if not (found or arguments.json):
        output.note("No model was examined yet. Do so with `lampblack models passport NAME`.")


def _facts(model: ModelFile, passport: Passport) -> dict[str, Any]:
    """All that is known, for JSON."""
    known: dict[str, Any] = msgspec.to_builtins(passport)
    return {
        **known,
        "path": model.path,
        "pages_per_minute": passport.pages_per_minute,
        "words": words(passport),
        "scores": {purpose: round(score(passport, purpose), 3) for purpose in PURPOSES},
    }


def _examined(model: ModelFile, program: Program) -> Passport:
    load = planned(model, program, program.metadata)
    with program.engine() as client, EngineTask(client) as task:
        task.run(load)
        examined = task.run(Examine(job=0))
    assert isinstance(examined, Examined)
    return examined.passport


def add_words(inner: Words) -> None:
    """Add `passport`."""
    parser = inner.add_parser("passport", help="what a model is good for, by trying it")
    parser.value("name", "NAME|PATH", "the model", nargs="?")
    parser.switch("--again", "examine it once more")
    parser.value(
        "--for", None, "compare all examined models, best first", dest="purpose", choices=PURPOSES
    )
    parser.runs(run_passport, "write JSON; made_at is in seconds since 1970, UTC")
