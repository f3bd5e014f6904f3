"""A small Hugging Face model folder, whole or with weights as a test wants them."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any


def write_weights(path: Path, header: Any = None, data: bytes = bytes(64)) -> Path:
    if header is None:
        header = {
            "__metadata__": {"format": "pt"},
            "a": {"dtype": "BF16", "shape": [4, 6], "data_offsets": [0, 48]},
            "b": {"dtype": "F32", "shape": [4], "data_offsets": [48, 64]},
        }
    raw = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(raw)) + raw + data)
    return path


def write_folder(path: Path) -> Path:
    """A whole model folder."""
    path.mkdir()
    config = {"model_type": "llama", "max_position_embeddings": 2048}
    (path / "config.json").write_text(json.dumps(config))
    (path / "tokenizer.json").write_text("{}")
    (path / "tokenizer_config.json").write_text('{"chat_template": "{{ x }}"}')
    write_weights(path / "model.safetensors")
    return path
