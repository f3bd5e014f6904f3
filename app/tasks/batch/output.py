"""The output of a batch: a line of JSON for each row, in order, and a header file beside it.

Each line is on the disk whole or not at all when a run goes on: a torn last line is cut. A lock
file keeps two programs from writing the same output.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec

from app.core.errors import DocumentError, UsageError
from app.core.system.files import lock_open_file, open_regular, why
from app.core.system.json_store import JsonStore, decode_table, encode_table
from app.core.system.throttle import Throttle
from app.tasks.batch.rows import InputRow
from app.tasks.batch.source import InputFacts

FORMAT = 1
SYNC_S = 1.0
"""How often lines are forced to the disk, in seconds: what a power cut can cost."""

_SEED = "seed"


class BatchModel(msgspec.Struct, frozen=True, kw_only=True):
    """The model of a batch; `sha256` is empty where it is not known.

    Of a server's model, `server` is the address, and `masked` says whether names and numbers were
    masked on the way there.
    """

    name: str
    size_bytes: int = 0
    sha256: str = ""
    engine: str = ""
    server: str = ""
    masked: bool = False


class BatchHeader(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch was made with. `finished` says that all rows were read to the end."""

    task: str
    options: dict[str, Any]
    seed: int
    model: BatchModel
    version: str
    source: str
    input: InputFacts
    finished: bool = False
    rows: int = 0
    failed: int = 0

    def differences(self, other: BatchHeader) -> list[str]:
        """What keeps a run with `other` from going on with this one, as ends of sentences."""
        pairs: list[tuple[str, Any, Any]] = [("the task", self.task, other.task)]
        names = sorted({*self.options, *other.options} - {_SEED})
        options = ((f"the option {n}", self.options.get(n), other.options.get(n)) for n in names)
        pairs += [*options, ("the seed", self.seed, other.seed)]
        pairs += [(f"the model's {n}", a, b) for n, a, b in _fields(self.model, other.model)]
        pairs += [(f"the input's {n}", a, b) for n, a, b in _fields(self.input, other.input)]
        return [f"{what} was {_shown(a)} and is {_shown(b)}" for what, a, b in pairs if a != b]


def _shown(value: object) -> str:
    shown = msgspec.json.encode(value).decode()
    return shown if len(shown) <= 60 else shown[:59] + "…"


def _fields(one: msgspec.Struct, other: msgspec.Struct) -> Iterator[tuple[str, Any, Any]]:
    """Each field of both; a checksum that one of them does not know is not compared."""
    for name in one.__struct_fields__:
        values = getattr(one, name), getattr(other, name)
        if name != "sha256" or all(values):
            yield (_FIELD_NAMES.get(name, name), *values)


_FIELD_NAMES = {"mtime_ns": "time", "head_sha256": "content", "size_bytes": "size"}


class _Known(msgspec.Struct, frozen=True):
    """What is looked at of a line that was written before."""

    row: int
    error: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


_KNOWN = msgspec.json.Decoder(_Known)


class Written(msgspec.Struct, frozen=True):
    """What an output holds: whole lines, those that failed, and the bytes of all of them."""

    rows: int = 0
    failed: int = 0
    size: int = 0


def result_line(row: InputRow, **outcome: Any) -> bytes:
    """The line of a row, with its `result` or its `error`."""
    content: dict[str, Any] = {"row": row.number}
    if row.file:
        content["file"] = row.file.encode("utf-8", "replace").decode()
    return msgspec.json.encode(content | {"input": row.text} | outcome) + b"\n"


def has_failed(line: bytes) -> bool:
    """Whether a line holds an error."""
    return _KNOWN.decode(line).error is not msgspec.UNSET


def former_lines(path: Path) -> Iterator[bytes]:
    """The whole lines of an output."""
    with open_regular(path) as file:
        for line in file:
            if line.endswith(b"\n"):
                yield line


def header_path(out: Path) -> Path:
    """Where the header of an output is."""
    return out.with_name(out.name + ".header.json")


