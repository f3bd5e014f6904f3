"""Which files a model consists of, and reading them through for their checksums."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from app.core.errors import CancelledError, DamagedModelError, HousekeepingError
from app.core.formats.split_files import present_parts
from app.core.models.model_file import ModelFile, inspect
from app.core.system.files import is_file, is_folder, open_regular, why

Progress = Callable[[int, int], None]
"""Called with the bytes that are done and those in all."""

Cancelled = Callable[[], bool]
"""Asked again and again whether to stop."""

Sums = Callable[[list[Path], Progress | None, Cancelled | None], dict[str, str]]
"""Finds the sha256 of files by their names, as `checksums` does."""

_BLOCK = 1024 * 1024
_SUFFIXES = (".safetensors", ".json", ".jinja", ".model", ".tiktoken", ".py")
_NAMES = frozenset(("merges.txt", "vocab.txt"))
_ABOUT = frozenset(
    (".gitattributes", "LICENSE", "LICENSE.md", "LICENSE.txt", "NOTICE", "README.md")
)  # what a repository says about a model; no part of what it computes


def files_of(model: ModelFile) -> list[Path]:
    """The files that belong to the model, and to nothing else: all parts, or those of its folder.

    A name that looks like a part counts only where the file is there.
    """
    path = Path(model.path)
    if model.kind == "transformers" and is_folder(path):
        return sorted(_files_in(path))
    return present_parts(path)


def weights_of(model: ModelFile) -> list[Path]:
    """The files of the model by which it computes; an edited README changes no model."""
    return [file for file in files_of(model) if file.name not in _ABOUT]


def verify(
    model: ModelFile,
    expected: str = "",
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    *,
    files: Mapping[str, str] | None = None,
    sums: Sums | None = None,
) -> str:
    """The checksum of the whole model, read through; compared with what is known of it.

    Of a single file it is its sha256; of several, that of their sha256 sums, joined in the order
    of their names. `expected` is compared with it, and `files` with each file by its name; `sums`
    reads them in another way than `checksums`. Raises DamagedModelError, HousekeepingError,
    CancelledError, or what is wrong with the header.
    """
    inspect(Path(model.path))
    found = (sums or checksums)(weights_of(model), progress, cancelled)
    for name, known in (files or {}).items():
        if known and name in found and found[name] != known:
            raise _damaged(name, found[name], known)
    whole = whole_checksum(found)
    if expected and whole != expected:
        raise _damaged(model.name, whole, expected)
    return whole


def checksums(
    files: list[Path], progress: Progress | None = None, cancelled: Cancelled | None = None
) -> dict[str, str]:
    """The sha256 of every file by its name."""
    try:
        total = sum(file.stat().st_size for file in files)
    except OSError as error:
        raise _unread(Path(error.filename or files[0]), error) from error
    done, found = 0, {}
    for file in files:
        digest = hashlib.sha256()
        for block in blocks(file, cancelled):
            digest.update(block)
            done += len(block)
            if progress is not None:
                progress(done, max(done, total))
        found[file.name] = digest.hexdigest()
    return found


def whole_checksum(found: Mapping[str, str]) -> str:
    """One checksum for all files of a model; what the files are called does not count."""
    if len(found) == 1:
        return next(iter(found.values()))
    return hashlib.sha256("".join(found[name] for name in sorted(found)).encode()).hexdigest()


def blocks(file: Path, cancelled: Cancelled | None = None) -> Iterator[bytes]:
    """The file's content, block by block; raises HousekeepingError or CancelledError."""
    try:
        with open_regular(file) as opened:
            while block := opened.read(_BLOCK):
                if cancelled is not None and cancelled():
                    raise CancelledError("The work was stopped.")
                yield block
    except OSError as error:
        raise _unread(file, error) from error


def _files_in(folder: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError), os.scandir(folder) as found:
        for entry in found:
            known = entry.name.endswith(_SUFFIXES) or entry.name in (_NAMES | _ABOUT)
            if known and is_file(Path(entry.path)):
                yield Path(entry.path)


def _unread(file: Path, error: OSError) -> HousekeepingError:
    return HousekeepingError(f"{file} cannot be read: {why(error)}.")


def _damaged(name: str, found: str, known: str) -> DamagedModelError:
    return DamagedModelError(
        f"{name} is damaged or was changed: its sha256 is {found[:16]}…, not {known[:16]}….",
        "Download it again.",
    )
