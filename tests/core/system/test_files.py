from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.system.files import write_atomically

POSIX = os.name == "posix"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_bytes(b"old")
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


def test_a_new_file_is_written_with_usual_permissions(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.write_bytes(b"")
    write_atomically(tmp_path / "new", b"text")
    assert (tmp_path / "new").read_bytes() == b"text"
    assert (tmp_path / "new").stat().st_mode == ordinary.stat().st_mode


def test_an_old_file_is_replaced_and_keeps_its_permissions(page: Path) -> None:
    page.chmod(0o640)
    write_atomically(page, b"new")
    assert page.read_bytes() == b"new"
    assert stat.S_IMODE(page.stat().st_mode) == (0o640 if POSIX else page.stat().st_mode & 0o777)
    assert names(page.parent) == ["page.txt"]


def test_a_backup_holds_the_former_content_each_time(page: Path) -> None:
    write_atomically(page, b"second", backup=True)
    write_atomically(page, b"third", backup=True)
    assert page.read_bytes() == b"third"
    assert page.with_name("page.txt.bak").read_bytes() == b"second"


def test_a_new_file_has_no_backup(tmp_path: Path) -> None:
    write_atomically(tmp_path / "new", b"text", backup=True)
    assert names(tmp_path) == ["new"]


@pytest.mark.skipif(not POSIX, reason="making links needs a right there")
def test_a_link_keeps_pointing_at_its_target(page: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "link"
    link.parent.mkdir()
    link.symlink_to(page)
    write_atomically(link, b"new", backup=True)
    assert link.is_symlink()
    assert page.read_bytes() == b"new"
    assert names(tmp_path) == ["page.txt", "page.txt.bak"]


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_failing_disk_leaves_the_old_file_and_nothing_else(
    page: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_arguments: object, **_named: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    if step == "write":
        monkeypatch.setattr("app.core.system.files._fill", fail)
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", fail)
    else:
        monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="No space"):
        write_atomically(page, b"new")
    assert page.read_bytes() == b"old"
    assert names(page.parent) == ["page.txt"]


def test_a_short_count_is_carried_on_and_a_stuck_one_is_an_error(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow:
        """A file that takes at most three bytes at a time, and after ten none."""

        def __init__(self, file: Any) -> None:
            self._file = file
            self._room = 10

        def __enter__(self) -> Slow:
            return self

        def __exit__(self, *_error: object) -> None:
            self._file.close()

        def fileno(self) -> int:
            return int(self._file.fileno())

        def write(self, data: memoryview) -> int:
            count = min(3, self._room, len(data))
            self._room -= count
            return int(self._file.write(data[:count])) if count else 0

    real = os.fdopen
    monkeypatch.setattr(os, "fdopen", lambda *given, **named: Slow(real(*given, **named)))
    write_atomically(page, b"ten bytes!")
    assert page.read_bytes() == b"ten bytes!"
    with pytest.raises(OSError, match=r".") as caught:
        write_atomically(page, b"eleven bytes")
    assert caught.value.errno == errno.ENOSPC
    assert page.read_bytes() == b"ten bytes!"
    assert names(page.parent) == ["page.txt"]


def test_folders_and_special_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path, b"")
    with pytest.raises(FileNotFoundError):
        write_atomically(tmp_path / "missing" / "page", b"")
    if POSIX:
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OSError, match="not an ordinary file"):
            write_atomically(tmp_path / "pipe", b"")
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_a_file_that_may_not_be_written_is_not_replaced(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An administrator may write everywhere, so the answer of the system is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(PermissionError):
        write_atomically(page, b"new")
    assert page.read_bytes() == b"old"


@pytest.mark.skipif(not POSIX, reason="there is no SIGKILL")
def test_a_kill_at_any_moment_leaves_one_whole_version(page: Path) -> None:
    program = (
        "import sys, itertools; from pathlib import Path;"
        "from app.core.system.files import write_atomically\n"
        "for n in itertools.count():\n"
        "    write_atomically(Path(sys.argv[1]), bytes([65 + n % 26]) * 300_000)\n"
        "    print(n, flush=True)"
    )
    for rounds in (1, 3, 7, 12):
        child = subprocess.Popen(
            [sys.executable, "-c", program, str(page)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        for _ in range(rounds):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
        content = page.read_bytes()
        assert len(content) == 300_000
        assert len(set(content)) == 1
