"""The word `publish`: every job's archives checked once more, and a release drafted with them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from machine import SetupError, tool

from bundle import archives

WANTED = (
    "-linux-x86_64.tar.xz",
    "_amd64.deb",
    "-linux-x86_64.AppImage",
    "-windows-x86_64.zip",
    "-windows-x86_64-setup.exe",
    "-macos-arm64.dmg",
    "-macos-x86_64.dmg",
)
"""How the names of a release's archives end: none may be missing."""

PACK = f"{archives.PACK}-{{version}}-linux-x86_64.tar.xz"
"""The PyTorch engine's archive: it may not be missing either."""

_NOTES = """\
One file, no network, a small model included.

The .tar.xz and the .deb for Linux were tried in fresh systems, the AppImage was not. Out of the
.zip for Windows and the .dmg files for macOS the workflow that built them has run the self-test;
the installer was tried with a small program in its place. None of us has run those for Windows and
macOS.
The PyTorch engine is a pack of its own, lampblack-torch-….tar.xz, with its checksum in the file
beside it: it is fetched or installed in Settings, under Engines.
SHA256SUMS has the checksum of each; the .cdx.json files list what is in it.
"""


def publish(root: Path, tag: str) -> int:
    """Draft the release `tag` of the archives below dist/release, a folder for each job."""
    version = version_of(root)
    if tag != f"v{version}":
        raise SetupError(f"The tag is {tag}, and the program is {version}: name it v{version}.")
    folder = root / "dist" / "release"
    found = checked(folder)
    require_all(found, version)
    archives.write_sums(folder, found)
    words = ["--draft", "--verify-tag", "--title", f"Lampblack {version}", "--notes", _NOTES]
    packs = [path for path in found if path.name == PACK.format(version=version)]
    sums = [*map(archives.write_sum_beside, packs), folder / "SHA256SUMS"]
    files = [str(path) for path in (*found, *sums)]
    done = subprocess.run([tool("gh", "gh"), "release", "create", tag, *words, *files])
    if done.returncode:
        raise SetupError("The release was not drafted; see above.")
    return 0


def version_of(root: Path) -> str:
    """The program's version, as it stands in its source."""
    found = re.search(r'__version__ = "(.+)"', (root / "app" / "__init__.py").read_text("utf-8"))
    assert found
    return found[1]


def checked(folder: Path) -> list[Path]:
    """Every file that a job's SHA256SUMS names, by its name; raises where one is another."""
    found: dict[str, Path] = {}
    for listed in sorted(folder.glob("*/SHA256SUMS")):
        for line in listed.read_text("utf-8").splitlines():
            digest, _space, name = line.partition("  ")
            path = listed.parent / name
            if Path(name).name != name or not path.is_file():
                raise SetupError(f"{listed} names {name}, which is not there.")
            if archives.digest(path) != digest:
                raise SetupError(f"{path} is not what its job has made: its SHA-256 differs.")
            if name in found:
                raise SetupError(f"{path} and {found[name]} have the same name.")
            found[name] = path
    return [found[name] for name in sorted(found)]


def require_all(found: Iterable[Path], version: str) -> None:
    """Raise where an archive of a release is missing, or is of another version."""
    names, pack = [path.name for path in found], PACK.format(version=version)
    own = [name for name in names if not name.startswith(f"{archives.PACK}-")]
    missing = [end for end in WANTED if not any(name.endswith(end) for name in own)]
    if missing := [*missing, *({pack} - {*names})]:
        raise SetupError(f"The release lacks its archives {', '.join(missing)}: build them first.")
    named = re.compile(rf"lampblack(-torch)?[-_]{re.escape(version)}[-_]")
    others = [name for name in names if not named.match(name)]
    if others:
        raise SetupError(f"{', '.join(others)}: not of version {version}.")
