"""What other programs do to a file, noticed by its content."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.core.documents import file_watch
from app.core.documents.file_watch import FileState, FileWatch, PlacesWatch, WatchedFile
from app.core.documents.text_files import checksum

NOTICED_S = 2.0


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "shelf" / "book" / "page.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"Once.")
    return path


def watched(page: Path) -> WatchedFile:
    made = WatchedFile(page, checksum(page.read_bytes()))
    assert made.look() is None
    return made


def after(watch: WatchedFile) -> FileState | None:
    """What is told after as many looks as are asked for."""
    state = watch.look()
    while state is None and watch.is_pending:
        state = watch.look()
    return state


def append(page: Path) -> None:
    with page.open("ab") as file:
        file.write(b" More.")


def rename_over(page: Path) -> None:
    other = page.with_name("other.tmp")
    other.write_bytes(b"Once. More.")
    other.replace(page)


def same_size_and_time(page: Path) -> None:
    times = page.stat()
    page.write_bytes(b"Twice")
    os.utime(page, ns=(times.st_atime_ns, times.st_mtime_ns))


def make_again(page: Path) -> None:
    page.unlink()
    page.write_bytes(b"Another.")


@pytest.mark.parametrize("change", [append, rename_over, same_size_and_time, make_again])
def test_another_content_is_told_once(page: Path, change: Callable[[Path], None]) -> None:
    watch = watched(page)
    assert after(watch) is None
    change(page)
    state = after(watch)
    assert state is not None
    assert (state.path, state.kind, state.data) == (page, "there", page.read_bytes())
    assert state.stamp is not None
    assert state.stamp.sha256 == checksum(state.data)
    assert after(watch) is None


def touch(page: Path) -> None:
    os.utime(page, ns=(1, 1))


def write_the_same(page: Path) -> None:
    page.with_name("x").write_bytes(page.read_bytes())
    page.with_name("x").replace(page)


def forbid(page: Path) -> None:
    page.chmod(0o400)


@pytest.mark.parametrize("change", [touch, write_the_same, forbid])
def test_the_same_content_is_nothing(page: Path, change: Callable[[Path], None]) -> None:
    watch = watched(page)
    change(page)
    assert after(watch) is None


def test_what_was_changed_before_the_first_look_is_told(page: Path) -> None:
    watch = WatchedFile(page, checksum(b"What was opened."))
    state = after(watch)
    assert state is not None
    assert state.data == b"Once."


def test_a_file_is_read_when_it_is_whole(page: Path) -> None:
    watch = watched(page)
    page.write_bytes(b"")
    assert watch.look() is None
    assert watch.is_pending
    page.write_bytes(b"All of it.")
    state = after(watch)
    assert state is not None
    assert state.data == b"All of it."


def test_a_deleted_file_and_its_return(page: Path) -> None:
    watch = watched(page)
    page.unlink()
    state = after(watch)
    assert state == FileState(path=page, kind="gone")
    assert after(watch) is None
    page.write_bytes(b"Once.")
    state = after(watch)
    assert state is not None
    assert (state.kind, state.data) == ("there", b"Once.")


def test_a_file_that_is_replaced_is_not_gone(page: Path) -> None:
    watch = watched(page)
    data = page.read_bytes()
    page.unlink()
    assert watch.look() is None
    assert watch.is_pending
    page.write_bytes(data)
    assert after(watch) is None


@pytest.mark.parametrize(
    ("of", "to"),
    [
        ("shelf/book/page.md", "shelf/book/chapter.md"),
        ("shelf/book", "shelf/novel"),
        ("shelf", "library"),
    ],
)
def test_a_renamed_file_or_folder_is_found_again(
    page: Path, tmp_path: Path, of: str, to: str
) -> None:
    watch = watched(page)
    place = tmp_path / str(page.relative_to(tmp_path)).replace(of, to)
    (tmp_path / of).rename(tmp_path / to)
    assert after(watch) == FileState(path=page, kind="moved", place=place)


def test_another_file_with_its_number_is_not_it(page: Path) -> None:
    watch = watched(page)
    page.rename(page.with_name("chapter.md"))
    page.with_name("chapter.md").write_bytes(b"Something else.")
    assert after(watch) == FileState(path=page, kind="gone")


def test_a_refusing_system_is_no_news(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    watch = watched(page)
    page.write_bytes(b"Other.")

    def refuse(_path: Path, *_limit: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file_watch, "read_regular", refuse)
    assert after(watch) is None
    monkeypatch.undo()
    state = after(watch)
    assert state is not None
    assert state.data == b"Other."


@pytest.mark.parametrize("change", [append, rename_over, make_again, Path.unlink])
def test_it_is_noticed_within_two_seconds(page: Path, change: Callable[[Path], None]) -> None:
    told = queue.Queue[FileState]()
    watch = FileWatch(page, checksum(page.read_bytes()), told.put)
    began = time.monotonic()
    change(page)
    told.get(timeout=10)
    assert time.monotonic() - began < NOTICED_S
    watch.close()
    assert not watch._thread.is_alive()


def test_a_dead_network_folder_keeps_only_the_watch_waiting(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, answers = threading.Event(), threading.Event()
    real = file_watch._signature

    def hang(path: Path) -> file_watch.Signature:
        waits.set()
        assert answers.wait(30)
        return real(path)

    monkeypatch.setattr(file_watch, "_signature", hang)
    told = list[FileState]()
    watch = FileWatch(page, "another", told.append)
    assert waits.wait(10)
    began = time.monotonic()
    watch.close()
    assert time.monotonic() - began < 1
    assert watch._thread.is_alive()
    answers.set()
    watch._thread.join(10)
    assert told == []


@pytest.fixture
def told() -> queue.Queue[None]:
    return queue.Queue()


@pytest.fixture
def places(page: Path, told: queue.Queue[None]) -> Iterator[PlacesWatch]:
    """A watch of a folder and its text that has told what is there at first."""
    watch = PlacesWatch([page.parent, page], lambda: told.put(None))
    told.get(timeout=10)
    yield watch
    watch.close()
    assert not watch._thread.is_alive()


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(
    "change", [append, rename_over, Path.unlink, lambda page: (page.parent / "new.md").touch()]
)
def test_a_change_in_a_folder_or_of_a_text_in_place_is_noticed_within_two_seconds(
    page: Path, told: queue.Queue[None], change: Callable[[Path], None]
) -> None:
    began = time.monotonic()
    change(page)
    told.get(timeout=10)
    assert time.monotonic() - began < NOTICED_S


@pytest.mark.usefixtures("places")
def test_places_that_stay_as_they_are_are_no_news(
    page: Path, told: queue.Queue[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, real = queue.Queue[Path](), file_watch._signature

    def seen(path: Path) -> file_watch.Signature:
        looks.put(path)
        return real(path)

    monkeypatch.setattr(file_watch, "_signature", seen)
    for _ in range(5):
        looks.get(timeout=10)
    assert told.empty()


def test_a_dead_network_folder_is_said_to_be_stuck(
    page: Path, told: queue.Queue[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, answers, real = threading.Event(), threading.Event(), file_watch._signature

    def hang(path: Path) -> file_watch.Signature:
        waits.set()
        assert answers.wait(30)
        return real(path)

    monkeypatch.setattr(file_watch, "_signature", hang)
    monkeypatch.setattr(file_watch, "STUCK_S", 0.0)
    watch = PlacesWatch([page], lambda: told.put(None))
    assert waits.wait(10)
    was_stuck = watch.is_stuck
    answers.set()
    told.get(timeout=10)
    assert (was_stuck, watch.is_stuck) == (True, False)
    watch.close()
