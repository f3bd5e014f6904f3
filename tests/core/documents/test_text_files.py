from __future__ import annotations

import codecs
import errno
import hashlib
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from app.core.documents.text_files import (
    LARGEST,
    SNAPSHOTS_KEPT,
    Document,
    Replaced,
    new_document,
    open_document,
    save_document,
)
from app.core.errors import (
    DocumentChangedError,
    DocumentError,
    EncodingChangeError,
    NotSavedError,
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "texts" / "page.md"
    path.parent.mkdir()
    path.write_text("Once upon a time.\n" * 10)
    return path


@pytest.fixture
def snapshots(tmp_path: Path) -> Path:
    return tmp_path / "snapshots"


def kept(snapshots: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(snapshots.glob("*"))]


def save(document: Document, text: str, snapshots: Path, **given: Any) -> Document:
    assert document.path is not None
    return save_document(document, text, document.path, snapshots=snapshots, **given)


# opening


def test_a_new_document_is_empty_and_utf_8() -> None:
    assert new_document() == Document(None, "", "\n", "utf-8", None)


def test_a_document_knows_the_file_it_came_from(page: Path) -> None:
    data = page.read_bytes()
    document = open_document(page)
    assert document.path == page
    assert document.text == data.decode()
    assert document.stamp is not None
    assert document.stamp.size == len(data)
    assert document.stamp.mtime_ns == page.stat().st_mtime_ns
    assert document.stamp.sha256 == hashlib.sha256(data).hexdigest()


CHINESE = "那年冬天，祖母死了，父亲的差使也交卸了。\r\n" * 3
FRENCH = "Il était une fois — «déjà» — où réel œuvre…\n"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"", "utf-8", ""),
        (FRENCH.encode(), "utf-8", FRENCH),
        ("😀 𝒳\0x"[:3].encode(), "utf-8", "😀 𝒳"),
        (FRENCH.encode("utf-8-sig"), "utf-8-sig", FRENCH),
        (codecs.BOM_UTF16_LE + FRENCH.encode("utf-16-le"), "utf-16-le", FRENCH),
        (codecs.BOM_UTF16_BE + FRENCH.encode("utf-16-be"), "utf-16-be", FRENCH),
        (codecs.BOM_UTF32_LE + FRENCH.encode("utf-32-le"), "utf-32-le", FRENCH),
        (FRENCH.encode("utf-16-le"), "utf-16-le-unmarked", FRENCH),
        (FRENCH.encode("utf-16-be"), "utf-16-be-unmarked", FRENCH),
        (FRENCH.encode("cp1252"), "cp1252", FRENCH),
        (b"na\xefve", "cp1252", "naïve"),
        (CHINESE.encode("gb18030"), "gb18030", CHINESE.replace("\r\n", "\n")),
        (("Kapitel 1\n" + CHINESE).encode("gbk"), "gb18030", None),
    ],
)
def test_a_file_opens_in_its_encoding_and_saves_to_the_same_bytes(
    page: Path, snapshots: Path, data: bytes, encoding: str, text: str | None
) -> None:
    page.write_bytes(data)
    document = open_document(page)
    assert document.encoding == encoding
    assert text is None or document.text == text
    saved = save(document, document.text, snapshots)
    if text is not None:
        assert page.read_bytes() == data
    assert saved.encoding == encoding
    assert open_document(page) == saved


@pytest.mark.parametrize(
    ("data", "newline", "text", "saved"),
    [
        (b"a\r\nb\r\n", "\r\n", "a\nb\n", b"a\r\nb\r\nnew\r\n"),
        (b"a\nb\nc\r\n", "\n", "a\nb\nc\n", b"a\nb\nc\r\nnew\n"),
        (b"a\r\nb\r\nc\n", "\r\n", "a\nb\nc\n", b"a\r\nb\r\nc\nnew\r\n"),
        (b"a\rb\r", "\n", "a\nb\n", b"a\rb\rnew\n"),
        (b"a\r\nb\n", "\n", "a\nb\n", b"a\r\nb\nnew\n"),
        ("a\u2028b\r\n".encode(), "\r\n", "a\nb\n", "a\u2028b\r\nnew\r\n".encode()),
        (codecs.BOM_UTF8 * 2 + b"a\n", "\n", "a\n", codecs.BOM_UTF8 * 2 + b"a\nnew\n"),
        (b"no end\n", "\n", "no end\n", b"no end\nnew\n"),
    ],
)
def test_lines_keep_their_ends_and_new_ones_get_those_of_the_majority(
    page: Path, snapshots: Path, data: bytes, newline: str, text: str, saved: bytes
) -> None:
    page.write_bytes(data)
    document = open_document(page)
    assert (document.newline, document.text) == (newline, text)
    document = save(document, text, snapshots)
    assert page.read_bytes() == data
    save(document, text + "new\n", snapshots)
    assert page.read_bytes() == saved


