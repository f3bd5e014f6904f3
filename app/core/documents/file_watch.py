"""Watching files for what other programs do to them: what a file holds, and where it went.

A thread of its own looks at them, because a network folder that is gone can keep any look at it
waiting for minutes. It only ever keeps that thread waiting.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from app.core.documents.text_files import LARGEST, FileStamp, checksum
from app.core.system.files import is_folder, read_regular

EVERY_S = 0.75
"""How often the file is looked at."""

SOON_S = 0.25
"""How soon it is looked at again when it was changed or missed, to see whether that is all."""

STUCK_S = 2.0
"""How long a look takes that is not answered, as on a network folder that is gone."""

_LEAVE_S = 0.2  # for a thread that is not kept waiting
_MOST_LOOKED_AT = 2000
_MOST_ABOVE = 3

Signature = tuple[int, int, int, int, int]
"""Of a file: its device, its number there, its size, when it and its entry were changed."""


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """What was found at `path`; `data` and `stamp` of a file that is there.

    A file that is gone may have been moved to `place`.
    """

    path: Path
    kind: Literal["there", "gone", "moved"]
    data: bytes = b""
    stamp: FileStamp | None = None
    place: Path | None = None
    is_folder_gone: bool = False


class WatchedFile:
    """One file, looked at whenever `look` is called; `sha256` is its content that is known."""

    def __init__(self, path: Path, sha256: str) -> None:
        self.path = path
        self._told = sha256
        self._known: Signature | None = None
        self._pending: Signature | None = None
        self._misses = 0
        self._is_gone = False
        self.is_pending = False
        """Whether it should be looked at again soon."""

    @property
    def device(self) -> int | None:
        """The device that the file was on when it was last seen."""
        return self._known[0] if self._known is not None else None

    def look(self) -> FileState | None:
        """What has happened since it was last looked at, each once; None for nothing.

        What cannot be found out now, as a refusal of the system, is nothing.
        """
        self.is_pending = False
        try:
            found = _signature(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return self._missed()
        except (OSError, ValueError):
            return None
        self._misses = 0
        if found == self._known and not self._is_gone:
            return None
        if found != self._pending and self._known is not None:
            self._pending, self.is_pending = found, True  # perhaps it is still being written
            return None
        return self._read(found)

    def _read(self, found: Signature) -> FileState | None:
        try:
            data = read_regular(self.path, LARGEST)
            is_same = _signature(self.path) == found
        except (OSError, ValueError):
            return None
        if not is_same:
            self.is_pending = True
            return None
        self._known, self._pending = found, None
        digest = checksum(data)
        if digest == self._told and not self._is_gone:
            return None
        self._told, self._is_gone = digest, False
        stamp = FileStamp(len(data), found[3], digest)
        return FileState(path=self.path, kind="there", data=data, stamp=stamp)

    def _missed(self) -> FileState | None:
        """A file may be missing for a moment while another program replaces it."""
        self._misses += 1
        if self._misses == 1:
            self.is_pending = True
            return None
        if self._is_gone:
            return None
        self._is_gone = True
        place = find_again(self.path, self._known[:2], self._told) if self._known else None
        gone = not place and not is_folder(self.path.parent)
        kind: Literal["moved", "gone"] = "moved" if place else "gone"
        return FileState(path=self.path, kind=kind, place=place, is_folder_gone=gone)


class _Watch:
    """Calls `_look` again and again on a thread until `close`; it returns the seconds to wait."""

    def __init__(self, name: str) -> None:
        self._ended = threading.Event()
        self._looks_since = 0.0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def is_stuck(self) -> bool:
        """Whether the system keeps the watch waiting: whoever looks there now waits, too."""
        since = self._looks_since
        return bool(since) and time.monotonic() - since > STUCK_S

    def close(self) -> None:
        """Tell nothing from now on; a thread that the system keeps waiting is left behind."""
        self._ended.set()
        self._thread.join(_LEAVE_S)

    def _look(self) -> float:
        raise NotImplementedError

    def _run(self) -> None:
        while not self._ended.is_set():
            self._looks_since = time.monotonic()
            wait_s = self._look()
            self._ended.wait(wait_s)

    def _answered(self) -> None:
        """What was looked at has answered; what is done with it now may take its time."""
        self._looks_since = 0.0


class FileWatch(_Watch):
    """Looks at a file until `close`, and calls `tell` on the watch's thread with what it finds."""

    def __init__(self, path: Path, sha256: str, tell: Callable[[FileState], object]) -> None:
        self._watched = WatchedFile(path, sha256)
        self._tell = tell
        super().__init__("lampblack-file-watch")

    @property
    def path(self) -> Path:
        """The file that is watched."""
        return self._watched.path

    @property
    def device(self) -> int | None:
        """The device that it was on when it was last seen; from any thread."""
        return self._watched.device

    def _look(self) -> float:
        state = self._watched.look()
        self._answered()
        if state is not None and not self._ended.is_set():
            self._tell(state)
        return SOON_S if self._watched.is_pending else EVERY_S


