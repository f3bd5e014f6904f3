"""A disk that fails at one step: every write, fsync, rename, link, open and removal is a step.

Python's own calls are caught in `os` and `io`, SQLite's in a VFS between it and the real one.
"""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import apsw
import pytest

_NAME = "failing"
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class FailingDisk:
    """Fails with `code` at step `fails_at`, counted from `begin`; with `stays`, from there on.

    A disk that stays full still removes files. What fails at a write has written half of it.
    """

    def __init__(self, code: int, *, stays: bool) -> None:
        self.steps = self.fails_at = 0
        self.has_failed = False
        self._code, self._stays = code, stays

    def begin(self, fails_at: int) -> None:
        """Count from now on."""
        self.steps, self.fails_at, self.has_failed = 0, fails_at, False

    def end(self) -> None:
        """Work as usual again."""
        self.fails_at = 0

    def fails(self, *, frees: bool = False) -> bool:
        """Whether this step fails; one that only `frees` room does not on a disk that is full."""
        if not self.fails_at:
            return False
        self.steps += 1
        is_due = self.steps == self.fails_at or (self._stays and self.steps > self.fails_at)
        if is_due and not (self._stays and frees):
            self.has_failed = True
            return True
        return False

    def error(self) -> OSError:
        return OSError(self._code, os.strerror(self._code))

    def sqlite_error(self) -> apsw.Error:
        return apsw.FullError() if self._code == errno.ENOSPC else apsw.IOError()


class _File(io.FileIO):
    disk: FailingDisk

    def write(self, data: Any) -> int:
        if self.disk.fails():
            super().write(memoryview(data)[: len(data) // 2])
            raise self.disk.error()
        return super().write(data)


class _DatabaseFile(apsw.VFSFile):
    def __init__(self, disk: FailingDisk, base: str, name: Any, flags: Any) -> None:
        self._disk = disk
        super().__init__(base, name, flags)

    def xLock(self, level: int) -> None:  # noqa: N802 - SQLite's name
        """As SQLite takes it: a file that is only read cannot be locked for writing."""
        try:
            super().xLock(level)
        except apsw.IOError:
            raise apsw.BusyError from None

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.fails():
            super().xWrite(data[: len(data) // 2], offset)
            raise self._disk.sqlite_error()
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.fails():
            raise self._disk.sqlite_error()
        super().xSync(flags)

    def xTruncate(self, size: int) -> None:  # noqa: N802 - SQLite's name
        if self._disk.fails(frees=True):
            raise self._disk.sqlite_error()
        super().xTruncate(size)


class _DatabaseDisk(apsw.VFS):
    def __init__(self, disk: FailingDisk) -> None:
        self._disk, self._base = disk, apsw.vfs_names()[0]
        super().__init__(_NAME, self._base, makedefault=True)

    def xOpen(self, name: Any, flags: Any) -> apsw.VFSFile:  # noqa: N802 - SQLite's name
        if flags[0] & apsw.SQLITE_OPEN_CREATE and self._disk.fails():
            raise apsw.CantOpenError()
        return _DatabaseFile(self._disk, self._base, name, flags)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802 - SQLite's
        if self._disk.fails(frees=True):
            raise self._disk.sqlite_error()
        super().xDelete(name, sync)


@contextmanager
def failing_disk(code: int, *, stays: bool) -> Iterator[FailingDisk]:
    """The disk of this process from now on; what was opened before is not on it."""
    disk = FailingDisk(code, stays=stays)
    database = _DatabaseDisk(disk)
    file = type("File", (_File,), {"disk": disk})
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsync", "replace", "rename", "link", "mkdir", "chmod"):
            patch.setattr(os, name, _step(disk, getattr(os, name)))
        for name in ("unlink", "remove"):
            patch.setattr(os, name, _step(disk, getattr(os, name), frees=True))
        patch.setattr(os, "open", _opening(disk, os.open, lambda args: bool(args[1] & _WRITES)))
        patch.setattr(io, "open", _opening(disk, io.open, _writes))
        real = os.fdopen

        def fdopen(handle: int, mode: str = "r", buffering: int = -1, **more: Any) -> Any:
            if "w" in mode and buffering == 0:
                return file(handle, "w")
            return real(handle, mode, buffering, **more)

        patch.setattr(os, "fdopen", fdopen)
        try:
            yield disk
        finally:
            database.unregister()


def _step(disk: FailingDisk, real: Callable[..., Any], *, frees: bool = False) -> Any:
    def call(*args: Any, **more: Any) -> Any:
        if disk.fails(frees=frees):
            raise disk.error()
        return real(*args, **more)

    return call


def _opening(disk: FailingDisk, real: Callable[..., Any], writes: Callable[[Any], bool]) -> Any:
    def call(*args: Any, **more: Any) -> Any:
        if writes(args) and disk.fails():
            raise disk.error()
        return real(*args, **more)

    return call


def _writes(args: tuple[Any, ...]) -> bool:
    return len(args) > 1 and isinstance(args[1], str) and bool(set(args[1]) & set("wxa+"))
