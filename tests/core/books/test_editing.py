"""What is done to a book, with the file system as judge: no word comes, goes or moves unasked."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.core.books import editing
from app.core.books.book import Book, BookEntry, moved_down
from app.core.books.book_file import BOOK_FILE, encode_book
from app.core.books.contents import BookContents, open_book
from app.core.books.steps import RECORD, BookStep, carry_out, finish_broken_step
from app.core.errors import BookChangedError, BookError
from tests.core.books.books import do, texts

ONE = "# One\r\n\r\nIt rained.\r\n\r\nIt stopped – über all.\r\n"
TWO = "Two\n\nend"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "one.md").write_bytes(ONE.encode("utf-16"))
    (folder / "two.md").write_bytes(TWO.encode())
    entries = (
        BookEntry(kind="chapter", file="one.md", notes="n1"),
        BookEntry(kind="scene", file="two.md", notes="n2"),
    )
    (folder / BOOK_FILE).write_bytes(encode_book(Book(entries=entries)))
    return folder


def snapshot(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir()}


def test_a_text_is_divided_at_the_cursor_and_joined_again(folder: Path) -> None:
    contents, before = open_book(folder), snapshot(folder)
    whole = texts(contents)[0]
    step, place = editing.split(contents, 0, whole.index("rained.") + len("rained."))
    after = do(contents, step)
    assert place == 1
    assert texts(after)[:2] == ["# One\n\nIt rained.\n\n", "It stopped – über all.\n"]
    assert after.book.entries[1] == BookEntry(kind="chapter", file="one 2.md")
    assert (folder / "one 2.md").read_bytes().startswith(b"\xff\xfe")
    assert b"\r\0\n\0" in (folder / "one 2.md").read_bytes()
    assert (folder / "one.md").read_bytes() + (folder / "one 2.md").read_bytes()[2:] == (
        before["one.md"]
    )
    joined = do(after, editing.merge(after, 0))
    assert snapshot(folder) == before
    assert joined.book == contents.book


def test_every_step_can_be_taken_back(folder: Path) -> None:
    contents, before = open_book(folder), snapshot(folder)
    steps = (
        editing.split(contents, 0, 10).step,
        editing.merge(contents, 0),
        editing.remove(contents, 0),
        editing.new_entry(contents, 1, "scene", "A/B").step,
        editing.new_entry(contents, 1, "part", "Part").step,
        editing.take_out(contents, 0),
        editing.changed(contents, 1, title="T", status="done", is_included=False),
        editing.arranged(contents, moved_down(contents.book, 0)),
    )
    for step in steps:
        after = do(contents, step)
        back = do(after, step.inverse())
        assert snapshot(folder) == before
        assert back == contents


def test_what_is_removed_is_handed_over_first(folder: Path) -> None:
    contents, kept = open_book(folder), list[tuple[str, bytes]]()

    def keep(path: Path, data: bytes) -> None:
        assert path.read_bytes() == data, "it is still there"
        kept.append((path.name, data))

    carry_out(folder, editing.remove(contents, 0), contents.data, keep)
    assert kept == [("one.md", ONE.encode("utf-16")), ("two.md", TWO.encode())]
    assert list(snapshot(folder)) == [BOOK_FILE]


def test_nothing_is_removed_that_could_not_be_kept(folder: Path) -> None:
    contents, before = open_book(folder), snapshot(folder)

    def refuse(_path: Path, _data: bytes) -> None:
        raise BookError("full")

    with pytest.raises(BookError, match="full"):
        carry_out(folder, editing.merge(contents, 0), contents.data, refuse)
    assert snapshot(folder) == before


def test_the_places_where_nothing_can_be_done_are_sentences(folder: Path) -> None:
    contents = open_book(folder)
    for at in (0, len(texts(contents)[0])):
        with pytest.raises(BookError, match="one of the two would be empty"):
            editing.split(contents, 0, at)
    with pytest.raises(BookError, match="nothing after"):
        editing.merge(contents, 1)
    (folder / "two.md").unlink()
    with pytest.raises(BookError, match=r"two\.md is not there"):
        editing.merge(open_book(folder), 0)
    (folder / "one.md").write_bytes("grün äöü ß".encode("cp1252"))
    (folder / "two.md").write_text("日")
    with pytest.raises(BookError, match=r"one\.md cannot hold 日 of two\.md"):
        editing.merge(open_book(folder), 0, "cp1252")


def test_a_foreign_change_is_never_overwritten(folder: Path) -> None:
    contents = open_book(folder)
    step = editing.split(contents, 0, 10).step
    (folder / "one.md").write_text("theirs")
    with pytest.raises(BookChangedError, match=r"one\.md meanwhile"):
        do(contents, step)
    assert (folder / "one.md").read_text() == "theirs"
    step = editing.changed(contents, 1, title="T")
    (folder / BOOK_FILE).write_bytes(encode_book(Book(title="theirs")))
    with pytest.raises(BookChangedError, match="list of the book"):
        do(contents, step)
    assert open_book(folder).book.title == "theirs"


class KilledError(BaseException):
    """The program ended here."""


@contextmanager
def failing(at: int, error: Callable[[], BaseException], *, for_good: bool) -> Iterator[list[int]]:
    """Every call that changes the disk is counted; the one at `at` fails, and all after it
    where that is `for_good`."""
    count = [0]
    real: list[tuple[Any, str, Any]] = []

    def wrap(owner: Any, name: str, *, only_writing: bool = False) -> None:
        former = getattr(owner, name)

        def call(*arguments: Any, **more: Any) -> Any:
            if only_writing and not arguments[1] & os.O_CREAT:
                return former(*arguments, **more)
            count[0] += 1
            if count[0] == at or (for_good and count[0] > at):
                raise error()
            return former(*arguments, **more)

        real.append((owner, name, former))
        setattr(owner, name, call)

    wrap(os, "open", only_writing=True)
    wrap(os, "fsync")
    wrap(Path, "replace")
    wrap(Path, "unlink")
    try:
        yield count
    finally:
        for owner, name, former in real:
            setattr(owner, name, former)


STEPS: dict[str, Callable[[BookContents], BookStep]] = {
    "split": lambda contents: editing.split(contents, 0, 10).step,
    "merge": lambda contents: editing.merge(contents, 0),
    "remove": lambda contents: editing.remove(contents, 0),
    "new": lambda contents: editing.new_entry(contents, 1, "scene", "New").step,
    "title": lambda contents: editing.changed(contents, 0, title="T"),
}


def outcomes(
    folder: Path, make: Callable[[BookContents], BookStep]
) -> tuple[dict[str, bytes], ...]:
    """What the folder holds before a step, and after it."""
    contents, before = open_book(folder), snapshot(folder)
    step = make(contents)
    do(contents, step)
    after = snapshot(folder)
    do(open_book(folder), step.inverse())
    assert snapshot(folder) == before
    return before, after


@pytest.mark.parametrize("name", STEPS)
def test_a_disk_that_fails_at_any_point_leaves_all_as_it_was(folder: Path, name: str) -> None:
    before, after = outcomes(folder, STEPS[name])
    for at in range(1, 200):
        contents = open_book(folder)
        step = STEPS[name](contents)
        full = lambda: OSError(errno.ENOSPC, "no space left")  # noqa: E731
        try:
            with failing(at, full, for_good=False) as count:
                carry_out(folder, step, contents.data, lambda _path, _data: None)
        except BookError:
            assert snapshot(folder) == before, at
        else:
            assert snapshot(folder) in (after, after | {RECORD: (snapshot(folder)).get(RECORD)})
            finish_broken_step(folder)
            assert snapshot(folder) == after
            do(open_book(folder), step.inverse())
        if count[0] < at:
            break
    else:
        pytest.fail("it never came to an end")
    assert at > 3


@pytest.mark.parametrize("name", STEPS)
def test_a_program_killed_at_any_point_leaves_one_or_the_other(folder: Path, name: str) -> None:
    before, after = outcomes(folder, STEPS[name])
    seen = set()
    for at in range(1, 200):
        contents = open_book(folder)
        step = STEPS[name](contents)
        try:
            with failing(at, KilledError, for_good=True) as count:
                carry_out(folder, step, contents.data, lambda _path, _data: None)
        except KilledError:
            pass
        assert count[0] >= at or snapshot(folder) == after
        open_book(folder)
        found = {n: d for n, d in snapshot(folder).items() if not n.startswith(".lampblack-")}
        assert found in (before, after), at
        seen.add(found == after)
        shutil.rmtree(folder)
        folder.mkdir()
        for one, data in before.items():
            (folder / one).write_bytes(data)
        if count[0] < at:
            break
    else:
        pytest.fail("it never came to an end")
    assert seen == {True, False}


def test_a_text_changed_after_a_crash_is_kept_beside_its_former_version(folder: Path) -> None:
    contents, before = open_book(folder), snapshot(folder)
    step = editing.split(contents, 0, 10).step
    at = 1
    while True:
        try:
            with failing(at, KilledError, for_good=True):
                carry_out(folder, step, contents.data, lambda _path, _data: None)
        except KilledError:
            if (folder / "one.md").read_bytes() != before["one.md"]:
                break
        at += 1
        open_book(folder)
    (folder / "one.md").write_text("typed elsewhere")
    (problem,) = open_book(folder).problems
    assert "was broken off by a crash" in problem
    assert (folder / "one.md").read_text() == "typed elsewhere"
    assert (folder / "one (before).md").read_bytes() == before["one.md"]


@pytest.mark.parametrize("data", [b"", b"{", b'{"lampblack_step": 9}'])
def test_a_record_that_says_nothing_does_nothing(folder: Path, data: bytes) -> None:
    before = snapshot(folder)
    (folder / RECORD).write_bytes(data)
    assert open_book(folder).problems == ()
    assert snapshot(folder) == before


def test_a_record_that_leads_out_is_not_followed(folder: Path) -> None:
    outside = folder.parent / "mine.md"
    outside.write_text("mine")
    (folder / RECORD).write_text(
        '{"lampblack_step": 1, "list_before": null, "list_after": "", "files": '
        '[{"name": "../mine.md", "before": null, "after": "bWluZQ=="}]}'
    )
    (problem,) = open_book(folder).problems
    assert "left alone" in problem
    assert outside.read_text() == "mine"
