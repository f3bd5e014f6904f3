"""Labelled rows: texts of a CSV or JSON Lines file, each beside what its answer should be."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from app.core.errors import UsageError
from app.core.system.files import read_regular, why
from app.core.units import size_text

LIMIT = 1_000_000_000
"""The longest file in bytes: its rows are kept in memory."""

TEXTS = ("text", "input", "source", "document", "sentence", "review")
ANSWERS = ("label", "expected", "reference", "target", "summary", "translation")
"""Columns that are taken where none is named, the first that there is."""


class LabelledRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row by its number in the file, from 1; one that cannot be used says why in `problem`."""

    row: int
    text: str = ""
    expected: str = ""
    problem: str = ""


class LabelledData(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of a file; `sha256` is of its bytes, `found` how many rows there are in it."""

    name: str
    sha256: str
    columns: tuple[str, str]
    found: int
    rows: tuple[LabelledRow, ...]

    def answers(self) -> tuple[str, ...]:
        """The different right answers, in the order in which they come."""
        return tuple(dict.fromkeys(row.expected for row in self.rows if not row.problem))


def read_labelled(
    path: Path, *, text: str = "", answer: str = "", has_answers: bool = True
) -> LabelledData:
    """The rows of a .csv (with a line of names) or .jsonl file, from the columns of these names.

    Raises UsageError for a file that cannot be read, has no rows, or not these columns.
    """
    data = _bytes_of(path)
    decoded = _decoded(data, path)
    lines = _json_rows(decoded) if path.suffix.lower() == ".jsonl" else _csv_rows(decoded, path)
    found = list(lines)
    if not found:
        raise UsageError(f"There are no rows in {path.name}.", "Give a file with labelled rows.")
    names = list(dict.fromkeys(name for row in found if isinstance(row, dict) for name in row))
    first = _column(names, text, TEXTS, "texts", "--text", path)
    second = (
        _column(names, answer, ANSWERS, "right answers", "--label", path) if has_answers else ""
    )
    return LabelledData(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        columns=(first, second),
        found=len(found),
        rows=tuple(_row(number, row, first, second) for number, row in enumerate(found, 1)),
    )


def sample(data: LabelledData, limit: int, seed: int) -> LabelledData:
    """The data with `limit` rows drawn at random, in the file's order; 0 takes all."""
    if limit < 0:
        raise UsageError(f"There cannot be {limit} rows.", "Give --limit a number from 1 on.")
    if not limit or limit >= len(data.rows):
        return data
    drawn = sorted(random.Random(seed).sample(range(len(data.rows)), limit))
    return msgspec.structs.replace(data, rows=tuple(data.rows[place] for place in drawn))


def _bytes_of(path: Path) -> bytes:
    if path.suffix.lower() not in (".csv", ".jsonl"):
        raise UsageError(
            f"{path.name!r} is neither a .csv nor a .jsonl file.", "Give the rows in one of these."
        )
    try:
        return read_regular(path, LIMIT)
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else "that is not a path"
        hint = f"It may have {size_text(LIMIT)} at most." if "large" in reason else ""
        raise UsageError(f"The file {str(path)!r} could not be read: {reason}.", hint) from None


def _decoded(data: bytes, path: Path) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{path.name!r} is not UTF-8 text (byte {error.start}).", "Convert it to UTF-8 first."
        ) from None


def _csv_rows(text: str, path: Path) -> Iterator[dict[str, Any] | str]:
    """Each row as a mapping by the names of the first line, or why it cannot be one."""
    csv.field_size_limit(LIMIT)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        if len(set(names)) < len(names):
            raise UsageError(f"Two columns of {path.name!r} have one name.", "Rename one of them.")
        for cells in filter(None, reader):
            if len(cells) == len(names):
                yield dict(zip(names, cells, strict=True))
            else:
                yield f"It has {len(cells)} cells, and the first line names {len(names)} columns."
    except csv.Error as error:
        raise UsageError(
            f"{path.name!r} is not valid CSV at line {reader.line_num}: {error}.",
            "Put cells with commas, quotes or line breaks between quotes.",
        ) from None


def _json_rows(text: str) -> Iterator[dict[str, Any] | str]:
    """Each line that is not blank as the object that it holds, or why it holds none."""
    for line in filter(str.strip, text.split("\n")):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
            yield f"It is not valid JSON: {reason}."
            continue
        yield found if isinstance(found, dict) else "It is not a JSON object."


def _column(
    names: list[str], wanted: str, usual: tuple[str, ...], what: str, flag: str, path: Path
) -> str:
    """The column to take; raises UsageError with the names that there are."""
    there = ", ".join(names) or "none"
    if wanted and wanted not in names:
        raise UsageError(f"{path.name!r} has no column {wanted!r}.", f"Its columns are: {there}.")
    for name in (wanted,) if wanted else usual:
        if name in names:
            return name
    raise UsageError(
        f"Which column of {path.name!r} holds the {what} is not clear.",
        f"Name it with {flag}; its columns are: {there}.",
    )


def _row(number: int, found: Mapping[str, Any] | str, text: str, answer: str) -> LabelledRow:
    if isinstance(found, str):
        return LabelledRow(row=number, problem=found)
    words, problem = _as_text(found.get(text), text)
    expected = ""
    if answer and not problem:
        expected, problem = _as_text(found.get(answer), answer)
    return LabelledRow(row=number, text=words, expected=expected.strip(), problem=problem)


def _as_text(value: Any, column: str) -> tuple[str, str]:
    """A cell as text, numbers and truth values as JSON writes them; or why it is none."""
    if isinstance(value, bool | int | float):
        return json.dumps(value), ""
    if isinstance(value, str) and value.strip():
        return value, ""
    missing = value is None or isinstance(value, str)
    return "", f"Its {column} is {'empty' if missing else 'not a text'}."
