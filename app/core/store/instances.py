"""One locked file per running program; the system unlocks it however the program ends."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from app.core.system.files import lock_open_file


class InstanceLock:
    """The lock file of one running program, held until `end` or until the process dies."""

    def __init__(self, folder: Path) -> None:
        self.id = os.urandom(16).hex()
        self._path = folder / f"{self.id}.lock"
        self._handle = -1
        folder.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        lock_open_file(self._handle)

    def write(self, data: bytes) -> None:
        """Let the file say something of this program; a disk that refuses is no trouble."""
        with contextlib.suppress(OSError):
            os.lseek(self._handle, 0, os.SEEK_SET)
            os.write(self._handle, data)
            os.ftruncate(self._handle, len(data))

    def end(self) -> None:
        """Give the lock back and remove the file."""
        if self._handle < 0:
            return
        os.close(self._handle)
        self._handle = -1
        for path in (self._path, self._path.with_suffix(".call")):
            with contextlib.suppress(OSError):
                path.unlink()


def is_running(folder: Path, instance: str) -> bool:
    """Whether the program of that id still runs; the file of one that ended is removed."""
    path = folder / f"{instance}.lock"
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        lock_open_file(handle)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    with contextlib.suppress(OSError):
        path.unlink()
    return False
