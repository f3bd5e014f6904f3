"""Rows: how one struct of values carries everything the program knows about each of its fields.

A table is a frozen msgspec struct whose fields are `Annotated[type, Row(...)]`. `rows(Table)` turns
it into `BoundRow`s, from which sliders, flags, help, validation and documentation derive.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from app.core.errors import ParameterError

T = TypeVar("T", bound=msgspec.Struct)

_MOST_CHARACTERS = 131_072  # of all texts of a list together: the engines keep tables of them
_TYPE_NAMES = {bool: "bool", int: "int", float: "float", str: "text"}


class Slider(msgspec.Struct, frozen=True):
    """The comfortable range of a number: both ends and the step between positions."""

    low: float
    high: float
    step: float


class Row(msgspec.Struct, frozen=True):
    """What is known about one field beside its name, type and default.

    `low` and `high` are the hard limits (inclusive); `least` is the smallest value beside 0, where
    0 has a meaning of its own. `neutral` is the value that switches the parameter off. A row
    without a `group` is in that of the row before. `choices` are the only allowed values.
    `max_length` bounds a list, `pattern` is what each text matches, and `form` says so in words.
    `llama_cpp` and `torch` name what each engine does with it;
    `torch_missing` says why the Torch engine cannot do it. `openai` is the field of the same
    meaning in that API. `plain` is what writers call it: those rows are always in sight, under
    that name, the others under "All parameters". What is `per_model` is remembered of each
    model and not in the settings.
    """

    label: str
    help: str
    group: str = ""
    low: float | None = None
    high: float | None = None
    least: float | None = None
    slider: Slider | None = None
    neutral: Any = None
    choices: tuple[Any, ...] = ()
    max_length: int = 0
    pattern: str = ""
    form: str = ""
    unit: str = ""
    openai: str = ""
    llama_cpp: str = ""
    torch: str = "own"
    torch_missing: str = ""
    plain: str = ""
    per_model: bool = False

    @property
    def title(self) -> str:
        """What a panel calls it."""
        return self.plain or self.label


class BoundRow(msgspec.Struct, frozen=True):
    """A row together with the name, kind and default of its field.

    `kind` is one of `bool`, `int`, `float`, `text`, `texts` (tuple of strings) and `bias` (mapping
    of text to number). `optional` says that None is a value (for the seed: choose one).
    """

    name: str
    kind: str
    default: Any
    optional: bool
    row: Row

    @property
    def flag(self) -> str:
        """The command line's name, such as `--top-p`."""
        return "--" + self.name.replace("_", "-")

    def missing(self, engine: str) -> str:
        """Why `engine` ("llama.cpp" or "torch") cannot do this; empty if it can."""
        return self.row.torch_missing if engine == "torch" else ""

    def is_neutral(self, value: Any) -> bool:
        """Whether `value` switches this parameter off."""
        return bool(value == self.row.neutral) if self.row.neutral is not None else not value

    def check(self, value: Any) -> Any:
        """Return `value` in the field's own type, or raise ParameterError naming the limits."""
        if value is None and self.optional:
            return None
        value = _CHECKS[self.kind](self, value)
        if self.row.pattern:
            for text in value if self.kind == "texts" else (value,):
                if not re.fullmatch(self.row.pattern, text):
                    raise self.error(f"must be {self.row.form}, not {_shown(text)}")
        if self.row.choices:
            for item in value if self.kind == "texts" else (value,):
                if item not in self.row.choices:
                    allowed = ", ".join(str(choice) for choice in self.row.choices)
                    raise self.error(f"must be one of {allowed}, not {_shown(item)}")
            if self.kind == "texts" and len(set(value)) < len(value):
                raise self.error("may name each of its choices only once")
        return value

    def parse(self, text: str) -> Any:
        """Read the value as typed on a command line or into a value box."""
        if self.optional and text.strip().lower() in ("", "random", "auto", "none"):
            return None
        return self.check(_PARSERS[self.kind](self, text))

    def error(self, what: str) -> ParameterError:
        """A ParameterError whose sentence begins with this row's label."""
        return ParameterError(f"{self.row.label} ({self.name}) {what}.")


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _check_number(bound: BoundRow, value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise bound.error(f"must be a number, not {_shown(value)}")
    if isinstance(value, float) and not math.isfinite(value):
        raise bound.error(f"must be a finite number, not {value}")
    if bound.kind == "int" and value != int(value):
        raise bound.error(f"must be a whole number, not {value}")
    low, high = bound.row.low, bound.row.high
    if (low is not None and value < low) or (high is not None and value > high):
        limits = f"between {limit_text(low)} and {limit_text(high)}"
        raise bound.error(f"must lie {limits}, not {_shown_number(value)}")
    if bound.row.least is not None and value and value < bound.row.least:
        raise bound.error(f"must be 0 or at least {limit_text(bound.row.least)}, not {value}")
    return int(value) if bound.kind == "int" else float(value)


def _shown_number(value: float) -> str:
    if isinstance(value, int) and value.bit_length() > 128:  # Python refuses to write it out
        return "a number of that length"
    return str(value)


def limit_text(limit: float | None) -> str:
    """A limit as people write it: whole numbers without a decimal point."""
    if limit is None:
        return "any"
    return str(int(limit)) if limit == int(limit) else str(limit)


def _check_bool(bound: BoundRow, value: Any) -> bool:
    if not isinstance(value, bool):
        raise bound.error(f"must be true or false, not {_shown(value)}")
    return value


def _check_text(bound: BoundRow, value: Any) -> str:
    if not isinstance(value, str):
        raise bound.error(f"must be text, not {_shown(value)}")
    if not is_encodable(value):
        raise bound.error("holds a character that is not valid Unicode")
    if bound.row.max_length and len(value) > bound.row.max_length:
        raise bound.error(f"may have at most {bound.row.max_length} characters")
    return value


def is_encodable(text: str) -> bool:
    """Whether `text` holds no lone surrogate, so that it can be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _check_texts(bound: BoundRow, value: Any) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (list, tuple)):
        raise bound.error(f"must be a list of texts, not {_shown(value)}")
    if bound.row.max_length and len(value) > bound.row.max_length:
        raise bound.error(f"may hold at most {bound.row.max_length} texts, not {len(value)}")
    for item in value:
        if not isinstance(item, str) or not item or not is_encodable(item):
            raise bound.error(f"may hold only texts that are not empty, not {_shown(item)}")
    _check_length(bound, value)
    return tuple(value)


def _check_length(bound: BoundRow, texts: Iterable[str]) -> None:
    if sum(map(len, texts)) > _MOST_CHARACTERS:
        raise bound.error(f"may hold at most {_MOST_CHARACTERS:,} characters in all")


def _check_bias(bound: BoundRow, value: Any) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise bound.error(f"must map texts to numbers, not {_shown(value)}")
    if bound.row.max_length and len(value) > bound.row.max_length:
        raise bound.error(f"may hold at most {bound.row.max_length} entries, not {len(value)}")
    checked: dict[str, float] = {}
    for key, bias in value.items():
        if not isinstance(key, str) or not key or not is_encodable(key):
            raise bound.error(f"may name only texts or token:NUMBER, not {_shown(key)}")
        checked[key] = float(_check_number(bound, bias))
    _check_length(bound, checked)
    return checked


def _parse_number(bound: BoundRow, text: str) -> int | float:
    try:
        return int(text) if bound.kind == "int" else float(text)
    except ValueError:
        noun = "whole number" if bound.kind == "int" else "number"
        raise bound.error(f"must be a {noun}, not {_shown(text)}") from None


def _parse_bool(bound: BoundRow, text: str) -> bool:
    word = text.strip().lower()
    if word in ("on", "true", "yes", "1"):
        return True
    if word in ("off", "false", "no", "0"):
        return False
    raise bound.error(f"must be on or off, not {_shown(text)}")


def _json(text: str) -> Any:
    import json

    return json.loads(text)


def _parse_texts(_bound: BoundRow, text: str) -> Any:
    """A JSON list, or one plain text; on the command line the flag may be repeated."""
    if text.lstrip().startswith("["):
        try:
            return _json(text)
        except (ValueError, RecursionError):
            return (text,)
    return (text,) if text else ()


def _parse_bias(bound: BoundRow, text: str) -> Any:
    """A JSON object, or TEXT=NUMBER."""
    if text.lstrip().startswith("{"):
        try:
            return _json(text)
        except (ValueError, RecursionError):
            raise bound.error(f"is not valid JSON: {_shown(text)}") from None
    key, separator, number = text.rpartition("=")
    if not separator or not key:
        raise bound.error(f"must be written TEXT=NUMBER, not {_shown(text)}")
    return {key: _parse_number(bound, number)}


_CHECKS = {
    "bool": _check_bool,
    "int": _check_number,
    "float": _check_number,
    "text": _check_text,
    "texts": _check_texts,
    "bias": _check_bias,
}
_PARSERS: dict[str, Any] = {
    "bool": _parse_bool,
    "int": _parse_number,
    "float": _parse_number,
    "text": lambda _bound, text: text,
    "texts": _parse_texts,
    "bias": _parse_bias,
}


def _kind(annotation: Any) -> tuple[str, bool]:
    if get_origin(annotation) in (Union, UnionType):
        inner = [arg for arg in get_args(annotation) if arg is not type(None)]
        return _kind(inner[0])[0], True
    if get_origin(annotation) is tuple:
        return "texts", False
    if get_origin(annotation) is dict:
        return "bias", False
    return _TYPE_NAMES[annotation], False


@cache
def rows(table: type[msgspec.Struct]) -> tuple[BoundRow, ...]:
    """Every row of `table`, in the order of its fields."""
    hints = get_type_hints(table, include_extras=True)
    defaults = table()
    found: list[BoundRow] = []
    for name in table.__struct_fields__:
        hint = hints[name]
        if get_origin(hint) is not Annotated:
            continue
        annotation, *extras = get_args(hint)
        row = next((extra for extra in extras if isinstance(extra, Row)), None)
        if row is not None:
            if not row.group and found:
                row = msgspec.structs.replace(row, group=found[-1].row.group)
            kind, optional = _kind(annotation)
            found.append(BoundRow(name, kind, getattr(defaults, name), optional, row))
    return tuple(found)


@cache
def rows_by_name(table: type[msgspec.Struct]) -> dict[str, BoundRow]:
    """The rows of `table` by field name."""
    return {bound.name: bound for bound in rows(table)}


def checked(table: type[T], values: Mapping[str, Any]) -> T:
    """Build a `table` out of `values`, checking each; unknown names raise ParameterError."""
    known = rows_by_name(table)
    unknown = sorted(set(values) - set(known))
    if unknown:
        from difflib import get_close_matches  # the window starts without

        near = get_close_matches(unknown[0], known, 3)
        hint = f"Did you mean {' or '.join(near)}?" if near else ""
        raise ParameterError(f"There is no parameter named {_shown(unknown[0])}.", hint)
    return table(**{name: known[name].check(value) for name, value in values.items()})


def check_all(values: T) -> T:
    """Check every field of a table decoded from outside; returns it, typed and in limits."""
    table = type(values)
    return checked(table, {bound.name: getattr(values, bound.name) for bound in rows(table)})
