"""A store with damaged pages: never deleted, never a crash, and what can be read comes back."""

from __future__ import annotations

import contextlib
import random
from datetime import date
from pathlib import Path
from typing import Any

import apsw
import msgspec
import pytest

from app.core.store import Store
from app.core.store.backups import back_up, newest_good
from app.core.store.repair import set_aside as module
from tests.core.conftest import TAKE, Stores, rows

PAGE = 4096
DAY = date(2026, 11, 28)
SEEDS = range(60)


def fill(store: Store, texts: int = 5) -> list[str]:
    """Unsaved texts of which parts are whole copies and parts edits, and versions, and takes."""
    journals = [store.begin("", f"the beginning of {one}. " * 900) for one in range(texts)]
    for turn in range(40):
        for one, journal in enumerate(journals):
            store.edit(journal, turn * 7 % 50, turn % 3, f"{turn} in {one} is typed. " * 5)
        store.flush()
    for one in range(12):
        store.take_snapshot(f"/document-{one % 3}", f"version {one} " * 400, "saved")
        store.add_take(msgspec.structs.replace(TAKE, text=f"take {one} " * 300))
    store.keep_here("/document-1")
    store.flush()
    return journals


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Some pages but the first are zeros, noise, or half noise."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(1, len(data) // PAGE) * PAGE
        noise = chance.choice((bytes(PAGE), chance.randbytes(PAGE), chance.randbytes(PAGE // 2)))
        found[at : at + len(noise)] = noise
    return bytes(found)


def page_of(path: Path, table: str) -> int:
    """Where the first page of a table begins in the file."""
    found = rows(path, f"SELECT rootpage FROM sqlite_schema WHERE name = '{table}'")
    return (int(found[0][0]) - 1) * PAGE


def readable(path: Path, journal: str) -> tuple[bytes | None, dict[int, tuple[int, int, bytes]]]:
    """What SQLite gives of a text, asked row by row by their known keys: the copy, and edits."""
    with contextlib.closing(apsw.Connection(str(path))) as connection:

        def ask(statement: str, *values: object) -> Any:
            with contextlib.suppress(apsw.Error):
                return connection.execute(statement, values).fetchone()
            return None

        copy, edits = None, {}
        for number in range(1, 40):
            row = ask("SELECT journal, text FROM checkpoint WHERE rowid = ?", number)
            if row is not None and row[0] == journal:
                copy = row[1]
        statement = "SELECT position, removed, added FROM edit WHERE journal = ? AND sequence = ?"
        for sequence in range(1, 60):
            if (row := ask(statement, journal, sequence)) is not None:
                edits[sequence] = row
        return copy, edits


def expected(copy: bytes | None, edits: dict[int, tuple[int, int, bytes]]) -> str | None:
    """The text that they make without a gap; None where something is missing."""
    if copy is None or sorted(edits) != list(range(2, 2 + len(edits))):
        return None
    for sequence in sorted(edits):
        position, removed, added = edits[sequence]
        copy = copy[: 2 * position] + added + copy[2 * (position + removed) :]
    return copy.decode("utf-16-le", "replace").replace("\0", "")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, dict[str, str]]:
    """A store as a killed program leaves it, folded, and its texts by their journals."""
    stores = Stores(tmp_path_factory.mktemp("original") / "store.sqlite")
    store = stores.new()
    fill(store)
    store.close()
    data = stores.path.read_bytes()
    texts = {one.id: one.text for one in stores.dead()}
    assert len(texts) == 5
    return data, texts


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_readable_comes_back(
    stores: Stores, original: tuple[bytes, dict[str, str]], seed: int
) -> None:
    data, texts = original
    stores.path.parent.mkdir(parents=True)
    broken = damaged(data, random.Random(seed))
    stores.path.write_bytes(broken)
    store = stores.new()
    found = {one.id: one.text for one in store.recoverable()}
    kept = stores.path.with_name("store.sqlite.broken-1")
    if not kept.exists():  # what was hit is in no table
        assert store.problems == ()
        assert found.keys() == texts.keys()
        return
    assert kept.read_bytes() == broken
    assert [one.name for one in store.repair.damaged()] == [kept.name]
    assert "broken-1" in store.problems[0]
    for journal in texts:
        copy, edits = readable(kept, journal)
        whole = expected(copy, edits)
        text = found.get(journal, "")
        if whole is not None:
            assert text == whole
        if copy is None and journal in found:  # by no key that is left, no row is found
            for _position, _removed, added in edits.values():
                assert added.decode("utf-16-le", "replace").replace("\0", "") in text
    assert store.repair.read_damaged()
    for document in store.histories():
        for one in store.snapshots(document.document):
            assert store.snapshot_text(one.id).startswith("version")
    assert store.repair.damaged() == ()
    store.close()
    assert rows(stores.path, "PRAGMA integrity_check") == [("ok",)]
    assert kept.read_bytes() == broken
    assert not list(stores.path.parent.glob(".reading-*"))


def test_a_backup_is_restored_with_what_is_left_of_today(stores: Stores, tmp_path: Path) -> None:
    store = stores.new()
    store.take_snapshot("/a", "Of yesterday.", "saved")
    store.add_take(TAKE)
    store.flush()
    assert back_up(stores.path, tmp_path / "backups", DAY)
    (journal, *_more) = fill(store)
    store.close()
    text = next(one.text for one in stores.dead() if one.id == journal)
    data = stores.path.read_bytes()
    page = next(
        number
        for (number,) in rows(
            stores.path, "SELECT rootpage FROM sqlite_schema WHERE name='history'"
        )
    )
    at = (page - 1) * PAGE
    stores.path.write_bytes(data[:at] + bytes(PAGE) + data[at + PAGE :])
    later = stores.new()
    assert text in {one.text for one in later.recoverable()}
    assert later.is_kept_here("/document-1")
    assert later.snapshots("/a") == ()
    good = newest_good(tmp_path / "backups")
    assert good is not None
    later.repair.restore(good)
    assert text in {one.text for one in later.recoverable()}
    assert [later.snapshot_text(one.id) for one in later.snapshots("/a")] == ["Of yesterday."]
    assert len(later.takes(TAKE.journal)) == 13
    assert later.repair.damaged() == ()
    later.close()
    assert stores.path.with_name("store.sqlite.broken-1").exists()


def test_what_a_program_that_was_killed_left_is_read_at_the_next_start(
    stores: Stores, original: tuple[bytes, dict[str, str]]
) -> None:
    data, texts = original
    stores.path.parent.mkdir(parents=True)
    stores.path.with_name("store.sqlite.broken-1").write_bytes(b"no store")
    stores.path.with_name("store.sqlite.broken-2").write_bytes(data)
    store = stores.new()
    assert {one.id: one.text for one in store.recoverable()} == texts
    assert [one.name for one in store.repair.damaged()] == ["store.sqlite.broken-2"]
    assert store.repair.settle()
    store.close()
    assert stores.new().repair.damaged() == ()


def test_an_unsaved_text_comes_back_with_what_is_kept_beside_it(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "The end.")
    store.kept_changes.keep(journal, "open")
    store.story_memories.keep(journal, b"the keeper")
    for one in range(40):
        store.take_snapshot(f"/document-{one}", f"version {one} " * 400, "saved")
    store.flush()
    store.close()
    data = bytearray(stores.path.read_bytes())
    at = page_of(stores.path, "snapshot")
    data[at : at + PAGE] = bytes(PAGE)
    stores.path.write_bytes(data)
    again = stores.new()
    assert again.histories() == ()
    assert [one.text for one in again.recoverable()] == ["The end."]
    assert again.kept_changes.of(journal) == "open"
    assert again.story_memories.content(journal) == b"the keeper"
    again.close()


def test_the_log_of_a_damaged_store_is_read_too(stores: Stores, tmp_path: Path) -> None:
    store = stores.new()
    store.begin("", "folded " * 5000)
    store.close()
    store = stores.new()
    store.begin("", "only in the log")
    store.flush()
    folder = tmp_path / "other"
    folder.mkdir()
    for ending in ("", "-wal"):
        found = stores.path.with_name(stores.path.name + ending).read_bytes()
        (folder / f"store.sqlite{ending}").write_bytes(found)
    with (folder / "store.sqlite").open("rb+") as file:
        file.seek(page_of(stores.path, "history"))
        file.write(bytes(PAGE))
    texts = [one.text for one in Stores(folder / "store.sqlite").dead()]
    assert "only in the log" in texts
    assert (folder / "store.sqlite.broken-1-wal").stat().st_size > 0


def test_a_store_that_cannot_be_copied_is_left_for_later(
    stores: Stores, original: tuple[bytes, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stores.path.parent.mkdir(parents=True)
    stores.path.with_name("store.sqlite.broken-1").write_bytes(original[0])

    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("shutil.copyfile", full)
        store = stores.new()
        assert store.recoverable() == ()
        store.close()
    assert len(stores.dead()) == 5


def test_names_are_noted_once(stores: Stores) -> None:
    store = stores.new()
    store.flush()
    assert module.left_behind(stores.path) == []
    assert module.left_behind(Path("a\0b")) == []
