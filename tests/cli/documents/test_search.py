"""`lampblack search`: places in books, texts and takes, with the exit codes of grep."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.options.settings_store import SettingsStore
from app.core.store import Store, TakeRecord
from app.core.system.paths import Paths
from tests.cli.conftest import RunWords

TAKE = TakeRecord(text="Rain, said the model.", model="m.gguf", created_at=1.0)


@pytest.fixture
def book(own_home: Path, tmp_path: Path) -> Path:
    """A book of two texts, of which the second comes first, and a text that is not in it."""
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_text("# One\n\nIt rained; the Rain fell\non the plain.\n", "utf-8")
    (folder / "two.md").write_text("夜里下雨。No rain.\n", "utf-8")
    (folder / "loose.md").write_text("rain that is not in the book\n", "utf-8")
    entries = (BookEntry(file="two.md"), BookEntry(file="one.md"))
    (folder / BOOK_FILE).write_bytes(encode_book(Book(title="Wet", entries=entries)))
    return folder


def test_places_come_in_the_order_of_the_book_with_what_is_around_them(
    run: RunWords, book: Path
) -> None:
    found = run("search", "rain", "--book", str(book))
    assert found.out.splitlines() == [
        f"{book}/two.md:1:9: 夜里下雨。No rain.",
        f"{book}/one.md:3:4: It rained; the Rain fell",
        f"{book}/one.md:3:16: It rained; the Rain fell",
    ]
    assert (found.code, found.err) == (0, "")
    assert run("search", "下雨", "--book", str(book)).out.startswith(f"{book}/two.md:1:3: 夜里下雨")


@pytest.mark.parametrize(
    ("words", "places"),
    [
        (("Rain", "--case"), ["one.md:3:16"]),
        (("rain", "--whole"), ["two.md:1:9", "one.md:3:16"]),
        (("^on .*n", "--regex"), ["one.md:4:1"]),
        ((r"rain\w+", "--regex", "--case"), ["one.md:3:4"]),
    ],
)
def test_the_switches_are_those_of_the_window(
    run: RunWords, book: Path, words: tuple[str, ...], places: list[str]
) -> None:
    found = run("search", *words, "--book", str(book))
    told = [line.split(": ")[0] for line in found.out.splitlines()]
    assert told == [f"{book}/{place}" for place in places]


def test_json_is_whole(run: RunWords, book: Path) -> None:
    found = json.loads(run("search", "Rain", "--case", "--book", str(book), "--json").out)
    assert found == {
        "hits": [
            {
                "book": "Wet",
                "file": str(book / "one.md"),
                "line": 3,
                "column": 16,
                "start": 22,
                "end": 26,
                "before": "It rained; the ",
                "found": "Rain",
                "after": " fell",
            }
        ],
        "is_cut": False,
        "refused": [],
    }


def test_the_exit_codes_are_those_of_grep(run: RunWords, book: Path, tmp_path: Path) -> None:
    missing, binary = tmp_path / "none.md", tmp_path / "binary.md"
    binary.write_bytes(b"rain\0\0\0rain")
    loose = str(book / "loose.md")
    nothing = run("search", "snow", "--book", str(book))
    assert (nothing.code, nothing.out, nothing.err) == (1, "", "")
    partly = run("search", "rain", "--book", str(missing), loose, str(binary))
    assert (partly.code, len(partly.out.splitlines())) == (2, 1)
    assert f"There is no file {missing}." in partly.err
    assert "binary.md cannot be opened" in partly.err
    wrong = run("search", "(", "--regex", "--book", loose)
    assert wrong.code == 2
    assert "This is no regular expression" in wrong.err
    assert run("search", "", "--book", loose).code == 2
    assert run("search").code == 2


def test_a_folder_that_is_no_book_has_all_its_texts(run: RunWords, book: Path) -> None:
    (book / BOOK_FILE).unlink()
    found = run("search", "rain", "--whole", "--book", str(book))
    assert [line.split(":")[0] for line in found.out.splitlines()] == [
        str(book / name) for name in ("loose.md", "one.md", "two.md")
    ]


def test_without_a_book_it_is_what_the_window_knows(run: RunWords, book: Path) -> None:
    unknown = run("search", "rain")
    assert (unknown.code, unknown.out) == (2, "")
    assert "Name one with --book." in unknown.err
    settings = SettingsStore(Paths.here().settings_file)
    settings.remember(recent_books=(str(book),), recent_files=(str(book / "loose.md"),))
    assert len(run("search", "rain").out.splitlines()) == 4


def test_takes_are_searched_where_that_is_asked_for(
    run: RunWords, book: Path, own_home: Path
) -> None:
    store = Store(Paths.here().store_file)
    number = store.add_take(TAKE)
    store.close()
    found = run("search", "Rain", "--case", "--takes")
    assert (found.code, found.out) == (0, f"take {number}:1:1: Rain, said the model.\n")
    loose = str(book / "loose.md")
    rows = json.loads(run("search", "rain", "--takes", "--json", "--book", loose).out)["hits"]
    assert [row.get("take", row.get("file")) for row in rows] == [loose, number]


def test_no_file_is_left_in_the_cache(run: RunWords, book: Path, own_home: Path) -> None:
    run("search", "rain", "--book", str(book))
    assert not Paths.here().search_index.exists()


def test_a_book_whose_list_cannot_be_read_is_told(run: RunWords, book: Path) -> None:
    other = book.parent / "loose.md"
    other.write_text("rain\n", "utf-8")
    (book / BOOK_FILE).write_text("no list at all", "utf-8")
    found = run("search", "rain", "--book", str(book), str(other))
    assert found.code == 2
    assert found.out == f"{other}:1:1: rain\n"
    assert "Novel" in found.err or BOOK_FILE in found.err
