"""Reading one GGUF file's header; every number is checked before it is used."""

from __future__ import annotations

import os
import struct
from collections import Counter
from pathlib import Path
from typing import Any, BinaryIO

from app.core.errors import (
    ModelNotFoundError,
    NotAModelError,
    TruncatedModelError,
    UnsupportedModelError,
)
from app.core.formats.gguf_tensors import TENSOR_TYPES, Tensor
from app.core.system.files import open_regular, why

_BLOCK = 64 * 1024  # larger ones are no faster, and each thread's allocator would keep them
_MOST_HEADER = 128 * 1024 * 1024  # bytes; the largest vocabularies take 20 MB
_MOST_STRINGS = 2_000_000  # in arrays, all together; the largest vocabularies need half
_MOST_KEPT = 6 * 1024 * 1024  # bytes of keys, names and texts; decoded, each may take four
_LENGTH = struct.Struct("<Q")
_MAGIC = b"GGUF"
_OLD_MAGICS = (b"ggml", b"lmgg", b"tjgg", b"algg", b"fmgg")
_MOST_KEYS = 16_384
MOST_TENSORS = 32_768  # in all parts together; the largest models have a few thousand
_COUNTED = ("tokenizer.ggml.tokens", "tokenizer.ggml.merges")  # lists whose length is wanted
_LONGEST_KEY = 65_535
_LONGEST_NAME = 63
_LONGEST_TEMPLATE = 1024 * 1024
_SHORT_TEXTS = (
    "adapter.type",
    "general.architecture",
    "general.license",
    "general.name",
    "general.type",
    "tokenizer.ggml.model",
    "tokenizer.ggml.pre",
)
_MOST_DIMENSIONS = 4
_STRING, _ARRAY = 8, 9
_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_KIND = struct.Struct("<I")
_HEAD = struct.Struct("<4sIQQ")

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


class GgufPart:
    """One file's checked header: its values by key, elements by type, tensors, and size."""

    def __init__(
        self, values: dict[str, Any], elements: Counter[int], tensors: list[Tensor], size: int
    ) -> None:
        self.values = values
        self.elements = elements
        self.tensors = tensors
        self.size = size

    def number(self, key: str) -> int:
        """The value of a key as a count; 0 for none and for anything else."""
        value = self.values.get(key, 0)
        return value if type(value) is int and value >= 0 else 0

    def text(self, key: str) -> str:
        """The value of a key as text; empty for none and for anything else."""
        value = self.values.get(key, "")
        return value if isinstance(value, str) else ""


def read_part(path: Path) -> GgufPart:
    """Read and check the header of one file.

    Raises ModelNotFoundError, NotAModelError, TruncatedModelError or UnsupportedModelError.
    """
    try:
        with open_regular(path) as file:
            return _read(BoundedReader(file, path.name))
    except FileNotFoundError:
        raise ModelNotFoundError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error


def list_bytes(path: Path, key: str) -> bytes:
    """The texts of a list in a header as they lie there, each behind its length; empty for none.

    Raises what `read_part` raises.
    """
    try:
        with open_regular(path) as file:
            reader = BoundedReader(file, path.name)
            _tensors, keys = _read_head(reader)
            for _ in range(keys):
                found, start = reader.text(_LONGEST_KEY), reader.position
                _read_value(reader, found)
                if found == key:
                    begin = start + _KIND.size + _KIND.size + _LENGTH.size
                    file.seek(begin)
                    return file.read(reader.position - begin)
    except FileNotFoundError:
        raise ModelNotFoundError(f"There is no file {path}.") from None
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return b""


def unreadable(path: Path, error: OSError | ValueError) -> NotAModelError:
    """The error of a file or folder that the system does not let be read."""
    reason = why(error) if isinstance(error, OSError) else str(error)
    hint = "Choose an ordinary file or folder, or give yourself the right to read it."
    is_gone = isinstance(error, FileNotFoundError)
    return NotAModelError(f"{path} cannot be read: {reason}.", "" if is_gone else hint)


def _read(reader: BoundedReader) -> GgufPart:
    tensors, keys = _read_head(reader)
    values: dict[str, Any] = {}
    for _ in range(keys):
        key = reader.text(_LONGEST_KEY)
        if key in values:
            raise reader.damaged(f"it names {key[:80]!r} twice")
        values[key] = _read_value(reader, key)
    alignment = values.get("general.alignment", 32)
    if type(alignment) is not int or alignment < 1 or alignment & (alignment - 1):
        raise reader.damaged("its alignment is not a power of two")
    elements, found, end = _read_tensors(reader, tensors, alignment)
    if tensors:
        reader.require(_aligned(reader.position, alignment) + end)
    return GgufPart(values, elements, found, reader.size)


