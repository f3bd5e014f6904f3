"""A book's folder: what is gone, what is new, what a sync program left, and names that lead out."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.contents import LooseText, of_texts, open_book
from app.core.books.facts import FactsCache, TextFacts, book_words, title_of
from app.core.books.names import conflict_of, free_name, in_order, is_plain
from app.core.errors import BookError


def put(folder: Path, *files: str, loose: tuple[str, ...] = ()) -> None:
    """A book of scenes, each with its own name as text, and texts beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*files, *loose):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    book = Book(entries=tuple(BookEntry(file=name) for name in files))
    (folder / BOOK_FILE).write_bytes(encode_book(book))


def test_what_is_gone_is_shown_and_what_is_new_comes_after(tmp_path: Path) -> None:
    put(tmp_path, "b.md", "a.txt", "sub/c.md", loose=("10.md", "2.md", ".hidden.md", "p.png"))
    (tmp_path / "a.txt").unlink()
    found = open_book(tmp_path)
    assert [entry.file for entry in found.book.entries] == ["b.md", "a.txt", "sub/c.md"]
    assert found.missing == {"a.txt"}
    assert found.path(found.book.entries[1]) is None
    assert found.loose == (LooseText("2.md"), LooseText("10.md"))
    assert found.index_of(tmp_path / "sub" / "c.md") == 2
    assert found.index_of(tmp_path / "2.md") == found.index_of(tmp_path.parent) == -1
    assert [one.file for one in of_texts(found).entries[3:]] == ["2.md", "10.md"]


def test_a_folder_without_a_list_is_a_book_of_no_texts(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("a")
    found = open_book(tmp_path)
    assert (found.data, found.book.entries, found.loose) == (None, (), (LooseText("a.md"),))
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.md"], "nothing is written"
    with pytest.raises(BookError, match="There is no folder"):
        open_book(tmp_path / "none")


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("One (Anna's conflicted copy 2026-01-02).md", "One.md"),
        ("x/One (conflicted copy 2026-01-02 101010).txt", "x/One.txt"),
        ("One.sync-conflict-20260102-101010-ABCDEFG.md", "One.md"),
        ("One_conflict-20260102-101010.md", "One.md"),
        ("One (2).md", ""),
        ("The conflict.md", ""),
        ("Conflict (a novel).md", ""),
    ],
)
def test_copies_of_sync_programs_are_known(name: str, of: str) -> None:
    assert conflict_of(name) == of


def test_a_second_list_is_said_and_not_used(tmp_path: Path) -> None:
    put(tmp_path, "a.md", loose=("a (X's conflicted copy 2026-01-02).md",))
    (tmp_path / "lampblack-book (X's conflicted copy 2026-01-02).json").write_text("{}")
    found = open_book(tmp_path)
    assert found.loose[0].conflict_of == "a.md"
    (problem,) = found.problems
    assert "two computers changed it" in problem
    assert [one.file for one in of_texts(found).entries] == ["a.md"]


@pytest.mark.parametrize(
    "name",
    ["../a.md", "/etc/passwd", "a/../../b.md", "C:/a.md", "..\\a.md", "CON", "con.md", "a/NUL.txt",
     "lpt1.md", "a\0b.md", "a\nb.md", "", ".", ".git/config", "a.", " a.md", "é" * 128, "a/" * 9],
)  # fmt: skip
def test_names_that_lead_out_or_are_none_are_never_opened(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "book"
    put(folder, "a.md")
    (tmp_path / "a.md").write_text("outside")
    entries = (BookEntry(file=name, title="T"), BookEntry(file="a.md"))
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    found = open_book(folder)
    assert found.refused == ({name} if name else set())
    assert found.path(found.book.entries[0]) is None
    assert found.book.entries == entries, "it stays in the list as it is"


def test_a_name_of_255_bytes_is_a_name() -> None:
    assert is_plain("é" * 126 + ".md")
    assert not is_plain("é" * 126 + "....md")


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    folder, outside = tmp_path / "book", tmp_path / "outside"
    put(folder, "link.md", "in.md", "sub/a.md")
    outside.mkdir()
    (outside / "a.md").write_text("outside")
    (folder / "link.md").unlink()
    (folder / "link.md").symlink_to(outside / "a.md")
    (folder / "inner.md").symlink_to(folder / "in.md")
    (folder / "sub" / "a.md").unlink()
    (folder / "sub").rmdir()
    (folder / "sub").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    found = open_book(folder)
    assert found.refused == {"link.md", "sub/a.md"}
    assert found.loose == (LooseText("inner.md"),)


def test_accents_that_a_system_writes_otherwise_are_the_same_file(tmp_path: Path) -> None:
    put(tmp_path, "e\u0301.md")
    book = Book(entries=(BookEntry(file="\u00e9.md"),))
    (tmp_path / BOOK_FILE).write_bytes(encode_book(book))
    found = open_book(tmp_path)
    assert (found.missing, found.loose) == (frozenset(), ())
    assert found.path(found.book.entries[0]) is not None


def test_a_free_name_is_plain_and_of_nothing_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "One.md").write_text("")
    assert free_name(tmp_path, "One", ".md") == "One 2.md"
    assert free_name(tmp_path, "One", ".md", frozenset({"one 2.md"})) == "One 3.md"
    for title in ("CON", "../../a", "a/b", "", " . ", ".git", "nul.txt", "x" * 300, "日" * 300):
        name = free_name(tmp_path, title, ".md")
        assert is_plain(name)
        assert "/" not in name
        (tmp_path / name).write_text("")


def test_people_count_2_before_10() -> None:
    assert sorted(["10 a", "2 b", "a", "1"], key=in_order) == ["1", "2 b", "10 a", "a"]


def test_words_and_titles_come_from_the_texts(tmp_path: Path) -> None:
    put(tmp_path, "01 One.md", "b.md")
    (tmp_path / "01 One.md").write_text("\n## The *Sea* ##\n\nIt rained.\n")
    (tmp_path / "b.md").write_bytes(b"\0\0\0bad\0" * 40)
    cache, contents = FactsCache(), open_book(tmp_path)
    facts = dict(cache.of_book(contents))
    assert facts == {"01 One.md": TextFacts(4, "The *Sea*"), "b.md": TextFacts(-1)}
    one, other = contents.book.entries
    assert title_of(one) == "One"
    assert title_of(one, facts["01 One.md"]) == "The *Sea*"
    assert title_of(other, facts["b.md"]) == "b"
    assert book_words(contents.book, {name: one.words for name, one in facts.items()}) == 4
    (tmp_path / "01 One.md").write_text("Three words now. Four.")
    assert cache.of(tmp_path / "01 One.md") == TextFacts(4)
    assert cache.known(tmp_path / "01 One.md") == TextFacts(4)
