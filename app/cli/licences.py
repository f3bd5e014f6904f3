"""`lampblack licences`: what the program consists of, and under what terms."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence

import msgspec

from app.cli import output
from app.cli.parsing import Words
from app.core.errors import UsageError
from app.core.system.licences import LicensedComponent, bundled_licences, read_licences
from app.program import Program

_LICENCES = """List everything that Lampblack consists of with its version and licence, or write the
licence texts of one component.

A bundle lists all that it carries. Run from source it lists the Python packages that are installed
for it; the complete list is in the bundle. What installed packs carry besides comes last."""

_LISTED = ("name", "version", "licence", "pack")


def add_licences(words: Words) -> None:
    """Add the word."""
    parser = words.add_parser(
        "licences",
        help="list what Lampblack consists of, and its licences",
        description=_LICENCES,
    )
    parser.value("name", "NAME", "write the licence of this component", nargs="?")
    parser.runs(run_licences)


def run_licences(arguments: argparse.Namespace, program: Program) -> None:
    """Write the list, or the texts of the component that is named."""
    found = read_licences(bundled_licences(), program.packs.licences())
    if arguments.name:
        found = _named(found, arguments.name)
        output.answer(arguments.json, msgspec.to_builtins(found), _texts(found))
    else:
        rows = [{name: getattr(one, name) for name in _LISTED} for one in found]
        output.answer(arguments.json, rows, _table(found))


def _named(found: Sequence[LicensedComponent], name: str) -> tuple[LicensedComponent, ...]:
    wanted = tuple(one for one in found if one.name.casefold() == name.casefold())
    if not wanted:
        raise UsageError(
            f"Lampblack has no component named {name}.", "See `lampblack licences` for all names."
        )
    return wanted


def _table(found: Sequence[LicensedComponent]) -> Iterator[str]:
    names, versions = (
        max(len(getattr(one, field)) for one in found) for field in ("name", "version")
    )
    for one in found:
        pack = f" ({one.pack})" if one.pack else ""
        licence = one.licence or one.problem
        yield f"{one.name:<{names}}  {one.version:<{versions}}  {licence}{pack}".rstrip()


def _texts(found: Sequence[LicensedComponent]) -> Iterator[str]:
    for one in found:
        yield f"{one.name} {one.version} ({one.licence})\n\n{one.text or one.problem}"
