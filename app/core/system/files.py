"""Files: writing one whole or not at all, reading only ordinary ones, noticing a change."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO


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


def write_new(path: Path, data: bytes, mode: int | None = None) -> None:
    """Write a file that is not there yet, whole or not at all, with the permissions of `mode`.

    Raises FileExistsError, with the file that is there as it is, and OSError.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    with _written_part(path, data, mode) as part:
        try:
            os.link(part, path)  # fails where a file has appeared meanwhile, as no rename does
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            part.rename(path)
    sync_folder(path.parent)


def remove_for_good(path: Path) -> None:
    """Remove a file, or a link, so that it stays removed; raises OSError, with the file there."""
    path.unlink()
    sync_folder(path.parent)


def to_trash(path: str) -> None:
    """Move a file or folder to the system's trash; raises OSError, with it where it was."""
    from send2trash import send2trash

    send2trash(path)


def link_or_copy(path: Path, to: Path) -> None:
    """Give a file a second name or, where the file system has no links, a copy on the disk.

    Raises OSError, with no file of that name left.
    """
    try:
        os.link(path, to)
    except FileExistsError:
        raise
    except OSError:
        import shutil

        try:
            shutil.copyfile(path, to)
            with to.open("rb+") as file:
                os.fsync(file.fileno())
        except BaseException:  # half a copy is none
            to.unlink(missing_ok=True)
            raise


def try_to_write(path: Path, size: int) -> None:
    """Find out whether `write_atomically` could put `size` bytes there; raises OSError where not.

    A file of that size is written beside it and removed again.
    """
    target = Path(os.path.realpath(path))
    _mode_of(target)
    part, handle = _new_part(target)
    try:
        _fill(handle, bytes(size), target)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()


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
        number = errno.EROFS if _is_read_only_disk(target) else errno.EACCES
        raise OSError(number, os.strerror(number), str(target))
    return stat.S_IMODE(found.st_mode)


def _is_read_only_disk(target: Path) -> bool:
    return sys.platform != "win32" and bool(os.statvfs(target).f_flag & os.ST_RDONLY)


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    with _written_part(target, data, mode) as part:
        part.replace(target)
    sync_folder(target.parent)


@contextlib.contextmanager
def _written_part(target: Path, data: bytes, mode: int | None) -> Iterator[Path]:
    """A temporary file beside `target` with its new content, which is gone at the end."""
    part, handle = _new_part(target)
    try:
        _fill(handle, data, target)
        if mode is not None:
            part.chmod(mode)
            _take_attributes(part, target)
        yield part
    finally:  # even Ctrl+C must not leave the temporary file behind
        for _try in range(2):  # nor a disk that failed once
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)


def _take_attributes(part: Path, former: Path) -> None:
    """Give `part` the group and the extended attributes of a file, as its ACL, where that can be.

    What cannot be given, such as another user's file, does not keep a text from being saved.
    """
    with contextlib.suppress(OSError, AttributeError):  # systems without groups
        os.chown(part, -1, former.stat().st_gid)
    with contextlib.suppress(OSError, AttributeError):  # systems or file systems without them
        for name in os.listxattr(former):
            with contextlib.suppress(OSError):
                os.setxattr(part, name, os.getxattr(former, name))


def _new_part(target: Path) -> tuple[Path, int]:
    """A temporary file beside `target`, and its handle."""
    part = target.with_name(f".lampblack-{os.urandom(8).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return part, os.open(part, flags, 0o666)


def _fill(handle: int, data: bytes, target: Path) -> None:
    with os.fdopen(handle, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            written = file.write(rest)
            if not written:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
            rest = rest[written:]
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system can sync a folder."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):  # some network file systems refuse; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_DEVICES = frozenset(
    ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)))
)


def is_device_name(name: str) -> bool:
    """Whether Windows takes a file's name, with any suffix, for that of a device."""
    return name.split(".")[0].strip().casefold() in _DEVICES


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


def lock_open_file(handle: int) -> None:
    """Lock an open file for this process until it is closed; moves the position on Windows.

    Raises BlockingIOError where another handle has locked it. Some network file systems know no
    locks: there it does nothing.
    """
    try:
        _lock(handle)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            raise BlockingIOError(error.errno, error.strerror) from error


def is_locked(path: Path) -> bool:
    """Whether the lock file at `path` is held; one that was left over is removed."""
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


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        os.lseek(handle, 1 << 62, os.SEEK_SET)  # a byte that no content ever reaches
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def why(error: OSError) -> str:
    """The reason of an OSError as the end of a sentence."""
    return (error.strerror or str(error) or type(error).__name__).rstrip(".").lower()


Stamp = tuple[int, int, int, int]
"""Of a file: its device, its number there, its size, and when it was written (nanoseconds)."""


def stamps(files: Iterable[Path]) -> tuple[Stamp, ...]:
    """What tells whether any of the files was written or replaced; nothing if one is missing."""
    try:
        found = [path.stat() for path in files]
    except (OSError, ValueError):
        return ()
    return tuple((one.st_dev, one.st_ino, one.st_size, one.st_mtime_ns) for one in found)


def other_names(path: Path) -> int:
    """How many hard links a file has beside this name; 0 where that cannot be found out.

    `write_atomically` gives this name a file of its own and leaves the former one to them: writing
    into the one that they share could be broken off halfway, and would change a backup by links.
    """
    try:
        return max(0, path.stat().st_nlink - 1)
    except (OSError, ValueError):
        return 0


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


def rename_broken(path: Path) -> Path:
    """Rename a broken file to a free name beside it (`.broken`, `.broken-2`, …); returns that."""
    number = 1
    while True:
        ending = ".broken" if number == 1 else f".broken-{number}"
        free = path.with_name(path.name + ending)
        if not os.path.lexists(free):
            path.rename(free)
            return free
        number += 1


def _require_regular(mode: int, path: Path) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, "it is a folder", str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is not an ordinary file", str(path))
