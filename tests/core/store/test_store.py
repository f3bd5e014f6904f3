from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import apsw
import pytest
from hypothesis import given, settings, strategies as st

from app.core.store import Store, TakeRecord
from app.core.store.database import MIGRATIONS, migrate
from app.core.store.journal import Journal, apply, from_units, replay, to_units
from tests.core.conftest import TAKE, Stores, rows

# journals


def test_the_unsaved_text_of_a_program_that_ended_is_offered(stores: Stores) -> None:
    before = time.time()
    store = stores.new()
    journal = store.begin("/a/b.md", "Once upon a time.")
    store.edit(journal, 17, 0, " It rained.")
    store.edit(journal, 0, 4, "Twice")
    store.close()
    (found,) = stores.dead()
    assert found.id == journal
    assert found.path == "/a/b.md"
    assert found.text == "Twice upon a time. It rained."
    assert before <= found.changed_at <= time.time()


def test_positions_count_as_qt_does(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "a😀b")
    store.edit(journal, 3, 1, "c𝒳")
    store.edit(journal, 1, 2, "😀")
    store.close()
    assert stores.dead()[0].text == "a😀c𝒳"


def test_a_pair_that_comes_in_two_halves_is_whole(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("/p", "")
    store.edit(journal, 0, 0, "\ud83d")
    store.edit(journal, 1, 0, "\ude00")
    store.edit(journal, 2, 0, "\udc00")
    store.close()
    assert stores.dead()[0].text == "😀�"


def test_only_unsaved_text_is_offered(stores: Stores) -> None:
    store = stores.new()
    opened = store.begin("/opened", "text")
    saved = store.begin("/old", "text")
    ended = store.begin("/ended", "text")
    again = store.begin("/again", "text")
    for journal in (saved, ended, again):
        store.edit(journal, 0, 0, "x")
    store.saved(saved, "/new")
    store.saved(again, "/again")
    store.edit(again, 1, 0, "y")
    store.end(ended)
    untitled = store.begin("", "recovered")
    empty = store.begin("", "")
    store.close()
    assert {found.id: found.text for found in stores.dead()} == {
        again: "xytext",
        untitled: "recovered",
    }
    assert opened != empty
    assert {row[0] for row in rows(stores.path, "SELECT id FROM journal")} == {again, untitled}


def test_saving_gives_an_untitled_text_its_path(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "text")
    store.saved(journal, "/named")
    store.edit(journal, 0, 0, "x")
    store.close()
    assert [(found.path, found.text) for found in stores.dead()] == [("/named", "xtext")]


def test_typing_on_after_a_save_is_unsaved(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("/p", "")
    store.flush()
    store.edit(journal, 0, 0, "a")
    store.saved(journal, "/p")
    store.edit(journal, 1, 0, "b")  # in the same batch, right where the last edit ended
    store.close()
    assert stores.dead()[0].text == "ab"


def test_a_text_is_offered_until_it_is_discarded(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "text")
    store.close()
    assert len(stores.dead()) == 1
    later = stores.new()
    assert len(later.recoverable()) == 1
    later.discard(journal)
    assert later.recoverable() == ()
    later.close()
    for table in ("journal", "checkpoint", "edit"):
        assert rows(stores.path, f"SELECT * FROM {table}") == []


def test_the_latest_text_comes_first(stores: Stores) -> None:
    store = stores.new()
    first, second = store.begin("", "first"), store.begin("", "second")
    store.flush()
    store.edit(first, 0, 0, "x")
    store.close()
    assert [found.id for found in stores.dead()] == [first, second]


def test_a_living_programs_texts_are_its_own(stores: Stores) -> None:
    one, two = stores.new(), stores.new()
    one.begin("", "one")
    two.begin("", "two")
    one.flush()
    two.flush()
    assert one.recoverable() == ()
    assert two.recoverable() == ()
    one.close()
    assert [found.text for found in two.recoverable()] == ["one"]


def test_edits_of_unknown_journals_and_after_the_close_are_nothing(stores: Stores) -> None:
    store = stores.new()
    store.edit("nobody", 0, 0, "x")
    store.saved("nobody", "/p")
    store.flush()
    store.close()
    store.edit(store.begin("", "late"), 0, 0, "x")
    store.flush()
    store.close()
    assert store.recoverable() == ()
    assert store.add_take(TakeRecord(text="late")) == 0
    assert stores.dead() == []


def test_long_work_is_folded_into_whole_copies(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("/p", "")
    expected = ""
    for number in range(5000):
        store.edit(journal, 0, 0, f"{number} ")
        expected = f"{number} {expected}"
        if number % 700 == 0:
            store.flush()
    store.flush()
    assert rows(stores.path, "SELECT count(*) FROM edit")[0][0] < 2000
    assert rows(stores.path, "SELECT count(*) FROM checkpoint") == [(1,)]
    store.edit(journal, 0, 0, "y" * 300_000)
    store.flush()
    assert rows(stores.path, "SELECT count(*) FROM edit") == [(0,)]
    store.close()
    assert stores.dead()[0].text == "y" * 300_000 + expected


def test_typing_becomes_few_rows(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("/p", "()")
    store.flush()
    for at, letter in enumerate("typing on and on"):
        store.edit(journal, 1 + at, 0, letter)
    store.close()
    assert rows(stores.path, "SELECT count(*) FROM edit")[0][0] <= 2
    assert stores.dead()[0].text == "(typing on and on)"


def test_edits_reach_the_disk_by_themselves_soon(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("/p", "")
    store.flush()
    store.edit(journal, 0, 0, "word")
    connection = apsw.Connection(str(stores.path))
    deadline = time.monotonic() + 5
    while not list(connection.execute("SELECT 1 FROM edit")):
        assert time.monotonic() < deadline
        threading.Event().wait(0.02)  # another process would look just like this
    connection.close()


def test_the_database_is_as_safe_as_it_can_be(stores: Stores) -> None:
    store = stores.new()
    store.flush()
    assert rows(stores.path, "PRAGMA journal_mode") == [("wal",)]
    found = store._thread.call(
        lambda: store._database.run(lambda connection: connection.pragma("synchronous"), None),
        None,
    )
    assert found == 2  # FULL


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=20),
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.integers(0, 10),
            st.text(st.characters(exclude_categories=()), max_size=6),
            st.sampled_from(["", "", "", "flush", "save"]),
        ),
        max_size=25,
    ),
)
def test_a_journal_replays_to_the_same_text(text: str, edits: list[Any]) -> None:
    connection = apsw.Connection(":memory:")
    migrate(connection, MIGRATIONS)
    journal = Journal("j", "l", "/p", text)
    expected = bytearray(to_units(text))
    for position, removed, added, then in edits:
        journal.edit(position, removed, added)
        apply(expected, position, removed, to_units(added))
        if then == "save":
            journal.mark_saved("/p")
        if then == "flush":
            journal.write(connection)
            journal.written()
    journal.write(connection)
    copy: Any = connection.execute("SELECT sequence, text FROM checkpoint").fetchone()
    later: Any = connection.execute(
        "SELECT sequence, position, removed, added FROM edit WHERE sequence > ? ORDER BY sequence",
        (copy[0],),
    ).fetchall()
    assert replay(copy[1], later) == from_units(expected)
    connection.close()


# takes


def test_takes_are_kept_for_ever(stores: Stores) -> None:
    store = stores.new()
    first = store.add_take(TAKE)
    second = store.add_take(TakeRecord(journal="j", prompt="x" * 3000 + "end"))
    store.add_take(TakeRecord(journal="other", path="/p.md", text="\ud83d"))
    store.close()
    later = stores.new()
    one, two = later.takes("j")
    assert (one.id, two.id) == (first, second)
    assert one == TakeRecord(**{f: getattr(one, f) for f in TAKE.__struct_fields__})
    for field in set(TAKE.__struct_fields__) - {"id"}:
        assert getattr(one, field) == getattr(TAKE, field)
    assert two.prompt == "x" * 1997 + "end"
    assert abs(two.created_at - time.time()) < 60
    assert [take.text for take in later.takes_of("/p.md")] == [TAKE.text, "�"]
    later.end("j")
    later.discard("j")
    later.flush()
    assert len(later.takes("j")) == 2
    assert later.takes("nobody") == ()


def test_two_programs_write_takes_side_by_side(stores: Stores) -> None:
    one, two = stores.new(), stores.new()
    ids = [store.add_take(TAKE) for _ in range(5) for store in (one, two)]
    assert len(set(ids)) == 10
    assert 0 not in ids
    assert len(one.takes("j")) == 10


# death


WRITER = """
import sys
from pathlib import Path
from app.core.store import Store
store = Store(Path(sys.argv[1]))
journal = store.begin("/p", "")
for number in range(1_000_000):
    store.edit(journal, 0, 0, f"{number} ")
    if number % 10 == 9:
        store.flush()
        print(number, flush=True)
"""


@pytest.mark.parametrize("lines", [1, 20, 230])
def test_a_killed_program_loses_nothing_that_was_flushed(stores: Stores, lines: int) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(stores.path)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    flushed = [int(child.stdout.readline()) for _ in range(lines)][-1]
    assert stores.dead() == [], "it is still alive"
    child.send_signal(signal.SIGKILL)
    child.wait()
    flushed = max([flushed, *map(int, child.stdout.read().split())])
    child.stdout.close()
    (found,) = stores.dead()
    written = [int(word) for word in found.text.split()]
    assert written == list(range(written[0], -1, -1))
    assert written[0] >= flushed


def test_a_dead_programs_lock_is_cleared_away(stores: Stores) -> None:
    store = stores.new()
    store.begin("", "text")
    store.flush()
    (lock,) = (stores.path.parent / "live").iterdir()
    assert store._instance_lock is not None
    os.close(store._instance_lock._handle)  # as a kill would leave it
    store._instance_lock._handle = -1
    assert [found.text for found in stores.dead()] == ["text"]
    assert not lock.exists()


def test_without_locks_a_program_still_knows_its_own_texts(stores: Stores) -> None:
    stores.path.parent.mkdir()
    (stores.path.parent / "live").write_bytes(b"a file in the folder's place")
    store = stores.new()
    store.begin("", "text")
    assert store.recoverable() == ()
    assert "second window" in store.problems[0]
    store.close()
    assert [found.text for found in stores.dead()] == ["text"]


def test_a_file_of_another_encoding_is_kept_for_ever(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    assert store.former_files("/a") == ()
    assert store.keep_former("/a", "koi8-r", b"\xd3\0")
    assert store.keep_former("/a", "cp1251", b"")
    assert store.keep_former("/b", "cp1252", b"x")
    store.close()
    store = Store(tmp_path / "store.sqlite")
    found = store.former_files("/a")
    assert [(one.encoding, one.data) for one in found] == [("cp1251", b""), ("koi8-r", b"\xd3\0")]
    store.close()


# migrations


def test_a_mark_to_stay_here_is_kept_for_every_spelling_of_a_path(
    stores: Stores, tmp_path: Path
) -> None:
    file, link = tmp_path / "diary.md", tmp_path / "link.md"
    link.symlink_to(file)
    store = stores.new()
    assert not store.is_kept_here(str(file))
    assert store.keep_here(str(file))
    store.close()
    store = stores.new()
    assert store.is_kept_here(str(tmp_path / "x" / ".." / "diary.md"))
    assert store.is_kept_here("/other.md", str(link))
    assert not store.is_kept_here("/other.md")
    assert store.keep_here(str(link), is_on=False)
    assert not store.is_kept_here(str(file))


def test_the_mark_of_a_text_without_a_file_goes_with_its_journal(stores: Stores) -> None:
    store = stores.new()
    journal = store.begin("", "secret")
    assert store.keep_here(journal)
    store.close()
    (found,) = stores.dead()
    store = stores.new()
    assert store.is_kept_here(found.id)
    store.discard(found.id)
    assert not store.is_kept_here(found.id)


def test_where_the_store_cannot_be_read_a_document_counts_as_marked(
    stores: Stores, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    store = Store(tmp_path / "file" / "store.db")
    assert store.is_kept_here("/a.md")
    assert not store.keep_here("/a.md")
    assert store.problems
    store.close()


def test_migrations_run_once_each_and_whole_or_not_at_all() -> None:
    connection = apsw.Connection(":memory:")
    first = "CREATE TABLE a (x); INSERT INTO a VALUES (1)"
    migrate(connection, [first])
    migrate(connection, [first])
    with pytest.raises(apsw.SQLError):
        migrate(connection, [first, "INSERT INTO a VALUES (2)", "no sql"])
    assert list(connection.execute("SELECT x FROM a")) == [(1,)]
    assert connection.pragma("user_version") == 1
    migrate(connection, [first, "INSERT INTO a VALUES (2)"])
    assert list(connection.execute("SELECT x FROM a")) == [(1,), (2,)]
    assert connection.pragma("user_version") == 2
    connection.close()
