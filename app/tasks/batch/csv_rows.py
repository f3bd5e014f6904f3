"""Rows of a CSV file: the delimiter that fits, the column of the texts, and each record of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from app.core.errors import UsageError
from app.tasks.batch.lines import MAX_ROW, Line, text_of
from app.tasks.batch.rows import TOO_LONG, AskedColumn, InputRow, labelled, pick_column, row_of

_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_SAMPLE = 200  # lines


class CsvLayout(NamedTuple):
    """How a file is read: its delimiter, the names in its first record, the columns that are taken.

    `answer` is that of the right answers, if they are wanted.
    """

    delimiter: str
    names: tuple[str, ...]
    column: str
    answer: str
    note: str


class _LongLineError(Exception):
    """A line that is not kept; the record that it is in cannot be read."""


class _Feed:
    """Lines for csv.reader, which goes on with the next one after an error."""

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self.number = 0
        self.position = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.number += 1
        self.position = line.position
        if line.too_long:
            raise _LongLineError
        return text_of(line.data)


def csv_layout(
    path: Path, lines: Iterator[Line], text: AskedColumn, answer: AskedColumn | None
) -> CsvLayout:
    """The layout by the first lines; raises UsageError where the column is not clear."""
    _raise_limit()
    sample = [text_of(line.data) for line in islice(lines, _SAMPLE)]
    delimiter = max(_DELIMITERS, key=lambda one: _fit(sample, one, text))
    records = _records(sample, delimiter)
    names = [name.strip() for name in records[0]] if records else []
    if not names:
        raise UsageError(f"{path.name} has no line with the columns' names.", "Give it one.")
    column = pick_column(names, text, path)
    right = pick_column(names, answer, path) if answer else ""
    note = (
        f"{path.name} is read with {_DELIMITERS[delimiter]} between its fields; its first line "
        f"has the names, and the texts are in {column!r}"
    )
    note += f", the right answers in {right!r}." if right else "."
    return CsvLayout(delimiter, tuple(names), column, right, note)


def _raise_limit() -> None:
    """Let fields be as long as rows; the limit is the whole process's."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW))


def _fit(sample: list[str], delimiter: str, asked: AskedColumn) -> tuple[bool, float, int]:
    """How well a delimiter fits: by the column, by records as wide as the names, by their width."""
    records = _records(sample, delimiter)
    if not records:
        return False, 0.0, 0
    names = [name.strip() for name in records[0]]
    usual = any(name.casefold() in asked.usual for name in names)
    known = asked.name in names if asked.name else usual
    body = records[1:] or records
    same = sum(len(record) == len(names) for record in body) / len(body)
    return known, same if len(names) > 1 else 0.0, len(names)


def _records(sample: list[str], delimiter: str) -> list[list[str]]:
    """The records of the sample; the last may be cut."""
    found = []
    try:
        for record in csv.reader(sample, delimiter=delimiter):
            if record:
                found.append(record)
    except csv.Error:
        pass
    return found


def csv_rows(lines: Iterator[Line], layout: CsvLayout) -> Iterator[InputRow]:
    """A row for each record after the first that is not empty."""
    _raise_limit()
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=layout.delimiter, strict=True)
    place = layout.names.index(layout.column)
    right = layout.names.index(layout.answer) if layout.answer else place
    is_first, number = True, 0
    while True:
        begin = feed.number + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except _LongLineError:
            record, problem = [], _spanned(TOO_LONG, begin, feed.number)
        except csv.Error as error:
            record, problem = [], _spanned(f"it is no record ({error})", begin, feed.number)
        else:
            if not record or is_first:
                is_first = is_first and not record
                continue
            problem = _misfit(record, layout.names, max(place, right))
        number += 1
        if problem:
            yield InputRow(number=number, problem=problem, position=feed.position)
        else:
            row = row_of(record[place], number, feed.position)
            yield labelled(row, record[right]) if layout.answer else row


def _spanned(problem: str, begin: int, end: int) -> str:
    """With the lines that are lost with the record."""
    if end <= begin:
        return f"{problem}, in line {begin}"
    return f"{problem}, in lines {begin} to {end}; a quotation mark may have no partner"


def _misfit(record: list[str], names: tuple[str, ...], place: int) -> str:
    """Why the record does not fit the names; empty fields at its end do no harm."""
    if place >= len(record) or any(record[len(names) :]):
        return f"it has {len(record)} fields where the first line names {len(names)}"
    return ""
