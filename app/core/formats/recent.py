"""What was read of the last few models, so that several who ask for a header read it once.

A file of its own because GGUF files and model folders both use it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Generic, TypeVar

from app.core.system.files import Stamp, stamps

_Header = TypeVar("_Header")
_MOST = 8  # a header with the names of all tensors takes up to a megabyte


class Recent(Generic[_Header]):
    """Reads with `read`, unless the `files` of a model are still those of the last time.

    May be used from any thread; what `read` raises is not remembered.
    """

    def __init__(
        self, read: Callable[[Path], _Header], files: Callable[[Path], Iterable[Path]]
    ) -> None:
        self._read, self._files = read, files
        self._lock = threading.Lock()
        self._known: dict[Path, tuple[tuple[Stamp, ...], _Header]] = {}

    def get(self, path: Path) -> _Header:
        """What stands in the model at `path`; raises what reading it raises."""
        path = path.absolute()
        stamp = stamps(self._files(path))  # before it is read: what changes then is read again
        with self._lock:
            known = self._known.pop(path, None)
            if known is not None and known[0] == stamp and stamp:
                self._known[path] = known
                return known[1]
        header = self._read(path)
        with self._lock:
            self._known[path] = (stamp, header)
            while len(self._known) > _MOST:
                del self._known[next(iter(self._known))]
        return header
