"""Which documents other running programs have open, and calling one of those to the front.

What a program has open stands in its own lock file, so that it is worth nothing as soon as the
program has ended, in whatever way. All of it is in one local folder, and nothing here waits.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from app.core.store.instances import InstanceLock, is_running

_TRIES = 3  # a file that is being written while it is read makes no sense
_MOST = 4096  # bytes


class OpenDocument(msgspec.Struct, frozen=True):
    """A file by the SHA-256 of its path without links, its device and its number (0: unknown).

    The path itself is nobody's business who reads the lock file.
    """

    path: str
    device: int = 0
    number: int = 0

    @classmethod
    def at(cls, path: Path) -> OpenDocument:
        """The file that is at `path` now."""
        digest = _digest(os.path.normcase(os.path.realpath(path)))
        try:
            found = path.stat()
        except (OSError, ValueError):
            return cls(digest)
        return cls(digest, found.st_dev, found.st_ino)

    def is_same(self, other: OpenDocument) -> bool:
        """Whether both are one file, however it is called."""
        by_number = bool(self.number) and self.number == other.number
        return self.path == other.path or (by_number and self.device == other.device)


class OpenDocuments:
    """What this program has open, and what the others with the same home have.

    `lock` is this program's own; without one it says nothing of itself.
    """

    def __init__(self, folder: Path, lock: InstanceLock | None) -> None:
        self.folder = folder
        """Where the lock files are; a file in it comes or goes when a program does."""
        self._lock = lock

    def show(self, path: Path | None) -> None:
        """Say that this program has the file at `path` open, and no other."""
        if self._lock is not None:
            data = msgspec.json.encode(OpenDocument.at(path)) if path is not None else b""
            self._lock.write(data)

    def elsewhere(self, path: Path) -> str:
        """The id of another running program that has this file open; empty where none has."""
        wanted = OpenDocument.at(path)
        own = self._lock.id if self._lock is not None else ""
        for file in self._files(".lock"):
            found = _read(file) if file.stem != own else None
            if found is not None and found.is_same(wanted) and is_running(self.folder, file.stem):
                return file.stem
        return ""

    def call(self, instance: str) -> None:
        """Ask another program to come to the front."""
        with contextlib.suppress(OSError):
            (self.folder / f"{instance}.call").write_bytes(b"")

    def is_called(self) -> bool:
        """Whether another program asked this one to come to the front; each time once."""
        if self._lock is None:
            return False
        try:
            (self.folder / f"{self._lock.id}.call").unlink()
        except OSError:
            return False
        return True

    def _files(self, suffix: str) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if path.suffix == suffix]
        except OSError:
            return []


def _digest(path: str) -> str:
    import hashlib  # OpenSSL's library, which a window without a document does not need

    return hashlib.sha256(os.fsencode(path)).hexdigest()


def _read(file: Path) -> OpenDocument | None:
    for _ in range(_TRIES):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            with file.open("rb") as lock:
                data = lock.read(_MOST)
            return msgspec.json.decode(data, type=OpenDocument) if data else None
    return None
