"""Notes in the store: by document, and where they follow it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import apsw
import msgspec

from app.core.store.backups import back_up, restore
from app.core.store.notes.kept_notes import KeptNote, KeptPassage, KeptSentence


def note(key: str, text: str = "雨 \ud83d\ude00", made_at: float = 5.0) -> KeptNote:
    passage = KeptPassage(3, 9, "It ", " rained", "/b.md")
    return KeptNote(
        key=key,
        action="summarise",
        name="Summarise",
        text=text,
        passage="It rained.",
        made_at=made_at,
        sentences=(KeptSentence(text, (passage,)),),
    )


def test_notes_are_there_after_the_store_was_closed_and_can_be_deleted(stores):
    store = stores.new()
    store.kept_notes.keep("/a.md", [note("b", made_at=7.0), note("a")])
    store.kept_notes.keep("/b.md", [note("c")])
    store.close()
    kept = stores.new().kept_notes
    assert [one.key for one in kept.of("/a.md")] == ["a", "b"]
    assert msgspec.structs.replace(kept.of("/b.md")[0], text="", sentences=()) == (
        msgspec.structs.replace(note("c"), text="", sentences=())
    )
    assert kept.of("/b.md")[0].sentences[0].passages == note("c").sentences[0].passages
    kept.keep("/a.md", [note("a", "new")])
    kept.forget("/a.md", "b")
    assert [one.text for one in kept.of("/a.md")] == ["new"]


def test_notes_follow_their_document(stores, tmp_path: Path):
    store = stores.new()
    journal, kept = store.begin("", ""), store.kept_notes
    kept.keep(journal, [note("a")])
    first, second, copy = (str(tmp_path / name) for name in ("a.md", "b.md", "c.md"))
    store.rename_history(journal, first)
    store.end(journal)
    assert [one.key for one in kept.of(first)] == ["a"]
    assert kept.of(journal) == ()
    store.rename_history(first, second)
    store.copy_history(second, copy)
    assert [one.key for one in kept.of(copy)] == ["a"]
    lost, found = store.begin("", ""), store.begin("", "")
    kept.keep(lost, [note("b")])
    store.discard(lost, found)
    assert ([one.key for one in kept.of(found)], kept.of(lost)) == (["b"], ())


def test_what_is_restored_from_the_trash_has_its_notes(stores, tmp_path: Path):
    store = stores.new()
    path, other = tmp_path / "a.md", tmp_path / "b.md"
    path.write_text("It rained.")
    store.kept_notes.keep(str(path), [note("a")])
    store.trash.restore(store.trash.put(path), other)
    assert [one.key for one in store.kept_notes.of(str(other))] == ["a"]


def test_a_backup_brings_notes_back_and_a_damaged_one_is_left_out(stores, tmp_path: Path):
    store = stores.new()
    store.kept_notes.keep("/a.md", [note("a"), note("b")])
    store.close()
    back_up(stores.path, tmp_path / "backups", date(2026, 11, 28))
    (backup,) = (tmp_path / "backups").iterdir()
    store = stores.new()
    store.kept_notes.forget("/a.md", "a")
    store.kept_notes.keep("/a.md", [note("c")])
    store.close()
    restore(stores.path, backup)
    connection = apsw.Connection(str(stores.path))
    connection.execute("UPDATE note SET content = '{' WHERE key = 'b'")
    connection.close()
    assert [one.key for one in stores.new().kept_notes.of("/a.md")] == ["a", "c"]