def test_foreign_newlines_in_a_text_never_double(page: Path, snapshots: Path) -> None:
    page.write_bytes(b"a\r\nb\r\n")
    saved = save(open_document(page), "a\r\nb\rc\n", snapshots)
    assert page.read_bytes() == b"a\r\nb\r\nc\r\n"
    assert saved.text == "a\nb\nc\n"


def test_a_letter_outside_the_encoding_is_told_before_the_file_changes(
    page: Path, snapshots: Path
) -> None:
    page.write_bytes("déjà".encode("cp1252"))
    document = open_document(page, "cp1252")
    with pytest.raises(EncodingChangeError, match="cannot hold 她 字") as caught:
        save(document, "déjà 她字", snapshots)
    assert caught.value.letters == {"她", "字"}
    assert page.read_bytes() == "déjà".encode("cp1252")
    saved = save(document, "déjà 她", snapshots, encoding="utf-8")
    assert saved.encoding == "utf-8"
    assert page.read_bytes() == "déjà 她".encode()


def test_half_a_surrogate_pair_does_not_stop_a_save(page: Path, snapshots: Path) -> None:
    saved = save(open_document(page), "a" * 200 + "\ud83d\ude00 \ud83d.", snapshots)
    assert saved.text == "a" * 200 + "😀 �."
    assert open_document(page).text == saved.text


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "NUL"),
        (b"text\0", "NUL"),
        (codecs.BOM_UTF32_LE + b"a\0\0", "UTF-32"),
        (codecs.BOM_UTF16_LE + b"a\0b", "UTF-16"),
        (codecs.BOM_UTF16_LE + b"a\0\0\0", "NUL"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\0", "UTF-16"),
        (codecs.BOM_UTF8 + b"\xff", "UTF-8"),
        ("Zeile\n一\n二".encode() + b"\xff\n", "line 3"),
        (bytes(range(1, 256)), "not a text"),
        (b"\x1f\x8b\x08\x07\xff\xfe\x81\x8d", "not a text"),
    ],
)
def test_what_cannot_be_opened_without_loss_is_refused(page: Path, data: bytes, told: str) -> None:
    page.write_bytes(data)
    with pytest.raises(DocumentError, match=told) as caught:
        open_document(page)
    assert "page.md cannot be opened" in caught.value.message


def test_what_is_no_file_is_a_sentence(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(LARGEST + 1)
    told = {
        "pipe.txt": "not an ordinary file",
        "huge.txt": "more than 52 MB",
        ".": "it is a folder",
        "missing.txt": "There is no file",
        "a\0b": "NUL",
        "/dev/zero": "not an ordinary file",
    }
    for name, reason in told.items():
        with pytest.raises(DocumentError, match=reason):
            open_document(tmp_path / name)


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode()))
def test_whatever_opens_saves_back_without_loss(tmp_path_factory: Any, data: bytes) -> None:
    page = tmp_path_factory.mktemp("any") / "page.txt"
    page.write_bytes(data)
    try:
        document = open_document(page)
    except DocumentError:
        return
    save(document, document.text, page.parent / "snapshots")
    again = page.read_bytes()
    assert open_document(page).text == document.text
    if b"\r" not in data:
        assert again == data


# saving


def test_a_save_gives_the_document_of_the_new_file(page: Path, snapshots: Path) -> None:
    document = open_document(page)
    page.chmod(0o640)
    saved = save(document, document.text + "The end.", snapshots)
    assert saved == open_document(page)
    assert stat.S_IMODE(page.stat().st_mode) == 0o640
    assert save(saved, "x" * 300, snapshots).text == "x" * 300
    assert kept(snapshots) == []


