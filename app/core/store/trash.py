"""The trash: documents that were deleted, kept in the store for 30 days."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import apsw
import msgspec

from app.core.errors import DocumentError, StoreError
from app.core.store import snapshots
from app.core.store.own_words import RunsWork
from app.core.store.records import document_name, storable
from app.core.store.word_log import Write
from app.core.system.files import (
    is_file,
    read_regular,
    remove_for_good,
    stamps,
    why,
    write_new,
)
from app.core.units import size_text

KEPT_DAYS = 30
"""How long a deleted document stays."""

LARGEST = 50 * 1024 * 1024
"""The largest file that the trash takes, in bytes: what a document may have at most."""

_BY_DOCUMENT = (
    ("kept_here", "?"),
    ("own_word", "?, word"),
    ("document_language", "?, language"),
    ("open_change", "?, changes"),
    ("provenance", "?, digest, kept_at, runs"),
    ("story_memory", "?, content"),
    ("note", "?, key, content"),
    ("take_place", "key, ?, start, stop, before, after, take"),
)
_DAY_S = 86_400


class TrashedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A deleted document: the `name` of its file and the `path` where that was.

    `encoding` is a key of `ENCODINGS`, or empty where it is not known; `size` in bytes;
    `deleted_at` in seconds since 1970; `versions` are those of its history.
    """

    id: int
    name: str
    path: str
    encoding: str
    size: int
    deleted_at: float
    versions: int


class Trash:
    """Takes documents with their history and gives them back; waits for the disk.

    A document's takes stay where they are and follow it when it is restored in another place.
    """

    def __init__(self, run: RunsWork, write: Write) -> None:
        self._run, self._write = run, write
        self._back = set[str]()  # keys of documents that have a file again

    def put(self, path: Path, encoding: str = "") -> int:
        """Keep the file's bytes, then delete the file; returns the number of it in the trash.

        Raises DocumentError where it cannot be read, has changed meanwhile or cannot be deleted,
        and StoreError where it cannot be kept; the file is as it was then.
        """
        path = path.absolute()
        data, mode, stamp = _read(path)
        key = os.urandom(16).hex()
        row = (key, storable(path.name), storable(str(path)), encoding, mode, time.time(), data)
        number = self._run(lambda connection: _put(connection, path, row), 0)
        if not number:
            self._take_back(key, path)  # a commit that failed may be found on the disk all the same
            raise StoreError(
                f"{path.name} was not deleted: it could not be kept in the trash.",
                "Make room on the disk and try again.",
            )
        try:
            if stamps([path]) != stamp:
                raise DocumentError(
                    f"{path.name} was not deleted: another program has just changed it.",
                    "Look at what it holds now, and try again.",
                )
            remove_for_good(path)
        except (OSError, DocumentError) as error:
            self._take_back(key, path)
            if isinstance(error, DocumentError):
                raise
            raise DocumentError(
                f"{path.name} could not be deleted: {why(error)}.", "It is where it was."
            ) from error
        return number

    def documents(self) -> tuple[TrashedDocument, ...]:
        """What is in the trash, what was deleted last first."""
        hidden = frozenset(self._back)
        return self._run(lambda connection: _documents(connection, hidden), ())

    def data(self, number: int) -> bytes:
        """The bytes of a deleted document; raises StoreError where they are not there any more."""
        return self._row(number).data

    def restore(self, number: int, to: Path | None = None) -> Path:
        """Write a document to where it was, or `to`, and take it out of the trash.

        Never over another file. Its history goes with it. Returns the path; raises DocumentError
        or StoreError, with the document still in the trash.
        """
        row = self._row(number)
        path = (to or Path(row.path)).absolute()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, row.data, row.mode)
        except FileExistsError:
            raise DocumentError(
                f"There is already a file {path}.",
                "Restore the document under another name; it is still in the trash.",
            ) from None
        except (OSError, ValueError) as error:
            reason = why(error) if isinstance(error, OSError) else str(error)
            raise DocumentError(
                f"{path.name} could not be restored: {reason}.", "It is still in the trash."
            ) from error
        self._take_back(row.key, path)
        return path

    def give_history_back(self, number: int, path: Path) -> None:
        """The document has a file at `path` again, which another wrote: take it out of the trash.

        Its history goes with it, and the permissions that it had where they can be given. Nothing
        happens where it is not in the trash any more, or has no file after all.
        """
        if not is_file(path):
            return
        with contextlib.suppress(StoreError):
            row = self._row(number)
            with contextlib.suppress(OSError):
                path.chmod(row.mode)
            self._take_back(row.key, path.absolute())

    def delete(self, *numbers: int) -> bool:
        """Delete documents for ever, with their versions; False when the disk refuses."""
        return self._run(lambda connection: _delete(connection, numbers), False)

    def purge(self, now: float | None = None) -> int:
        """Delete for ever what was deleted 30 days before `now`; returns the number of documents.

        `now` in seconds since 1970, by default the clock's. It waits for the disk: not for the
        window's thread.
        """
        before = (time.time() if now is None else now) - KEPT_DAYS * _DAY_S

        def work(connection: apsw.Connection) -> int:
            rows: Iterable[Any] = connection.execute(
                "SELECT id FROM trash WHERE deleted_at <= ?", (before,)
            )
            old = [number for (number,) in rows]
            _delete(connection, old)
            return len(old)

        return self._run(work, 0)

    def _take_back(self, key: str, path: Path) -> None:
        """The document is at `path`: take it out of the trash, as soon as the disk allows."""
        self._back.add(key)
        self._write(lambda connection: _take_back(connection, key, path))
        self._run(lambda _connection: None, None)  # waits for it

    def _row(self, number: int) -> _Row:
        def work(connection: apsw.Connection) -> _Row | None:
            found: Any = connection.execute(
                "SELECT key, path, mode, data FROM trash WHERE id = ?", (number,)
            ).fetchone()
            return _Row(*found) if found else None

        row = self._run(work, None)
        if row is None or row.key in self._back:
            raise StoreError(f"Document {number} is not in the trash, or cannot be read.")
        return row


