"""Restoring a backup: while the store is in use, with all that came since, and never by two."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path

import apsw
import msgspec
import pytest

from app.core.errors import StoreError
from app.core.store import Store, backups as module
from app.core.store.backups import (
    BackupContents,
    back_up,
    backups,
    contents_of,
    newest_good,
    restore,
)
from app.core.store.instances import LIVE, alone
from app.core.store.takes.kept import KeptTake
from app.core.system.databases import copy_database
from tests.core.conftest import TAKE, Stores, rows

DAY = date(2026, 11, 28)


@pytest.fixture
def backup(stores: Stores, tmp_path: Path) -> Path:
    """Of a store with a version, a take and a text that was not saved and then was."""
    store = stores.new()
    store.take_snapshot("/a", "One.", "saved")
    store.add_take(TAKE)
    old = store.begin("", "unsaved at the time")
    store.flush()
    assert back_up(stores.path, tmp_path / "backups", DAY)
    store.end(old)
    store.close()
    return backups(tmp_path / "backups")["2026-11-28"]


def test_what_is_typed_meanwhile_goes_on_in_the_restored_store(
    stores: Stores, tmp_path: Path, backup: Path
) -> None:
    store = stores.new()
    journal = store.begin("", "")
    store.edit(journal, 0, 0, "before, ")
    trashed = tmp_path / "gone.md"
    trashed.write_text("gone", "utf-8")
    store.trash.put(trashed)
    store.keep_here("/a")
    store.take_snapshot("/a", "One. Two.", "saved")
    store.add_take(msgspec.structs.replace(TAKE, text="since"))
    kept = store.repair.restore(backup)
    store.edit(journal, 8, 0, "after")
    assert store.add_take(msgspec.structs.replace(TAKE, text="later")) == 3
    assert [store.snapshot_text(one.id) for one in store.snapshots("/a")] == ["One.", "One. Two."]
    assert [one.text for one in store.takes(TAKE.journal)] == [TAKE.text, "since", "later"]
    assert [one.name for one in store.trash.documents()] == ["gone.md"]
    assert store.is_kept_here("/a")
    assert store.problems == ()
    store.close()
    assert [found.text for found in stores.dead()] == ["before, after"]
    assert kept == stores.path.with_name("store.sqlite.replaced-1")
    former = Store(kept)
    assert [one.text for one in former.takes(TAKE.journal)] == [TAKE.text, "since"]
    former.close()
    left = {path.name for path in stores.path.parent.iterdir()}
    assert left <= {"store.sqlite", kept.name, LIVE}
    assert list((stores.path.parent / LIVE).iterdir()) == []


def test_what_the_present_store_lost_comes_back(stores: Stores, backup: Path) -> None:
    connection = apsw.Connection(str(stores.path))
    for table in ("snapshot", "history", "take"):
        connection.execute(f"DELETE FROM {table}")
    connection.close()
    store = stores.new()
    store.take_snapshot("/a", "Begun again.", "saved")
    store.repair.restore(backup)
    texts = [store.snapshot_text(one.id) for one in store.snapshots("/a")]
    assert texts == ["One.", "Begun again."]
    assert [one.text for one in store.takes(TAKE.journal)] == [TAKE.text]
    store.close()
    assert rows(stores.path, "PRAGMA integrity_check") == [("ok",)]


def test_what_was_changed_since_stays_as_it_is_now(stores: Stores, tmp_path: Path) -> None:
    store = stores.new()
    store.story_memories.keep("/a", b"the keeper")
    store.kept_changes.keep("/a", "first")
    store.kept_takes.add(KeptTake(record=TAKE, key="k"))
    store.flush()
    assert back_up(stores.path, tmp_path / "backups", DAY)
    store.story_memories.keep("/a", b"the keeper and her dog")
    store.kept_changes.keep("/a", "second")
    store.kept_takes.star("k", is_on=True)
    store.kept_takes.rename("k", "The best")
    store.repair.restore(backups(tmp_path / "backups")["2026-11-28"])
    assert store.story_memories.content("/a") == b"the keeper and her dog"
    assert store.kept_changes.of("/a") == "second"
    take = store.kept_takes.by_key("k")
    assert take is not None
    assert (take.name, take.is_starred) == ("The best", True)
    assert len(store.takes(TAKE.journal)) == 1
    store.close()


def test_a_text_that_was_saved_since_is_not_offered_again(stores: Stores, backup: Path) -> None:
    restore(stores.path, backup)
    assert stores.dead() == []
    restore(stores.path, backup, is_alone=True)
    assert [one.text for one in stores.dead()] == ["unsaved at the time"]


def test_a_backup_tells_what_is_in_it(backup: Path) -> None:
    assert contents_of(backup) == BackupContents(documents=1, versions=1, takes=1)
    later = backup.with_name("store-2026-11-29.sqlite")
    later.write_bytes(backup.read_bytes()[:-4096] + bytes(4096))
    with pytest.raises(StoreError, match=r"store-2026-11-29\.sqlite is damaged"):
        contents_of(later)
    assert newest_good(backup.parent) == backup
    backup.unlink()
    assert newest_good(backup.parent) is None


def test_another_program_that_uses_the_store_is_in_the_way(stores: Stores, backup: Path) -> None:
    store, other = stores.new(), stores.new()
    journal = store.begin("", "typed")
    with pytest.raises(StoreError, match="uses the store"):
        store.repair.restore(backup)
    store.edit(journal, 5, 0, " on")
    other.close()
    assert store.repair.restore(backup) is not None
    store.close()
    assert [one.text for one in stores.dead()] == ["typed on"]


def test_a_program_that_starts_meanwhile_waits(
    stores: Stores, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, opened = threading.Event(), threading.Event(), threading.Event()
    real = copy_database

    def slow(*given: object) -> None:
        real(*given)  # type: ignore[arg-type]  # as they were given
        begun.set()
        assert go_on.wait(10)

    monkeypatch.setattr(module, "copy_database", slow)
    restoring = threading.Thread(
        target=restore, args=(stores.path, backup), kwargs={"is_alone": True}
    )
    restoring.start()
    assert begun.wait(10)
    with pytest.raises(StoreError, match="is restoring"):
        restore(stores.path, backup)
    store = stores.new()  # its file is there now, after the look for others
    store.take_snapshot("/b", "In the restored one.", "saved")
    flushing = threading.Thread(target=lambda: (store.flush(), opened.set()))
    flushing.start()
    assert not opened.wait(0.3)
    go_on.set()
    assert opened.wait(10)
    for thread in (restoring, flushing):
        thread.join()
    assert len(store.snapshots("/a")) == len(store.snapshots("/b")) == 1


def test_the_lock_goes_with_its_holder(stores: Stores, backup: Path) -> None:
    live = stores.path.parent / LIVE
    with alone(live), pytest.raises(StoreError, match="is restoring"), alone(live):
        pass
    (live / "restoring").touch()  # of a program that was killed
    assert restore(stores.path, backup) is not None
    assert list(live.iterdir()) == []


def test_a_file_system_without_links_copies(
    stores: Stores, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: object, _to: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refuse)
    kept = restore(stores.path, backup)
    assert kept is not None
    assert rows(kept, "SELECT count(*) FROM snapshot") == [(1,)]
