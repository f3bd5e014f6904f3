"""Backups of the store: whole, ten of them, and never in the way of a good one."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import apsw
import pytest

from app.core.errors import StoreError
from app.core.store import Store, backups as module
from app.core.store.backups import back_up, backups, restore
from app.core.system.databases import copy_database
from tests.core.conftest import TAKE, Stores

DAY = date(2026, 11, 28)


def files(folder: Path) -> list[str]:
    """What lies in a folder, without SQLite's logs."""
    found = (path.name for path in folder.iterdir())
    return sorted(name for name in found if not name.endswith(("-wal", "-shm")))


def test_a_store_that_is_written_is_backed_up_and_restored(stores: Stores, tmp_path: Path) -> None:
    folder, store = tmp_path / "backups", stores.new()
    store.take_snapshot("/a", "One.", "saved")
    store.add_take(TAKE)
    assert back_up(stores.path, folder, DAY)
    assert not back_up(stores.path, folder, DAY)
    store.take_snapshot("/a", "One. Two.", "saved")
    store.flush()
    with pytest.raises(StoreError, match="uses the store"):
        restore(stores.path, backups(folder)["2026-11-28"])
    store.close()
    kept = restore(stores.path, backups(folder)["2026-11-28"], is_alone=True)
    assert kept is not None
    again = stores.new()
    assert [again.snapshot_text(one.id) for one in again.snapshots("/a")] == ["One."]
    assert len(again.takes(TAKE.journal)) == 1
    again.close()
    former = Store(kept)
    assert len(former.snapshots("/a")) == 2
    former.close()
    assert list(folder.iterdir()) == [folder / "store-2026-11-28.sqlite"]


def test_a_restore_that_fails_leaves_the_store_as_it_was(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = tmp_path / "backups", stores.new()
    store.take_snapshot("/a", "One.", "saved")
    store.close()
    assert back_up(stores.path, folder, DAY)
    before = files(stores.path.parent)

    def refuse(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(StoreError, match="could not be restored"):
        restore(stores.path, backups(folder)["2026-11-28"])
    monkeypatch.undo()
    assert files(stores.path.parent) == before
    again = stores.new()
    assert len(again.snapshots("/a")) == 1
    again.close()


def test_ten_are_kept(stores: Stores, tmp_path: Path) -> None:
    stores.new().close()
    assert backups(tmp_path / "backups") == {}
    for number in range(12):
        assert back_up(stores.path, tmp_path / "backups", DAY + timedelta(number))
    assert list(backups(tmp_path / "backups")) == [
        (DAY + timedelta(number)).isoformat() for number in range(11, 1, -1)
    ]


def test_a_damaged_store_replaces_no_backup(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backups"
    stores.new().close()
    assert back_up(stores.path, folder, DAY)
    stores.path.write_bytes(b"SQLite format 3\0" + b"x" * 9000)
    with pytest.raises(StoreError, match="could not be backed up"):
        back_up(stores.path, folder, DAY + timedelta(1))
    monkeypatch.setattr(module, "damage_of", lambda _path, _key: "page 3")
    with pytest.raises(StoreError, match=r"store-2026-11-28\.sqlite is damaged \(page 3\)"):
        restore(stores.path, backups(folder)["2026-11-28"])
    assert list(backups(folder)) == ["2026-11-28"]
    assert len(list(folder.iterdir())) == 1


def test_a_disk_that_refuses_leaves_the_store(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.new().close()
    back_up(stores.path, tmp_path / "backups", DAY)
    before = stores.path.read_bytes()

    def refuse(*_what: object) -> None:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(module, "copy_database", refuse)
    with pytest.raises(StoreError, match="disk is full"):
        restore(stores.path, backups(tmp_path / "backups")["2026-11-28"])
    assert stores.path.read_bytes() == before
    assert not back_up(tmp_path / "no.sqlite", tmp_path / "backups", DAY + timedelta(1))


def test_two_programs_that_back_up_at_once_do_not_meet(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, store = tmp_path / "backups", stores.new()
    store.take_snapshot("/a", "One.", "saved")
    store.flush()
    real, made = copy_database, list[bool]()

    def copy(*given: Any) -> None:
        real(*given)
        if not made:  # the other one begins before this one has ended
            made.append(False)
            made[0] = back_up(stores.path, folder, DAY)

    monkeypatch.setattr(module, "copy_database", copy)
    assert back_up(stores.path, folder, DAY)
    assert made == [True]
    assert files(folder) == ["store-2026-11-28.sqlite"]
    (folder / "store-2026-11-28.dead.part").write_bytes(b"")
    assert back_up(stores.path, folder, DAY + timedelta(days=1))
    assert files(folder) == ["store-2026-11-28.sqlite", "store-2026-11-29.sqlite"]
    store.close()
