"""The pieces of a GGUF file, for headers that no sound program would write."""

from __future__ import annotations

import struct


def text(value: str | bytes) -> bytes:
    """A string as GGUF writes it."""
    data = value.encode() if isinstance(value, str) else value
    return struct.pack("<Q", len(data)) + data


def pair(key: str, kind: int, data: bytes) -> bytes:
    """A key and its value as GGUF writes them."""
    return text(key) + struct.pack("<I", kind) + data


def head(version: int = 3, tensors: int = 0, keys: int = 0) -> bytes:
    """The beginning of a GGUF file."""
    return b"GGUF" + struct.pack("<IQQ", version, tensors, keys)


def tensor(name: str, shape: tuple[int, ...], kind: int = 0, offset: int = 0) -> bytes:
    """A tensor's description as GGUF writes it."""
    lengths = b"".join(struct.pack("<Q", length) for length in shape)
    return text(name) + struct.pack("<I", len(shape)) + lengths + struct.pack("<IQ", kind, offset)


ARCHITECTURE = pair("general.architecture", 8, text("llama"))
