"""Which documents other programs of the same home have open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.store.instances import InstanceLock
from app.core.store.open_documents import OpenDocuments

Program = tuple[InstanceLock, OpenDocuments]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Program]]:
    """Begins another program of the same home."""
    started = list[InstanceLock]()

    def begin() -> Program:
        lock = InstanceLock(tmp_path / "live")
        started.append(lock)
        return lock, OpenDocuments(tmp_path / "live", lock)

    yield begin
    for lock in started:
        lock.end()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text("Once.")
    return path


def test_what_another_program_has_open(start: Callable[[], Program], page: Path) -> None:
    (own, mine), (other, theirs) = start(), start()
    mine.show(page)
    assert mine.elsewhere(page) == ""
    assert theirs.elsewhere(page) == own.id
    theirs.show(page)
    assert mine.elsewhere(page) == other.id
    theirs.show(page.with_name("other.md"))
    assert mine.elsewhere(page) == ""
    mine.show(None)
    assert theirs.elsewhere(page) == ""
    mine.show(page)
    own.end()
    assert theirs.elsewhere(page) == ""
    mine.show(page)  # after its end it says nothing, and does no harm
    assert theirs.elsewhere(page) == ""


def linked(page: Path) -> Path:
    link = page.with_name("link.md")
    link.symlink_to(page)
    return link


def linked_hard(page: Path) -> Path:
    link = page.with_name("same.md")
    os.link(page, link)
    return link


def through_a_folder(page: Path) -> Path:
    folder = page.parent / "folder"
    folder.symlink_to(page.parent)
    return folder / page.name


def replaced(page: Path) -> Path:
    """By another program, which gives it another number."""
    page.with_name("x").write_text("Twice.")
    return page.with_name("x").replace(page)


@pytest.mark.parametrize("way", [linked, linked_hard, through_a_folder, replaced])
def test_a_file_is_the_same_by_whatever_name(
    start: Callable[[], Program], page: Path, way: Callable[[Path], Path]
) -> None:
    (own, mine), (_other, theirs) = start(), start()
    mine.show(page)
    assert theirs.elsewhere(way(page)) == own.id


def test_a_file_that_is_not_there_yet(start: Callable[[], Program], tmp_path: Path) -> None:
    (own, mine), (_other, theirs) = start(), start()
    mine.show(tmp_path / "new.md")
    assert theirs.elsewhere(tmp_path / "new.md") == own.id
    assert theirs.elsewhere(tmp_path / "newer.md") == ""


_PROGRAM = """
import sys
from pathlib import Path
from app.core.store.instances import InstanceLock
from app.core.store.open_documents import OpenDocuments
folder = Path(sys.argv[1])
lock = InstanceLock(folder)
OpenDocuments(folder, lock).show(Path(sys.argv[2]))
sys.stdout.write(lock.id + "\\n")
sys.stdout.flush()
sys.stdin.read()
"""


def test_a_killed_program_has_nothing_open(
    start: Callable[[], Program], page: Path, tmp_path: Path
) -> None:
    _own, mine = start()
    with subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, str(tmp_path / "live"), str(page)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        instance = other.stdout.readline().strip()
        assert mine.elsewhere(page) == instance
        other.send_signal(signal.SIGKILL)
        other.wait(30)
        assert (tmp_path / "live" / f"{instance}.lock").exists()
        assert mine.elsewhere(page) == ""
    assert not (tmp_path / "live" / f"{instance}.lock").exists()


def test_a_program_is_called_to_the_front_once(start: Callable[[], Program]) -> None:
    (own, mine), (_other, theirs) = start(), start()
    assert not mine.is_called()
    theirs.call(own.id)
    assert not theirs.is_called()
    assert mine.is_called()
    assert not mine.is_called()
    theirs.call(own.id)
    own.end()
    assert [path.suffix for path in mine.folder.iterdir()] == [".lock"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff" * 5000, b"[]", b'{"path": 3}'])
def test_a_lock_that_makes_no_sense_is_nothing(
    start: Callable[[], Program], page: Path, content: bytes
) -> None:
    (own, mine), (_other, theirs) = start(), start()
    own.write(content)
    assert theirs.elsewhere(page) == ""
    mine.show(page)
    assert theirs.elsewhere(page) == own.id


def test_without_a_folder_nothing_is_known(tmp_path: Path, page: Path) -> None:
    alone = OpenDocuments(tmp_path / "nothing", None)
    alone.show(page)
    alone.call("x")
    assert alone.elsewhere(page) == ""
    assert not alone.is_called()
