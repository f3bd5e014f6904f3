"""Packs: engine hosts that are installed beside the program, such as the one with PyTorch.

A pack is a folder with an executable and `pack.json`, which says what it is and lists every file.
Nothing of it runs in this program: it is started as a child, as the program's own host is.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from app.core.errors import EngineMissingError, PackError
from app.core.system.files import Stamp, read_regular, stamps, why
from app.core.system.json_store import NewerFormatError, decode_numbered
from app.engine.messages import PROTOCOL_VERSION

PACK_FILE = "pack.json"
FORMAT = 1
MOST_FILES = 50_000
MOST_LIST = 16 * 1024 * 1024
"""The longest `pack.json` in bytes."""

NAMES = {"torch": "PyTorch engine"}
"""The kinds of packs, which are engines' names, and what they are called."""

_MOST_PARTS = 30
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
_Line = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f]{1,200}\Z")]
_Path = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f\x7f\\:]{1,400}\Z")]
_Bytes = Annotated[int, msgspec.Meta(ge=0, le=1 << 36)]
_Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]


class PackedFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of a pack: its path below the pack's folder, and what it must be."""

    path: _Path
    size: _Bytes
    sha256: _Digest
    executable: bool = False


class PackInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `pack.json` says.

    `protocol` is the version of the messages that its host speaks; `system` and `machine` are those
    of `this_system`, and `glibc` is the oldest C library that it runs with, empty for none.
    `program` is the host's path; `versions` are those of the libraries in it, by name.
    """

    format: int
    kind: Literal["torch"]
    version: _Line
    protocol: int
    system: _Line
    machine: _Line
    glibc: Annotated[str, msgspec.Meta(pattern=r"^(\d{1,3}\.\d{1,4})?\Z")] = ""
    program: _Path
    versions: Annotated[dict[_Line, _Line], msgspec.Meta(max_length=50)] = {}
    files: Annotated[tuple[PackedFile, ...], msgspec.Meta(min_length=1, max_length=MOST_FILES)]

    @property
    def size_bytes(self) -> int:
        """What its files take on the disk."""
        return sum(file.size for file in self.files)

    @property
    def name(self) -> str:
        """What it is called."""
        return NAMES[self.kind]


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """A pack that is installed in `folder`; `problem` is the sentence why it cannot be used."""

    kind: str
    folder: Path
    info: PackInfo | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return NAMES[self.kind]

    @property
    def licences(self) -> Path:
        """The folder of the licences of what is in it, with a list as a bundle's."""
        return self.folder / "_internal" / "licences"

    @property
    def command(self) -> tuple[str, ...]:
        """What starts its host; raises EngineMissingError where it cannot be used."""
        if self.problem or self.info is None:
            raise EngineMissingError(self.problem)
        return (str(self.folder / self.info.program), "engine-host")


def this_system() -> tuple[str, str]:
    """The system and the processor's kind, as packs name them."""
    machine = platform.machine().lower()
    return sys.platform, _MACHINES.get(machine, machine)


def decode_pack(data: bytes) -> PackInfo:
    """The content of a `pack.json`; raises PackError for anything that could lead elsewhere."""
    try:
        info = decode_numbered(data, "format", FORMAT, PackInfo)
    except NewerFormatError:
        raise PackError(
            "The pack was made for a newer version of Lampblack.", "Install that version first."
        ) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise _no_pack("its list cannot be read") from None
    names = [file.path for file in info.files]
    folded = {name.casefold() for name in names}
    if len(folded) < len(names) or not all(map(_is_plain, names)) or PACK_FILE in folded:
        raise _no_pack("it names a file that may not be written")
    if any(parent in folded for name in folded for parent in _parents(name)):
        raise _no_pack("it names a file as a folder")
    if not any(file.path == info.program and file.executable for file in info.files):
        raise _no_pack("it has no program")
    return info


def _no_pack(why_not: str) -> PackError:
    return PackError(f"This is no pack of Lampblack: {why_not}.", "Get it again from its maker.")


def _is_plain(path: str) -> bool:
    """Whether a path is relative and stays below its folder."""
    parts = path.split("/")
    return path.isprintable() and len(parts) <= _MOST_PARTS and not {"", ".", ".."} & {*parts}


