"""`lampblack servers names`: the names that are masked on the way to a server."""

from __future__ import annotations

import argparse

from app.cli import output
from app.cli.parsing import Words
from app.cli.server import names_in
from app.core.errors import ParameterError
from app.core.masking import Masker
from app.program import Program


def run_names(arguments: argparse.Namespace, program: Program) -> None:
    """Show, add or remove names."""
    given = [name for one in arguments.names for name in names_in(one)]
    if arguments.what == "add":
        Masker(given)  # raises ParameterError for one that cannot be masked
        program.settings_store.put("masked_names", *(" ".join(name.split()) for name in given))
    elif arguments.what == "remove":
        _remove(program, given)
    names = program.settings.masked_names
    output.answer(arguments.json, list(names), names)
    if not (names or arguments.json):
        output.note("No names are listed. Add some with `lampblack servers names add NAME`.")


def _remove(program: Program, given: list[str]) -> None:
    listed = {name.casefold(): name for name in program.settings.masked_names}
    wanted = [" ".join(name.split()).casefold() for name in given]
    for name in wanted:
        if name not in listed:
            raise ParameterError(f"The name {name!r} is not on the list.")
    for name in wanted:
        program.settings_store.drop("masked_names", listed[name])


def add_words(words: Words) -> None:
    """Add `names`."""
    names = words.add_parser("names", help="the names that are masked before a text goes away")
    inner = names.add_subparsers(metavar="WORD", required=True)
    for what, text in (
        ("list", "show them"),
        ("add", "mask these, too"),
        ("remove", "mask these no more"),
    ):
        parser = inner.add_parser(what, help=text)
        parser.set_defaults(names=[], what=what)
        if what != "list":
            parser.value("names", "NAME|@FILE", "a name, or a file with one in a line", nargs="+")
        parser.runs(run_names, "write them as a JSON list")
