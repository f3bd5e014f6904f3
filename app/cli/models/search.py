"""`lampblack models search` and `show`: the catalogue, best fit first."""

from __future__ import annotations

import argparse
import math
import textwrap
from typing import Any, get_args

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.models.catalogue import PURPOSES, Catalogue, CatalogueEntry, present
from app.core.models.catalogue_search import CatalogueFilter, CatalogueMatch, Order, offers
from app.core.options.load_options import ENGINES
from app.core.system.machine import this_machine
from app.core.units import size_text
from app.program import Program

_WIDTH = 88


def run_search(arguments: argparse.Namespace, program: Program) -> None:
    """List what the catalogue has of what is asked for."""
    catalogue = _catalogue(program)
    found = _offers(catalogue, _filter(arguments), program)
    output.answer(arguments.json, [_facts(offer) for offer in found], map(_lines, found))
    if not (found or arguments.json):
        output.note("Nothing in the catalogue answers to all of that. Ask for less.")


def run_show(arguments: argparse.Namespace, program: Program) -> None:
    """Say everything that the catalogue knows of one model."""
    catalogue = _catalogue(program)
    entry = catalogue.get(arguments.name)
    offer = next(
        offer for offer in _offers(catalogue, CatalogueFilter(), program) if offer.entry == entry
    )
    output.answer(arguments.json, _facts(offer), [_page(offer)])


def _catalogue(program: Program) -> Catalogue:
    for problem in program.catalogue.problems:
        output.note(problem)
    return program.catalogue


def _offers(
    catalogue: Catalogue, wanted: CatalogueFilter, program: Program
) -> tuple[CatalogueMatch, ...]:
    here = present(catalogue, program.paths.models, program.library.list())
    return offers(catalogue, wanted, this_machine(), here)


def _filter(arguments: argparse.Namespace) -> CatalogueFilter:
    return CatalogueFilter(
        text=" ".join(arguments.text),
        purpose=arguments.purpose,
        language=arguments.language,
        licence=arguments.licence,
        engine=arguments.engine,
        kind=arguments.kind,
        largest_bytes=int(arguments.largest * 1e9),
        fits_only=arguments.fits,
        sort=arguments.sort,
    )


def _facts(offer: CatalogueMatch) -> dict[str, Any]:
    facts: dict[str, Any] = msgspec.to_builtins(offer.entry)
    return facts | {"verdict": offer.verdict, "because": offer.because, "here": offer.here}


def _lines(offer: CatalogueMatch) -> str:
    entry = offer.entry
    facts = (size(entry), offer.verdict, entry.kind, entry.engine, entry.licence)
    mark = ", on this machine" if offer.here else ""
    why = textwrap.fill(entry.why, _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"{entry.id}  {entry.name}{mark}\n    {', '.join(facts)}\n{why}"


def _page(offer: CatalogueMatch) -> str:
    entry = offer.entry
    rows = (
        ("Id", entry.id),
        ("Good for", ", ".join(entry.good_for)),
        ("Languages", ", ".join(entry.languages)),
        ("Kind", "continues text" if entry.kind == "base" else "follows instructions"),
        ("Size", f"{size(entry)}, {entry.params_b:g} billion parameters {entry.quantization}"),
        ("Context", f"{entry.context_length:,} tokens"),
        ("Memory", f"{size_text(entry.memory_bytes)}, {offer.verdict}: {offer.because}"),
        ("Engine", entry.engine),
        ("Licence", entry.licence),
        ("From", f"{entry.repo} {entry.revision}".strip()),
        ("Here", offer.here or "not on this machine"),
    )
    shown = (f"  {name:<10}{value}" for name, value in rows)
    return "\n".join((entry.name, textwrap.fill(entry.why, _WIDTH), *shown))


def size(entry: CatalogueEntry) -> str:
    """The size of what is downloaded, in words."""
    return size_text(entry.size_bytes) if entry.size_bytes else "size not known yet"


def _size_in_gb(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no size in GB")
    return value


def add_words(words: Words) -> None:
    """Add `search` and `show`."""
    search = words.add_parser("search", help="look for a model in the catalogue")
    search.value("text", "WORD", "words to look for", default=(), nargs="*")
    search.value("--purpose", None, "what it is for", choices=PURPOSES)
    search.value("--language", "CODE", "a language, such as zh")
    search.value("--licence", "NAME", "such as apache-2.0")
    search.value("--engine", None, "the engine that runs it", choices=ENGINES)
    search.value("--kind", None, "its training", choices=("base", "instruct"))
    search.value("--largest", "GB", "its largest size", default=0.0, type=_size_in_gb)
    search.switch("--fits", "leave out what is too large")
    search.value("--sort", None, "the order", default="best", choices=get_args(Order))
    search.runs(run_search, "write a JSON list")
    show = words.add_parser("show", help="all about one model of the catalogue")
    show.value("name", "ID|NAME", "its id or name in the catalogue")
    show.runs(run_show)
