"""Programs for Windows: under wine in a system of their own, on Windows as they are."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from machine import SetupError, tool

LIMIT_S = 180.0
_PAUSE_S = 0.1
IS_WINDOWS = sys.platform == "win32"


@dataclass(frozen=True)
class WindowsSystem:
    """A Windows to try an installer in; under wine it lies whole in `folder`."""

    folder: Path

    @property
    def drive(self) -> Path:
        """Its C: under wine."""
        return self.folder / "system" / "drive_c"

    def make(self) -> None:
        """Make the system, as one of Windows 10; raises SetupError where wine does not start."""
        if IS_WINDOWS:
            return
        (self.folder / "home").mkdir(parents=True)
        # Named to wine itself: `winecfg /v` is one more program, which older ones do not have.
        version = ["reg", "add", r"HKCU\Software\Wine", "/v", "Version", "/d", "win10", "/f"]
        if self.run(*version):
            raise SetupError("wine has made no Windows here: try `wine cmd /c ver`.")

    def environment(self) -> Mapping[str, str]:
        """Of wine's, nothing is shown or written outside of the folder."""
        if IS_WINDOWS:
            return os.environ
        kept = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}  # else no name in Chinese
        # No menus of the host's desktop, no offer to download what wine lacks.
        quiet = "winemenubuilder.exe,mscoree,mshtml=d"
        own = {"WINEPREFIX": str(self.folder / "system"), "HOME": str(self.folder / "home")}
        return kept | own | {"WINEDEBUG": "-all", "WINEDLLOVERRIDES": quiet, "DISPLAY": ""}

    def command(self, *words: str) -> list[str]:
        """The command line that runs a program of this system's."""
        return list(words) if IS_WINDOWS else [tool("wine", "wine wine64"), *words]

    def run(self, *words: str) -> int:
        """Run a program and all that it leaves running; its exit code."""
        try:
            done = subprocess.run(
                self.command(*words), env=self.environment(), timeout=LIMIT_S,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise SetupError(f"{words[0]} has not ended within {LIMIT_S:.0f} seconds.") from None
        return done.returncode

    def start(self, program: Path, *words: str) -> subprocess.Popen[bytes]:
        """Start a program that goes on running."""
        return subprocess.Popen(
            self.command(str(program), *words), env=self.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def said(self, *words: str) -> str:
        """What a program writes."""
        done = subprocess.run(
            self.command(*words), env=self.environment(), timeout=LIMIT_S,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return done.stdout.decode("utf-8", "replace").replace("\r", "")

    def settle(self, gone: Path) -> None:
        """Wait until `gone` is removed: an uninstaller goes on after its process has ended."""
        until = time.monotonic() + LIMIT_S
        while gone.exists() and time.monotonic() < until:
            time.sleep(_PAUSE_S)
        if not IS_WINDOWS:
            subprocess.run(
                [tool("wineserver", "wine"), "-w"], env=self.environment(), timeout=LIMIT_S
            )

    def end(self) -> None:
        """End what is left of wine."""
        if not IS_WINDOWS:
            subprocess.run(
                [tool("wineserver", "wine"), "-k"], env=self.environment(), capture_output=True
            )

    def path(self, windows: str) -> Path:
        """Where a file of C: lies for us."""
        found = PureWindowsPath(windows)
        return Path(windows) if IS_WINDOWS else self.drive.joinpath(*found.parts[1:])

    def variable(self, name: str) -> str:
        """A variable of its environment, such as LOCALAPPDATA."""
        return self.said("cmd", "/c", f"echo %{name}%").strip()

    def registry(self) -> list[str]:
        """Everything that the user's programs have written into the registry, a value a line."""
        key, lines = "", []
        for line in self.said("reg", "query", r"HKCU\Software", "/s").splitlines():
            if line.startswith("HKEY_"):
                key = line.strip()
                lines.append(key)
            elif line.strip():
                lines.append(f"{key} {' '.join(line.split())}")
        return sorted(lines)
