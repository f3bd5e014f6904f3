"""The writer's own words, of all documents and of one, and the languages of documents."""

from __future__ import annotations

from pathlib import Path

from app.core.store import Store


def test_words_are_kept_everywhere_and_by_document(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    document, other = str(tmp_path / "a.md"), str(tmp_path / "b.md")
    own = store.own_words
    assert own.keep("Grommelwick")
    assert own.keep("xqz", document)
    assert own.keep("xqz", document)
    assert own.keep_language(document, "de_AT")
    store.close()
    store = Store(tmp_path / "store.sqlite")
    own = store.own_words
    assert own.words() == ("Grommelwick",)
    assert own.words(document) == ("xqz",)
    assert own.language(document) == "de_AT"
    assert own.words(other) == ()
    assert own.copy(document, other)
    assert (own.words(other), own.language(other)) == (("xqz",), "de_AT")
    assert own.keep("Grommelwick", is_on=False)
    assert own.words() == ()
    assert own.keep_language(document, "")
    assert own.language(document) == ""
    store.close()


def test_an_untitled_text_that_ends_takes_its_words_along(tmp_path: Path) -> None:
    store = Store(tmp_path / "store.sqlite")
    journal = store.begin("", "")
    store.own_words.keep("xqz", journal)
    store.own_words.keep_language(journal, "de_AT")
    store.end(journal)
    assert store.own_words.words(journal) == ()
    assert store.own_words.language(journal) == ""
    store.close()
