"""A saved prompt's file where there is a passphrase: the same content in an encrypted database."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import apsw
import numpy as np
import numpy.typing as npt

from app.core.system.databases import DataKey, open_database

_CHUNK = 1 << 20
_PAGE = 65536
_CACHE_KIB = 4096


def write_sealed(part: Path, key: DataKey, header: bytes, state: npt.NDArray[np.uint8]) -> None:
    """Fill an empty file, which nobody reads before it has its name; raises OSError."""
    with _opened(part, key, OSError) as database:
        for name, value in (
            ("page_size", _PAGE),
            ("journal_mode", "off"),
            ("synchronous", "off"),
            ("cache_size", -_CACHE_KIB),
        ):
            database.pragma(name, value)
        database.execute("CREATE TABLE prompt (id INTEGER PRIMARY KEY, header BLOB, state BLOB)")
        database.execute("BEGIN")
        database.execute("INSERT INTO prompt VALUES (1, ?, zeroblob(?))", (header, len(state)))
        with database.blob_open("main", "prompt", "state", 1, True) as blob:
            for start in range(0, len(state), _CHUNK):
                blob.write(state[start : start + _CHUNK].data)
        database.execute("COMMIT")


def read_sealed_header(path: Path, key: DataKey) -> bytes:
    """The header; raises ValueError for a file that is damaged, plain or of another key."""
    with _opened(path, key, ValueError, readonly=True) as database:
        header = database.execute("SELECT header FROM prompt").get
    if not isinstance(header, bytes):
        raise ValueError("it has no header")
    return header


def read_sealed_state(path: Path, key: DataKey, size: int) -> npt.NDArray[np.uint8]:
    """The engine's memory, of `size` bytes; raises ValueError as for the header."""
    with (
        _opened(path, key, ValueError, readonly=True) as database,
        database.blob_open("main", "prompt", "state", 1, False) as blob,
    ):
        if blob.length() != size:
            raise ValueError("it is cut short")
        state = np.empty(size, np.uint8)
        for start in range(0, size, _CHUNK):
            blob.read_into(state[start : start + _CHUNK].data)
    return state


@contextlib.contextmanager
def _opened(
    path: Path, key: DataKey, kind: type[Exception], *, readonly: bool = False
) -> Iterator[apsw.Connection]:
    try:
        with contextlib.closing(open_database(path, key, readonly=readonly)) as database:
            yield database
    except apsw.Error as error:
        raise kind(str(error)) from error