def header_store(out: Path) -> JsonStore[BatchHeader]:
    """The header file of an output."""

    def decode(data: bytes) -> BatchHeader:
        try:
            table = decode_table(data, "format", FORMAT, "batch")
            return msgspec.convert(table, BatchHeader)
        except msgspec.ValidationError as error:
            raise ValueError(f"it is not the header of a batch ({error})") from None

    return JsonStore(header_path(out), decode)


def write_header(out: Path, header: BatchHeader) -> None:
    """Write the header; raises DocumentError."""
    try:
        table = msgspec.to_builtins(header)
        header_store(out).write(encode_table(table, "format", FORMAT, "batch"))
    except OSError as error:
        raise not_written(header_path(out), error) from error


def not_written(path: Path, error: OSError) -> DocumentError:
    """The sentence for an output that cannot be written."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    first = "Make room on the disk" if full else "Mend that"
    return DocumentError(
        f"{path} could not be written: {why(error)}.",
        f"{first}; the same command then goes on where this one ended.",
    )


class OutputLock:
    """The lock on an output, to be entered; raises UsageError where another program has it."""

    def __init__(self, out: Path) -> None:
        self._path = out.with_name(f".{out.name}.lock")
        self._out = out
        self._handle = -1

    def __enter__(self) -> Self:
        try:
            while not self._is_locked():
                pass
        except OSError as error:
            raise not_written(self._out, error) from error
        return self

    def _is_locked(self) -> bool:
        """Lock the file; False where another program removed it in that moment."""
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock_open_file(self._handle)
        except BlockingIOError:
            os.close(self._handle)
            raise UsageError(
                f"Another program is writing {self._out} now.",
                "Wait for it, stop it, or choose another --out.",
            ) from None
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(self._handle), self._path.stat()):
                return True
        os.close(self._handle)
        return False

    def __exit__(self, *_error: object) -> None:
        if os.name == "posix":
            self._path.unlink(missing_ok=True)
            os.close(self._handle)
            return
        os.close(self._handle)
        with contextlib.suppress(OSError):  # another program has it already
            self._path.unlink()


class OutputFile:
    """An output that is written at its end, to be entered; its torn last line is cut.

    `written` is what it held before. Raises DocumentError where it is not what a batch wrote.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._is_due = Throttle(SYNC_S)
        self._file: BinaryIO | None = None
        try:
            self.written = _scan(path)
        except FileNotFoundError:
            self.written = Written()
        except OSError as error:
            raise DocumentError(f"{path} cannot be read: {why(error)}.") from error

    def __enter__(self) -> Self:
        try:
            self._file = self.path.open("ab", buffering=0)
            if self._file.tell() > self.written.size:
                self._file.truncate(self.written.size)
        except OSError as error:
            raise not_written(self.path, error) from error
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._file is not None
        file, self._file = self._file, None
        with file:
            self._sync(file)

    def add(self, line: bytes) -> None:
        """Write a line; raises DocumentError, and no part of it is left then."""
        assert self._file is not None
        begin, rest = self._file.tell(), memoryview(line)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            with contextlib.suppress(OSError):  # else the next run cuts it
                self._file.truncate(begin)
            raise not_written(self.path, error) from error
        self.sync()

    def sync(self) -> None:
        """Force what was written to the disk, if that is due."""
        if self._file is not None and self._is_due():
            self._sync(self._file)

    def _sync(self, file: BinaryIO) -> None:
        try:
            os.fsync(file.fileno())
        except OSError as error:
            raise not_written(self.path, error) from error


def _scan(path: Path) -> Written:
    """The whole lines from the beginning, which must be those of rows 1, 2, 3 and so on."""
    rows = failed = size = 0
    with open_regular(path) as file:
        for line in file:
            known = _known(line) if line.endswith(b"\n") else None
            if known is None or known.row != rows + 1:
                if file.read(1) and b"\0" not in line:
                    raise DocumentError(
                        f"Line {rows + 1} of {path} is not what a batch wrote.",
                        "Use --restart to begin again, or choose another --out.",
                    )
                break  # the end that a kill or a power cut left
            rows, size = rows + 1, size + len(line)
            failed += known.error is not msgspec.UNSET
    return Written(rows, failed, size)


def _known(line: bytes) -> _Known | None:
    try:
        return _KNOWN.decode(line)
    except msgspec.DecodeError:
        return None
