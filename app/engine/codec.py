"""Frames: a four-byte big-endian length, then that many bytes of MessagePack.

The limit keeps a stray print from being taken for a length: any four printable characters stand
for a number far above it, so garbage is noticed at the first frame.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

from app.core.errors import ProtocolError

MAX_FRAME = 16 * 1024 * 1024
"""The longest frame in bytes; a prompt of a whole novel is far below it."""

_LENGTH = struct.Struct(">I")


def frame(payload: bytes) -> bytes:
    """`payload` with its length before it; raises ProtocolError when it is too long."""
    if len(payload) > MAX_FRAME:
        raise ProtocolError(
            f"A message of {len(payload):,} bytes is too long to be sent to the engine."
        )
    return _LENGTH.pack(len(payload)) + payload


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next payload, or None at a clean end; raises ProtocolError on garbage or a torn frame."""
    head = _read_exactly(stream, _LENGTH.size)
    if not head:
        return None
    if len(head) < _LENGTH.size:
        raise ProtocolError("The stream ended within a message's length.")
    length = _length(head)
    payload = _read_exactly(stream, length)
    if len(payload) < length:
        raise ProtocolError("The stream ended within a message.")
    return payload


class Frames:
    """Payloads out of bytes that come in pieces of any size."""

    def __init__(self) -> None:
        self._rest = bytearray()

    @property
    def is_torn(self) -> bool:
        """Whether the bytes so far end within a frame."""
        return bool(self._rest)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Each payload that is whole now; raises ProtocolError at garbage, after those before it.

        It must be read to its end before more is fed.
        """
        self._rest += data
        while len(head := bytes(self._rest[: _LENGTH.size])) == _LENGTH.size:
            end = _LENGTH.size + _length(head)
            if end > len(self._rest):
                break
            payload = bytes(self._rest[_LENGTH.size : end])
            del self._rest[:end]
            yield payload


def _length(head: bytes) -> int:
    (length,) = _LENGTH.unpack(head)
    if length > MAX_FRAME:
        raise ProtocolError(
            f"The stream holds something that is not a message (it begins with {head!r})."
        )
    return int(length)


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = stream.read(count)
        if not part:
            break
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
