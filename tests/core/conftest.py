"""Small models that tests write, change and break."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest

WriteGguf = Callable[..., Path]


@pytest.fixture
def write_gguf(tmp_path: Path) -> WriteGguf:
    """Writes a tiny but whole llama model with the `gguf` package; `change` may add to it."""

    def write(
        name: str = "tiny.gguf",
        *,
        architecture: str = "llama",
        change: Callable[[gguf.GGUFWriter], None] = lambda writer: None,
        tensors: int = 2,
        folder: Path = tmp_path,
    ) -> Path:
        path = folder / name
        writer = gguf.GGUFWriter(path, architecture)
        writer.add_name("Tiny Model")
        writer.add_context_length(512)
        writer.add_block_count(3)
        writer.add_token_list(["a", "b", "¢", "<s>"])
        writer.add_chat_template("{{ messages }}")
        change(writer)
        for number in range(tensors):
            writer.add_tensor(f"blk.{number}.weight", np.ones((4, 64), dtype=np.float32))
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    return write


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
