"""`lampblack models fit`: the memory that a model needs here, as arithmetic, with a verdict."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, cast

import msgspec

from app.cli import output
from app.cli.engine import describe, drafting
from app.cli.flags import add_load_flags, load_options_from
from app.cli.parsing import Words
from app.core.errors import CatalogueError, ModelNotFoundError
from app.core.memory_fit.advice import advised, lines
from app.core.memory_fit.estimate import MEMORY, Fit
from app.core.memory_fit.layout import layout
from app.core.memory_fit.report import facts_fit, smaller_entry
from app.core.models.catalogue import Catalogue, CatalogueEntry
from app.core.models.model_file import ModelFile, engine_for
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Machine, this_machine
from app.engine.worker import cards
from app.program import Program

_OPTIONS = (
    "context",
    "gpu_layers",
    "kv_type",
    "flash_attention",
    "batch",
    "ubatch",
    "draft",
    "mmap",
)

_Source = Literal["header", "catalogue"]


class _Answer(msgspec.Struct, frozen=True):
    """The fit of one model, and the source of its facts."""

    model: str
    path: str
    engine: str
    source: _Source
    fit: Fit


def run_fit(arguments: argparse.Namespace, program: Program) -> None:
    """Write what the model needs and whether it fits."""
    options = load_options_from(arguments, program.settings.load)
    answer = _answer(arguments, options, program)
    output.answer(arguments.json, _facts(answer), _page(answer))


def _answer(arguments: argparse.Namespace, options: LoadOptions, program: Program) -> _Answer:
    name = arguments.name
    try:
        model = program.model(name)
    except ModelNotFoundError as error:
        entry = _entry(program.catalogue, name)
        if entry is None:
            raise error
        return _of_entry(entry, options, program)
    return _of_model(model, drafting(arguments, program, model, options), program)


def _entry(catalogue: Catalogue, name: str) -> CatalogueEntry | None:
    try:
        return catalogue.get(name)
    except CatalogueError:
        return None


def _of_entry(entry: CatalogueEntry, options: LoadOptions, program: Program) -> _Answer:
    machine = _machine(program, entry.engine, options)
    return _Answer(entry.name, "", entry.engine, "catalogue", facts_fit(entry, machine))


def _of_model(model: ModelFile, options: LoadOptions, program: Program) -> _Answer:
    engine = cast(Literal["llama.cpp", "torch"], engine_for(model, program.settings.engine))
    found = layout(Path(model.path), engine)
    machine = _machine(program, engine, options)
    fit = advised(found, options, machine)
    if fit.verdict != "fits":
        smaller = smaller_entry(found, fit, machine, program.catalogue.entries)
        fit = advised(found, options, machine, smaller=_named(smaller))
    return _Answer(model.name, model.path, engine, "header", fit)


def _named(entry: CatalogueEntry | None) -> str:
    return f"{entry.name} out of the catalogue ({entry.id})" if entry else ""


def _machine(program: Program, engine: str, options: LoadOptions) -> Machine:
    """What is free now, the graphics cards as the engine sees them, if any are to be used."""
    if not options.gpu_layers:
        return this_machine()
    described, problem = describe(program)
    if described is None:
        output.note(
            f"The graphics cards are not counted, because the engine did not answer: {problem}"
        )
        return this_machine()
    reports = (report for report in described.engines if report.engine == engine)
    return this_machine(cards(device for report in reports for device in report.devices))


def _facts(answer: _Answer) -> dict[str, Any]:
    """The answer as JSON has it: sums by kind first, then every part.

    What the catalogue does not tell apart is null.
    """
    fit = answer.fit
    is_known = answer.source == "header"
    buffers = fit.total - fit.sum_of("weights") - fit.sum_of("cache")
    facts: dict[str, Any] = msgspec.to_builtins(answer)
    del facts["fit"]
    facts |= {
        "verdict": fit.verdict,
        "weights_bytes": fit.sum_of("weights") or None,
        "kv_cache_bytes": fit.sum_of("cache") if is_known else None,
        "buffers_bytes": buffers if is_known else None,
        "needed_bytes": fit.total,
        "needed_at_once_bytes": fit.at_once,
        "free_bytes": fit.free[MEMORY],
    }
    facts |= msgspec.to_builtins(fit)
    return facts


def _page(answer: _Answer) -> Iterator[str]:
    fit = answer.fit
    yield f"{answer.model} ({answer.engine}), {_settings(fit)}"
    if answer.source == "catalogue":
        yield "It is not on this machine; this is what the catalogue says of it."
    yield from lines(fit)


def _settings(fit: Fit) -> str:
    words = [f"{fit.context:,} tokens of context"]
    words += [f"{fit.gpu_layers} layers on the GPU"] if fit.gpu_layers else []
    return ", ".join(words)


def add_words(words: Words) -> None:
    """Add `fit`."""
    parser = words.add_parser("fit", help="whether a model fits into the free memory")
    parser.value("name", "MODEL", "its name or path, or an id or name of the catalogue")
    add_load_flags(parser, _OPTIONS)
    parser.runs(run_fit)
