"""Open changes in the store: by document, and as long as that is there."""

from __future__ import annotations

from pathlib import Path

from app.core.store import Store


def test_they_are_kept_by_document(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    document, other = str(tmp_path / "a.md"), str(tmp_path / "b.md")
    store.kept_changes.keep(document, "one")
    store.kept_changes.keep(document, "two")
    store.close()
    store = Store(tmp_path / "store.sqlite")
    assert store.kept_changes.of(document) == "two"
    assert store.kept_changes.of(other) == ""
    store.kept_changes.keep(document, "")
    assert store.kept_changes.of(document) == ""
    assert store.problems == ()
    store.close()


def test_an_untitled_text_that_ends_takes_them_along(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    journal = store.begin("", "")
    store.kept_changes.keep(journal, "one")
    assert store.kept_changes.of(journal) == "one"
    store.end(journal)
    assert store.kept_changes.of(journal) == ""
    store.close()
