"""Writing a file so that it is either the old one or the new one, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, backup: bool = False) -> None:
    """Replace the content of `path` by `data`; the former content stays whole until then.

    The permissions of an existing file are kept, and a symbolic link keeps pointing at its target.
    With `backup` the former content is kept beside it, as the same name with `.bak` added. Raises
    OSError, with the old file untouched.
    """
    target = Path(os.path.realpath(path))
    mode = _mode_of(target)
    if backup and mode is not None:
        _replace(target.with_name(target.name + ".bak"), target.read_bytes(), mode)
    _replace(target, data, mode)


def _mode_of(target: Path) -> int | None:
    """The permissions to keep, or None for a new file; raises OSError where no file can be."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "not an ordinary file", str(target))
    if not os.access(target, os.W_OK):
        # A rename would replace it all the same; a file that was locked on purpose stays.
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(target))
    return stat.S_IMODE(found.st_mode)


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    part = target.with_name(f".lampblack-{os.urandom(8).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(part, flags, 0o666)
    try:
        _fill(handle, data, target)
        if mode is not None:
            part.chmod(mode)
        part.replace(target)
    except BaseException:  # even Ctrl+C must not leave the temporary file behind
        with contextlib.suppress(OSError):
            part.unlink()
        raise
    _sync_folder(target.parent)


def _fill(handle: int, data: bytes, target: Path) -> None:
    with os.fdopen(handle, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            written = file.write(rest)
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
            rest = rest[written:]
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can sync a folder."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
