"""The word `bundle --prove` on Windows and macOS: each archive's self-test, on the system itself.

There are no fresh systems to try it in, as there are on Linux: a workflow's machine is one.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bundle import systems, windows
from bundle.contents import NAME
from machine import SetupError

from prove import results, sandbox
from prove.plan import Artefact, Condition, Tree, Try

_HDIUTIL = "/usr/bin/hdiutil"
_PLACE = "A writer's place 写作的地方"
_PATTERNS = {"win32": ("zip", f"{NAME}-*.zip"), "darwin": ("dmg", f"{NAME}-*.dmg")}


def prove(dist: Path, system: str = sys.platform) -> int:
    """Run the self-test out of this system's archive in `dist`; 1 when it failed."""
    kind, pattern = _PATTERNS[system]
    found = sorted(dist.glob(pattern))
    if len(found) != 1:
        raise SetupError(
            f"{dist} has {len(found)} of {pattern}, not one: run `dev.py bundle {kind}` first."
        )
    with opened(kind, found[0]) as program:
        tried = Try(
            Artefact(kind, found[0], program.name, str(program.parent)),
            Tree(system, f"{systems.TITLES[system]} {platform.release()}"),
            Condition("as it is"),
        )
        ended = sandbox.run(f"{kind}, self-test", [str(program), "selftest", "--json"])
    row = results.row(tried, ended, found[0].stat().st_size / 1e6)
    print("\n".join(results.table([row])))
    return 1 if row.problems else 0


@contextmanager
def opened(kind: str, archive: Path) -> Iterator[Path]:
    """The program in an archive that was unpacked or mounted, for as long as it is needed."""
    with tempfile.TemporaryDirectory(prefix="lampblack-prove-") as scratch:
        folder = Path(scratch) / _PLACE
        if kind == "zip":
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(folder)
            yield next(folder.glob(f"*/{windows.CONSOLE}.exe"))
            return
        folder.mkdir()
        _image("attach", "-nobrowse", "-readonly", "-mountpoint", str(folder), str(archive))
        try:
            yield folder / systems.APP / "Contents" / "MacOS" / NAME
        finally:
            _image("detach", str(folder))


def _image(*words: str) -> None:
    done = subprocess.run([_HDIUTIL, *words], capture_output=True, text=True)
    if done.returncode:
        raise SetupError(f"hdiutil {words[0]} failed: {done.stderr.strip()[-500:]}")
