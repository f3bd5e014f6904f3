"""Versions of documents: kept when something changed, found again, thinned without a loss."""

from __future__ import annotations

import random
import time
import zlib
from datetime import datetime
from pathlib import Path

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from app.core.errors import StoreError
from app.core.store import CAUSES, Store, snapshots
from app.core.store.database import MIGRATIONS, connect, migrate
from app.core.store.snapshots import patch, patched
from tests.core.conftest import Stores, rows
from tests.core.store.year_of_snapshots import BEGIN, generate

DAY = 86_400.0


def texts(store: Store, document: str) -> list[str]:
    return [store.snapshot_text(one.id) for one in store.snapshots(document)]


def test_versions_are_kept_when_something_changed(stores: Stores) -> None:
    store = stores.new()
    before = time.time()
    store.take_snapshot("/novel.md", "One two three.", "opened")
    store.take_snapshot("/novel.md", "One two three.", "saved")
    store.take_snapshot("/other.md", "One two three.", "saved")
    store.take_snapshot("/novel.md", "One three. 我爱 four five.", "generation")
    first, second = store.snapshots("/novel.md")
    assert (first.cause, first.words, first.gained, first.lost) == ("opened", 3, 0, 0)
    assert (second.cause, second.words, second.gained, second.lost) == ("generation", 6, 4, 1)
    assert before <= first.made_at <= second.made_at <= time.time()
    assert texts(store, "/novel.md") == ["One two three.", "One three. 我爱 four five."]
    assert [one.document for one in store.histories()] == ["/novel.md", "/other.md"]
    assert store.last_version("/novel.md") == "One three. 我爱 four five."
    store.close()
    again = stores.new()
    assert texts(again, "/novel.md") == ["One two three.", "One three. 我爱 four five."]
    assert again.snapshots("/nothing.md") == ()
    assert again.last_version("/nothing.md") == ""
    again.close()


