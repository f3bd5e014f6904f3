"""What the store keeps of where the parts of documents came from."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import apsw
import pytest

from app.core.provenance.spans import OriginRun
from app.core.store import Store, TakeRecord

TEXT = "Es regnete. The door opened 稿.\n"
RUNS = (OriginRun(12, "typed"), OriginRun(19, "generated", 5, 3))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def test_a_text_is_known_again_in_another_place_and_program(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    document = str(tmp_path / "a.md")
    store.provenance.keep(document, TEXT, RUNS)
    store.close()
    store = Store(path)
    log = store.provenance
    assert log.runs_of(document, TEXT) == RUNS
    assert log.runs_of(str(tmp_path / "moved.md"), TEXT) == RUNS
    assert log.runs_of(document, TEXT + "x") is None
    assert log.runs_of(document, "") == ()
    store.close()


def test_of_two_documents_with_one_text_each_has_its_own(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    one, other = str(tmp_path / "a.md"), str(tmp_path / "b.md")
    log = store.provenance
    log.keep(one, "same", (OriginRun(4, "typed"),))
    log.keep(other, "same", (OriginRun(4, "pasted"),))
    assert log.runs_of(one, "same") == (OriginRun(4, "typed"),)
    assert log.runs_of(other, "same") == (OriginRun(4, "pasted"),)
    store.close()


def test_runs_that_do_not_fit_the_text_are_not_kept(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    store.provenance.keep(str(tmp_path / "a.md"), "long text", (OriginRun(3, "typed"),))
    assert store.provenance.runs_of(str(tmp_path / "a.md"), "long text") is None
    store.close()


def test_a_file_changed_by_another_program_keeps_what_stayed(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    document = str(tmp_path / "a.md")
    store.take_snapshot(document, TEXT, "saved")
    store.provenance.keep(document, TEXT, RUNS)
    changed = "New first line.\n" + TEXT.replace("opened", "fell open")
    store.take_snapshot(document, changed, "opened")
    found = store.provenance.find(document, changed)
    assert found == (
        OriginRun(16, "unknown"),
        OriginRun(12, "typed"),
        OriginRun(9, "generated", 5, 3),
        OriginRun(9, "unknown"),
        OriginRun(4, "generated", 5, 18),
    )
    assert store.provenance.find(str(tmp_path / "new.md"), "abc") == (OriginRun(3, "unknown"),)
    store.close()


def test_an_open_document_is_known_after_a_crash(path: Path) -> None:
    store = Store(path)
    journal = store.begin("", "")
    log = store.provenance
    log.begin(journal, (OriginRun(4, "unknown"),))
    for at in range(3):
        log.edit(journal, 4 + at, 0, (OriginRun(1, "typed"),))
    store.flush()
    log.edit(journal, 7, 0, (OriginRun(1, "typed"),))
    log.edit(journal, 0, 2, (OriginRun(6, "generated", 9, 0),))
    store.flush()
    again = Store(path)  # while the first one is open, as after its end
    assert again.provenance.live(journal) == (
        OriginRun(6, "generated", 9, 0),
        OriginRun(2, "unknown"),
        OriginRun(4, "typed"),
    )
    again.close()
    log.begin(journal, (OriginRun(1, "pasted"),))
    log.edit(journal, 1, 0, (OriginRun(1, "typed"),))
    assert log.live(journal) == (OriginRun(1, "pasted"), OriginRun(1, "typed"))
    store.end(journal)
    assert log.live(journal) is None
    store.close()


def test_typing_on_is_one_row(path: Path) -> None:
    store = Store(path)
    journal = store.begin("", "")
    store.provenance.begin(journal, ())
    for at in range(50):
        store.provenance.edit(journal, at, 0, (OriginRun(1, "typed"),))
    store.flush()
    with sqlite3.connect(path) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM provenance_edit").fetchone()
    connection.close()
    assert rows <= 3  # a batch each, of which the store may have written one meanwhile
    assert store.provenance.live(journal) == (OriginRun(50, "typed"),)
    store.close()


def test_a_damaged_row_says_nothing(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    document, journal = str(tmp_path / "a.md"), store.begin("", "")
    log = store.provenance
    log.keep(document, TEXT, RUNS)
    log.begin(journal, RUNS)
    log.edit(journal, 500, 0, (OriginRun(1, "typed"),))  # outside of what was kept
    store.flush()
    with apsw.Connection(str(path)) as connection:
        connection.execute("UPDATE provenance SET runs = x'00'")
    connection.close()
    assert log.runs_of(document, TEXT) is None
    assert log.find(document, TEXT) == (OriginRun(31, "unknown"),)
    assert log.live(journal) is None
    store.close()


def test_old_texts_go_unless_they_are_versions(path: Path, tmp_path: Path) -> None:
    store = Store(path)
    document = str(tmp_path / "a.md")
    for number in range(8):
        text = f"text {number}"
        if number == 1:
            store.take_snapshot(document, text, "saved")
        store.provenance.keep(document, text, (OriginRun(6, "typed"),))
    known = [store.provenance.runs_of(document, f"text {number}") for number in range(8)]
    assert [bool(one) for one in known] == [False, True, *[False] * 3, *[True] * 3]
    store.close()


def test_takes_are_found_by_what_the_runs_call_them(path: Path) -> None:
    store = Store(path)
    made = [
        store.add_take(TakeRecord(text=f"take {number}", model="m.gguf", created_at=5.0))
        for number in range(2)
    ]
    store.provenance.name_take(77, made[1], 5.0)
    store.provenance.name_take(78, 4000, 5.0)  # under a number that it has no more
    found = store.provenance.takes([77, 78, 79])
    assert found[77].text == "take 1"
    assert found[78].text in ("take 0", "take 1")
    assert set(found) == {77, 78}
    store.close()
