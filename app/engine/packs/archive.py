"""Installing a pack out of its archive, and removing it: whole or not at all.

An archive is a `.tar.xz` with one folder, whose first member is `pack.json`. Every further member
must be a file that is listed there, with its size and its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

import psutil

from app.core.errors import CancelledError, PackError
from app.core.system.files import lock_open_file, open_regular, read_regular, why
from app.core.units import size_text
from app.engine.packs.installed import (
    MOST_FILES,
    MOST_LIST,
    NAMES,
    PACK_FILE,
    PackedFile,
    PackInfo,
    decode_pack,
    require_usable,
)

Progress = Callable[[int, int], object]
"""Is told the bytes that are done, and their total."""

Cancelled = Callable[[], bool]

_MOST_SUM = 4096  # bytes of a checksum's file
_BLOCK = 1024 * 1024
_MEMORY = 256 * 1024 * 1024  # what unpacking may take, in bytes
_RESERVE = 256 * 1024 * 1024  # bytes that an installation leaves free
_HEADERS = 64 * 1024  # bytes around a member's content: headers, padding, the blocks read ahead
_WORK = (".lampblack-", ".part")  # how the name of a pack that is not whole begins and ends
_OLD = (".lampblack-", ".old")
_SUM = re.compile(r"^([0-9a-fA-F]{64})(\s|$)")


def install(
    archive: Path,
    packs: Path,
    progress: Progress = lambda _done, _total: None,
    cancelled: Cancelled = lambda: False,
    *,
    sha256: str = "",
) -> PackInfo:
    """Install the pack in `archive` below the folder `packs`, in place of one of the same kind.

    That one stays until the new one is whole and verified; whatever goes wrong leaves it as it was.
    The archive must have the checksum `sha256`, or that of the file beside it with `.sha256` added
    to its name, if there is one. Raises PackError, or CancelledError.
    """
    try:
        sha256 = (sha256 or _beside(archive)).lower()
        with open_regular(archive) as file, _locked(packs):
            for kind in NAMES:  # before minutes are spent
                _require_idle(packs / kind)
            if sha256:
                _require_sum(file, sha256, archive.name, progress, cancelled)
            stream = _Unpacked(file)
            with tarfile.open(fileobj=stream, mode="r|") as archived:
                members = _Members(stream, archived)
                return _install(members, packs, progress, cancelled)
    # Of strange headers tarfile raises ValueError.
    except (lzma.LZMAError, tarfile.TarError, EOFError, ValueError) as error:
        raise PackError(
            f"{archive.name} is no archive of a pack, or it is damaged.", "Get it again."
        ) from error
    except OSError as error:
        raise PackError(
            f"{archive.name} could not be installed: {why(error)}.",
            "Check the file, and the permissions and free space of the data folder.",
        ) from error


def remove(kind: str, packs: Path) -> None:
    """Remove an installed pack; raises PackError where it is in use, or its folder stays."""
    folder = packs / kind
    try:
        with _locked(packs):
            if not os.path.lexists(folder):
                raise PackError("The PyTorch engine is not installed.")
            _require_idle(folder)
            gone = _named(packs, _WORK)
            folder.rename(gone)
            shutil.rmtree(gone, ignore_errors=True)  # what stays is swept with the next change
    except OSError as error:
        raise PackError(
            f"The PyTorch engine could not be removed: {why(error)}.",
            "Check the permissions of the data folder.",
        ) from error


def _beside(archive: Path) -> str:
    """The checksum in the file beside an archive; empty without one."""
    path = archive.with_name(f"{archive.name}.sha256")
    return read_sum(path) if os.path.lexists(path) else ""


def read_sum(path: Path) -> str:
    """The checksum in a file as `sha256sum` writes it; raises PackError where there is none."""
    try:
        found = _SUM.match(read_regular(path, _MOST_SUM).decode("ascii", "replace"))
    except OSError:
        found = None
    if found is None:
        raise PackError(
            f"{path.name} holds no SHA-256.",
            "Get both files again, or say which SHA-256 the pack must have.",
        )
    return found[1].lower()


def _require_sum(
    file: IO[bytes], sha256: str, name: str, progress: Progress, cancelled: Cancelled
) -> None:
    total = os.fstat(file.fileno()).st_size
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        _check(cancelled)
        found.update(block)
        progress(file.tell(), total)
    if found.hexdigest() != sha256:
        raise PackError(f"{name} has another checksum than it should.", "Get it again.")
    file.seek(0)


def _check(cancelled: Cancelled) -> None:
    if cancelled():
        raise CancelledError("The installation was stopped.")


def _install(members: _Members, packs: Path, progress: Progress, cancelled: Cancelled) -> PackInfo:
    top, listed = members.first()
    info = decode_pack(listed)
    require_usable(info)
    target = packs / info.kind
    _require_room(info, packs)
    work = _named(packs, _WORK)
    work.mkdir()
    try:
        _unpack(members, top, info, work, progress, cancelled)
        (work / PACK_FILE).write_bytes(listed)
        if hasattr(os, "sync"):
            os.sync()  # a file each would take minutes on some disks
        _check(cancelled)
        _require_idle(target)
        _replace(work, target, packs)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return info


def _replace(work: Path, target: Path, packs: Path) -> None:
    old = _named(packs, _OLD)
    has_old = os.path.lexists(target)
    if has_old:
        target.rename(old)
    try:
        work.rename(target)
    except OSError:
        if has_old:
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _unpack(
    members: _Members,
    top: str,
    info: PackInfo,
    work: Path,
    progress: Progress,
    cancelled: Cancelled,
) -> None:
    """Write every listed file, once and as it is listed; raises PackError for anything else."""
    missing = {f"{top}/{file.path}": file for file in info.files}
    done, total = 0, info.size_bytes
    progress(done, total)
    for member in members:
        file = missing.pop(member.name, None)
        if member.isdir() and file is None:
            continue  # folders are made for their files
        if file is None or not member.isreg() or member.size != file.size:
            raise _damaged(f"{member.name} is not as it is listed")
        target = work / file.path  # which stays below the folder: the list was checked
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("xb") as written:
            for block in members.content(member):
                _check(cancelled)
                written.write(block)
                digest.update(block)
                done += len(block)
                progress(done, total)
        if digest.hexdigest() != file.sha256:
            raise _damaged(f"{file.path} has another checksum than it should")
        target.chmod(_mode(file))
    if missing:
        raise _damaged(f"{len(missing)} of its files are missing")


def _mode(file: PackedFile) -> int:
    return 0o755 if file.executable else 0o644


def _damaged(what: str) -> PackError:
    return PackError(f"The pack is damaged: {what}.", "Get it again.")


class _Members:
    """The members of an archive in their order, read once from the beginning to the end."""

    def __init__(self, stream: _Unpacked, archive: tarfile.TarFile) -> None:
        self._stream = stream
        self._archive = archive
        self._count = 0

    def first(self) -> tuple[str, bytes]:
        """The name of the archive's folder, and the content of its `pack.json`."""
        for member in self:
            top, _slash, name = member.name.partition("/")
            if member.isdir() and not name:
                continue
            if name != PACK_FILE or not member.isreg() or member.size > MOST_LIST:
                break
            return top, b"".join(self.content(member))
        raise PackError("This is no archive of a pack.", "Choose its .tar.xz file.")

    def __iter__(self) -> Iterator[tarfile.TarInfo]:
        self._stream.allow(_HEADERS)
        while (member := self._archive.next()) is not None:
            self._count += 1
            if self._count > 2 * MOST_FILES:
                raise _damaged("it has too many members")
            cast(Any, self._archive).members = []  # which it would keep all of
            if member.size < 0 or member.issparse():
                raise _damaged(f"{member.name} is no plain file")
            yield member
            self._stream.allow(_HEADERS)

    def content(self, member: tarfile.TarInfo) -> Iterator[bytes]:
        """The content of the present member in blocks."""
        self._stream.allow(member.size + _HEADERS)
        file = self._archive.extractfile(member)
        if file is None:
            raise _damaged(f"{member.name} is no file")
        left = member.size
        while left:
            block = file.read(min(left, _BLOCK))
            if not block:
                raise EOFError
            left -= len(block)
            yield block


