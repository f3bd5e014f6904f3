"""An input: a file or a folder whose rows are read one by one, so that 10 GB need little memory."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Literal

import msgspec

from app.core.documents.encodings import name_of
from app.core.documents.text_files import open_document
from app.core.errors import DocumentError, LampblackError, UsageError
from app.core.system.files import is_folder, open_regular, why
from app.tasks.batch.csv_rows import csv_layout, csv_rows
from app.tasks.batch.lines import Line, encoding_of, read_lines, text_of
from app.tasks.batch.rows import (
    AskedColumn,
    InputRow,
    json_columns,
    json_row,
    numbered,
    paragraph_rows,
    row_of,
)

Kind = Literal["csv", "jsonl", "lines", "paragraphs", "folder"]

KINDS: Mapping[str, Kind] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".txt": "lines",
}
_HEAD = 1 << 20


class InputFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What tells an input from another: bytes, time (nanoseconds), SHA-256 of its first MiB.

    Of a folder they are the number of files, and a checksum over their names, sizes and times.
    """

    kind: Kind
    column: str = ""
    size: int = 0
    mtime_ns: int = 0
    head_sha256: str = ""
    encoding: str = ""
    delimiter: str = ""
    answer: str = ""


class BatchSource(msgspec.Struct, frozen=True, kw_only=True):
    """An input: its files, how to read its rows, and what is to be said of how it is read.

    `size` is in bytes, or in files of a folder.
    """

    path: Path
    files: tuple[Path, ...]
    facts: InputFacts
    size: int
    read: Callable[[], Iterator[InputRow]]
    notes: tuple[str, ...] = ()


def open_source(
    path: Path,
    *,
    column: str | AskedColumn = "",
    paragraphs: bool = False,
    answer: AskedColumn | None = None,
) -> BatchSource:
    """Look at an input; raises UsageError or DocumentError for what cannot be read.

    With `answer` each row has its right answer, too.
    """
    asked = column if isinstance(column, AskedColumn) else AskedColumn(column)
    is_in_folder = is_folder(path)
    kind = None if is_in_folder else KINDS.get(path.suffix.lower())
    if answer and kind not in ("csv", "jsonl"):
        raise UsageError(
            f"{path.name} cannot have right answers beside its texts.",
            "Give a .csv, .tsv or .jsonl file.",
        )
    if is_in_folder:
        return _folder(path)
    if kind is None:
        raise UsageError(
            f"{path.name} is of no kind that is read row by row.",
            "Give a .csv, .tsv, .jsonl or .txt file, or a folder of texts.",
        )
    if kind == "lines":
        kind = "paragraphs" if paragraphs else kind
        if asked.name:
            raise UsageError("A .txt file has no columns.", f"Leave {asked.flag} out.")
    elif paragraphs:
        raise UsageError("Only a .txt file has paragraphs.", "Leave --paragraphs out.")
    try:
        with open_regular(path) as file:
            return _file(path, file, kind, asked, answer)
    except FileNotFoundError:
        raise DocumentError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise DocumentError(f"{path} cannot be read: {reason}.") from error


def _file(
    path: Path, file: BinaryIO, kind: Kind, asked: AskedColumn, answer: AskedColumn | None
) -> BatchSource:
    state = os.fstat(file.fileno())
    facts = InputFacts(
        kind=kind,
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        head_sha256=hashlib.sha256(file.read(_HEAD)).hexdigest(),
    )
    file.seek(0)
    encoding, guessed = encoding_of(file, path.name)
    facts = msgspec.structs.replace(facts, encoding=encoding)
    notes = [f"{path.name} seems to be in {name_of(encoding)}, which is a guess."] * guessed
    rows: Callable[[Iterator[Line]], Iterator[InputRow]]
    if kind == "csv":
        layout = csv_layout(path, read_lines(file, encoding), asked, answer)
        facts = msgspec.structs.replace(
            facts, column=layout.column, delimiter=layout.delimiter, answer=layout.answer
        )
        notes.append(layout.note)

        def rows(lines: Iterator[Line]) -> Iterator[InputRow]:
            return csv_rows(lines, layout)
    elif kind == "jsonl":
        column, right = json_columns(path, read_lines(file, encoding), asked, answer)
        facts = msgspec.structs.replace(facts, column=column, answer=right)

        def rows(lines: Iterator[Line]) -> Iterator[InputRow]:
            return numbered(lines, lambda line: json_row(line, column, right))
    elif kind == "lines":

        def rows(lines: Iterator[Line]) -> Iterator[InputRow]:
            return numbered(lines, lambda line: row_of(text_of(line.data).strip("\r\n")))
    else:
        rows = paragraph_rows

    def read() -> Iterator[InputRow]:
        with open_regular(path) as again:
            yield from rows(read_lines(again, encoding))

    return BatchSource(
        path=path, files=(path,), facts=facts, size=facts.size, read=read, notes=tuple(notes)
    )


def _folder(path: Path) -> BatchSource:
    """The files of a folder by their names, without hidden ones and folders in it."""
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        folders = sum(entry.is_dir() for entry in entries)
        files = [entry for entry in entries if not entry.is_dir() and entry.name[0] != "."]
        digest = hashlib.sha256()
        for entry in files:
            state = entry.stat()
            known = (entry.name, state.st_size, state.st_mtime_ns)
            digest.update(repr(known).encode("utf-8", "surrogatepass"))
    except OSError as error:
        raise DocumentError(f"{path} cannot be read: {why(error)}.") from error
    paths = tuple(path / entry.name for entry in files)

    def read() -> Iterator[InputRow]:
        for number, file in enumerate(paths, 1):
            row = _document_row(file)
            yield msgspec.structs.replace(row, number=number, position=number, file=file.name)

    notes = (f"The {folders} folders in {path.name} are not read.",) if folders else ()
    facts = InputFacts(kind="folder", size=len(paths), head_sha256=digest.hexdigest())
    return BatchSource(path=path, files=paths, facts=facts, size=len(paths), read=read, notes=notes)


def _document_row(path: Path) -> InputRow:
    try:
        return row_of(open_document(path).text)
    except LampblackError as error:
        return InputRow(number=0, problem=str(error))
