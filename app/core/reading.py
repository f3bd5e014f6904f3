"""Reading files without ever waiting for one: no pipe, no device, nothing above a limit."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO

_BLOCK = 1024 * 1024
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def open_regular(path: Path) -> BinaryIO:
    """Open an ordinary file for reading; raises OSError for everything else, at once."""
    _require_regular(path.stat().st_mode, path)  # opening some devices already does something
    handle = os.open(path, _FLAGS)
    try:
        _require_regular(os.fstat(handle).st_mode, path)
        return os.fdopen(handle, "rb")
    except BaseException:  # the handle must not leak, whatever came
        os.close(handle)
        raise


def read_regular(path: Path, limit: int) -> bytes:
    """The whole content of an ordinary file; raises OSError (EFBIG above `limit` bytes)."""
    data = bytearray()
    with open_regular(path) as file:
        while block := file.read(_BLOCK):
            data += block
            if len(data) > limit:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return bytes(data)


def why(error: OSError) -> str:
    """The reason of an OSError as the end of a sentence."""
    return (error.strerror or str(error) or type(error).__name__).rstrip(".").lower()


def is_folder(path: Path) -> bool:
    """Whether there is a folder; False where that cannot be found out."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_file(path: Path) -> bool:
    """Whether there is an ordinary file; False where that cannot be found out."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def set_aside(path: Path) -> Path:
    """Rename a broken file to a free name beside it (`.broken`, `.broken-2`, …); returns that."""
    number = 1
    while True:
        ending = ".broken" if number == 1 else f".broken-{number}"
        aside = path.with_name(path.name + ending)
        if not os.path.lexists(aside):
            path.rename(aside)
            return aside
        number += 1


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
