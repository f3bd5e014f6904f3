"""The models on the disk: the bytes they take, adding them, and removing them.

What another program keeps is used and never touched: it is only taken off the list.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import msgspec

from app.core.errors import HousekeepingError
from app.core.models.checksums import files_of
from app.core.models.metadata import MetadataStore
from app.core.models.model_file import ModelFile, inspect
from app.core.models.other_programs import program_of
from app.core.models.scan import is_model_folder, models_below
from app.core.models.starter import shipped_models
from app.core.options.rows import is_encodable
from app.core.options.settings_store import SettingsStore
from app.core.system.files import is_folder, to_trash, why

_BLOCK = 512  # bytes; the unit of st_blocks on every system that has it
_LONGEST_NAME = 255
_TRASH_NOTE = len(".trashinfo")
_NOTE_BYTES = 64 * 1024  # on the disk: a note, and the folders of the trash


class DiskUse(msgspec.Struct, frozen=True):
    """Bytes on the disk, in all and by a model's path; a file with two names counts once in all."""

    total: int
    models: dict[str, int]


class Removal(msgspec.Struct, frozen=True):
    """What removing a model would do, for the question before it.

    Without `paths` the model is only taken off the list; `frees` are bytes.
    """

    paths: tuple[str, ...]
    frees: int
    sentence: str


def disk_use(models: Iterable[ModelFile]) -> DiskUse:
    """What the models take on the disk; files that cannot be looked at take nothing."""
    each: dict[str, int] = {}
    files: dict[tuple[int, int], int] = {}
    for model in models:
        statuses = [status for file in files_of(model) if (status := _status(file)) is not None]
        own = {(status.st_dev, status.st_ino): _bytes(status) for status in statuses}
        each[model.path] = sum(own.values())
        files |= own
    return DiskUse(sum(files.values()), each)


def plan_removal(model: ModelFile, *, loaded: str = "") -> Removal:
    """What `remove` would do; raises HousekeepingError where it must not do anything."""
    if loaded and _same(Path(model.path), Path(loaded)):
        raise HousekeepingError(f"{model.name} is loaded.", "Unload it first.")
    program = model.program or program_of(Path(model.path), Path.home(), os.environ)
    shipped = shipped_models()
    if shipped is not None and Path(model.path).is_relative_to(shipped):
        program = "this installation of Lampblack"
    if program:
        return Removal(
            (), 0, f"{model.name} belongs to {program}; it is only taken off the list here."
        )
    path = Path(model.path)
    if not os.path.lexists(path):
        return Removal((), 0, f"{model.name} is not there any more; it is taken off the list.")
    if path.is_symlink():
        return Removal(
            (str(path),), 0, f"{model.name} is a link, which goes to the trash; its file stays."
        )
    files = files_of(model)
    _require_ordinary(model, files)
    frees = sum(_bytes(status) for file in files if (status := _status(file)) is not None)
    return Removal(
        tuple(str(file) for file in _as_a_whole(model, files)),
        frees,
        f"{model.name} goes to the trash; its place is free when the trash is emptied.",
    )


def remove(
    model: ModelFile, *, loaded: str = "", trash: Callable[[str], None] | None = None
) -> int:
    """Move the model's files, and no others, to the system's trash; returns the bytes they take.

    Nothing is moved for what is only taken off the list. The first part of a split model goes
    last, so that the model stays on the list until all of it is gone. Raises HousekeepingError.
    """
    plan = plan_removal(model, loaded=loaded)
    for path in plan.paths:
        _require_movable(Path(path))
    for number, path in enumerate(reversed(plan.paths)):
        try:
            (trash or to_trash)(path)
        except OSError as error:
            moved = f" {number} of its {len(plan.paths)} files are there already." if number else ""
            raise HousekeepingError(
                f"{Path(path).name} could not be moved to the trash: {why(error)}.{moved}",
                "Remove it in the file manager.",
            ) from error
    return plan.frees


def take_off(model: ModelFile, settings: SettingsStore, metadata: MetadataStore) -> None:
    """Take the model off the list; its files stay. Raises SettingsError."""
    if os.path.lexists(model.path):  # a watched folder or a program would bring it back
        metadata.change(model, hidden=True)
    settings.drop("added_models", model.path)


