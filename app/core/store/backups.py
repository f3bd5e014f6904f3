"""Backups of the whole store: one a day, ten kept, each checked before an older one goes."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import apsw
import msgspec

from app.core.errors import StoreError
from app.core.store.batch_thread import BatchThread, T
from app.core.store.database import connect, damage_of
from app.core.store.instances import LIVE, alone
from app.core.store.own_words import RunsWork
from app.core.store.repair.set_aside import SetAsideStore, noted, settle, take_over_kept
from app.core.system.databases import DataKey, copy_database, is_plain, open_database
from app.core.system.files import link_or_copy, sync_folder, why

KEPT = 10
"""How many backups stay."""

_COUNTS = (
    "SELECT count(DISTINCT history) FROM snapshot WHERE listed",
    "SELECT count(*) FROM snapshot WHERE listed",
    "SELECT count(*) FROM take",
)
_NAME = re.compile(r"store-(\d{4}-\d\d-\d\d)\.sqlite")


class BackupContents(msgspec.Struct, frozen=True):
    """How much is in a backup: documents with versions, those versions, and takes."""

    documents: int
    versions: int
    takes: int


def backups(folder: Path) -> dict[str, Path]:
    """The backups in a folder by their days, such as 2026-11-28, the newest first."""
    with contextlib.suppress(OSError):
        found = {match[1]: path for path in folder.iterdir() if (match := _matched(path))}
        return dict(sorted(found.items(), reverse=True))
    return {}


def back_up(store: Path, folder: Path, day: date, key: DataKey | None = None) -> bool:
    """Copy the store as of now into `folder`, once a day, and remove what is over ten.

    Others may write meanwhile. It is encrypted with `key` as the store is. A copy that is damaged
    replaces nothing. Returns whether there is a new one; raises StoreError where the disk refuses,
    with all earlier ones as they were.
    """
    target = folder / f"store-{day.isoformat()}.sqlite"
    if target.exists() or not store.exists():
        return False
    part = target.with_suffix(f".{os.urandom(4).hex()}.part")  # another program may do the same
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_parts(folder, but=target.stem)
        copy_database(store, key, part, key)
        if damage := damage_of(part, key):
            raise StoreError(f"The store could not be backed up: it is damaged ({damage}).")
        part.replace(target)
        for old in list(backups(folder).values())[KEPT:]:
            old.unlink(missing_ok=True)
    except (apsw.Error, OSError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise StoreError(f"The store could not be backed up to {folder}: {reason}.") from error
    finally:
        _remove(part)
    return True


def _remove_parts(folder: Path, but: str) -> None:
    """Remove what programs left that were killed on another day than that of the backup `but`."""
    for path in folder.glob("store-*.part"):
        if not path.name.startswith(but):
            path.unlink(missing_ok=True)


def newest_good(folder: Path, key: DataKey | None = None) -> Path | None:
    """The newest backup without damage; reads it whole."""
    for path in backups(folder).values():
        if not damage_of(path, _key_of(path, key)):
            return path
    return None


def contents_of(backup: Path, key: DataKey | None = None) -> BackupContents:
    """What is in a backup; raises StoreError for a damaged one, which is found by reading it."""
    former = _key_of(backup, key)
    damage = damage_of(backup, former)
    if not damage:
        try:
            with contextlib.closing(open_database(backup, former, readonly=True)) as connection:
                counts: list[Any] = [connection.execute(one).fetchone() for one in _COUNTS]
                return BackupContents(*(count for (count,) in counts))
        except apsw.Error as error:
            damage = str(error)
    raise StoreError(f"{backup.name} is damaged ({damage}).", "Take another one.")


def restore(
    store: Path, backup: Path, key: DataKey | None = None, *, own: str = "", is_alone: bool = False
) -> Path | None:
    """Put a backup in the place of the store; returns where the former store is kept, if any.

    What the former store has besides (unsaved texts, marks, the trash, takes, versions) is taken
    over where it can be read, unless the backup is wanted `is_alone`. The store is encrypted with
    `key` afterwards, also where the backup is not. Raises StoreError, with the store as it was,
    where another program than that with the id `own` uses it, the backup is damaged, or the disk
    refuses.
    """
    try:
        with alone(store.parent / LIVE, own):
            return _restore(store, backup, key, is_alone=is_alone)
    except (apsw.Error, OSError) as error:
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise StoreError(f"The store could not be restored: {reason}.") from error


def _restore(store: Path, backup: Path, key: DataKey | None, *, is_alone: bool) -> Path | None:
    part, former = store.with_name(store.name + ".part"), _key_of(backup, key)
    if damage := damage_of(backup, former):
        raise StoreError(f"{backup.name} is damaged ({damage}).", "Take another one.")
    try:
        part.unlink(missing_ok=True)
        copy_database(backup, former, part, key)
        if store.exists() and not is_alone:
            _add_newer(store, part, key)
        return _exchange(part, store, key)
    finally:
        _remove(part)


def _add_newer(store: Path, part: Path, key: DataKey | None) -> None:
    """Add what came after the backup, also out of damaged stores that were set aside."""
    from app.core.store.repair.merging import merge_kept, merge_unsaved
    from app.core.store.repair.salvage import DamagedStore, opened_copy

    with contextlib.closing(connect(part, key)) as target:
        with target, opened_copy(store, key) as present:
            damaged = _set_aside(present)
            for name in damaged:
                with contextlib.suppress(OSError), opened_copy(store.with_name(name), key) as copy:
                    merge_kept(target, DamagedStore(copy), is_newer=True)
            source = DamagedStore(present)
            merge_unsaved(target, source, is_newer=True)
            adds = bool(damaged)  # it was begun after them
            merge_kept(target, source, adds=adds, is_newer=True)
        target.pragma("journal_mode", "delete")
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _set_aside(present: apsw.Connection) -> list[str]:
    with contextlib.suppress(apsw.Error):
        return [one.name for one in noted(present)]
    return []


def _exchange(part: Path, store: Path, key: DataKey | None) -> Path | None:
    """Put the new store in the place of the former; whatever happens, there is one of them."""
    kept = None
    if store.exists():
        kept = _free_name(store)
        if is_linked := _fold(store, key):
            link_or_copy(store, kept)
        else:
            _move(store, kept)
    try:
        part.replace(store)
    except OSError:
        if kept is not None and is_linked:
            kept.unlink()
        elif kept is not None:
            _move(kept, store)
        raise
    sync_folder(store.parent)
    return kept


def _fold(store: Path, key: DataKey | None) -> bool:
    """Work the log into the store; whether the file holds everything then."""
    with contextlib.suppress(apsw.Error), contextlib.closing(open_database(store, key)) as former:
        former.pragma("wal_checkpoint", "truncate")
        former.pragma("journal_mode", "delete")
    return not os.path.lexists(store.with_name(store.name + "-wal"))


def _key_of(backup: Path, key: DataKey | None) -> DataKey | None:
    """The key of a backup, which may be from before there was a passphrase."""
    return None if is_plain(backup) else key


def _remove(part: Path) -> None:
    """Remove what is left of a copy, and its logs."""
    for ending in ("", "-wal", "-shm", "-journal"):
        for _try in range(2):  # for a disk that failed once
            with contextlib.suppress(OSError):
                part.with_name(part.name + ending).unlink(missing_ok=True)


def _free_name(store: Path) -> Path:
    """The name for a store that is replaced, with the first number that is free."""
    number = 1
    while (kept := store.with_name(f"{store.name}.replaced-{number}")).exists():
        number += 1
    return kept


def _move(store: Path, to: Path) -> None:
    """Rename a store, with its log."""
    for ending in ("-wal", "-shm", ""):
        with contextlib.suppress(FileNotFoundError):
            store.with_name(store.name + ending).rename(to.with_name(to.name + ending))


def _matched(path: Path) -> re.Match[str] | None:
    return _NAME.fullmatch(path.name)


class ClosesStore(Protocol):
    """The store's database, which can be closed for a while; used on its thread."""

    @property
    def place(self) -> tuple[Path, DataKey | None]:
        """The path, and what it is encrypted with."""

    def closed(self, work: Callable[[], T]) -> T:
        """Do `work` while the file is closed; raises what it raises."""


