"""Training gives way to writing: who writes holds a lock file in the engine's cache.

The system frees the lock however its holder ends, and a file that is left over is removed.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from pathlib import Path

from app.core.system.files import is_locked, lock_open_file

_FOLDER = "writing"


class WritingMark:
    """Says that a text is being written, while any job has begun and not ended.

    All of it may be called anywhere. Without a `cache`, or where no file can be made, nothing is
    said.
    """

    def __init__(self, cache: Path | None) -> None:
        self._folder = None if cache is None else cache / _FOLDER
        self._lock = threading.Lock()
        self._jobs: set[int] = set()
        self._path = Path()
        self._handle = -1

    def begin(self, job: int) -> None:
        """A job writes."""
        with self._lock:
            self._jobs.add(job)
            if self._handle < 0 and self._folder is not None:
                with suppress(OSError):
                    self._hold(self._folder)

    def end(self, job: int) -> None:
        """It does not any more; other jobs are left alone."""
        with self._lock:
            self._jobs.discard(job)
            if not self._jobs and self._handle >= 0:
                os.close(self._handle)
                self._handle = -1
                with suppress(OSError):
                    self._path.unlink()

    def _hold(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{os.urandom(8).hex()}.lock"
        self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        lock_open_file(self._handle)


def is_written(cache: Path) -> bool:
    """Whether a program writes a text just now with an engine of this cache."""
    return any(map(is_locked, (cache / _FOLDER).glob("*.lock")))
