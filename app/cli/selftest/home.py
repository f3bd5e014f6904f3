"""A temporary home for the self-test: nothing of the writer's is read or written in it."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.core.errors import LampblackError
from app.core.system.files import why
from app.core.system.paths import Paths
from app.core.system.processes import child_environment

_HOMES = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")
_NO_FAULT = "Qt: This plugin does not support propagateSizeHints()"  # of a dialog that is not shown
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_PLATFORM = "QT_QPA_PLATFORM"
BEGINNING = "The old lighthouse keeper opened the door and"
"""What stands in the manuscript that the window opens."""


class SelftestHome:
    """The folder, made with it and removed by `remove`; raises LampblackError where it cannot be.

    Its manuscript has a name with spaces and Chinese characters.
    """

    def __init__(self) -> None:
        try:
            self.folder = Path(tempfile.mkdtemp(prefix="lampblack-selftest-")).resolve()
        except OSError as error:
            raise LampblackError(
                f"No temporary folder could be made: {why(error)}.",
                "Set TMPDIR to a folder that can be written to.",
            ) from error
        self.manuscript = self.folder / "A manuscript 手稿.md"
        self.log = self.folder / "window.log"
        self.paths = Paths.here({"LAMPBLACK_HOME": str(self.folder / "home")})

    def fill(self) -> None:
        """Write the manuscript and the settings; raises LampblackError."""
        try:
            self.paths.settings_file.parent.mkdir(parents=True)
            # Each step asks for what it needs; at the start nothing is loaded.
            self.paths.settings_file.write_text("load_at_start = false\n", "utf-8")
            (self.folder / "tmp").mkdir()
            self.manuscript.write_bytes(BEGINNING.encode())
        except OSError as error:
            raise LampblackError(
                f"Nothing can be written in {self.folder}: {why(error)}.",
                "Make room there, or set TMPDIR to another folder.",
            ) from error

    def environment(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the window sees: this home in place of the user's, and their display if any."""
        source = os.environ if environ is None else environ
        own = child_environment(source)
        del own["PYTHONUTF8"]  # which the window has not when its user starts it
        if "XAUTHORITY" not in own and "HOME" in source:
            own["XAUTHORITY"] = str(Path(source["HOME"]) / ".Xauthority")
        folder = str(self.folder / "home")
        own |= {"LAMPBLACK_HOME": folder, "HOME": folder} | dict.fromkeys(_HOMES, folder)
        own |= dict.fromkeys(_TEMPORARY, str(self.folder / "tmp"))
        if is_unseen(source):
            own[_PLATFORM] = "offscreen"
        return own

    def notes(self) -> tuple[str, ...]:
        """What the window wrote to its standard error, each line once."""
        try:
            text = self.log.read_text("utf-8", errors="replace")
        except OSError:
            return ()
        lines = (line for line in text.splitlines() if line.strip() and line != _NO_FAULT)
        return tuple(dict.fromkeys(lines))

    def remove(self) -> bool:
        """Remove the folder; whether it is gone."""
        shutil.rmtree(self.folder, ignore_errors=True)
        return not self.folder.exists()


def is_unseen(environ: Mapping[str, str]) -> bool:
    """Whether there is no display: the window is then drawn in memory."""
    has_display = sys.platform in ("win32", "darwin") or any(map(environ.get, _DISPLAYS))
    return not has_display and not environ.get(_PLATFORM)
