"""The database behind the store: what is written when, and what is done when the disk refuses."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

import apsw

from app.core.errors import StoreError
from app.core.store.instances import LIVE, wait_for_restoring
from app.core.store.journal import Journal, forget
from app.core.store.repair.set_aside import left_behind, rename_damaged, take_over
from app.core.store.schema import MIGRATIONS as MIGRATIONS
from app.core.system.databases import DataKey, newest_version, open_database
from app.core.units import size_text

_CACHE_KIB = 512  # it is written, and hardly ever read: SQLite's own 2,000 would only fill up
_CHECKED_BYTES = 64 * 1024 * 1024  # above it a check of the whole file would hold up the start


class NewerStoreError(StoreError):
    """A newer version of the program has written the store; this one must leave it alone."""

    kind = "newer_store"


def connect(path: Path, key: DataKey | None = None) -> apsw.Connection:
    """Open the store at `path`, encrypted with `key` if any, checked and brought to this version.

    Raises NewerStoreError, apsw.CorruptError or apsw.NotADBError for a damaged file or another key,
    and another apsw.Error or OSError where the disk refuses.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if newest_version(path) > len(MIGRATIONS):  # before its log is worked in
        raise _newer()
    connection = open_database(path, key)
    try:
        connection.pragma("cache_size", -_CACHE_KIB)
        if key is not None:
            _refuse_newer(connection)
        _check(connection, path)
        migrate(connection, MIGRATIONS)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
    except BaseException:  # an open connection would keep the damaged file
        with contextlib.suppress(apsw.Error):  # and its log stays as it is
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.close()
        raise
    return connection


def _refuse_newer(connection: apsw.Connection) -> None:
    """Raise for an encrypted store of a newer version, whose log stays as it is."""
    option = apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE
    connection.config(option, 1)
    if version_of(connection) > len(MIGRATIONS):
        raise _newer()
    connection.config(option, 0)


def migrate(connection: apsw.Connection, migrations: Sequence[str]) -> None:
    """Apply what is missing, each step whole or not at all."""
    if version_of(connection) > len(migrations):
        raise _newer()
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


def _newer() -> NewerStoreError:
    return NewerStoreError("The store was written by a newer version of Lampblack.")


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
        raise apsw.CorruptError(found.splitlines()[-1])  # a heading stands before it


def damage_of(path: Path, key: DataKey | None = None) -> str:
    """The first damage that a check of the whole store finds, which it only reads; else empty."""
    try:
        with contextlib.closing(open_database(path, key, readonly=True)) as connection:
            found = str(connection.pragma("integrity_check", 1))
    except apsw.Error as error:
        return _reason(error)
    return "" if found == "ok" else found.splitlines()[-1]


T = TypeVar("T")

MOST_WAITING = 64_000_000
"""How many characters of versions wait in memory for a disk that cannot be written."""

_RETRY_S = 2.0
_DAMAGE = (apsw.CorruptError, apsw.NotADBError)
_TROUBLE = (apsw.Error, OSError, ValueError)  # ValueError: a path that no database can have


class _Waiting(NamedTuple):
    """What is done when the disk takes it; a version of a document has a name and a size."""

    work: Callable[[apsw.Connection], object]
    version_of: str
    size: int


