"""Backups of the whole store: one a day, ten kept, each checked before an older one goes."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import apsw

from app.core.errors import StoreError
from app.core.store.database import damage_of
from app.core.store.instances import is_running
from app.core.system.databases import DataKey, copy_database, is_plain
from app.core.system.files import why

KEPT = 10
"""How many backups stay."""

_NAME = re.compile(r"store-(\d{4}-\d\d-\d\d)\.sqlite")


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
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
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
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return True


def restore(store: Path, backup: Path, key: DataKey | None = None) -> Path | None:
    """Put a backup in the place of the store; returns where the former store is kept, if any.

    The store is encrypted with `key` afterwards, also where the backup is not. Raises StoreError,
    with the store as it was, where a program uses it, the backup is damaged, or the disk refuses.
    """
    if any(is_running(store.parent / "live", one) for one in _instances(store.parent / "live")):
        raise StoreError("Lampblack is running and uses its store.", "Close it first.")
    former = None if is_plain(backup) else key  # one from before there was a passphrase
    if damage := damage_of(backup, former):
        raise StoreError(f"{backup.name} is damaged ({damage}).", "Take another one.")
    part = store.with_name(store.name + ".part")
    kept = None
    try:
        part.unlink(missing_ok=True)
        copy_database(backup, former, part, key)
        kept = _free_name(store) if store.exists() else None
        if kept is not None:
            _move(store, kept)
        part.replace(store)
    except (apsw.Error, OSError) as error:
        if kept is not None and not store.exists():
            _move(kept, store)
        reason = why(error) if isinstance(error, OSError) else str(error)
        raise StoreError(f"The store could not be restored: {reason}.") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return kept


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


def _instances(folder: Path) -> Iterator[str]:
    with contextlib.suppress(OSError):
        yield from (path.stem for path in list(folder.glob("*.lock")))