class _Unpacked(io.RawIOBase):
    """The bytes in an xz file, as many as are allowed: a header cannot ask for gigabytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._xz = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY)
        self._allowed = _HEADERS

    def allow(self, count: int) -> None:
        """Let this many bytes more be read before the next call."""
        self._allowed = count

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most `size`; EOFError where the file ends too soon."""
        wanted = _BLOCK if size < 0 else size
        data = b""
        while wanted and not data and not self._xz.eof:
            block = self._file.read(_BLOCK) if self._xz.needs_input else b""
            if self._xz.needs_input and not block:
                raise EOFError
            data = self._xz.decompress(block, wanted)
        self._allowed -= len(data)
        if self._allowed < 0:
            raise _damaged("a header in it is far too long")
        return data


def _require_room(info: PackInfo, packs: Path) -> None:
    needed, free = info.size_bytes + _RESERVE, shutil.disk_usage(packs).free
    if free < needed:
        raise PackError(
            f"The PyTorch engine needs {size_text(needed)} with a reserve, and the disk of {packs} "
            f"has {size_text(free)} left.",
            "Make room and try again.",
        )


def _require_idle(folder: Path) -> None:
    """Raise PackError while a process runs a program of the pack: its files would be missed."""
    inside = os.path.realpath(folder) + os.sep
    for process in psutil.process_iter(["exe"]):
        if (process.info["exe"] or "").startswith(inside):
            raise PackError(
                "The PyTorch engine is in use.",
                "Unload its model, also in other windows, and try again.",
            )


def _named(packs: Path, shape: tuple[str, str]) -> Path:
    return packs / f"{shape[0]}{os.urandom(8).hex()}{shape[1]}"


@contextmanager
def _locked(packs: Path) -> Iterator[None]:
    """Be the only one that changes the packs; what a killed process left is cleaned up first."""
    packs.mkdir(parents=True, exist_ok=True)
    with (packs / ".lock").open("ab") as lock:
        try:
            lock_open_file(lock.fileno())
        except BlockingIOError as error:
            raise PackError(
                "Another window or command installs or removes a pack just now.", "Wait for it."
            ) from error
        _sweep(packs)
        yield


def _sweep(packs: Path) -> None:
    """Remove parts; the former pack comes back where the new one did not get its place."""
    for path in packs.glob(f"{_OLD[0]}*{_OLD[1]}"):
        try:
            kind = decode_pack(read_regular(path / PACK_FILE, MOST_LIST)).kind
        except (PackError, OSError):
            kind = None
        if kind is not None and not os.path.lexists(packs / kind):
            path.rename(packs / kind)
        else:
            shutil.rmtree(path, ignore_errors=True)
    for path in packs.glob(f"{_WORK[0]}*{_WORK[1]}"):
        shutil.rmtree(path, ignore_errors=True)