def test_a_new_document_is_saved_under_its_first_name(tmp_path: Path, snapshots: Path) -> None:
    saved = save_document(new_document(), "Hello", tmp_path / "new.txt", snapshots=snapshots)
    assert (tmp_path / "new.txt").read_text() == "Hello"
    assert saved.path == tmp_path / "new.txt"


def test_saving_through_a_link_keeps_the_link(page: Path, snapshots: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.md"
    link.symlink_to(page)
    save(open_document(link), "x" * 200, snapshots)
    assert link.is_symlink()
    assert page.read_text() == "x" * 200


def test_a_foreign_change_is_noticed_and_never_lost(page: Path, snapshots: Path) -> None:
    document = open_document(page)
    status = page.stat()
    theirs = page.read_text().replace("time", "TIME")
    page.write_text(theirs)
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))  # same size, same time
    with pytest.raises(DocumentChangedError, match=r"Another program has changed page\.md"):
        save(document, document.text + "mine", snapshots)
    assert page.read_text() == theirs
    save(document, document.text + "mine", snapshots, overwrite=True)
    assert page.read_text() == document.text + "mine"
    assert kept(snapshots) == [theirs.encode()]


def test_a_file_that_was_only_touched_has_not_changed(page: Path, snapshots: Path) -> None:
    document = open_document(page)
    os.utime(page, ns=(1, 1))
    save(document, document.text + "mine", snapshots)
    assert page.read_text().endswith("mine")


def test_a_second_window_cannot_overwrite_the_first(page: Path, snapshots: Path) -> None:
    first, second = open_document(page), open_document(page)
    save(first, first.text + "first", snapshots)
    with pytest.raises(DocumentChangedError):
        save(second, second.text + "second", snapshots)
    assert page.read_text().endswith("first")