def _read_head(reader: BoundedReader) -> tuple[int, int]:
    """The numbers of tensors and of keys."""
    _require_magic(reader)
    _magic, version, tensors, keys = reader.scalars(_HEAD)
    if version & 0xFFFF == 0 and version:
        raise UnsupportedModelError(
            f"{reader.name} is written for big-endian machines.", "Get the little-endian file."
        )
    if version == 1 or version > 3:
        age = "an old" if version == 1 else "a newer"
        raise UnsupportedModelError(
            f"{reader.name} has {age} version of the GGUF format ({version}); "
            "versions 2 and 3 can be read."
        )
    if version < 1 or tensors > MOST_TENSORS or keys > _MOST_KEYS:
        raise reader.damaged("its counts cannot be true")
    return tensors, keys


def _require_magic(reader: BoundedReader) -> None:
    start = reader.peek(64)
    if not start:
        raise NotAModelError(f"{reader.name} is empty.", "Download it again.")
    if start[:4] == _MAGIC[: len(start)]:
        return
    if start[:4] in _OLD_MAGICS:
        raise UnsupportedModelError(
            f"{reader.name} has the format before GGUF.", "Get the model as GGUF."
        )
    what = f"{reader.name} is not a GGUF model."
    hint = "Choose a GGUF file, or a folder with safetensors."
    if start.startswith(b"version https://git-lfs"):
        what = f"{reader.name} is only a pointer to a model (Git LFS)."
        hint = "Download the file itself."
    elif start.lstrip()[:9].lower() in (b"<!doctype", b"<html>") or start[:5].lower() == b"<html":
        what = f"{reader.name} is a web page, not a model."
        hint = "Download the file itself."
    raise NotAModelError(what, hint)


def _read_value(reader: BoundedReader, key: str) -> Any:
    """A number or a wanted text; of an array its length; of anything else None."""
    (kind,) = reader.scalars(_KIND)
    if kind in _SCALARS:
        return reader.scalars(_SCALARS[kind])[0]
    if kind == _STRING:
        return _read_text(reader, key)
    if kind == _ARRAY:
        length = _skip_array(reader)
        return length if key in _COUNTED else None
    raise reader.damaged(f"it holds a value of the unknown kind {kind}")


def _read_text(reader: BoundedReader, key: str) -> str | None:
    if key == "tokenizer.chat_template":
        return reader.text(_LONGEST_TEMPLATE)
    if key in _SHORT_TEXTS:
        return reader.text(_LONGEST_KEY)
    reader.skip(reader.length())
    return None


def _skip_array(reader: BoundedReader) -> int:
    (kind,) = reader.scalars(_KIND)
    count = reader.length()
    if kind in _SCALARS:
        reader.skip(count * _SCALARS[kind].size)
    elif kind == _STRING:
        reader.skip_strings(count)
    else:
        raise reader.damaged("it holds a list of lists" if kind == _ARRAY else "its lists are torn")
    return count


def _read_tensors(
    reader: BoundedReader, count: int, alignment: int
) -> tuple[Counter[int], list[Tensor], int]:
    """The elements of every type, the tensors, and where the last ends after the data's start."""
    elements: Counter[int] = Counter()
    tensors: list[Tensor] = []
    end = 0
    for _ in range(count):
        name = reader.text(_LONGEST_NAME)
        kind, number, shape, size, offset = _read_tensor(reader)
        if offset % alignment:
            raise reader.damaged("a tensor is not aligned")
        elements[kind] += number
        tensors.append(Tensor(name, shape, size, TENSOR_TYPES[kind][0]))
        end = max(end, offset + size)
    return elements, tensors, end


def _read_tensor(reader: BoundedReader) -> tuple[int, int, tuple[int, ...], int, int]:
    """A tensor's type, its elements, its shape, its bytes and its offset."""
    (dimensions,) = reader.scalars(_KIND)
    if dimensions > _MOST_DIMENSIONS:
        raise reader.damaged(f"a tensor has {dimensions:,} dimensions")
    shape = tuple(reader.scalars(_LENGTH)[0] for _ in range(dimensions))
    (kind,) = reader.scalars(_KIND)
    (offset,) = reader.scalars(_LENGTH)
    if kind not in TENSOR_TYPES:
        raise UnsupportedModelError(
            f"{reader.name} is quantized in a way that is not known here (type {kind}).",
            "Get it in a usual quantization, such as Q4_K_M or Q8_0.",
        )
    _name, block, block_bytes = TENSOR_TYPES[kind]
    number = 1
    for length in shape:
        number *= length
        if number > ABSURD:
            raise reader.damaged("a tensor's shape cannot be true")
    if shape and shape[0] % block:
        raise reader.damaged("a tensor's rows are not whole blocks")
    return kind, number, shape, number // block * block_bytes, offset


def _aligned(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment
