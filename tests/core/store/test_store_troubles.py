from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import apsw
import pytest

from app.core.store import TakeRecord, database as database_module, snapshots
from app.core.store.database import MIGRATIONS, Database
from app.core.store.journal import Journal
from app.core.store.notes.kept_notes import KeptNote
from tests.core.conftest import TAKE, Stores, rows


def damage(path: Path, how: str) -> None:
    if how == "garbage":
        path.write_bytes(random.Random(1).randbytes(20_000))
    elif how == "cut":
        os.truncate(path, path.stat().st_size // 2)
    elif how == "holes":
        data = bytearray(path.read_bytes())
        data[4096:] = bytes(len(data) - 4096)
        path.write_bytes(data)


@pytest.mark.parametrize("how", ["garbage", "cut", "holes"])
def test_a_damaged_store_is_renamed_and_writing_goes_on(stores: Stores, how: str) -> None:
    store = stores.new()
    store.begin("", "x" * 50_000)
    store.close()
    damage(stores.path, how)
    kept = stores.path.read_bytes()
    told: list[str] = []
    later = stores.new(on_problem=told.append)
    journal = later.begin("", "new")
    later.edit(journal, 3, 0, " text")
    assert later.add_take(TAKE) == 1
    later.close()
    assert list(later.problems) == told
    assert len(told) == 1
    assert "store.sqlite.broken-1" in told[0]
    assert stores.path.with_name("store.sqlite.broken-1").read_bytes() == kept
    assert [found.text for found in stores.dead()] == ["new text"]


def test_a_second_damage_does_not_replace_the_first(stores: Stores) -> None:
    stores.path.parent.mkdir()
    for number in (1, 2):
        stores.path.write_bytes(b"garbage" * 1000 * number)
        stores.new().close()
        broken = stores.path.with_name(f"store.sqlite.broken-{number}")
        assert broken.read_bytes() == b"garbage" * 1000 * number


def test_damage_while_it_runs_loses_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    idle, busy = store.begin("", "idle"), store.begin("", "busy")
    store.flush()
    real = Journal.write
    told = threading.Event()

    def once(journal: Journal, connection: apsw.Connection) -> None:
        if not told.is_set():
            told.set()
            raise apsw.CorruptError("database disk image is malformed")
        real(journal, connection)

    monkeypatch.setattr(Journal, "write", once)
    store.edit(busy, 4, 0, "!")
    store.flush()
    assert "was damaged" in store.problems[0]
    store.close()
    assert {found.id: found.text for found in stores.dead()} == {idle: "idle", busy: "busy!"}


def test_a_newer_store_is_left_alone_and_said(stores: Stores) -> None:
    store = stores.new()
    store.add_take(TAKE)
    store.close()
    connection = apsw.Connection(str(stores.path))
    connection.pragma("user_version", len(MIGRATIONS) + 1)
    connection.close()
    before = stores.path.read_bytes()
    later = stores.new()
    later.begin("", "text")
    later.flush()
    assert later.takes("j") == ()
    assert later.recoverable() == ()
    assert later.add_take(TAKE) == 0
    later.close()
    assert len(later.problems) == 1
    assert "newer version" in later.problems[0]
    assert stores.path.read_bytes() == before
    assert not list(stores.path.parent.glob("*.broken*"))


def test_a_failing_disk_is_told_once_and_caught_up_with(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    store = stores.new(on_problem=told.append)
    journal = store.begin("", "a")
    store.flush()

    def full(_journal: Journal, _connection: apsw.Connection) -> None:
        raise apsw.FullError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "write", full)
        for number in range(5):
            store.edit(journal, 1 + number, 0, str(number))
            store.flush()
        assert len(told) == 1
        assert "disk is full" in told[0]
        assert "goes on trying" in told[0]
    store.edit(journal, 0, 0, ">")
    store.flush()
    assert len(told) == 2
    assert "written again" in told[1]
    store.close()
    assert stores.dead()[0].text == ">a01234"


def test_a_disk_that_works_again_is_noticed_without_a_new_edit(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "_RETRY_S", 0.02)
    again = threading.Event()
    store = stores.new(on_problem=lambda problem: "written again" in problem and again.set())
    failures = iter(range(3))
    real = Journal.write

    def at_first_full(journal: Journal, connection: apsw.Connection) -> None:
        if next(failures, None) is not None:
            raise apsw.FullError("database or disk is full")
        real(journal, connection)

    monkeypatch.setattr(Journal, "write", at_first_full)
    store.begin("", "text")
    assert again.wait(10)
    assert rows(stores.path, "SELECT count(*) FROM journal") == [(1,)]


def test_a_take_is_refused_with_0_while_the_disk_fails(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    store.flush()

    def refuse(_connection: apsw.Connection, take: TakeRecord) -> int:
        raise apsw.IOError("disk I/O error")

    with monkeypatch.context() as broken:
        broken.setattr("app.core.store.store.insert_take", refuse)
        assert store.add_take(TAKE) == 0
    assert len(store.problems) == 1
    assert store.add_take(TAKE) == 1


def test_a_recovered_text_keeps_what_is_beside_it_where_the_disk_refuses_at_first(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    lost, found = store.begin("", "It rained."), store.begin("", "It rained.")
    note = KeptNote(key="a", action="title", name="Title", text="Rain")
    store.kept_notes.keep(lost, [note])
    store.story_memories.keep(lost, b"rain")
    store.flush()

    def full(_database: Database, _work: object) -> None:
        raise apsw.FullError("database or disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Database, "_transaction", full)
        store.discard(lost, found)
        store.flush()
    assert store.kept_notes.of(found) == (note,)
    assert store.story_memories.content(found) == b"rain"
    assert store.kept_notes.of(lost) == ()


@pytest.mark.parametrize("place", ["folder", "file in the way", "nul"])
def test_a_store_that_cannot_be_opened_does_not_stop_writing(stores: Stores, place: str) -> None:
    if place == "folder":
        stores.path.mkdir(parents=True)
    elif place == "file in the way":
        stores.path.parent.write_bytes(b"")
    else:
        stores.path = stores.path.parent / "a\0b.sqlite"
    store = stores.new()
    journal = store.begin("", "text")
    store.edit(journal, 0, 0, "x")
    store.flush()
    assert store.recoverable() == ()
    assert store.add_take(TAKE) == 0
    store.close()
    assert any("cannot be written" in problem for problem in store.problems)
    assert all(problem.endswith(".") for problem in store.problems)


def test_what_waits_for_the_disk_takes_no_more_memory_than_it_may(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "MOST_WAITING", 1000)
    store = stores.new()
    store.flush()
    with monkeypatch.context() as broken:

        def full(*_given: object) -> int:
            raise apsw.FullError("database or disk is full")

        broken.setattr(snapshots, "take", full)
        store.rename_history("/x", "/y")
        for number in range(30):
            for document in ("/a", "/b"):
                store.take_snapshot(document, f"{number} " * 100, "hourly")
            store.flush()
        waiting = store._database._waiting
        assert sum(one.size for one in waiting) <= 1000 + 300
    said = [one for one in store.problems if "only the newest of each document" in one]
    assert len(said) == 1
    store.flush()
    for document in ("/a", "/b"):
        texts = [store.snapshot_text(one.id) for one in store.snapshots(document)]
        assert texts[-1] == "29 " * 100
        assert len(texts) < 30
    assert store.problems[-1] == "Versions of documents are kept again."
