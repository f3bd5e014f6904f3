from __future__ import annotations

import contextlib
import errno
import os
import socket
from pathlib import Path

import pytest

from app.core.system.files import is_file, is_folder, open_regular, read_regular, rename_broken, why


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_bytes(b"12345")
    assert read_regular(path, 5) == b"12345"
    with pytest.raises(OSError, match="large") as caught:
        read_regular(path, 4)
    assert caught.value.errno == errno.EFBIG
    assert read_regular(path, 1 << 50) == b"12345"


@pytest.mark.skipif(os.name != "posix", reason="these kinds of files are POSIX's")
def test_what_would_block_or_never_end_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    listener = socket.socket(socket.AF_UNIX)
    with listener, contextlib.chdir(tmp_path):  # a socket's path may have only 100 characters
        listener.bind("socket")
    for name in ("pipe", "socket", "loop", "/dev/zero", "/dev/null", "."):
        with pytest.raises(OSError, match=r"."):
            open_regular(tmp_path / name)


def test_questions_about_paths_never_raise(tmp_path: Path) -> None:
    (tmp_path / "page").write_bytes(b"")
    assert is_file(tmp_path / "page")
    assert not is_folder(tmp_path / "page")
    assert is_folder(tmp_path)
    for strange in ("a\0b", "x" * 5000, "page/below", "missing"):
        assert not is_file(tmp_path / strange)
        assert not is_folder(tmp_path / strange)


def test_a_reason_ends_a_sentence() -> None:
    assert why(OSError(errno.ENOSPC, "No space left on device")) == "no space left on device"
    assert why(OSError("odd.")) == "odd"


def test_no_broken_file_is_ever_replaced(tmp_path: Path) -> None:
    found = []
    for number in range(3):
        (tmp_path / "page").write_text(str(number))
        found.append(rename_broken(tmp_path / "page"))
    assert [path.name for path in found] == ["page.broken", "page.broken-2", "page.broken-3"]
    assert [path.read_text() for path in found] == ["0", "1", "2"]
