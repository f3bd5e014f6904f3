"""The list's file: readable line by line, what is unknown is kept, what is damaged is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from app.core.books.book import KINDS, Book, BookEntry, with_entry
from app.core.books.book_file import BOOK_FILE, decode_book, encode_book, read_book
from app.core.errors import BookError

WORDS = st.text(st.characters(codec="utf-8"), max_size=12)
ENTRIES = st.builds(
    BookEntry,
    kind=st.sampled_from((*KINDS, "interlude")),
    file=WORDS,
    title=WORDS,
    is_included=st.booleans(),
    status=WORDS,
    notes=WORDS,
    extra=st.dictionaries(WORDS.map(lambda key: f"x{key}"), st.none() | st.integers() | WORDS),
)
BOOKS = st.builds(
    Book,
    title=WORDS,
    author=WORDS,
    entries=st.lists(ENTRIES, max_size=5).map(tuple),
    extra=st.dictionaries(WORDS.map(lambda key: f"x{key}"), st.integers() | WORDS, max_size=3),
)
NOVEL = Book(
    title="Novel",
    entries=(
        BookEntry(kind="chapter", file="01 Один.md", title="One", status="draft"),
        BookEntry(file="a/b.md", notes="first\nsecond", is_included=False),
    ),
)


@given(BOOKS)
def test_a_book_is_read_as_it_was_written(book: Book) -> None:
    data = encode_book(book)
    assert decode_book(data) == book
    assert encode_book(decode_book(data)) == data


def test_each_entry_is_a_line_and_a_change_of_one_is_one_line() -> None:
    lines = encode_book(NOVEL).decode().splitlines()
    assert lines == [
        "{",
        '  "lampblack_book": 1,',
        '  "title": "Novel",',
        '  "entries": [',
        '    {"kind": "chapter", "file": "01 Один.md", "title": "One", "status": "draft"},',
        '    {"kind": "scene", "file": "a/b.md", "notes": "first\\nsecond", "include": false}',
        "  ]",
        "}",
    ]
    other = encode_book(with_entry(NOVEL, 0, status="done")).decode().splitlines()
    assert sum(a != b for a, b in zip(lines, other, strict=True)) == 1


def test_what_a_later_version_adds_stays(tmp_path: Path) -> None:
    content = {
        "lampblack_book": 1,
        "cover": {"file": "a.png"},
        "entries": [{"kind": "poem", "file": "a.md", "mood": ["dark"]}],
    }
    (tmp_path / BOOK_FILE).write_text(json.dumps(content))
    book = read_book(tmp_path).book
    changed = json.loads(encode_book(with_entry(book, 0, title="T")))
    assert changed["cover"] == {"file": "a.png"}
    assert changed["entries"] == [{"kind": "poem", "file": "a.md", "title": "T", "mood": ["dark"]}]


def test_a_newer_list_is_left_alone(tmp_path: Path) -> None:
    data = b'{"lampblack_book": 2, "entries": "another form"}'
    (tmp_path / BOOK_FILE).write_bytes(data)
    with pytest.raises(BookError, match="a newer version of Lampblack wrote it"):
        read_book(tmp_path)
    assert [one.name for one in tmp_path.iterdir()] == [BOOK_FILE]
    assert (tmp_path / BOOK_FILE).read_bytes() == data


def test_a_conflict_of_git_gives_what_both_sides_have(tmp_path: Path) -> None:
    lines = encode_book(NOVEL).decode().splitlines()
    theirs = lines[4].replace("draft", "done")
    new = '    {"kind": "scene", "file": "c.md"},'
    marked = [*lines[:4], "<<<<<<< HEAD", lines[4], "=======", theirs, new, ">>>>>>> b", *lines[5:]]
    (tmp_path / BOOK_FILE).write_text("\n".join(marked))
    found = read_book(tmp_path)
    assert [entry.file for entry in found.book.entries] == ["01 Один.md", "c.md", "a/b.md"]
    assert found.book.title == "Novel"
    assert found.book.entries[0].status == "draft"
    assert found.data is None
    assert "it was kept as lampblack-book.json.broken" in found.problem
    assert (tmp_path / f"{BOOK_FILE}.broken").read_text() == "\n".join(marked)


@pytest.mark.parametrize(
    "data",
    [b"", b"\0" * 40, b"[]", b"{}", b'{"lampblack_book": true}', b'{"lampblack_book": 1}',
     b'{"lampblack_book": 1, "entries": [1]}', b"[" * 100_000, b'{"file": ' * 5000],
)  # fmt: skip
def test_whatever_stands_there_is_kept_and_gives_a_book(tmp_path: Path, data: bytes) -> None:
    (tmp_path / BOOK_FILE).write_bytes(data)
    found = read_book(tmp_path)
    assert found.book.entries == ()
    assert found.problem
    assert (tmp_path / f"{BOOK_FILE}.broken").read_bytes() == data


def test_values_of_another_kind_count_as_none() -> None:
    data = b'{"lampblack_book": 1, "title": 5, "entries": [{"file": null, "include": 0}]}'
    assert decode_book(data) == Book(entries=(BookEntry(kind="", is_included=True),))
