"""Flags out of the tables: one for every sampling parameter and every load option."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from app.core.errors import ParameterError
from app.core.options.json_schema import is_schema, read_schema
from app.core.options.load_options import LOAD_OPTIONS, LoadOptions
from app.core.options.rows import BoundRow, checked, limit_text
from app.core.options.sampling import PARAMETERS, Sampling
from app.core.system.files import read_regular, why

_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\"}


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add every parameter and load option, in the groups of the tables."""
    groups: dict[str, Any] = {}
    for table, bounds in (("sampling", PARAMETERS), ("load", LOAD_OPTIONS)):
        for bound in bounds:
            title = bound.row.group
            if title not in groups:
                groups[title] = parser.add_argument_group(title)
            _add_flag(groups[title], table, bound)


def add_load_flags(parser: argparse.ArgumentParser, names: Iterable[str]) -> None:
    """Add the load options of these names."""
    for bound in LOAD_OPTIONS:
        if bound.name in names:
            _add_flag(parser, "load", bound)


def _add_flag(group: Any, table: str, bound: BoundRow) -> None:
    group.add_argument(
        bound.flag,
        dest=f"{table}:{bound.name}",
        action="append" if bound.kind in ("texts", "bias") else "store",
        default=argparse.SUPPRESS,
        metavar=_metavar(bound),
        help=flag_help(bound).replace("%", "%%"),
    )


def _metavar(bound: BoundRow) -> str:
    if bound.row.choices:
        return "|".join(map(str, bound.row.choices)) if bound.kind != "texts" else "STEP,STEP…"
    names = {"bool": "on|off", "int": "N", "float": "X", "text": "TEXT|@FILE", "bias": "TEXT=X"}
    return names.get(bound.kind, "TEXT")


def flag_help(bound: BoundRow) -> str:
    """The help of a flag: what the row says, its limits and its default."""
    facts = []
    if bound.kind in ("int", "float") and not bound.row.choices:
        unit = f" {bound.row.unit}" if bound.row.unit else ""
        facts.append(f"{limit_text(bound.row.low)} to {limit_text(bound.row.high)}{unit}")
    facts.append(f"default {_default_text(bound)}")
    if bound.kind in ("texts", "bias"):
        facts.append("may be repeated")
    return f"{bound.row.help} ({'; '.join(facts)})"


def _default_text(bound: BoundRow) -> str:
    default = bound.default
    if default is None:
        return "random"
    if isinstance(default, bool):
        return "on" if default else "off"
    if isinstance(default, tuple | list):
        return " ".join(_escaped(text) for text in default) or "none"
    if isinstance(default, float):
        return f"{default:g}"
    return str(default) if default not in ("", {}) else "none"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def sampling_from(arguments: argparse.Namespace, base: Sampling) -> Sampling:
    """`base` with the parameters given on the command line in place of its own.

    A JSON schema is checked here, before a model is loaded.
    """
    sampling = checked(Sampling, asdict(base) | given(arguments, "sampling", PARAMETERS))
    if is_schema(sampling.grammar):
        read_schema(sampling.grammar)
    return sampling


def load_options_from(arguments: argparse.Namespace, base: LoadOptions) -> LoadOptions:
    """`base` with the load options given on the command line in place of its own."""
    return checked(LoadOptions, asdict(base) | given(arguments, "load", LOAD_OPTIONS))


def is_given(arguments: argparse.Namespace, name: str) -> bool:
    """Whether the load option was given on the command line."""
    return f"load:{name}" in vars(arguments)


def given(arguments: argparse.Namespace, table: str, bounds: Iterable[BoundRow]) -> dict[str, Any]:
    """The values of those flags of a table that were given on the command line, by name."""
    typed = vars(arguments)
    return {
        bound.name: _read(bound, typed[f"{table}:{bound.name}"])
        for bound in bounds
        if f"{table}:{bound.name}" in typed
    }


def _read(bound: BoundRow, typed: Any) -> Any:
    """The value of a flag: a text, or all texts of a repeated one."""
    if bound.kind == "texts":
        return bound.check([text for part in typed for text in _texts(bound, part)])
    if bound.kind == "bias":
        biases: dict[str, float] = {}
        for part in typed:
            biases |= bound.parse(part if part.lstrip().startswith("{") else unescape(part))
        return bound.check(biases)
    if bound.kind == "text" and not bound.row.choices:
        return bound.check(text_or_file(bound, typed))
    return bound.parse(typed)


def _texts(bound: BoundRow, typed: str) -> Iterable[str]:
    """A JSON list, or one text with backslash escapes; names of choices split at commas."""
    if typed.lstrip().startswith("["):
        return tuple(bound.parse(typed))
    if bound.row.choices:
        return [name.strip() for name in typed.split(",") if name.strip()]
    return [unescape(typed)]


def unescape(text: str) -> str:
    r"""`text` with `\n`, `\t` and `\\` read as a newline, a tab and a backslash."""
    parts = iter(text)
    found = []
    for character in parts:
        if character == "\\":
            following = next(parts, "")
            found.append(_ESCAPES.get(following, "\\" + following))
        else:
            found.append(character)
    return "".join(found)


def text_or_file(bound: BoundRow, typed: str) -> str:
    """The text as typed, or as it stands in a file; only a byte order mark is left out."""
    if not typed.startswith("@"):
        return typed
    try:
        return read_regular(Path(typed[1:]), 4 * bound.row.max_length).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise bound.error(f"cannot be read from {typed[1:]!r}, which is not UTF-8 text") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "that is not a path"
        raise ParameterError(f"The file {typed[1:]!r} could not be read: {reason}.") from error