class Repair:
    """What the writer can do about damaged stores, and with backups; it waits for the disk."""

    def __init__(
        self, run: RunsWork, thread: BatchThread, database: ClosesStore, instance: str
    ) -> None:
        self._run, self._thread = run, thread
        self._database, self._instance = database, instance

    def damaged(self) -> tuple[SetAsideStore, ...]:
        """The damaged stores about which the writer has not decided yet, the latest first."""
        return self._run(noted, ())

    def settle(self) -> bool:
        """The writer has decided; the files stay. False when the disk refuses."""
        return self._run(lambda one: settle(one, [found.name for found in noted(one)]), False)

    def read_damaged(self) -> bool:
        """Take takes and versions, too, out of the damaged stores, and settle them."""

        def work(connection: apsw.Connection) -> bool:
            path, key = self._database.place
            return take_over_kept(connection, path.parent, key)

        return self._run(work, False)

    def restore(self, backup: Path) -> Path | None:
        """Put a backup in the place of the store, with all that came since where it can be read.

        What is open and typed meanwhile goes on in it. Returns where the former store is kept;
        raises StoreError, with the store as it was. It takes its time: not for the window's thread.
        """

        def work() -> Path | None:
            path, key = self._database.place
            return self._database.closed(lambda: restore(path, backup, key, own=self._instance))

        kept = self._thread.call(work, None)
        self._thread.call(lambda: None, None)  # what is open is written into it
        return kept
