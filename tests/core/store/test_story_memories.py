"""What is kept for the model beside a text: by document and by book, and where it follows."""

from __future__ import annotations

from pathlib import Path

from app.core.store import Store


def test_it_is_kept_by_document_and_by_book(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    document, book = str(tmp_path / "a.md"), str(tmp_path)
    kept = store.story_memories
    assert kept.content(document) == b""
    kept.keep(document, "雨".encode())
    kept.keep(book, b"book")
    store.close()
    store = Store(tmp_path / "store.sqlite")
    kept = store.story_memories
    assert (kept.content(document), kept.content(book)) == ("雨".encode(), b"book")
    kept.keep(document, b"new")
    assert kept.content(document) == b"new"
    kept.keep(document, b"")
    assert kept.content(document) == b""
    store.close()


def test_an_untitled_text_keeps_it_when_it_gets_a_file_and_a_moved_file_too(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    journal, kept = store.begin("", ""), store.story_memories
    kept.keep(journal, b"mine")
    first, second, copy = (str(tmp_path / name) for name in ("a.md", "b.md", "c.md"))
    store.rename_history(journal, first)
    assert kept.content(first) == b"mine"
    store.end(journal)
    assert kept.content(journal) == b""
    store.rename_history(first, second)
    store.copy_history(second, copy)
    assert (kept.content(second), kept.content(copy)) == (b"mine", b"mine")
    kept.keep(copy, b"its own")
    store.copy_history(second, copy)
    assert kept.content(copy) == b"its own"
    store.close()


def test_what_the_disk_refuses_is_kept_as_soon_as_it_takes_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    store.suspend()
    store.story_memories.keep("/a", b"mine")
    store.flush()
    store.resume(None)
    assert store.story_memories.content("/a") == b"mine"
    store.close()


def test_a_recovered_text_has_what_it_had(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    lost, found = store.begin("", ""), store.begin("", "")
    store.story_memories.keep(lost, b"mine")
    store.discard(lost, found)
    assert store.story_memories.content(found) == b"mine"
    assert store.story_memories.content(lost) == b""
    store.close()


def test_what_is_kept_for_a_book_follows_its_folder(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    kept = store.story_memories
    old, new, there = tmp_path / "old", tmp_path / "new", tmp_path / "there"
    kept.keep(str(old), b"book")
    store.rename_history(str(old / "part" / "1.md"), str(new / "part" / "1.md"))
    assert kept.content(str(new)) == b"book"
    old.mkdir()  # it is there: one of its texts was moved, and not the book
    store.rename_history(str(old / "2.md"), str(there / "2.md"))
    assert kept.content(str(there)) == b""
    assert kept.content(str(tmp_path.parent)) == b""
    store.close()


def test_what_is_restored_from_the_trash_has_it(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    path, other = tmp_path / "a.md", tmp_path / "b.md"
    path.write_text("It rained.")
    store.story_memories.keep(str(path), b"mine")
    number = store.trash.put(path)
    store.trash.restore(number, other)
    assert store.story_memories.content(str(other)) == b"mine"
    store.close()
