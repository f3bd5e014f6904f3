"""One locked file per running program; the system unlocks it however the program ends."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class InstanceLock:
    """The lock file of one running program, held until `end` or until the process dies."""

    def __init__(self, folder: Path) -> None:
        self.id = os.urandom(16).hex()
        self._path = folder / f"{self.id}.lock"
        self._handle = -1
        folder.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        _lock(self._handle)

    def end(self) -> None:
        """Give the lock back and remove the file."""
        if self._handle < 0:
            return
        os.close(self._handle)
        self._handle = -1
        with contextlib.suppress(OSError):
            self._path.unlink()


def is_alive(folder: Path, life: str) -> bool:
    """Whether the program that wrote `life` still runs; the file of a dead one is removed."""
    path = folder / f"{life}.lock"
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        _lock(handle)
    except OSError:
        return True
    finally:
        os.close(handle)
    with contextlib.suppress(OSError):
        path.unlink()
    return False
