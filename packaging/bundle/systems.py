"""What differs between the systems: what is packed where, and how a frozen program lies on disk."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable
from pathlib import Path

from machine import SetupError

from bundle.contents import NAME

TITLES = {"linux": "Linux", "win32": "Windows", "darwin": "macOS"}
FORMATS = {
    "tar": "linux",
    "deb": "linux",
    "appdir": "linux",
    "appimage": "linux",
    "zip": "win32",
    "nsis": "win32",
    "dmg": "darwin",
}
"""Every format, and the system on which it is made: PyInstaller freezes for its own alone."""

APP = "Lampblack.app"
_RESOURCES = Path("Contents", "Resources")
_FRAMEWORKS = Path("Contents", "Frameworks")
_MACHINES = {"amd64": "x86_64", "aarch64": "arm64"}


def require_here(formats: Iterable[str], system: str = sys.platform) -> None:
    """Raise the sentence about formats that this system cannot make."""
    for name in formats:
        if FORMATS[name] != system:
            there, here = TITLES[FORMATS[name]], TITLES.get(system, system)
            raise SetupError(f"{name} is made on {there}, and this is {here}: run it there.")


def architecture(machine: str = "") -> str:
    """The processor's kind as it stands in archives' names: `x86_64` or `arm64`."""
    found = (machine or platform.machine()).lower()
    return _MACHINES.get(found, found)


def tree(dist: Path, system: str = sys.platform, name: str = NAME) -> Path:
    """What is frozen below `dist`: a folder, but on macOS the program is an application bundle."""
    return dist / (APP if (system, name) == ("darwin", NAME) else name)


def inner(tree: Path) -> Path:
    """Where the frozen program looks for what it was frozen with."""
    return tree / _FRAMEWORKS if tree.suffix == ".app" else tree / "_internal"


def data_folder(tree: Path, name: str) -> Path:
    """A new folder of data in a finished tree.

    In an application bundle data lie among the resources, and links lead there: what is no code
    must not lie where code is signed.
    """
    folder = inner(tree) / name
    if tree.suffix != ".app":
        folder.mkdir(parents=True, exist_ok=True)
        return folder
    target = tree / _RESOURCES / name
    target.mkdir(parents=True, exist_ok=True)
    if not folder.is_symlink():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.symlink_to(Path("..") / _RESOURCES.name / name)
    return target


def python_folders(library: Path, system: str = sys.platform) -> tuple[Path, ...]:
    """The folders of Python itself; `library` is that of its standard library.

    On macOS its shared library lies beside `lib`, and a framework's holds what it was built with.
    """
    return (library.parents[1] if system == "darwin" else library.parent,)
