"""Pages: books, folders and files; comments and takes are left out; too few are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.errors import DocumentError, LampblackError, ParameterError
from app.core.provenance.spans import OriginRun
from app.core.training.orders import LEAST_WORDS
from app.core.training.pages import own_stretches, read_pages, require_enough


def test_a_folder_gives_its_texts_in_order_and_no_hidden_ones(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("two\r\nthree", "utf-8")
    (tmp_path / "a.txt").write_text("one %%not this%% word", "utf-8")
    (tmp_path / "c.png").write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "d.md").write_text("hidden", "utf-8")
    pages = read_pages([tmp_path])
    assert [Path(page.path).name for page in pages.pages] == ["a.txt", "b.md"]
    assert pages.texts == ("one word", "two\nthree")
    assert (pages.words, pages.left_out) == (4, 0)
    assert read_pages([tmp_path / "b.md", tmp_path]).digest != pages.digest  # another order
    assert read_pages([tmp_path]).digest == pages.digest


def test_a_book_gives_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "one.md").write_text("first", "utf-8")
    (tmp_path / "two.md").write_text("second", "utf-8")
    (tmp_path / "lampblack-book.json").write_text(
        '{"lampblack_book": 1, "entries": [{"kind": "chapter", "file": "two.md"},'
        ' {"kind": "chapter", "file": "one.md", "include": false}]}',
        "utf-8",
    )
    assert read_pages([tmp_path]).texts == ("second",)


def test_files_of_other_programs_come_through_the_same_door(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<h1>One</h1><p>A <b>bold</b> word.</p>", "utf-8")
    assert read_pages([tmp_path / "a.html"]).texts == ("# One\n\nA **bold** word.",)


def test_what_a_model_wrote_is_left_out_by_units(tmp_path: Path) -> None:
    text = "My 🕯 lamp. Its words here. Mine again."
    runs = (OriginRun(12, "typed"), OriginRun(16, "generated", 3), OriginRun(11, "pasted"))
    assert [*own_stretches(text, runs)] == ["My 🕯 lamp. ", "Mine again."]
    (tmp_path / "a.md").write_text(text, "utf-8")
    pages = read_pages([tmp_path], lambda _path, _text: runs)
    assert (pages.words, pages.left_out) == (4, 3)
    assert [*own_stretches(text, ())] == [text]


def test_too_few_words_are_refused_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("word " * (LEAST_WORDS - 1), "utf-8")
    with pytest.raises(ParameterError, match=r"takes 2,000 words; the pages have 1,999\."):
        require_enough(read_pages([tmp_path]))
    (tmp_path / "a.md").write_text("word " * LEAST_WORDS, "utf-8")
    require_enough(read_pages([tmp_path]))


@pytest.mark.parametrize("name", ["missing.md", "picture.png", "empty"])
def test_what_cannot_be_read_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "empty").mkdir()
    with pytest.raises(LampblackError) as caught:
        read_pages([tmp_path / name])
    assert isinstance(caught.value, DocumentError | ParameterError)
