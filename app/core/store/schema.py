"""The store's tables, as numbered migrations, and opening the file they are in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import apsw

from app.core.errors import StoreError

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE journal (
        id TEXT PRIMARY KEY,
        life TEXT NOT NULL,
        path TEXT NOT NULL,
        changed_at REAL NOT NULL,
        sequence INTEGER NOT NULL,
        saved INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE checkpoint (
        journal TEXT PRIMARY KEY,
        sequence INTEGER NOT NULL,
        text BLOB NOT NULL
    );
    CREATE TABLE edit (
        journal TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        position INTEGER NOT NULL,
        removed INTEGER NOT NULL,
        added BLOB NOT NULL,
        PRIMARY KEY (journal, sequence)
    ) WITHOUT ROWID;
    CREATE TABLE take (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        journal TEXT NOT NULL,
        path TEXT NOT NULL,
        position INTEGER NOT NULL,
        prompt TEXT NOT NULL,
        instruction TEXT NOT NULL,
        text TEXT NOT NULL,
        model TEXT NOT NULL,
        seed INTEGER NOT NULL,
        finish_reason TEXT NOT NULL,
        sampling TEXT NOT NULL,
        settings TEXT NOT NULL,
        created_at REAL NOT NULL
    );
    CREATE INDEX take_by_journal ON take (journal);
    CREATE INDEX take_by_path ON take (path);
    """,
)
"""What leads from one version of the store to the next; only ever added to."""

_BUSY_MS = 5000
_CACHE_KIB = 512  # it is written, and hardly ever read: SQLite's own 2,000 would only fill up
_CHECKED_BYTES = 64 * 1024 * 1024  # above it a check of the whole file would hold up the start


class NewerStoreError(StoreError):
    """A newer version of the program has written the store; this one must leave it alone."""

    kind = "newer_store"


def connect(path: Path) -> apsw.Connection:
    """Open the store at `path`, checked and brought to this version.

    Raises NewerStoreError, apsw.CorruptError or apsw.NotADBError for a damaged file, and another
    apsw.Error or OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(_BUSY_MS)
        connection.pragma("cache_size", -_CACHE_KIB)
        _check(connection, path)
        migrate(connection, MIGRATIONS)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
    except BaseException:  # an open connection would keep the damaged file
        connection.close()
        raise
    return connection


def migrate(connection: apsw.Connection, migrations: Sequence[str]) -> None:
    """Apply what is missing, each step whole or not at all."""
    if version_of(connection) > len(migrations):
        raise NewerStoreError("The store was written by a newer version of Lampblack.")
    connection.execute("BEGIN IMMEDIATE")
    try:
        for version in range(version_of(connection), len(migrations)):
            connection.execute(migrations[version])
            connection.pragma("user_version", version + 1)
        connection.execute("COMMIT")
    except apsw.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: apsw.Connection) -> int:
    """The version that the store has now."""
    return int(connection.pragma("user_version"))


def _check(connection: apsw.Connection, path: Path) -> None:
    """Raise apsw.CorruptError if a store of ordinary size is damaged anywhere."""
    version_of(connection)
    if path.stat().st_size > _CHECKED_BYTES:
        return
    found = str(connection.pragma("quick_check", 1))
    if found != "ok":
        raise apsw.CorruptError(found)
