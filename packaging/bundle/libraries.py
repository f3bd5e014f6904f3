"""The shared libraries of a frozen tree: what they need, what none needs, and symbols to strip."""

from __future__ import annotations

import fnmatch
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from machine import SetupError, tool

from bundle.contents import is_system

_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")
_NAME = re.compile(r"\(SONAME\).*\[(.+)\]")
_GLIBC = re.compile(r"Name: GLIBC_(\d+)\.(\d+)")
_ELF = b"\x7fELF"
_LOADED = (
    "libpython3*", "llama_cpp/lib/*", "torch/lib/*", "torch/bin/*", "*/plugins/*", "*.cpython-*",
    "*.abi3.so",
)  # fmt: skip
"""Files that are loaded by name at run time, beside the program itself."""


@dataclass(frozen=True)
class Linked:
    """What one ELF file says of itself; `glibc` is the oldest C library that has its symbols."""

    name: str
    needs: tuple[str, ...]
    glibc: tuple[int, int]


def read(said: str, file: str) -> Linked:
    """The facts in what `readelf -d -V` said of `file`, whose name stands for a missing soname."""
    name = _NAME.search(said)
    versions = [(int(major), int(minor)) for major, minor in _GLIBC.findall(said)]
    needs = tuple(_NEEDED.findall(said))
    return Linked(name[1] if name else file, needs, max(versions, default=(0, 0)))


def elf_files(tree: Path) -> Iterator[Path]:
    """Every ELF file below `tree` that is no link."""
    for path in sorted(tree.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == _ELF:
                    yield path


def linked(tree: Path) -> dict[str, Linked]:
    """What each ELF file of the tree says of itself, by its path in the tree."""
    return {
        str(path.relative_to(tree)): read(_readelf(path), path.name) for path in elf_files(tree)
    }


def _readelf(path: Path) -> str:
    command = [tool("readelf", "binutils"), "-W", "-d", "-V", str(path)]
    return subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C"}).stdout


def unreached(files: Mapping[str, Linked], roots: Iterable[str]) -> list[str]:
    """The libraries that neither a root nor anything loaded by name leads to."""
    at: dict[str, list[str]] = {}
    for path, one in files.items():
        for name in {one.name, Path(path).name}:
            at.setdefault(name, []).append(path)
    waiting = [*roots, *(path for path in files if _is_loaded(path))]
    reached: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in files and path not in reached:
            reached.add(path)
            waiting += [found for name in files[path].needs for found in at.get(name, ())]
    return sorted(set(files) - reached)


def _is_loaded(path: str) -> bool:
    inner = path.partition("/")[2] or path
    return any(fnmatch.fnmatch(inner, pattern) for pattern in _LOADED)


def outside(files: Mapping[str, Linked]) -> dict[str, str]:
    """What the tree needs and does not hold: the library's name, and a file that needs it."""
    here = {one.name for one in files.values()} | {Path(path).name for path in files}
    return {name: path for path, one in files.items() for name in one.needs if name not in here}


def missing(files: Mapping[str, Linked]) -> dict[str, str]:
    """What is neither in the tree nor of every system: the library's name, and who needs it."""
    return {name: path for name, path in outside(files).items() if not is_system(name)}


def prune(tree: Path, roots: Iterable[str]) -> list[str]:
    """Delete the libraries that nothing needs any more, and links that then lead nowhere."""
    gone = unreached(linked(tree), roots)
    for name in gone:
        (tree / name).unlink()
    for path in tree.rglob("*"):
        if path.is_symlink() and not path.exists():
            path.unlink()
    return gone


def require_whole(files: Mapping[str, Linked]) -> None:
    """Raise the sentence that says which library no user's machine is sure to have."""
    if lacking := missing(files):
        words = ", ".join(f"{name} (for {path})" for name, path in sorted(lacking.items()))
        raise SetupError(f"The bundle would not start everywhere, for it lacks {words}.")


def oldest_glibc(files: Mapping[str, Linked]) -> str:
    """The oldest C library that the whole tree runs with, as `2.34`; empty without ELF files."""
    return ".".join(map(str, max((one.glibc for one in files.values()), default=())))


def strip(tree: Path) -> None:
    """Take the symbols for debuggers out of every library.

    Those that auditwheel has moved about (`*.libs`) are left alone: stripped, they do not load.
    """
    command = [tool("strip", "binutils"), "--strip-unneeded"]
    for path in elf_files(tree):
        if not path.parent.name.endswith(".libs"):
            subprocess.run([*command, str(path)], capture_output=True)
