"""`lampblack export` and `lampblack import` on real files."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

RunWords = Callable[..., Any]


def test_files_become_a_book(run: RunWords, tmp_path: Path) -> None:
    one, two, book = tmp_path / "My Book.md", tmp_path / "b.txt", tmp_path / "a.epub"
    one.write_bytes("# One\r\n\r\nGrün %%note%% ![x](file:///etc/passwd)\r\n".encode("cp1252"))
    two.write_text("two", "utf-16")
    outcome = run("export", str(one), str(two), "--to", str(book), "--author", "Doe")
    assert outcome.err == ""
    assert outcome.out == f"Wrote {book}.\n1 image was left out.\n"
    with zipfile.ZipFile(book) as archive:
        text = b"".join(map(archive.read, archive.namelist())).decode()
    assert "<dc:title>My Book</dc:title>" in text
    assert "Grün" in text
    assert "two" in text
    assert "note%%" not in text


def test_nothing_is_written_over_without_force(run: RunWords, tmp_path: Path) -> None:
    source, target = tmp_path / "a.md", tmp_path / "a.txt"
    source.write_text('"a"')
    target.write_text("mine")
    words = ("export", str(source), "--to", str(target), "--smart", "yes")
    outcome = run(*words)
    assert (outcome.code, outcome.out, target.read_text()) == (1, "", "mine")
    assert "already a file" in outcome.err
    outcome = run(*words, "--force", "--json")
    assert json.loads(outcome.out) == {
        "file": str(target), "bytes": len("“a”\n".encode()), "images_left_out": 0,
    }  # fmt: skip
    assert target.read_text("utf-8") == "“a”\n"


def test_what_is_missing_or_unknown_is_a_sentence(run: RunWords, tmp_path: Path) -> None:
    source = tmp_path / "a.md"
    source.write_text("a")
    outcome = run("export", str(source), "--to", str(tmp_path / "a.exe"))
    assert (outcome.code, outcome.out) == (2, "")
    assert ".epub" in outcome.err
    outcome = run("export", str(tmp_path / "none.md"), "--to", str(tmp_path / "a.txt"))
    assert outcome.code == 1
    assert "There is no file" in outcome.err
    assert not (tmp_path / "a.txt").exists()


def test_a_book_goes_out_and_comes_in_again(run: RunWords, tmp_path: Path) -> None:
    source, book, out = tmp_path / "a.md", tmp_path / "a.docx", tmp_path / "out"
    source.write_text("# One\n\nText[^1] ![x](y.png).\n\n[^1]: Note.\n\n# Two\n\n- a\n- b\n")
    assert run("export", str(source), "--to", str(book), "--title", "T").code == 0
    outcome = run("import", str(book), "--to", str(out))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == f"Wrote {out / '01 One.md'}.\nWrote {out / '02 Two.md'}.\n"
    assert (out / "01 One.md").read_text() == "# One\n\nText[^1] x.\n\n[^1]: Note.\n"
    assert (out / "02 Two.md").read_text() == "# Two\n\n- a\n- b\n"

    outcome = run("import", str(book), "--to", str(out))
    assert (outcome.code, outcome.out) == (1, "")
    assert "already a file" in outcome.err
    outcome = run("import", str(book), "--to", str(out), "--force", "--json")
    assert json.loads(outcome.out)["title"] == "T"


def test_an_imported_book_is_one_and_goes_out_in_its_order(run: RunWords, tmp_path: Path) -> None:
    source, book = tmp_path / "a.md", tmp_path / "book"
    source.write_text("# One\n\nfirst\n\n# Two\n\nsecond\n\n# Three\n\nthird\n")
    outcome = run("import", str(source), "--to", str(book), "--json")
    assert json.loads(outcome.out)["book"] == str(book / "lampblack-book.json")
    found = json.loads((book / "lampblack-book.json").read_text())
    assert [one["file"] for one in found["entries"]] == ["01 One.md", "02 Two.md", "03 Three.md"]
    one, two, three = found["entries"]
    found["title"], found["entries"] = "Novel", [three, two | {"include": False}, one]
    (book / "lampblack-book.json").write_text(json.dumps(found))
    target = tmp_path / "out.md"
    assert run("export", str(book), "--to", str(target)).code == 0
    assert target.read_text() == "# Three\n\nthird\n\n# One\n\nfirst\n"
    epub = tmp_path / "out.epub"
    assert run("export", str(book), "--to", str(epub)).err == ""
    with zipfile.ZipFile(epub) as archive:
        text = b"".join(map(archive.read, archive.namelist())).decode()
    assert "<dc:title>Novel</dc:title>" in text
    assert "second" not in text

    (book / "01 One.md").unlink()
    outcome = run("export", str(book), "--to", str(tmp_path / "none.md"))
    assert (outcome.code, (tmp_path / "none.md").exists()) == (1, False)
    assert "01 One.md belongs to the book" in outcome.err
    outcome = run("export", str(tmp_path), "--to", str(tmp_path / "none.md"))
    assert "There is no book in" in outcome.err


def test_what_cannot_be_read_is_a_sentence(run: RunWords, tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_text("no archive")
    outcome = run("import", str(path), "--to", str(tmp_path / "out"))
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("lampblack: a.docx cannot be imported: it is damaged")
    assert not (tmp_path / "out").exists()


def test_a_submission_is_written_as_pdf_on_the_paper_that_is_named(
    run: RunWords, tmp_path: Path
) -> None:
    source, target = tmp_path / "a.md", tmp_path / "a.pdf"
    source.write_text("# One\n\nText.\n\n# Two\n\nEnd.\n")
    words = ("--profile", "manuscript", "--paper", "Letter", "--author", "Jane Doe")
    contact = ("--contact", r"Jane Doe\n1 Road")
    outcome = run("export", str(source), "--to", str(target), *words, *contact)
    assert (outcome.code, outcome.err, outcome.out) == (0, "", f"Wrote {target}.\n")
    data = target.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") == 3
    assert b"[0 0 612.0" in data
    assert b"/Outlines" in data
