"""Saves that the disk refuses: told, kept in the store, and done when the disk works again."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.core.documents import file_watch
from app.core.store.journal import Journal
from app.core.system import files
from app.ui.documents import save_retry
from tests.ui.conftest import Studio
from tests.ui.documents.saves import SAFE, TEXT, saved_by_itself, saving

_IS_ROOT = os.name == "posix" and os.geteuid() == 0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other fast."""
    monkeypatch.setattr(save_retry, "FIRST_MS", 50)
    monkeypatch.setattr(save_retry, "LONGEST_MS", 200)


def button(studio: Studio, words: str) -> QPushButton:
    found = studio.window.page.banners.findChildren(QPushButton)
    return next(one for one in found if one.text() == words)


def test_a_folder_that_is_gone_and_comes_back(
    writing: Studio, qtbot: QtBot, novel: Path, tmp_path: Path
) -> None:
    shutil.move(novel.parent, tmp_path.parent / "away")
    writing.do("save")
    assert writing.banners == [
        f"novel.md could not be saved: there is no folder {novel.parent}. {SAFE}"
    ]
    assert writing.window.isWindowModified()
    with qtbot.waitSignal(saving(writing).timer.timeout):
        pass
    writing.show(" And more.")
    with qtbot.waitSignal(saving(writing).timer.timeout):
        pass
    shutil.move(tmp_path.parent / "away", novel.parent)
    saved_by_itself(writing, qtbot, novel)
    assert novel.read_text() == TEXT + " More. And more."
    assert writing.questions.asked == []


def test_the_text_that_waits_is_in_the_store(
    writing: Studio, novel: Path, make_studio: Callable[..., Studio]
) -> None:
    shutil.rmtree(novel.parent)
    writing.do("save")
    writing.program.store.close()  # as if it had been killed
    (found,) = make_studio().program.store.recoverable()
    assert (found.text, found.path) == (TEXT + " More.", str(novel))


def refusing(number: int) -> Callable[..., tuple[Path, int]]:
    def refuse(target: Path, *_more: Any) -> tuple[Path, int]:
        raise OSError(number, os.strerror(number), str(target))

    return refuse


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "no space left on device"),
        (errno.EDQUOT, "disk quota exceeded"),
        (errno.EROFS, "read-only file system"),
        (errno.EACCES, "permission denied"),
        (errno.EIO, "input/output error"),
        (errno.ESTALE, "stale file handle"),
    ],
)
def test_whatever_refuses_is_named_and_waited_for(
    writing: Studio,
    qtbot: QtBot,
    novel: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    reason: str,
) -> None:
    real = files._new_part

    def refuse(target: Path) -> tuple[Path, int]:
        return refusing(number)(target) if target.parent == novel.parent else real(target)

    monkeypatch.setattr(files, "_new_part", refuse)
    writing.do("save")
    assert writing.banners == [f"novel.md could not be saved: {reason}. {SAFE}"]
    assert novel.read_text() == TEXT
    for _ in range(3):
        with qtbot.waitSignal(saving(writing).timer.timeout):
            pass
    assert len(writing.banners) == 1
    monkeypatch.setattr(files, "_new_part", real)
    saved_by_itself(writing, qtbot, novel)


def test_the_waits_grow(writing: Studio, qtbot: QtBot, novel: Path) -> None:
    shutil.rmtree(novel.parent)
    writing.do("save")
    timer, waits = saving(writing).timer, list[int]()
    timer.timeout.connect(lambda: waits.append(timer.interval()))
    qtbot.waitUntil(lambda: len(waits) >= 5, timeout=15_000)
    assert waits[:5] == [50, 100, 200, 200, 200]


def test_what_was_changed_meanwhile_is_not_overwritten(
    writing: Studio, qtbot: QtBot, novel: Path, tmp_path: Path
) -> None:
    away = tmp_path.parent / "away"
    shutil.move(novel.parent, away)
    writing.do("save")
    (away / "novel.md").write_text("Theirs, written meanwhile.", encoding="utf-8")
    shutil.move(away, novel.parent)
    qtbot.waitUntil(
        lambda: any("Which text is to stay?" in one for one in writing.banners), timeout=15_000
    )
    assert novel.read_text() == "Theirs, written meanwhile."
    assert writing.text == TEXT + " More."
    qtbot.waitUntil(lambda: saving(writing).path is None, timeout=15_000)
    assert len(writing.banners) == 1
    button(writing, "Keep Mine").click()
    writing.do("save")
    assert novel.read_text() == TEXT + " More."
    assert writing.questions.asked == []


def test_a_renamed_folder_is_offered_and_the_text_saved_there(
    writing: Studio, qtbot: QtBot, novel: Path
) -> None:
    place = novel.parent.with_name("my book") / "novel.md"
    novel.parent.rename(place.parent)
    writing.do("save")
    assert saving(writing).path == novel
    qtbot.waitUntil(
        lambda: any(f"It is {place} now." in one for one in writing.banners), timeout=15_000
    )
    button(writing, "Go Along").click()
    assert writing.window.documents.path == place
    saved_by_itself(writing, qtbot, place)
    assert place.read_text() == TEXT + " More."


