"""The form of a saved prompt's file: a checked header, then the engine's memory of the prompt."""

from __future__ import annotations

import os
import stat
import struct
import zlib
from contextlib import suppress
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
import numpy.typing as npt

from app.core.system.json_store import NewerFormatError
from app.host.generation.vocabulary import Ids

if TYPE_CHECKING:
    from app.core.system.databases import DataKey

State = npt.NDArray[np.uint8]

MOST_STATE = 512 << 20
"""What the memory of a prompt may take: copying more would hold the next request up."""

_MAGIC = b"LBPROMP1"
_START = struct.Struct("<8sI16s")  # magic with the format's number, header's length and digest
_MOST_HEADER = 8 << 20
_CHUNK = 1 << 20
_PART = ".part"


class StateOrigin(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a saved prompt was made with: digests of the model, and of all that changes its memory.

    `build` names the engine's library; another one of the same model makes the file useless.
    """

    model: str
    build: str
    settings: str


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a file says of itself: `ids` are the tokens, four bytes each; `size` is the memory's."""

    made: StateOrigin
    ids: bytes
    size: int
    checksum: int

    @property
    def tokens(self) -> Ids:
        """The prompt."""
        return np.frombuffer(self.ids, "<i4").astype(np.int32)


def describe(made: StateOrigin, tokens: Ids, state: State) -> Header:
    """The header that belongs to a prompt and the engine's memory of it."""
    checksum = 0
    for start in range(0, len(state), _CHUNK):
        checksum = zlib.crc32(state[start : start + _CHUNK].data, checksum)
    ids = tokens.astype("<i4").tobytes()
    return Header(made=made, ids=ids, size=len(state), checksum=checksum)


def write_state(path: Path, header: Header, state: State, key: DataKey | None = None) -> None:
    """Write a file, encrypted with `key`, that appears whole or not at all; raises OSError."""
    part = path.with_suffix(_PART)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    encoded = msgspec.msgpack.encode(header)
    try:
        with os.fdopen(os.open(part, flags, 0o600), "wb") as file:
            if key is None:
                file.write(_START.pack(_MAGIC, len(encoded), _digest(encoded)))
                file.write(encoded)
                for start in range(0, len(state), _CHUNK):
                    file.write(state[start : start + _CHUNK].data)
        if key is not None:
            from app.host.prompt_cache.sealed_state import write_sealed  # SQLite, mostly not needed

            write_sealed(part, key, encoded, state)
        part.replace(path)
    except BaseException:  # whatever came, no part of a file stays behind
        with suppress(OSError):
            part.unlink()
        raise


def read_header(path: Path, key: DataKey | None = None) -> Header:
    """The checked header of a file; raises OSError, or ValueError for anything that is not one.

    With a `key` only a file that was encrypted with it is one.
    """
    with _open_own(path) as file:
        if key is None:
            return _header(file)
    from app.host.prompt_cache.sealed_state import read_sealed_header

    return _sized(_decoded(read_sealed_header(path, key)))


def read_state(path: Path, expected: Header, key: DataKey | None = None) -> State:
    """The checked memory in a file that still has this header; raises OSError or ValueError."""
    if key is not None:
        return _sealed_state(path, expected, key)
    with _open_own(path) as file:
        if _header(file) != expected:
            raise ValueError("it is another one now")
        state, checksum = np.empty(expected.size, np.uint8), 0
        for start in range(0, expected.size, _CHUNK):
            chunk = state[start : start + _CHUNK]
            if file.readinto(chunk.data) != len(chunk):
                raise ValueError("it is cut short")
            checksum = zlib.crc32(chunk.data, checksum)
    if checksum != expected.checksum:
        raise ValueError("it is damaged")
    return state


def _sealed_state(path: Path, expected: Header, key: DataKey) -> State:
    from app.host.prompt_cache.sealed_state import read_sealed_state

    if read_header(path, key) != expected:
        raise ValueError("it is another one now")
    state = read_sealed_state(path, key, expected.size)
    if zlib.crc32(state.data) != expected.checksum:
        raise ValueError("it is damaged")
    return state


def is_ours(found: os.stat_result) -> bool:
    """Whether a file or folder belongs to the user that this process runs as."""
    return os.name != "posix" or found.st_uid == os.getuid()


def _open_own(path: Path) -> BufferedReader:
    """Open an ordinary file of ours; raises OSError or ValueError for everything else."""
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
        flags |= getattr(os, name, 0)
    file = os.fdopen(os.open(path, flags), "rb")
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and is_ours(found):
        return file
    file.close()
    raise ValueError("it is not a file of ours")


def _header(file: BufferedReader) -> Header:
    begin = file.read(_START.size)
    if len(begin) < _START.size:
        raise ValueError("it is cut short")
    magic, length, digest = _START.unpack(begin)
    if magic[:-1] == _MAGIC[:-1] and magic > _MAGIC:
        raise NewerFormatError
    if magic != _MAGIC or length > _MOST_HEADER:
        raise ValueError("it has another form")
    encoded = file.read(length)
    if _digest(encoded) != digest:
        raise ValueError("its header is damaged")
    header = _sized(_decoded(encoded))
    if os.fstat(file.fileno()).st_size != _START.size + length + header.size:
        raise ValueError("it is cut short")
    return header


def _decoded(encoded: bytes) -> Header:
    try:
        return msgspec.msgpack.decode(encoded, type=Header)
    except msgspec.MsgspecError as error:
        raise ValueError(f"its header is none ({error})") from error


def _sized(header: Header) -> Header:
    if not 0 < header.size <= MOST_STATE or len(header.ids) % 4:
        raise ValueError("its sizes cannot be")
    return header


def _digest(data: bytes) -> bytes:
    return blake2b(data, digest_size=16).digest()
