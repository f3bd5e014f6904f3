"""What marks a run as going on, in whichever process that is."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

from app.core.system.files import lock_open_file


class RunHold:
    """Marks a run as going on for as long as this lives, even where the process is killed.

    Raises BlockingIOError where another one marks it, or OSError; without `makes` also where
    there is no such file.
    """

    _handle = -1

    def __init__(self, path: Path, *, makes: bool = True) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | (os.O_CREAT if makes else 0), 0o666)
        try:
            lock_open_file(self._handle)
            if self._is_gone():
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), str(path))
        except BaseException:
            self.close()
            raise

    def _is_gone(self) -> bool:
        """Whether the file was removed between its opening and its lock, which is no mark then."""
        opened = os.fstat(self._handle)
        try:
            return not opened.st_nlink and not os.path.samestat(opened, self._path.stat())
        except FileNotFoundError:
            return True

    def remove(self) -> None:
        """The run is over, and so is its file: before others can have it, where the system may."""
        with suppress(OSError):
            self._path.unlink()
        self.close()
        if sys.platform == "win32":  # no open file is removed there, theirs neither
            with suppress(OSError):
                self._path.unlink()

    def close(self) -> None:
        """It goes on no more; the file stays."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        self.close()
