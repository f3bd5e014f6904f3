"""Files that are kept encrypted, all in one database: what without a passphrase lies in folders."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw

from app.core.system.databases import DataKey, open_database


class SealedFiles:
    """Files by their names, such as `snapshots/novel.md`; the database is open only while used.

    Every method raises OSError where the disk refuses or the database is damaged.
    """

    def __init__(self, path: Path, key: DataKey) -> None:
        self._path = path
        self._key = key

    def names(self, beginning: str = "") -> list[str]:
        """The names that begin so, in order."""
        if not self._path.exists():
            return []
        with self._opened() as database:
            found: list[Any] = database.execute("SELECT name FROM file ORDER BY name").fetchall()
        return [name for (name,) in found if name.startswith(beginning)]

    def write(self, name: str, data: bytes) -> None:
        """Keep a file, in the place of one of that name."""
        with self._opened() as database:
            database.execute("INSERT OR REPLACE INTO file VALUES (?, ?)", (name, data))

    def read(self, name: str) -> bytes | None:
        """What a file holds; None where there is none of that name."""
        with self._opened() as database:
            row: Any = database.execute("SELECT data FROM file WHERE name = ?", (name,)).fetchone()
        return None if row is None else bytes(row[0])

    def remove(self, name: str) -> None:
        """Remove a file, if there is one of that name."""
        with self._opened() as database:
            database.execute("DELETE FROM file WHERE name = ?", (name,))

    def write_out(self, folder: Path) -> None:
        """Write every file into a folder, plain, under its own name; none that is there is lost."""
        for name in self.names():
            path, data = folder / name, self.read(name)
            if data is not None and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                part = path.with_name(f"{path.name}.part")
                part.write_bytes(data)
                part.replace(path)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[apsw.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(open_database(self._path, self._key)) as database:
                database.execute(
                    "CREATE TABLE IF NOT EXISTS file (name TEXT PRIMARY KEY, data BLOB NOT NULL)"
                )
                yield database
        except apsw.Error as error:
            raise OSError(None, str(error)) from error


class SealedFolder:
    """The files whose names begin with that of a folder, as `save_document` keeps snapshots."""

    def __init__(self, files: SealedFiles, name: str) -> None:
        self._files = files
        self._name = f"{name}/"

    def __str__(self) -> str:
        return "the encrypted store"

    def names(self) -> list[str]:
        """The names in the folder."""
        return [name.removeprefix(self._name) for name in self._files.names(self._name)]

    def write(self, name: str, data: bytes) -> None:
        """Keep a file; raises OSError."""
        self._files.write(self._name + name, data)

    def read(self, name: str) -> bytes:
        """What a file holds, empty where there is none; raises OSError."""
        return self._files.read(self._name + name) or b""

    def remove(self, name: str) -> None:
        """Remove a file; raises OSError."""
        self._files.remove(self._name + name)