def add_in_place(path: Path, settings: SettingsStore, metadata: MetadataStore) -> ModelFile | Path:
    """Put what lies at `path` on the list, where it lies: its model, or a folder of models.

    A model that was taken off the list is on it again; a folder that only holds models is watched
    from now on, and returned. Raises SettingsError, or what is wrong with the model.
    """
    path = path.absolute()
    if not is_encodable(str(path)):
        raise HousekeepingError(
            f"{str(path)!a} cannot be remembered: its name is not valid text.", "Rename it first."
        )
    if is_folder(path) and not is_model_folder(path) and models_below(path):
        settings.put("watched_folders", str(path))
        return path
    model = inspect(path)
    if metadata.record(model).hidden:
        metadata.change(model, hidden=False)
    settings.put("added_models", model.path)
    return model


def reveal(
    path: Path, *, platform: str = sys.platform, which: Callable[[str], str | None] = shutil.which
) -> tuple[str, ...]:
    """The command that shows `path` in the system's file manager; its exit code means nothing."""
    path = path.absolute()  # a name such as -x would be taken for a flag
    if platform == "win32":
        return ("explorer", "/select,", str(path))
    if platform == "darwin":
        return ("open", "-R", str(path))
    if which("dbus-send"):
        return (
            "dbus-send",
            "--session",
            "--dest=org.freedesktop.FileManager1",
            "--type=method_call",
            "/org/freedesktop/FileManager1",
            "org.freedesktop.FileManager1.ShowItems",
            f"array:string:{path.as_uri()}",
            "string:",
        )
    return ("xdg-open", str(path if path.is_dir() else path.parent))


def _as_a_whole(model: ModelFile, files: Sequence[Path]) -> Sequence[Path]:
    """A folder that holds nothing but the model goes as a folder, anything else file by file."""
    folder = Path(model.path)
    if model.kind == "gguf" or model.problem:
        return files
    try:
        inside = {entry.name for entry in os.scandir(folder)}
    except OSError:
        return files
    return [folder] if inside == {file.name for file in files} else files


def _require_ordinary(model: ModelFile, files: Sequence[Path]) -> None:
    for file in files:
        status = _status(file)
        if status is None or not stat.S_ISREG(status.st_mode):
            raise HousekeepingError(
                f"{file} is no ordinary file, so it is left alone.",
                "Remove it in the file manager.",
            )
    if not files or (is_folder(Path(model.path)) and not is_model_folder(Path(model.path))):
        raise HousekeepingError(
            f"{model.path} is no model's folder, so it is left alone.",
            "Take it off the list, or remove it in the file manager.",
        )


def _require_movable(path: Path) -> None:
    """Refuse before anything is moved, and before the trash writes a note about what stays."""
    if not os.access(path.parent, os.W_OK) or not (path.is_symlink() or os.access(path, os.W_OK)):
        raise HousekeepingError(
            f"{path} cannot be moved to the trash: its folder or file is read-only.",
            "Change its permissions, or take it only off the list.",
        )
    if sys.platform == "linux" and _free(path.parent) < _NOTE_BYTES:
        raise HousekeepingError(
            f"{path.name} cannot be moved to the trash: the disk is full, and the trash writes a "
            "note about everything in it.",
            "Delete it for good in the file manager, or make room first.",
        )
    if sys.platform == "linux" and len(os.fsencode(path.name)) + _TRASH_NOTE > _LONGEST_NAME:
        raise HousekeepingError(
            f"{path.name} cannot be moved to the trash: its name is too long for it.",
            "Give it a shorter name first.",
        )


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:  # some network file systems do not say
        return _NOTE_BYTES


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):
        return one == other


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (OSError, ValueError):
        return None


def _bytes(status: os.stat_result) -> int:
    """What a file really takes: one full of holes takes less than its size."""
    blocks: int | None = getattr(status, "st_blocks", None)
    return status.st_size if blocks is None else min(status.st_size, blocks * _BLOCK)
