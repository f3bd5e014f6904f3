"""`lampblack provenance`: how much of a text or book was typed, generated, edited and pasted."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.errors import DocumentError, UsageError
from app.core.system.files import why, write_new
from app.program import Program

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile
    from app.core.provenance.rendering import ReportFormat
    from app.core.provenance.report import ProvenanceReport

_PROVENANCE = """Say how much of FILE, or of the book in the folder BOOK, was typed, generated,
edited after it was generated, rewritten by a model, pasted, or there before, counted by words, for
each heading or chapter; which takes stand in it, and which models with their licences wrote them.

It is what Lampblack saw on this machine. What was in a file when Lampblack first opened it, or was
written by another program, counts as there before.
--to writes the report as .html, .md or .json."""

_FORMATS: dict[str, ReportFormat] = {
    ".html": "html",
    ".htm": "html",
    ".md": "md",
    ".json": "json",
}


def add_provenance(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "provenance",
        help="say how much of a text or book was typed, generated, edited and pasted",
        usage="lampblack provenance FILE|BOOK [--to FILE] [--json]",
        description=_PROVENANCE,
    )
    parser.value("path", "FILE|BOOK", "a text, or the folder of a book")
    parser.value("--to", "FILE", "a new .html, .md or .json file")
    parser.runs(run_provenance)


def run_provenance(arguments: argparse.Namespace, program: Program) -> None:
    """Count, and show or write the report."""
    from app.core.books.provenance import report_on  # with the store, which small words need not
    from app.core.provenance.rendering import render_report

    to = Path(arguments.to) if arguments.to else None
    if to is not None and to.suffix.lower() not in _FORMATS:
        raise UsageError(
            f"{to.name} is in no format that a report can have.", "Name a .html, .md or .json file."
        )
    licences = licences_of(program.library.list())
    report = report_on(Path(arguments.path), program.store, lambda path: licences.get(path, ""))
    if to is None:
        output.answer(arguments.json, msgspec.to_builtins(report), _lines(report))
        return
    try:
        write_new(to, render_report(report, _FORMATS[to.suffix.lower()]).encode())
    except FileExistsError:
        raise DocumentError(
            f"{to} is there already.", "Name a file that is not there yet."
        ) from None
    except OSError as error:
        raise DocumentError(f"{to} cannot be written: {why(error)}.") from error
    output.answer(arguments.json, {"path": str(to)}, [f"Written to {to}."])


def licences_of(models: Iterable[ModelFile]) -> dict[str, str]:
    """The licence of each model by its path."""
    return {model.path: model.licence for model in models}


def _lines(report: ProvenanceReport) -> Iterator[str]:
    from app.core.provenance.passages import SHOWN
    from app.core.provenance.rendering import ENGLISH
    from app.core.provenance.report import count_of, is_whole, model_name

    kinds = [kind for kind in SHOWN if report.total[kind]]
    rows = [("  " * one.level + one.title, one.words) for one in report.parts]
    if not is_whole(report):
        rows.append((ENGLISH.whole, report.total))
    width = max(len(title) for title, _words in rows)
    names = [ENGLISH.kinds[kind] for kind in kinds]
    yield f"{'':<{width}}  {'words':>7}  {'  '.join(names)}".rstrip()
    for title, words in rows:
        whole = count_of(words)
        shares = (f"{100 * words[kind] / max(1, whole):.0f} %" for kind in kinds)
        cells = (f"{one:>{len(name)}}" for one, name in zip(shares, names, strict=True))
        yield f"{title:<{width}}  {whole:>7,}  {'  '.join(cells)}".rstrip()
    for model in report.models:
        name = model_name(model.model) or "a model that is not known"
        licence = model.licence or "licence not known"
        yield f"{name} ({licence}): {model.words:,} words"
