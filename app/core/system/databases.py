"""SQLite files, encrypted where there is a key, and how one is copied to be plain or encrypted.

The cipher is SQLite3 Multiple Ciphers' ChaCha20-Poly1305: each page of the file, of its log and of
its journal is encrypted and authenticated with a nonce of its own, so that a file that was changed,
or is opened with another key, is told as damaged or as no database
(https://utelle.github.io/SQLite3MultipleCiphers/docs/ciphers/cipher_chacha20/). The key is taken
raw: what leads from a passphrase to it is in `app.core.store.passphrase`. What SQLite would put
into temporary files, which are not encrypted, stays in memory.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import apsw

_BYTES = 32
_PLAIN = b"SQLite format 3\0"
_BUSY_MS = 5000
_PAGES = 256  # copied at once, between which others may write


class DataKey:
    """The 32 random bytes that files are encrypted with; not shown where it is printed."""

    def __init__(self, data: bytes) -> None:
        if len(data) != _BYTES:
            raise ValueError(f"a key has {_BYTES} bytes")
        self._data = data

    @classmethod
    def new(cls) -> DataKey:
        """A random one."""
        return cls(os.urandom(_BYTES))

    @classmethod
    def from_hex(cls, text: str) -> DataKey:
        """The key of 64 hexadecimal digits; raises ValueError for anything else."""
        return cls(bytes.fromhex(text))

    @property
    def hex(self) -> str:
        """The key in 64 hexadecimal digits."""
        return self._data.hex()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DataKey) and self._data == other._data

    def __hash__(self) -> int:
        return hash(self._data)

    def __repr__(self) -> str:
        return "DataKey(…)"


def open_database(
    path: Path, key: DataKey | None = None, *, readonly: bool = False, salt: bytes = b""
) -> apsw.Connection:
    """Open or, unless `readonly`, make an SQLite file; with a `key` it is an encrypted one.

    A plain file with a key, an encrypted one without or with another: the first statement raises
    apsw.NotADBError. A new file with a key begins with `salt`, 16 bytes that are no secret; else
    with random ones. Raises another apsw.Error where the disk refuses.
    """
    flags = apsw.SQLITE_OPEN_READONLY
    if not readonly:
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
    connection = apsw.Connection(str(path), flags=flags | apsw.SQLITE_OPEN_URI)
    try:
        connection.set_busy_timeout(_BUSY_MS)
        if key is not None:
            connection.pragma("cipher", "chacha20")
            connection.pragma("key", f"raw:{key.hex}{salt.hex()}")
            connection.pragma("temp_store", "memory")
    except BaseException:  # an open connection would keep the file
        connection.close()
        raise
    return connection


def is_plain(path: Path) -> bool:
    """Whether there is an SQLite file that is not encrypted; False where it cannot be read."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        return file.read(len(_PLAIN)) == _PLAIN
    return False


def newest_version(path: Path) -> int:
    """The highest `user_version` in a plain file and in the log that a crash left; 0 for none.

    https://www.sqlite.org/fileformat2.html: it stands at byte 60 of page 1. In the log, pages come
    after a header of 32 bytes, each with one of 24; those with another salt are of an older log.
    """
    head = b""
    with contextlib.suppress(OSError), path.open("rb") as file:
        head = file.read(64)
    if head and not head.startswith(_PLAIN):
        return 0
    found = [int.from_bytes(head[60:64], "big")]
    with contextlib.suppress(OSError), path.with_name(path.name + "-wal").open("rb") as log:
        head = log.read(32)
        size = int.from_bytes(head[8:12], "big")
        while 512 <= size <= 65536 and len(frame := log.read(24)) == 24:
            page = log.read(size)
            if frame[:4] == b"\0\0\0\1" and frame[8:16] == head[16:24] and len(page) == size:
                found.append(int.from_bytes(page[60:64], "big"))
    return max(found)


def copy_database(
    source: Path, key: DataKey | None, target: Path, target_key: DataKey | None
) -> None:
    """Copy a database, with what is only in its log, into a new file that may have another key.

    Others may write to it meanwhile. The copy is on the disk when this returns, and has no log.
    Raises apsw.Error or OSError, and what is left of the copy is for the caller to remove.
    """
    with contextlib.closing(open_database(source, key, readonly=True)) as old:
        if key == target_key:
            with contextlib.closing(open_database(target, key)) as new:
                _back_up(old, new)
        else:
            old.pragma("temp_store", "memory")
            old.execute("VACUUM INTO ?", (_address(target, target_key),))
    with target.open("rb+") as file:
        os.fsync(file.fileno())


def _back_up(old: apsw.Connection, new: apsw.Connection) -> None:
    with new.backup("main", old, "main") as copying:
        while not copying.done:
            copying.step(_PAGES)
    new.pragma("journal_mode", "delete")


def _address(path: Path, key: DataKey | None) -> str:
    """The file as VACUUM INTO takes it; an empty key makes a plain one out of an encrypted one."""
    secret = f"cipher=chacha20&key=raw:{key.hex}" if key is not None else "key="
    return f"{path.absolute().as_uri()}?{secret}"


def wipe(path: Path) -> None:
    """Overwrite a file with zeros and remove it; raises OSError, and nothing for a missing one.

    On a solid-state disk, and on file systems that write elsewhere than they read, what was there
    may stay on the disk until that uses its place again.
    """
    with contextlib.suppress(FileNotFoundError):
        if path.is_file() and not path.is_symlink():
            with contextlib.suppress(OSError), path.open("rb+") as file:
                left = path.stat().st_size
                while left > 0:
                    left -= file.write(bytes(min(left, 1 << 20)))
                os.fsync(file.fileno())
        path.unlink()