class PlacesWatch(_Watch):
    """Looks at files and folders until `close`; calls `tell` on its thread when any is another.

    It waits until nothing changes from one look to the next. What is there at first is told of,
    too, because it may have changed since it was read.
    """

    def __init__(self, places: Iterable[Path], tell: Callable[[], object]) -> None:
        self.places = frozenset(places)
        """What is watched."""
        self._tell = tell
        self._known: dict[Path, Signature | None] | None = None
        self._pending: dict[Path, Signature | None] | None = None
        super().__init__("lampblack-places-watch")

    def _look(self) -> float:
        found = {place: _present_signature(place) for place in self.places}
        self._answered()
        if found == self._known:
            self._pending = None
            return EVERY_S
        if found != self._pending and self._known is not None:
            self._pending = found
            return SOON_S
        self._known, self._pending = found, None
        if not self._ended.is_set():
            self._tell()
        return EVERY_S


_LOCKS = {
    ".~lock.{0}#": "LibreOffice",
    ".{0}.swp": "Vim",
    ".{0}.swo": "Vim",
    ".#{0}": "Emacs",
    ".{0}.kate-swp": "Kate",
    "~${0}": "Word",
}
"""What other programs put beside a file that they have open."""


def other_program(path: Path) -> str:
    """The name of a program that seems to have the file open, by its lock file; empty for none."""
    for pattern, name in _LOCKS.items():
        if os.path.lexists(path.with_name(pattern.format(path.name))):
            return name
    return ""


def find_again(path: Path, number: tuple[int, int], sha256: str) -> Path | None:
    """Where a file went that was at `path`: renamed in its folder, or with a folder above it.

    `number` is its device and number there. A number may be given again to another file, so that
    its content must be the same, too.
    """
    return next((place for place in _places(path) if _is_it(place, number, sha256)), None)


def _places(path: Path) -> Iterator[Path]:
    """Where to look: beside it, or at the same place below what is beside a folder of its own."""
    if is_folder(path.parent):
        yield from _entries(path.parent)
        return
    for above in list(path.parents)[1 : 1 + _MOST_ABOVE]:
        if is_folder(above):
            rest = path.relative_to(above).parts[1:]
            yield from (entry.joinpath(*rest) for entry in _entries(above))
            return


def _entries(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as found:
            return [Path(entry.path) for entry in islice(found, _MOST_LOOKED_AT)]
    except OSError:
        return []


def _is_it(place: Path, number: tuple[int, int], sha256: str) -> bool:
    try:
        return (
            _signature(place)[:2] == number
            and not place.is_symlink()
            and checksum(read_regular(place, LARGEST)) == sha256
        )
    except (OSError, ValueError):
        return False


def _present_signature(path: Path) -> Signature | None:
    """The signature of what is there; None where nothing is, or the system refuses."""
    try:
        return _signature(path)
    except (OSError, ValueError):
        return None


def _signature(path: Path) -> Signature:
    found = path.stat()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