class Database:
    """The connection and the journals that this program writes; used only in the store's thread.

    No method raises for a disk that fails: `report` is told a sentence, once per kind of trouble,
    and everything is written again, whole, when the disk works.
    """

    def __init__(
        self, path: Path, report: Callable[[str], None], key: DataKey | None = None
    ) -> None:
        self._path = path
        self._report = report
        self._key = key
        self._connection: apsw.Connection | None = None
        self._damaged: list[str] = []  # renamed, and not yet noted in the new store
        self._journals: dict[str, Journal] = {}
        self._forgotten: set[str] = set()
        self._waiting: list[_Waiting] = []
        self._is_thinned = False  # of what waits, only the newest versions are left
        self._locked = False  # by a newer version; stays so
        self._is_suspended = False
        self.is_failing = False  # at present: what is not on the disk may be lost
        self._is_behind = False

    def open(self) -> None:
        """Open the store; a damaged one is renamed, and a new one begun."""
        wait_for_restoring(self._path.parent / LIVE)
        self._guarded(self._write)

    def commit(self) -> None:
        """Write every journal that changed, in one transaction."""
        due = self._dirty() or self._forgotten or self.is_failing
        if due and self._guarded(self._write) is not None:
            for journal in self._dirty():
                journal.written()
            self._forgotten.clear()
        if self._waiting and not (self.is_failing or self._locked or self._is_suspended):
            self._write_waiting()

    def retry_after(self) -> float | None:
        """While something is not on disk yet, try again."""
        waits = self.is_failing or self._dirty() or self._waiting
        return _RETRY_S if waits and not (self._locked or self._is_suspended) else None

    def close(self) -> None:
        """Close the file; SQLite folds its log back into it."""
        if self._connection is not None:
            with contextlib.suppress(apsw.Error):  # what was committed is on disk all the same
                self._connection.close()

    def reopen(self, work: Callable[[], DataKey | None], *, is_on: bool = True) -> None:
        """Do `work` while the file is closed; it returns the key from then on.

        Unless `is_on`, the file stays closed, and everything waits until the next call.
        """
        self._drop_connection()
        self._key, self._is_suspended = work(), not is_on

    @property
    def place(self) -> tuple[Path, DataKey | None]:
        """The path, and what it is encrypted with."""
        return self._path, self._key

    def closed(self, work: Callable[[], T]) -> T:
        """Do `work` while the file is closed; raises what it raises."""
        self._drop_connection()
        return work()

    def add(self, journal: Journal) -> None:
        """Keep a new journal from now on."""
        self._journals[journal.id] = journal

    def edit(self, journal: str, position: int, removed: int, added: str) -> None:
        """Carry out an edit; one of an unknown or ended journal is nothing."""
        if (known := self._journals.get(journal)) is not None:
            known.edit(position, removed, added)

    def change(self, journal: str, work: Callable[[Journal], None]) -> None:
        """Do something with a journal; one that is unknown or ended is nothing."""
        if (known := self._journals.get(journal)) is not None:
            work(known)

    def forget(self, journal: str) -> None:
        """Remove a journal, this program's or another's."""
        self._journals.pop(journal, None)
        self._forgotten.add(journal)

    def write(
        self, work: Callable[[apsw.Connection], object], version_of: str = "", size: int = 0
    ) -> None:
        """Do `work` after the next commit, and again after each later one until that succeeds.

        Work that keeps a version of a document of so many characters may be dropped for a later
        one, where too much waits.
        """
        if self._locked:
            return
        self._waiting.append(_Waiting(work, version_of, size))
        if sum(one.size for one in self._waiting) > MOST_WAITING:
            self._keep_newest()

    def _keep_newest(self) -> None:
        """Of the versions that wait for the disk, keep the newest of each document."""
        newest = {one.version_of: one for one in self._waiting}
        self._waiting = [
            one for one in self._waiting if not one.version_of or newest[one.version_of] is one
        ]
        if not self._is_thinned:
            self._is_thinned = True
            self._report(
                f"More than {size_text(MOST_WAITING)} of versions wait until the disk can be "
                "written: only the newest of each document is kept until then."
            )

    def run(self, work: Callable[[apsw.Connection], T], otherwise: T) -> T:
        """Do `work` in a transaction of its own; `otherwise` where the disk refuses."""
        done = self._guarded(lambda connection: (work(connection),))
        return otherwise if done is None else done[0]

    def _dirty(self) -> list[Journal]:
        return [journal for journal in self._journals.values() if journal.dirty]

    def _write(self, connection: apsw.Connection) -> bool:
        for journal in self._dirty():
            journal.write(connection)
        for gone in self._forgotten:
            forget(connection, gone)
        return True

    def _write_waiting(self) -> None:
        """Versions come after the journals, which must not fail for want of room for them."""
        try:
            self._transaction(self._do_waiting)
        except _DAMAGE as error:
            if self._begin_again(self._do_waiting, error) is None:
                return
        except _TROUBLE as error:
            if not self._is_behind:
                self._report(
                    f"Versions of documents cannot be kept in {self._path}: {_reason(error)}. "
                    "Lampblack goes on trying."
                )
            self._is_behind = True
            return
        self._waiting.clear()
        self._is_thinned = False
        if self._is_behind:
            self._is_behind = False
            self._report("Versions of documents are kept again.")

    def _do_waiting(self, connection: apsw.Connection) -> bool:
        for one in self._waiting:
            one.work(connection)
        return True

    def _guarded(self, work: Callable[[apsw.Connection], T]) -> T | None:
        """Do `work` in a transaction; None when it could not be, which was reported."""
        if self._locked or self._is_suspended:
            return None
        try:
            return self._worked(self._transaction(work))
        except NewerStoreError:
            self._locked = self.is_failing = True
            self._report(
                f"{self._path.name} was written by a newer version of Lampblack: takes and "
                "recovery are switched off until that version is used again."
            )
        except _DAMAGE as error:
            return self._begin_again(work, error)
        except _TROUBLE as error:
            self._failed(error)
        return None

    def _transaction(self, work: Callable[[apsw.Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._opened()
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:  # whatever came, half a batch must not stay open
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    def _opened(self) -> apsw.Connection:
        """The store, with what can be read out of one that was set aside."""
        self._damaged += left_behind(self._path)
        connection = connect(self._path, self._key)
        try:
            with connection:
                take_over(
                    connection, self._path.parent, self._key, self._damaged, self._journals.keys()
                )
        except BaseException:  # an open connection would keep the file
            connection.close()
            raise
        self._damaged.clear()
        return connection

    def _begin_again(self, work: Callable[[apsw.Connection], T], error: Exception) -> T | None:
        """Rename the damaged store, and write everything that is known into a new one."""
        self._drop_connection()
        try:
            kept = rename_damaged(self._path)
        except OSError as refused:
            self._failed(refused)
            return None
        self._damaged.append(kept)
        self._report(
            f"The store of takes and recoveries was damaged ({_reason(error)}). It was kept as "
            f"{kept}, and a new one was begun. Unsaved texts were taken out of it where they could "
            "be read. See whether the documents that must stay on this machine are still marked."
        )
        try:
            return self._worked(self._transaction(work))
        except _TROUBLE as again:
            self._failed(again)
            return None

    def _worked(self, result: T) -> T:
        if self.is_failing:
            self.is_failing = False
            self._report("The store can be written again; nothing since then is missing.")
        return result

    def _failed(self, error: Exception) -> None:
        self._drop_connection()
        if not self.is_failing:
            self.is_failing = True
            self._report(
                f"Recovery and takes cannot be written to {self._path}: {_reason(error)}. "
                "Save your text; Lampblack goes on trying."
            )

    def _drop_connection(self) -> None:
        """Let go of the file; what it holds is in doubt, so whole copies come next."""
        self.close()
        self._connection = None
        for journal in self._journals.values():
            journal.rewrite()


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error).rstrip(".")