def test_another_file_is_not_overwritten_unasked(
    page: Path, snapshots: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.md"
    other.write_text("precious")
    for document in (open_document(page), new_document()):
        with pytest.raises(DocumentChangedError, match=r"already a file other\.md"):
            save_document(document, "text", other, snapshots=snapshots)
    assert other.read_text() == "precious"
    save_document(open_document(page), "a longer text", other, snapshots=snapshots, overwrite=True)
    assert other.read_text() == "a longer text"
    assert kept(snapshots) == [b"precious"]


def test_a_deleted_file_is_made_again(page: Path, snapshots: Path) -> None:
    document = open_document(page)
    page.unlink()
    save(document, "again", snapshots)
    assert page.read_text() == "again"


@pytest.mark.parametrize(("length", "snapshot"), [(0, True), (89, True), (90, False), (91, False)])
def test_a_text_less_than_half_as_long_leaves_a_snapshot(
    page: Path, snapshots: Path, length: int, snapshot: bool
) -> None:
    document = open_document(page)
    assert len(document.text) == 180
    save(document, "x" * length, snapshots)
    assert kept(snapshots) == ([document.text.encode()] if snapshot else [])
    assert page.read_text() == "x" * length


def test_what_a_save_would_lose_is_kept_before_it(page: Path, snapshots: Path) -> None:
    document, held = open_document(page), list[tuple[Replaced, bytes]]()

    def keep(replaced: Replaced) -> bool:
        held.append((replaced, page.read_bytes()))
        return True

    former = page.read_bytes()
    document = save(document, document.text[:100], snapshots, keep=keep)
    assert held == []
    document = save(document, "Once", snapshots, keep=keep)
    document = save(document, "", snapshots, keep=keep)
    assert held == [
        (Replaced(former.decode()[:100], "shrunk", is_foreign=False), former[:100]),
        (Replaced("Once", "emptied", is_foreign=False), b"Once"),
    ]
    page.write_bytes(FRENCH.encode("cp1252"))
    save(document, "Mine. " * 40, snapshots, keep=keep, overwrite=True)
    assert held[2:] == [(Replaced(FRENCH, "none", is_foreign=True), FRENCH.encode("cp1252"))]


@pytest.mark.parametrize("text", ["", "\0" * 180, "short"])
def test_a_file_stays_where_what_it_holds_cannot_be_kept(
    page: Path, snapshots: Path, text: str
) -> None:
    document, former = open_document(page), page.read_bytes()
    with pytest.raises(NotSavedError, match=r"page\.md was not saved, for what it holds now"):
        save(document, text, snapshots, keep=lambda _replaced: False)
    assert page.read_bytes() == former
    save(document, document.text + "more", snapshots, keep=lambda _replaced: False)


def test_an_empty_file_needs_no_snapshot(page: Path, snapshots: Path) -> None:
    page.write_bytes(b"")
    save(open_document(page), "", snapshots)
    assert kept(snapshots) == []


def test_the_newest_twenty_snapshots_of_each_document_stay(
    page: Path, snapshots: Path, tmp_path: Path
) -> None:
    other = tmp_path / "page.md"
    other.write_text("other " * 9)
    save(open_document(other), "", snapshots)
    document = open_document(page)
    for number in range(SNAPSHOTS_KEPT + 3):
        document = save(document, f"{number:03}" + "x" * 200, snapshots)
        document = save(document, "", snapshots)
    contents = kept(snapshots)
    assert len(contents) == SNAPSHOTS_KEPT + 1
    assert b"other " * 9 in contents
    numbers = [int(content[:3]) for content in contents if content[:1].isdigit()]
    assert sorted(numbers) == list(range(3, SNAPSHOTS_KEPT + 3))


def test_a_snapshot_is_named_after_its_document(page: Path, snapshots: Path) -> None:
    save(open_document(page), "", snapshots)
    (name,) = [path.name for path in snapshots.iterdir()]
    assert name.startswith("page-20")
    assert name.endswith(".md")


def test_without_a_snapshot_nothing_is_shortened(page: Path, snapshots: Path) -> None:
    document = open_document(page)
    snapshots.write_text("a file in the folder's place")
    with pytest.raises(DocumentError, match="was not saved"):
        save(document, "", snapshots)
    assert page.read_text() == document.text


@pytest.mark.parametrize(
    ("number", "told"),
    [(errno.ENOSPC, "Make room"), (errno.EROFS, "another place"), (errno.EIO, "another place")],
)
def test_a_disk_that_refuses_leaves_the_old_file(
    page: Path, snapshots: Path, monkeypatch: pytest.MonkeyPatch, number: int, told: str
) -> None:
    def refuse(*_given: object) -> None:
        raise OSError(number, os.strerror(number))

    document = open_document(page)
    monkeypatch.setattr("app.core.system.files._fill", refuse)
    with pytest.raises(DocumentError, match=r"page\.md could not be saved") as caught:
        save(document, document.text + "more", snapshots)
    assert told in caught.value.hint
    assert page.read_text() == document.text
    assert [path.name for path in page.parent.iterdir()] == ["page.md"]


def test_places_where_nothing_can_be_saved_are_sentences(
    page: Path, snapshots: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("missing/page.md", "texts", "pipe", "texts/page.md/below", "a\0b", "x" * 300):
        with pytest.raises(DocumentError, match="could not be saved"):
            save_document(new_document(), "text", tmp_path / name, snapshots=snapshots)
    document = open_document(page)
    # An administrator may write everywhere, so the answer of the system is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(DocumentError, match="permission denied"):
        save(document, document.text + "more", snapshots)
    assert page.read_text() == document.text


def test_a_clock_set_back_a_year_keeps_the_newest_snapshots(
    page: Path, snapshots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their order is that in which they were made, whatever the clock says."""
    now = time.time()
    for number in range(SNAPSHOTS_KEPT):
        page.write_text(f"long {number} " * 20)
        save(open_document(page), "x", snapshots)
    monkeypatch.setattr(time, "time", lambda: now - 365 * 24 * 3600)
    for number in range(SNAPSHOTS_KEPT, SNAPSHOTS_KEPT + 5):
        page.write_text(f"long {number} " * 20)
        save(open_document(page), "x", snapshots)
    names = sorted(snapshots.iterdir())
    numbers = [int(path.read_text().split()[1]) for path in names]
    assert numbers == list(range(5, SNAPSHOTS_KEPT + 5))
