"""One locked file per running program; the system unlocks it however the program ends.

A program makes its file first, then waits until no other restores a backup, and only then opens the
store; who restores one holds a lock, and only then looks for the files of programs.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from app.core.errors import StoreError
from app.core.system.files import is_locked, lock_open_file

LIVE = "live"
"""The folder of these files, beside the store."""

_GATE = "restoring"
_LOOK_S, _LONGEST_S = 0.05, 120.0


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
    return is_locked(folder / f"{instance}.lock")


@contextlib.contextmanager
def alone(folder: Path, own: str = "") -> Iterator[None]:
    """No other program than that with the id `own` uses the store, and none begins to.

    Raises StoreError where one does, and OSError where nothing can be locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle = _hold(folder / _GATE)
    try:
        others = [path.stem for path in folder.glob("*.lock") if path.stem != own]
        if any(is_running(folder, one) for one in others):
            raise StoreError(
                "Another window or program of Lampblack uses the store.", "Close it first."
            )
        yield
    finally:
        with contextlib.suppress(OSError):  # while it is held: elsewhere an open file stays
            (folder / _GATE).unlink()
        os.close(handle)


def wait_for_restoring(folder: Path) -> None:
    """Wait until no other program restores a backup, two minutes at most."""
    ends = time.monotonic() + _LONGEST_S
    while time.monotonic() < ends:
        try:
            handle = os.open(folder / _GATE, os.O_RDWR)
        except (OSError, ValueError):
            return
        try:
            lock_open_file(handle)
        except BlockingIOError:
            time.sleep(_LOOK_S)  # a file's lock tells nobody when it is free again
        else:
            return
        finally:
            os.close(handle)


def _hold(gate: Path) -> int:
    """The handle of the locked file, which is still the one of that name."""
    while True:
        handle = os.open(gate, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock_open_file(handle)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), gate.stat()):
                    return handle
        except BlockingIOError:
            os.close(handle)
            raise StoreError(
                "Another Lampblack is restoring a backup.", "Wait until it is done."
            ) from None
        os.close(handle)