def test_what_a_guard_keeps_is_on_the_disk_and_never_thinned(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    at = time.time() - 40 * DAY
    monkeypatch.setattr(time, "time", lambda: at)
    store.take_snapshot("/novel.md", "The whole novel.", "saved")
    assert store.keep_snapshot("/novel.md", "The whole novel.", "shortened")
    with apsw.Connection(str(stores.path)) as other:
        assert other.execute("SELECT cause FROM snapshot").fetchall() == [("shortened",)]
    at += 60
    store.take_snapshot("/novel.md", "The", "saved")
    at += 60
    assert store.keep_snapshot("/novel.md", "Theirs.", "outside")
    store.take_snapshot("/novel.md", "The end.", "saved")
    monkeypatch.undo()
    store.take_snapshot("/novel.md", "The end, later.", "saved")
    assert texts(store, "/novel.md") == [
        "The whole novel.",
        "Theirs.",
        "The end.",
        "The end, later.",
    ]
    store.close()


def test_a_guard_writes_a_damaged_version_again_and_says_where_it_cannot(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    store.take_snapshot("/novel.md", "The whole novel.", "opened")
    store.close()
    connection = apsw.Connection(str(stores.path))
    connection.execute("UPDATE snapshot SET data = x'00'")
    connection.close()
    store = stores.new()
    assert store.keep_snapshot("/novel.md", "The whole novel.", "shortened")
    assert texts(store, "/novel.md") == ["The whole novel."]

    def refuse(*_arguments: object) -> int:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(snapshots, "take", refuse)
    assert not store.keep_snapshot("/novel.md", "Another.", "shortened")
    store.close()


def test_an_empty_page_is_no_version_and_an_emptied_one_is(stores: Stores) -> None:
    store = stores.new()
    store.take_snapshot("/novel.md", " \n", "opened")
    assert store.snapshots("/novel.md") == ()
    store.take_snapshot("/novel.md", "Words.", "saved")
    store.take_snapshot("/novel.md", "", "saved")
    assert texts(store, "/novel.md") == ["Words.", ""]
    store.close()


def test_a_history_follows_its_document(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "")
    store.take_snapshot(journal, "Untitled.", "generation")
    store.rename_history(journal, "/a.md")
    store.take_snapshot("/a.md", "Titled.", "saved")
    store.copy_history("/a.md", "/b.md")
    store.take_snapshot("/b.md", "Copied.", "saved")
    store.take_snapshot("/a.md", "Went on.", "saved")
    assert store.snapshots(journal) == ()
    assert texts(store, "/a.md") == ["Untitled.", "Titled.", "Went on."]
    assert texts(store, "/b.md") == ["Untitled.", "Titled.", "Copied."]
    store.rename_history("/a.md", "/b.md")  # which has its own
    assert texts(store, "/b.md") == ["Untitled.", "Titled.", "Copied."]
    assert texts(store, "/a.md") == ["Untitled.", "Titled.", "Went on."]
    store.close()


@given(old=st.text(max_size=80), new=st.text(max_size=80))
def test_a_patch_makes_the_text_again(old: str, new: str) -> None:
    assert patched(old, patch(old, new)) == new


def test_half_a_pair_is_kept(stores: Stores) -> None:
    store = stores.new()
    store.take_snapshot("/a", "a \ud83d b", "saved")
    assert texts(store, "/a") == ["a \ud83d b"]
    store.close()


@settings(max_examples=25, deadline=None)
@given(
    waits=st.lists(st.sampled_from([60.0, 1800.0, 5 * 3600.0, DAY, 9 * DAY]), max_size=40),
    seed=st.integers(0, 1000),
    small=st.booleans(),
)
def test_thinning_loses_no_text_that_stays(waits: list[float], seed: int, small: bool) -> None:
    """Whatever is listed reads as it was written, though its whole one was thinned."""
    chance, at = random.Random(seed), BEGIN
    connection = apsw.Connection(":memory:")
    migrate(connection, MIGRATIONS)
    text = " ".join(f"Sentence {chance.random()}." for _ in range(5 if small else 80))
    written: dict[int, str] = {}
    for wait in waits:
        at += wait
        text += f" And {chance.randrange(1000)} more."
        written[snapshots.take(connection, "/a", text, chance.choice(CAUSES), at)] = text
    found = snapshots.snapshots_of(connection, "/a")
    assert {one.id: snapshots.text_of(connection, one.id) for one in found} == {
        one.id: written[one.id] for one in found
    }
    assert {datetime.fromtimestamp(one.made_at).date() for one in found} == {
        datetime.fromtimestamp(BEGIN + sum(waits[: n + 1])).date() for n in range(len(waits))
    }
    assert sum(one.gained for one in found) == 3 * max(0, len(waits) - 1)
    connection.close()


def test_a_year_of_snapshots_is_small(tmp_path: Path) -> None:
    """A short form of `year_of_snapshots`, which stays below 200 MB: a tenth, three weeks."""
    year = generate(tmp_path, words=12_000, days=21, a_day=4)
    whole = [len(zlib.compress(text.encode(), 9)) for text in year.texts.values()]
    assert len(year.texts) < year.listed < 21 + 7 * 3 + 4
    assert year.bytes / year.listed < 0.75 * sum(whole) / len(whole), (year.bytes, year.listed)
    connection = connect(year.path)
    found = snapshots.snapshots_of(connection, "novel")
    by_moment = {one.made_at: snapshots.text_of(connection, one.id) for one in found}
    assert {at: by_moment.get(at) for at in year.texts} == year.texts
    connection.close()


@pytest.mark.parametrize("column", ["data", "digest"])
def test_a_damaged_version_is_told_and_no_other_is_lost(stores: Stores, column: str) -> None:
    store = stores.new()
    whole = " ".join(f"Sentence number {n}." for n in range(300))
    for end in ("", " One.", " One. Two."):
        store.take_snapshot("/a", whole + end, "saved")
    first, second, third = store.snapshots("/a")
    store.close()
    connection = apsw.Connection(str(stores.path))
    connection.execute(f"UPDATE snapshot SET {column} = x'00' WHERE id = ?", (second.id,))
    connection.close()
    store = stores.new()
    with pytest.raises(StoreError, match=f"Version {second.id} cannot be read"):
        store.snapshot_text(second.id)
    assert store.snapshot_text(first.id) == whole
    assert store.snapshot_text(third.id) == whole + " One. Two."
    with pytest.raises(StoreError):
        store.snapshot_text(999)
    store.close()


def test_a_damaged_last_version_does_not_stop_the_next(stores: Stores) -> None:
    store = stores.new()
    store.take_snapshot("/a", "One.", "saved")
    store.flush()
    store.close()
    connection = apsw.Connection(str(stores.path))
    connection.execute("UPDATE snapshot SET data = x'00'")
    connection.close()
    store = stores.new()
    store.take_snapshot("/a", "One. Two.", "saved")
    assert store.snapshot_text(store.snapshots("/a")[-1].id) == "One. Two."
    assert store.problems == ()
    store.close()


def test_a_snapshot_is_kept_when_the_disk_works_again(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stores.new()
    store.flush()
    works = snapshots.take

    def refuse(*_arguments: object) -> int:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(snapshots, "take", refuse)
    store.take_snapshot("/a", "One.", "saved")
    store.flush()
    journal = store.begin("", "unsaved")  # for which there is room
    store.flush()
    assert len(store.problems) == 1
    assert "cannot be kept" in store.problems[0]
    assert "database or disk is full" in store.problems[0]
    assert rows(stores.path, "SELECT id FROM journal") == [(journal,)]
    monkeypatch.setattr(snapshots, "take", works)
    store.flush()
    assert texts(store, "/a") == ["One."]
    assert list(store.problems[1:]) == ["Versions of documents are kept again."]
    store.close()


def test_an_older_store_gets_its_tables(stores: Stores) -> None:
    stores.path.parent.mkdir(parents=True, exist_ok=True)
    connection = apsw.Connection(str(stores.path))
    migrate(connection, MIGRATIONS[:3])
    connection.close()
    store = stores.new()
    store.take_snapshot("/a", "One.", "saved")
    assert texts(store, "/a") == ["One."]
    store.close()
    assert rows(stores.path, "SELECT count(*) FROM history") == [(1,)]
