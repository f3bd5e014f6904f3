"""What marks a run as going on, in whichever process that is."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.system.files import lock_open_file


class RunHold:
    """Marks a run as going on for as long as this lives, even where the process is killed."""

    _handle = -1

    def __init__(self, path: Path) -> None:
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            lock_open_file(self._handle)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """The run is over."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def __del__(self) -> None:
        self.close()
