"""Damaged stores: renamed, never deleted, and noted in the new store until the writer decides."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import apsw
import msgspec

from app.core.system.databases import DataKey

_ENDING = ".broken-"


class SetAsideStore(msgspec.Struct, frozen=True, kw_only=True):
    """A damaged store beside the present one; `noticed_at` in seconds since 1970."""

    name: str
    noticed_at: float


def rename_damaged(path: Path) -> str:
    """Rename a damaged store and its logs to a free number; returns the new name."""
    number = 1
    while os.path.lexists(kept := path.with_name(f"{path.name}{_ENDING}{number}")):
        number += 1
    path.rename(kept)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + ending).rename(kept.with_name(kept.name + ending))
    return kept.name


def left_behind(path: Path) -> list[str]:
    """The last store that was renamed, where the program ended before there was a new one."""
    with contextlib.suppress(OSError, ValueError):
        if path.exists():
            return []
        found = [
            one for one in path.parent.glob(f"{path.name}{_ENDING}*") if one.suffix[-1].isdigit()
        ]
        return [max(found, key=lambda one: one.stat().st_mtime_ns).name] if found else []
    return []


def take_over(
    connection: apsw.Connection,
    folder: Path,
    key: DataKey | None,
    names: Iterable[str],
    open_journals: Collection[str],
) -> None:
    """Note damaged stores of these names, and read what is nowhere else out of the unread ones."""
    for name in names:
        connection.execute("INSERT OR IGNORE INTO set_aside VALUES (?, ?, 0)", (name, time.time()))
    unread: list[Any] = connection.execute(
        "SELECT name FROM set_aside WHERE NOT is_read"
    ).fetchall()
    if unread:  # what reads them is not imported with the window
        from app.core.store.repair.merging import merge_unsaved
        from app.core.store.repair.salvage import DamagedStore, opened_copy
    for (name,) in unread:
        with contextlib.suppress(OSError):  # it is read when there is room for a copy
            with opened_copy(folder / name, key) as copy:
                source = DamagedStore(copy)
                source.is_whole = False  # what it does not tell may be what is damaged
                merge_unsaved(connection, source, open_journals)
            connection.execute("UPDATE set_aside SET is_read = 1 WHERE name = ?", (name,))


def noted(connection: apsw.Connection) -> tuple[SetAsideStore, ...]:
    """The damaged stores about which the writer has not decided, the latest first."""
    rows: Iterable[Any] = connection.execute(
        "SELECT name, noticed_at FROM set_aside ORDER BY noticed_at DESC"
    )
    return tuple(SetAsideStore(name=name, noticed_at=at) for name, at in rows)


def take_over_kept(connection: apsw.Connection, folder: Path, key: DataKey | None) -> bool:
    """Read takes and versions, too, out of the damaged stores that are noted, and settle them."""
    from app.core.store.repair.merging import merge_kept
    from app.core.store.repair.salvage import DamagedStore, opened_copy

    names = [one.name for one in noted(connection)]
    for name in names:
        with contextlib.suppress(OSError), opened_copy(folder / name, key) as copy:
            merge_kept(connection, DamagedStore(copy), adds=True)
    return settle(connection, names)


def settle(connection: apsw.Connection, names: Iterable[str]) -> bool:
    """The writer has decided about these; the files stay."""
    connection.executemany("DELETE FROM set_aside WHERE name = ?", [(name,) for name in names])
    return True
