"""`lampblack provenance`: what a text and a book are made of, shown and written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import run_cli
from app.core.books.book import Book, BookEntry
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.provenance.spans import OriginRun
from app.core.store import Store, TakeRecord
from app.core.system.paths import Paths

ONE = "# One\n\nMy own words. It rained.\n"


@pytest.fixture
def book(own_home: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "Novel"
    folder.mkdir()
    (folder / "one.md").write_bytes(ONE.encode())
    (folder / "two.md").write_bytes(b"Old text.\n")
    entries = (
        BookEntry(kind="part", title="Night"),
        BookEntry(kind="chapter", file="one.md"),
        BookEntry(kind="chapter", file="two.md", title="Second"),
    )
    (folder / BOOK_FILE).write_bytes(encode_book(Book(title="Tides", entries=entries)))
    store = Store(Paths.here().store_file)
    runs = (OriginRun(21, "typed"), OriginRun(len(ONE) - 21, "generated", 5, 0))
    store.provenance.keep(str(folder / "one.md"), ONE, runs)
    number = store.add_take(TakeRecord(text="It rained.\n", model="/m/Tiny.gguf", created_at=5.0))
    store.provenance.name_take(5, number, 5.0)
    store.close()
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = run_cli(["provenance", *map(str, arguments)])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_a_book_is_shown_by_its_parts(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, book)
    assert code == 0
    assert [line.split() for line in out.splitlines()[:4]] == [
        ["words", "Typed", "Generated", "There", "before"],
        ["Night", "8", "50", "%", "25", "%", "25", "%"],
        ["One", "6", "67", "%", "33", "%", "0", "%"],
        ["Second", "2", "0", "%", "0", "%", "100", "%"],
    ]
    assert out.splitlines()[-1] == "Tiny (licence not known): 2 words"


def test_a_file_is_shown_as_json(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, book / "one.md", "--json")
    found = json.loads(out)
    assert code == 0
    assert [(one["title"], one["words"]["typed"]) for one in found["parts"]] == [
        ("one.md", 4),
        ("One", 4),
    ]
    assert found["takes"][0]["words"] == 2


@pytest.mark.parametrize(
    ("suffix", "begin"), [("html", "<!DOCTYPE html>"), ("md", "# Where"), ("json", "{")]
)
def test_it_is_written_in_three_formats(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, begin: str
) -> None:
    to = tmp_path / f"report.{suffix}"
    code, out, _ = run(capsys, book, "--to", to)
    assert (code, out) == (0, f"Written to {to}.\n")
    text = to.read_text("utf-8")
    assert text.startswith(begin)
    assert "Tides" in text
    code, _, error = run(capsys, book, "--to", to)
    assert code == 1
    assert "is there already" in error
    assert to.read_text("utf-8") == text


def test_what_it_cannot_do_it_says(
    book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Name a .html, .md or .json file" in run(capsys, book, "--to", "x.doc")[2]
    code, _, error = run(capsys, book, "--to", tmp_path / "none" / "x.md")
    assert code == 1
    assert "cannot be written" in error
    assert run(capsys, tmp_path / "missing.md")[0] == 1
