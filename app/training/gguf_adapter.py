"""A LoRA adapter as a GGUF file, version 3, as llama.cpp reads it.

Names and the order of rows are llama.cpp's: its llama turns neighbouring numbers of a query where
transformers turns those of two halves, so the rows of B are put in that order.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

ARCHITECTURES = {
    "llama": "llama",
    "mistral": "llama",
    "qwen2": "qwen2",
    "qwen3": "qwen3",
    "gemma": "gemma",
    "gemma2": "gemma2",
    "gemma3_text": "gemma3",
}
"""The name in GGUF files of each kind of network whose layers are known here."""

_TURNED = ("llama",)
LAYERS = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
}
_NAME = re.compile(r"model\.layers\.(\d+)\.(.+)")
ALIGNMENT = 32
FLOAT32, UINT32, STRING = 6, 4, 8
_F32 = 0

Pair = tuple[str, npt.NDArray[np.float32], npt.NDArray[np.float32]]


def gguf_names(config: Any, layers: Sequence[str]) -> dict[str, str] | str:
    """What GGUF files call these layers; a sentence where that is not known."""
    if config.model_type not in ARCHITECTURES:
        return (
            f"There is no file for llama.cpp: how it names {config.model_type} is not known here."
        )
    found: dict[str, str] = {}
    for name in layers:
        match = _NAME.fullmatch(name)
        own = LAYERS.get(match[2]) if match else None
        if match is None or own is None:
            return (
                f"There is no file for llama.cpp: how it names the layer {name} is not known here."
            )
        found[name] = f"blk.{match[1]}.{own}.weight"
    return found


def gguf_adapter(pairs: Sequence[Pair], alpha: float, config: Any) -> bytes:
    """The file: each pair is a layer's name there, and its A and B."""
    architecture = ARCHITECTURES[config.model_type]
    values = b"".join(
        (
            gguf_text("general.architecture") + struct.pack("<I", STRING) + gguf_text(architecture),
            gguf_text("general.type") + struct.pack("<I", STRING) + gguf_text("adapter"),
            gguf_text("adapter.type") + struct.pack("<I", STRING) + gguf_text("lora"),
            gguf_text("adapter.lora.alpha") + struct.pack("<If", FLOAT32, alpha),
            gguf_text("general.alignment") + struct.pack("<II", UINT32, ALIGNMENT),
        )
    )
    tensors: list[tuple[str, npt.NDArray[np.float32]]] = []
    for name, down, up in pairs:
        tensors.append((f"{name}.lora_a", np.ascontiguousarray(down, np.float32)))
        tensors.append((f"{name}.lora_b", turned(name, up, architecture, config)))
    infos, offset = list[bytes](), 0
    for name, array in tensors:
        rows, columns = array.shape
        infos.append(gguf_text(name) + struct.pack("<IQQIQ", 2, columns, rows, _F32, offset))
        offset += padded(array.nbytes)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), 5) + values + b"".join(infos)
    data = b"".join(array.tobytes().ljust(padded(array.nbytes), b"\0") for _name, array in tensors)
    return head.ljust(padded(len(head)), b"\0") + data


def turned(
    name: str, up: npt.NDArray[np.float32], architecture: str, config: Any
) -> npt.NDArray[np.float32]:
    """B, or a whole matrix, with its rows in llama.cpp's order."""
    part = name.split(".")[2]
    if architecture not in _TURNED or part not in ("attn_q", "attn_k"):
        return np.ascontiguousarray(up, np.float32)
    heads = config.num_attention_heads if part == "attn_q" else config.num_key_value_heads
    rows, rank = up.shape
    found = up.reshape(heads, 2, rows // heads // 2, rank).swapaxes(1, 2).reshape(rows, rank)
    return np.ascontiguousarray(found, np.float32)


def gguf_text(text: str) -> bytes:
    """A text as GGUF files have it: its length, and UTF-8."""
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def padded(size: int) -> int:
    """The size with what is added so that the next thing is aligned."""
    return -(-size // ALIGNMENT) * ALIGNMENT
