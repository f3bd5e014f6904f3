"""Rows out of the lines of a text or JSON Lines file, one by one.

A row that cannot be read is a row with a `problem`; none is left out without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from app.core.documents.normalise import normalise
from app.core.errors import UsageError
from app.tasks.batch.lines import MAX_ROW, Line, is_damaged, text_of

COLUMNS = ("text", "content", "review", "input", "source", "document", "sentence", "body", "prompt")
"""Columns that are taken where none is named, the first that there is."""

_SAMPLE = 1000  # lines
_DAMAGED = "it is damaged: part of it cannot be decoded"
TOO_LONG = f"it is longer than {MAX_ROW // 1_000_000} MB"


class InputRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row by its number, from 1; one that cannot be used says why in `problem`.

    `position` is how far the input was read, in the unit of the source's `size`. `file` is the
    name of its file, in a folder.
    """

    number: int
    text: str = ""
    problem: str = ""
    position: int = 0
    file: str = ""


def row_of(text: str, number: int = 0, position: int = 0) -> InputRow:
    """A row with a text in the one form of the program, or with the reason why it has none."""
    if is_damaged(text):
        return InputRow(number=number, problem=_DAMAGED, position=position)
    if len(text) > MAX_ROW // 4 and len(text.encode()) > MAX_ROW:
        return InputRow(number=number, problem=TOO_LONG, position=position)
    return InputRow(number=number, text=normalise(text), position=position)


def numbered(lines: Iterator[Line], read: Callable[[Line], InputRow]) -> Iterator[InputRow]:
    """A row for each line that is not empty."""
    number = 0
    for line in lines:
        if not line.too_long and not line.data.strip():
            continue
        number += 1
        row = InputRow(number=number, problem=TOO_LONG) if line.too_long else read(line)
        yield msgspec.structs.replace(row, number=number, position=line.position)


def paragraph_rows(lines: Iterator[Line]) -> Iterator[InputRow]:
    """A row for each run of lines between empty ones."""
    parts: list[bytes] = []
    number, size, too_long, position = 0, 0, False, 0
    for line in _with_end(lines):
        if line.too_long or line.data.strip():
            size += len(line.data)
            too_long |= line.too_long or size > MAX_ROW
            parts = [] if too_long else [*parts, line.data]
            position = line.position
        elif parts or too_long:
            number += 1
            row = row_of(text_of(b"".join(parts)).strip("\r\n"), number, position)
            if too_long:
                row = InputRow(number=number, problem=TOO_LONG, position=position)
            yield row
            parts, size, too_long = [], 0, False


def _with_end(lines: Iterator[Line]) -> Iterator[Line]:
    yield from lines
    yield Line(b"", 0)


def pick_column(names: list[str], wanted: str, path: Path) -> str:
    """The column that is wanted, or that is taken by its name; raises UsageError with all names."""
    if wanted in names:
        return wanted
    shown = ", ".join(names[:50]) or "none"
    if wanted:
        raise UsageError(f"{path.name} has no column {wanted!r}.", f"Its columns: {shown}.")
    lower = {name.strip().casefold(): name for name in reversed(names)}
    found = next((lower[name] for name in COLUMNS if name in lower), "")
    if found or len(names) == 1:
        return found or names[0]
    raise UsageError(
        f"It is not clear which column of {path.name} holds the texts.",
        f"Name one with --column. Its columns: {shown}.",
    )


def json_column(path: Path, lines: Iterator[Line], wanted: str) -> str:
    """The column by the first row that is an object; `wanted` if all of the first are texts."""
    for line in islice(lines, _SAMPLE):
        value = None if line.too_long else _json_value(line)
        if isinstance(value, dict):
            return pick_column([str(name) for name in value], wanted, path)
    return wanted


def _json_value(line: Line) -> Any:
    """What the line holds; None for what is not valid."""
    try:
        return json.loads(line.data)
    except (ValueError, RecursionError):
        return None


def json_row(line: Line, column: str) -> InputRow:
    """The row of a line that is a text, or an object with one in `column`."""
    text = text_of(line.data)
    if is_damaged(text):
        return InputRow(number=0, problem=_DAMAGED)
    try:
        value = json.loads(text)
    except RecursionError:
        return InputRow(number=0, problem="it is nested too deeply")
    except ValueError:
        return InputRow(number=0, problem="it is not valid JSON")
    if isinstance(value, dict):
        if column not in value:
            return InputRow(number=0, problem=f"it has no {column!r}")
        value = value[column]
    if not isinstance(value, str):
        return InputRow(number=0, problem="it holds no text")
    return row_of(normalise(value))
