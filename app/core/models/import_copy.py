"""Copying a model into the program's own folder, whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from pathlib import Path

from app.core.errors import HousekeepingError
from app.core.models.checksums import Cancelled, Progress, blocks, files_of
from app.core.models.model_file import ModelFile, inspect
from app.core.models.scan import Budget, sorted_entries
from app.core.system.files import why
from app.core.units import size_text

_WORK = (".lampblack-", ".part")  # how the name of a copy that is not whole begins and ends
_STALE_S = 3600.0
_RESERVE = 64 * 1024 * 1024  # bytes that a copy leaves free


def copy_in(
    model: ModelFile,
    folder: Path,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> ModelFile:
    """Copy the model into `folder`, and look at the copy; nothing that is there is replaced.

    It gets its name only once it is whole and was read back equal to the original; whatever goes
    wrong before leaves nothing behind. Raises HousekeepingError or CancelledError.
    """
    source = Path(model.path)
    files = files_of(model)
    names = [source.name] if model.kind == "transformers" else [file.name for file in files]
    _require_new(folder, names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        _require_room(model, files, folder)
        work = folder / f"{_WORK[0]}{os.urandom(8).hex()}{_WORK[1]}"
        work.mkdir()
        try:
            _fill(work, files, _Counter(files, progress), cancelled)
            _place(model, work, folder, names)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise HousekeepingError(
            f"{model.name} could not be copied to {folder}: {why(error)}.",
            "Check the folder's permissions and free space.",
        ) from error
    return inspect(folder / names[0])


class _Counter:
    """Counts bytes for the progress; each is written and then read back."""

    def __init__(self, files: list[Path], progress: Progress | None) -> None:
        self._total = 2 * sum(file.stat().st_size for file in files)
        self._done = 0
        self._progress = progress

    def add(self, count: int) -> None:
        """Count bytes."""
        self._done += count
        if self._progress is not None:
            self._progress(min(self._done, self._total), self._total)


def _sweep(folder: Path) -> None:
    """Remove what a killed copy left behind: folders not written to for an hour."""
    for entry in sorted_entries(folder, Budget()):
        path = Path(entry.path)
        if entry.name.startswith(_WORK[0]) and entry.name.endswith(_WORK[1]) and _is_stale(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_stale(folder: Path) -> bool:
    try:
        written = [folder.stat().st_mtime, *(one.stat().st_mtime for one in folder.iterdir())]
    except OSError:  # it is no folder, or it is just going away
        return False
    return max(written) < time.time() - _STALE_S


def _require_new(folder: Path, names: list[str]) -> None:
    for name in names:
        if os.path.lexists(folder / name):
            raise HousekeepingError(
                f"There is already something named {name} in {folder}.",
                "Rename one of the two, or use the model where it lies.",
            )


def _require_room(model: ModelFile, files: list[Path], folder: Path) -> None:
    needed = sum(file.stat().st_size for file in files) + _RESERVE
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise HousekeepingError(
            f"There is no room for {model.name}: a copy needs {size_text(needed)} with a reserve, "
            f"and {size_text(free)} are free.",
            "Make room, or use the model where it lies.",
        )


def _fill(work: Path, files: list[Path], counter: _Counter, cancelled: Cancelled | None) -> None:
    for file in files:
        target = work / file.name
        written = hashlib.sha256()
        with target.open("xb") as copy:
            for block in blocks(file, cancelled):
                copy.write(block)
                written.update(block)
                counter.add(len(block))
            copy.flush()
            os.fsync(copy.fileno())
        _require_equal(target, written.digest(), counter, cancelled)


def _require_equal(
    target: Path, written: bytes, counter: _Counter, cancelled: Cancelled | None
) -> None:
    found = hashlib.sha256()
    for block in blocks(target, cancelled):
        found.update(block)
        counter.add(len(block))
    if found.digest() != written:
        raise HousekeepingError(
            f"The copy of {target.name} is not what was written to the disk.",
            "Check the disk.",
        )


def _place(model: ModelFile, work: Path, folder: Path, names: list[str]) -> None:
    """Give the copy its name; of parts, the first comes last and brings the model on the list."""
    _require_new(folder, names)
    if model.kind == "transformers":
        work.rename(folder / names[0])
        return
    placed: list[Path] = []
    try:
        for name in reversed(names):
            (work / name).rename(folder / name)
            placed.append(folder / name)
    except OSError:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