class _Row(msgspec.Struct, frozen=True):
    """What a document is restored from."""

    key: str
    path: str
    mode: int
    data: bytes


def _read(path: Path) -> tuple[bytes, int, object]:
    """The bytes and permissions of a file, and what tells whether it has changed since."""
    try:
        stamp = stamps([path])
        mode = stat.S_IMODE(path.stat().st_mode)
        data = read_regular(path, LARGEST)
    except FileNotFoundError:
        raise DocumentError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        if isinstance(error, OSError) and error.errno == errno.EFBIG:
            reason = f"it has more than {size_text(LARGEST)}, which the trash does not take"
        raise DocumentError(f"{path.name} was not deleted: {reason}.") from error
    return data, mode, stamp


def _name_in_trash(key: str) -> str:
    """What a history is called while its document is in the trash."""
    return f"trash:{key}"


def _put(connection: apsw.Connection, path: Path, row: tuple[object, ...]) -> int:
    connection.execute(
        "INSERT INTO trash (last_take, last_former, key, name, path, encoding, mode, deleted_at,"
        " data) VALUES ((SELECT ifnull(max(id), 0) FROM take),"
        " (SELECT ifnull(max(id), 0) FROM former), ?, ?, ?, ?, ?, ?, ?)",
        row,
    )
    number = connection.last_insert_rowid()
    if not path.is_symlink():  # of a link, the document stays
        snapshots.rename(connection, document_name(str(path)), _name_in_trash(str(row[0])))
    return number


def _take_back(connection: apsw.Connection, key: str, path: Path) -> None:
    """The document is at `path` again: what belongs to it follows, and its row goes."""
    row: Any = connection.execute(
        "SELECT path, last_take, last_former FROM trash WHERE key = ?", (key,)
    ).fetchone()
    if row is None:
        return
    was, last_take, last_former = row
    inside, name, to = _name_in_trash(key), document_name(str(path)), storable(str(path))
    if snapshots.history_of(connection, name):
        snapshots.fork(connection, inside, name, time.time())
    else:
        snapshots.rename(connection, inside, name)
    if to != was:
        for table, last in (("take", last_take), ("former", last_former)):
            connection.execute(
                f"UPDATE {table} SET path = ? WHERE path = ? AND id <= ?",  # noqa: S608 - our own
                (to, was, last),
            )
        for table, columns in _BY_DOCUMENT:
            connection.execute(
                f"INSERT OR IGNORE INTO {table} SELECT {columns} FROM {table} WHERE document = ?",  # noqa: S608 - our own
                (name, document_name(was)),
            )
    connection.execute("DELETE FROM trash WHERE key = ?", (key,))


def _documents(connection: apsw.Connection, hidden: frozenset[str]) -> tuple[TrashedDocument, ...]:
    rows: Iterable[Any] = connection.execute(
        "SELECT t.key, t.id, t.name, t.path, t.encoding, length(t.data), t.deleted_at,"
        " (SELECT count(*) FROM snapshot s JOIN history h ON s.history = h.id"
        "  WHERE h.document = 'trash:' || t.key AND s.listed)"
        " FROM trash t ORDER BY t.deleted_at DESC, t.id DESC"
    )
    names = TrashedDocument.__struct_fields__
    return tuple(
        TrashedDocument(**dict(zip(names, row, strict=True)))
        for key, *row in rows
        if key not in hidden
    )


def _delete(connection: apsw.Connection, numbers: Iterable[int]) -> bool:
    """Delete documents with their versions, except those that a copy of one has for its past."""
    for number in numbers:
        connection.execute(
            "DELETE FROM snapshot WHERE history IN (SELECT h.id FROM history h JOIN trash t"
            " ON h.document = 'trash:' || t.key WHERE t.id = ? AND h.id NOT IN"
            " (SELECT parent FROM history))",
            (number,),
        )
        connection.execute(
            "DELETE FROM history WHERE document = (SELECT 'trash:' || key FROM trash WHERE id = ?)"
            " AND id NOT IN (SELECT parent FROM history)",
            (number,),
        )
        connection.execute("DELETE FROM trash WHERE id = ?", (number,))
    return True