def _parents(path: str) -> list[str]:
    return [path[: found.start()] for found in re.finditer("/", path)]


def require_usable(info: PackInfo) -> None:
    """Raise PackError with the sentence why this program cannot use the pack."""
    version = info.version
    if (info.system, info.machine) != this_system():
        raise PackError(
            f"The PyTorch engine {version} is made for {info.system} on {info.machine}.",
            "Get the one for this computer.",
        )
    if info.protocol != PROTOCOL_VERSION:
        is_older = info.protocol < PROTOCOL_VERSION
        raise PackError(
            f"The PyTorch engine {version} belongs to an older version of Lampblack."
            if is_older
            else f"The PyTorch engine {version} belongs to a newer version of Lampblack.",
            "Install the pack of this version." if is_older else "Install that version first.",
        )
    if info.glibc and (here := _glibc()) and _numbers(here) < _numbers(info.glibc):
        raise PackError(
            f"The PyTorch engine {version} needs the C library glibc {info.glibc}, and this system "
            f"has {here}.",
            "Use a newer system, or GGUF models, which do not need the pack.",
        )


def _glibc() -> str:
    """The version of this system's C library; empty where it is another one."""
    try:
        name, _space, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
    except (AttributeError, ValueError, OSError):
        return ""
    return version if name == "glibc" and re.fullmatch(r"\d+\.\d+", version) else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def _has_module(engine: str) -> bool:
    """Whether this program has the engine's library itself, without importing it."""
    return importlib.util.find_spec(engine) is not None


class Packs:
    """The packs in one folder, each in a folder of its kind's name.

    `has_own` says whether the program has an engine's library itself, which then goes before.
    """

    def __init__(self, folder: Path, has_own: Callable[[str], bool] = _has_module) -> None:
        self.folder = folder
        self._has_own = has_own
        self._read: dict[str, tuple[tuple[Stamp, ...], PackInfo]] = {}

    def all(self) -> tuple[Pack, ...]:
        """What is installed; a pack that cannot be used says why."""
        found = (self.find(kind) for kind in NAMES)
        return tuple(pack for pack in found if pack is not None)

    def licences(self) -> dict[str, Path]:
        """The folders of licences of what is installed, by the packs' names."""
        return {pack.name: pack.licences for pack in self.all()}

    def find(self, kind: str) -> Pack | None:
        """The pack of that kind, if one is installed."""
        folder = self.folder / kind
        if not os.path.lexists(folder):
            return None
        info = None
        try:
            info = self._info(kind)
            require_usable(info)
        except PackError as error:
            return Pack(kind=kind, folder=folder, info=info, problem=str(error))
        except OSError as error:
            reason = f"The PyTorch engine cannot be read: {why(error)}. Install it again."
            return Pack(kind=kind, folder=folder, problem=reason)
        if not os.access(folder / info.program, os.X_OK):
            reason = "The PyTorch engine is damaged: its program is missing. Install it again."
            return Pack(kind=kind, folder=folder, info=info, problem=reason)
        return Pack(kind=kind, folder=folder, info=info)

    def _info(self, kind: str) -> PackInfo:
        """What the pack's list says, which is read again only once it was replaced."""
        path = self.folder / kind / PACK_FILE
        stamp = stamps([path])
        known = self._read.get(kind)
        if known is None or known[0] != stamp:
            info = decode_pack(read_regular(path, MOST_LIST))
            known = self._read[kind] = (stamp, info)
        return known[1]

    def is_needed(self, kind: str) -> bool:
        """Whether models of that engine run only with the pack."""
        return not self._has_own(kind)

    def command(self, engine: str) -> tuple[str, ...]:
        """What starts the pack's host for an engine; empty where the program's own host has it.

        Raises EngineMissingError where the pack is needed, and missing or of no use.
        """
        if engine not in NAMES or not self.is_needed(engine):
            return ()
        pack = self.find(engine)
        if pack is None:
            raise EngineMissingError(
                "This model needs the PyTorch engine, which is not installed.",
                "It is a pack of its own: install it in Settings, under Engines. "
                "GGUF models do not need it.",
            )
        return pack.command
