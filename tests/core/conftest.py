"""Small models that tests write, change and break."""

from __future__ import annotations

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
