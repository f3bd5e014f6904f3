"""Rows out of the lines of a text or JSON Lines file, one by one.

A row that cannot be read is a row with a `problem`; none is left out without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from app.core.documents.normalise import normalise
from app.core.errors import UsageError
from app.tasks.batch.lines import MAX_ROW, Line, is_damaged, text_of

COLUMNS = ("text", "content", "review", "input", "source", "document", "sentence", "body", "prompt")
ANSWERS = ("label", "expected", "reference", "target", "summary", "translation")
"""Columns that are taken where none is named, the first that there is."""

_SAMPLE = 1000  # lines
_DAMAGED = "it is damaged: part of it cannot be decoded"
TOO_LONG = f"it is longer than {MAX_ROW // 1_000_000} MB"


class AskedColumn(NamedTuple):
    """A column by its `name`, or by `usual` names if that is empty; `flag` is where it is named."""

    name: str = ""
    flag: str = "--column"
    what: str = "texts"
    usual: tuple[str, ...] = COLUMNS


class InputRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row by its number, from 1; one that cannot be used says why in `problem`.

    `expected` is the right answer, where the input is read with one. `position` is how far the
    input was read, in the unit of the source's `size`. `file` is the name of its file, in a folder.
    """

    number: int
    text: str = ""
    expected: str = ""
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


def labelled(row: InputRow, expected: str) -> InputRow:
    """The row with its right answer, in the one form of the program."""
    if row.problem or not expected:
        return row
    found = row_of(expected)
    return msgspec.structs.replace(row, expected=found.text.strip(), problem=found.problem)


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


def pick_column(names: list[str], asked: AskedColumn, path: Path) -> str:
    """The column that is asked for, or one by its name; raises UsageError with all names."""
    shown = ", ".join(names[:50]) or "none"
    if asked.name and asked.name not in names:
        raise UsageError(f"{path.name} has no column {asked.name!r}.", f"Its columns: {shown}.")
    lower = {name.strip().casefold(): name for name in reversed(names)}
    found = asked.name or next((lower[name] for name in asked.usual if name in lower), "")
    if not found and len(names) == 1 and asked.usual is COLUMNS:
        found = names[0]
    if not found:
        raise UsageError(
            f"It is not clear which column of {path.name} holds the {asked.what}.",
            f"Name one with {asked.flag}. Its columns: {shown}.",
        )
    if names.count(found) > 1:
        raise UsageError(
            f"{path.name} has {names.count(found)} columns {found!r}.", "Rename all but one."
        )
    return found


def json_columns(
    path: Path, lines: Iterator[Line], text: AskedColumn, answer: AskedColumn | None
) -> tuple[str, str]:
    """The columns of the texts and of the right answers, by the first rows that are objects.

    Where all of them are texts, that of the texts is the one that is asked for.
    """
    values = [None if line.too_long else _json_value(line) for line in islice(lines, _SAMPLE)]
    objects = [value for value in values if isinstance(value, dict)]
    column = pick_column(list(objects[0]), text, path) if objects else text.name
    if answer is None:
        return column, ""
    names = list(dict.fromkeys(name for value in objects for name in value))
    return column, pick_column(names, answer, path)


def _json_value(line: Line) -> Any:
    """What the line holds; None for what is not valid."""
    try:
        return json.loads(line.data)
    except (ValueError, RecursionError):
        return None


def json_row(line: Line, column: str, answer: str = "") -> InputRow:
    """The row of a line that is a text, or an object with one in `column`.

    With an `answer` the object has the right answer there: a text, a number or a truth value.
    """
    text = text_of(line.data)
    if is_damaged(text):
        return InputRow(number=0, problem=_DAMAGED)
    try:
        value = json.loads(text)
    except RecursionError:
        return InputRow(number=0, problem="it is nested too deeply")
    except ValueError:
        return InputRow(number=0, problem="it is not valid JSON")
    expected: Any = ""
    if isinstance(value, dict):
        for name in (column, *filter(None, (answer,))):
            if name not in value:
                return InputRow(number=0, problem=f"it has no {name!r}")
        value, expected = value[column], value[answer] if answer else ""
    elif answer:
        return InputRow(number=0, problem=f"it has no {answer!r}")
    if not isinstance(value, str):
        return InputRow(number=0, problem="it holds no text")
    if isinstance(expected, bool | int | float):
        expected = json.dumps(expected)
    if not isinstance(expected, str):
        return InputRow(number=0, problem=f"its {answer} is not a text")
    return labelled(row_of(normalise(value)), expected)
