"""Files that are not complete yet: a `.part` beside the place of each, locked by its writer."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from app.core.errors import DownloadError
from app.core.system.files import is_file, lock_open_file, open_regular, read_regular, why
from app.downloads.part_paths import bad_path, note_path, part_path
from app.downloads.request import WantedFile

_BLOCK = 1024 * 1024
_SYNC_EVERY = 64 * 1024 * 1024
_MOST_NOTE = 4096


class PartNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept beside a `.part` to ask for the rest of the same file."""

    etag: str = ""
    size_bytes: int | None = None


class PartFile:
    """A growing file, opened and locked; its content is always the beginning of the file."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = part_path(target)
        self._handle = _open(self._path)
        self.size = os.fstat(self._handle).st_size
        self._synced = self.size
        self.note = _read_note(note_path(target)) if self.size else PartNote()
        self.sha256 = hashlib.sha256()

    def close(self) -> None:
        """Close it; what is in it stays for the next time. May be called twice."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def read_again(self, progress: Callable[[int], None]) -> None:
        """Compute the checksum of the part; `progress` gets the bytes read and may raise."""
        self.sha256 = hashlib.sha256()
        os.lseek(self._handle, 0, os.SEEK_SET)
        self.size = _hash(self.sha256, partial(os.read, self._handle), progress)

    def append(self, data: bytes) -> None:
        """Add bytes at the end; raises OSError where the disk takes no more, keeping the rest."""
        rest = memoryview(data)
        while rest:
            written = os.write(self._handle, rest)
            if written <= 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.sha256.update(rest[:written])
            self.size += written
            rest = rest[written:]
        if self.size - self._synced >= _SYNC_EVERY:
            self.sync()

    def sync(self) -> None:
        """Flush it to the disk."""
        os.fsync(self._handle)
        self._synced = self.size

    def empty(self) -> None:
        """Remove the content."""
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        self.sha256, self.size, self._synced = hashlib.sha256(), 0, 0
        self.remember(PartNote())

    def remember(self, note: PartNote) -> None:
        """Keep the note beside the file, if it is another one."""
        if note != self.note:
            self.note = note
            with contextlib.suppress(OSError):  # without it the file only starts over more often
                note_path(self._target).write_bytes(msgspec.json.encode(note))

    def git_id(self) -> str:
        """Git's checksum of the content."""
        digest = _git_digest(self.size)
        os.lseek(self._handle, 0, os.SEEK_SET)
        _hash(digest, partial(os.read, self._handle), lambda _done: None)
        return digest.hexdigest()

    def _forget_note(self) -> None:
        with contextlib.suppress(OSError):  # there may be none, or no name short enough for one
            note_path(self._target).unlink()

    def publish(self) -> None:
        """Give the flushed file its name, and remove a `.bad` one."""
        self.sync()
        self.close()
        self._path.replace(self._target)
        self._forget_note()
        with contextlib.suppress(OSError):  # there is hardly ever one
            bad_path(self._target).unlink()

    def rename_bad(self) -> Path:
        """Rename it to `.bad`, in place of an earlier one."""
        self.close()
        bad = bad_path(self._target)
        self._path.replace(bad)
        self._forget_note()
        return bad


def _open(path: Path) -> int:
    """Open a part for reading and writing; raises for no ordinary file or one that is locked."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "not an ordinary file", str(path))
        _lock(handle, path)
    except BaseException:  # the handle must not leak, whatever came
        os.close(handle)
        raise
    os.lseek(handle, 0, os.SEEK_END)
    return handle


def _lock(handle: int, path: Path) -> None:
    """Lock it until it is closed; raises DownloadError where another process has done so."""
    try:
        lock_open_file(handle)
    except BlockingIOError as error:
        raise DownloadError(
            f"Another Lampblack is fetching {path.name.removesuffix('.part')} just now.",
            "Wait until it is done, or pause it there.",
        ) from error


def _git_digest(size: int) -> hashlib._Hash:
    return hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)


def _hash(
    digest: hashlib._Hash, read: Callable[[int], bytes], progress: Callable[[int], None]
) -> int:
    """Feed the rest of a file into `digest`; the bytes read, which `progress` gets, too."""
    done = 0
    while block := read(_BLOCK):
        digest.update(block)
        done += len(block)
        progress(done)
    return done


def _read_note(path: Path) -> PartNote:
    try:
        return msgspec.json.decode(read_regular(path, _MOST_NOTE), type=PartNote)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return PartNote()


def is_right(path: Path, file: WantedFile, progress: Callable[[int, int], None]) -> bool:
    """Whether a file is there and what it should be, as far as that is known.

    `progress` gets the bytes read and their number, and may raise.
    """
    size = path.stat().st_size if is_file(path) else -1
    if size < 0 or file.size_bytes not in (None, size):
        return False
    digest = hashlib.sha256() if file.sha256 else _git_digest(size)
    with open_regular(path) as content:
        _hash(digest, content.read, lambda done: progress(done, size))
    return digest.hexdigest() == (file.sha256 or file.git_id or digest.hexdigest())


def disk_error(error: OSError, what: str) -> DownloadError:
    """The sentence about a disk that did not take the file."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return DownloadError(
            f"The disk is full, and {what} is not complete.",
            "What was fetched is kept; make room and go on with the download.",
        )
    if error.errno == errno.EFBIG:
        return DownloadError(
            f"The disk cannot hold files as large as {what}.",
            "Its file system has a limit (FAT32: 4 GB); use a folder on another disk.",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return DownloadError(
            f"{what} cannot be written: {why(error)}.",
            "Give yourself the right to write into the models folder.",
        )
    return DownloadError(f"{what} cannot be written: {why(error)}.", "Check the disk.")