def test_save_now_and_save_as(writing: Studio, qtbot: QtBot, novel: Path, tmp_path: Path) -> None:
    shutil.rmtree(novel.parent)
    writing.do("save")
    button(writing, "Save Now").click()
    assert len(writing.banners) == 1
    writing.questions.save_answer = tmp_path / "elsewhere.md"
    button(writing, "Save As…").click()
    assert (tmp_path / "elsewhere.md").read_text() == TEXT + " More."
    assert saving(writing).path is None
    assert writing.banners == []
    novel.parent.mkdir()
    assert not novel.exists()


def test_another_document_ends_the_waiting(writing: Studio, novel: Path) -> None:
    shutil.rmtree(novel.parent)
    writing.do("save")
    writing.do("new")
    assert saving(writing).path is None
    assert not saving(writing).timer.isActive()
    assert writing.banners == []


def test_it_says_so_where_the_store_refuses_too(
    writing: Studio, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_journal: Journal, _connection: apsw.Connection) -> None:
        raise apsw.FullError("database or disk is full")

    monkeypatch.setattr(Journal, "write", refuse)
    shutil.rmtree(novel.parent)
    writing.show(" Lost?")
    writing.do("save")
    assert any("It cannot be kept in Lampblack either" in one for one in writing.banners)
    monkeypatch.undo()


def test_a_folder_that_does_not_answer_keeps_only_threads_waiting(
    writing: Studio, qtbot: QtBot, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, real = threading.Event(), file_watch._signature

    def hang(path: Path) -> file_watch.Signature:
        assert answers.wait(30)
        return real(path)

    def hang_too(path: Path, size: int) -> None:
        assert answers.wait(30)
        files.try_to_write(path, size)

    monkeypatch.setattr(file_watch, "STUCK_S", 0.05)
    monkeypatch.setattr(file_watch, "_signature", hang)
    monkeypatch.setattr(save_retry, "try_to_write", hang_too)
    outside = writing.window.manuscript.outside
    qtbot.waitUntil(lambda: outside.is_stuck)
    writing.do("save")
    assert writing.banners == [f"novel.md could not be saved: its folder does not answer. {SAFE}"]
    assert novel.read_text() == TEXT
    with qtbot.waitSignal(saving(writing).timer.timeout):
        pass
    writing.show(" The page still answers.")
    answers.set()
    qtbot.waitUntil(lambda: not writing.window.isWindowModified(), timeout=15_000)
    assert novel.read_text() == TEXT + " More. The page still answers."


def test_it_is_not_written_into_the_place_of_a_disk_that_is_not_there(
    writing: Studio, qtbot: QtBot, novel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_new_part", refusing(errno.EIO))
    writing.do("save")
    assert saving(writing)._device == novel.stat().st_dev
    saving(writing)._device = 1  # as if the disk had been another one than that of the folder
    monkeypatch.undo()
    novel.unlink()
    for _ in range(3):
        with qtbot.waitSignal(saving(writing).timer.timeout):
            pass
    assert not novel.exists()
    assert writing.do("save") is None
    assert novel.read_text() == TEXT + " More."


@pytest.mark.skipif(_IS_ROOT, reason="root may write everywhere; a read-only disk is below")
def test_a_folder_that_forbids_writing(writing: Studio, qtbot: QtBot, novel: Path) -> None:
    novel.parent.chmod(0o500)
    writing.do("save")
    assert len(writing.banners) == 1
    novel.parent.chmod(0o700)
    saved_by_itself(writing, qtbot, novel)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 kB, which takes a root to make."""
    folder = tmp_path / "stick"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], capture_output=True, check=True)


def test_a_real_disk_that_is_full_then_read_only_then_works(
    studio: Studio, qtbot: QtBot, small_disk: Path
) -> None:
    path, filler = small_disk / "novel.md", small_disk / "filler"
    studio.questions.save_answer = path
    studio.show(f"{TEXT}\n" * 300)
    studio.do("save")
    filler.write_bytes(bytes(40_000))
    studio.show(f"{TEXT}\n" * 300)
    studio.do("save")
    assert studio.banners == [f"novel.md could not be saved: no space left on device. {SAFE}"]
    assert path.read_text() == f"{TEXT}\n" * 300
    with qtbot.waitSignal(saving(studio).timer.timeout):
        pass
    filler.unlink()
    saved_by_itself(studio, qtbot, path)
    remount = ["mount", "-o"]
    subprocess.run([*remount, "remount,ro", str(small_disk)], check=True)
    studio.show("More.")
    studio.do("save")
    assert studio.banners == [f"novel.md could not be saved: read-only file system. {SAFE}"]
    subprocess.run([*remount, "remount,rw", str(small_disk)], check=True)
    saved_by_itself(studio, qtbot, path)
