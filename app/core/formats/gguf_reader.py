"""Reading forward through a file's header, where no number is believed before it is checked."""

from __future__ import annotations

import os
import struct
from typing import Any, BinaryIO

from app.core.errors import NotAModelError, TruncatedModelError

_BLOCK = 64 * 1024  # larger ones are no faster, and each thread's allocator would keep them
_MOST_HEADER = 128 * 1024 * 1024  # bytes; the largest vocabularies take 20 MB
_MOST_STRINGS = 2_000_000  # in arrays, all together; the largest vocabularies need half
_MOST_KEPT = 6 * 1024 * 1024  # bytes of keys, names and texts; decoded, each may take four
_LENGTH = struct.Struct("<Q")

ABSURD = 1 << 50
"""More bytes or elements than any file holds: a number above it is damage, not truncation."""


class BoundedReader:
    """Reads forward through a file in blocks; every step is checked against the file's size."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self.name = name
        self.size = os.fstat(file.fileno()).st_size
        self._file = file
        self._buffer = b""
        self._start = 0  # of the buffer, in the file
        self._at = 0  # in the buffer; beyond its end after a skip
        self._kept = 0
        self._strings = 0

    @property
    def position(self) -> int:
        """The offset in the file."""
        return self._start + self._at

    def damaged(self, how: str) -> NotAModelError:
        """The error for a header that contradicts itself."""
        return NotAModelError(f"{self.name} is damaged: {how}.", "Download it again.")

    def require(self, end: int) -> None:
        """Raise unless the file reaches to `end`."""
        if end > ABSURD:
            raise self.damaged("it claims more bytes than any disk holds")
        if end > self.size:
            raise TruncatedModelError(
                f"{self.name} is shorter than its header says: {self.size:,} of {end:,} bytes.",
                "Its download was cut off; download it again.",
            )

    def peek(self, count: int) -> bytes:
        """Up to `count` bytes from here, without moving."""
        self._fill(min(count, self.size - self.position))
        return self._buffer[self._at : self._at + count]

    def scalars(self, layout: struct.Struct) -> tuple[Any, ...]:
        """The next numbers, as `layout` says."""
        self._fill(layout.size)
        values = layout.unpack_from(self._buffer, self._at)
        self._at += layout.size
        return values

    def length(self) -> int:
        """The next count or length."""
        length: int = self.scalars(_LENGTH)[0]
        return length

    def text(self, limit: int) -> str:
        """The next string; damaged above `limit` bytes."""
        length = self.length()
        self._kept += length
        if length > limit or self._kept > _MOST_KEPT:
            raise self.damaged("it holds a name or text of impossible length")
        self._fill(length)
        data = self._buffer[self._at : self._at + length]
        self._at += length
        return data.decode("utf-8", "replace")

    def skip(self, count: int) -> None:
        """Go on by `count` bytes, without reading them."""
        self.require(self.position + count)
        self._at += count

    def skip_strings(self, count: int) -> None:
        """Go on by `count` strings; the hot loop of every header, with a vocabulary in it."""
        self._strings += count
        if self._strings > _MOST_STRINGS:
            raise self.damaged(f"it holds {self._strings:,} texts in its lists")
        self.require(self.position + count * _LENGTH.size)
        unpack, width = _LENGTH.unpack_from, _LENGTH.size
        buffer, at, last = self._buffer, self._at, len(self._buffer) - width
        for _ in range(count):
            if at > last:
                self._at = at
                self._fill(width)
                buffer, at, last = self._buffer, self._at, len(self._buffer) - width
            at += width + unpack(buffer, at)[0]
        self._at = at
        self.require(self.position)

    def _fill(self, count: int) -> None:
        """Have `count` bytes from the present position on in the buffer."""
        if self._at + count <= len(self._buffer):
            return
        position = self.position
        self.require(position + count)
        if position > _MOST_HEADER:
            raise self.damaged("its header never ends")
        self._file.seek(position)
        self._buffer = self._file.read(max(count, min(_BLOCK, self.size - position)))
        self._start, self._at = position, 0
        if len(self._buffer) < count:  # it became shorter while it was read
            self.size = position + len(self._buffer)
            self.require(position + count)
