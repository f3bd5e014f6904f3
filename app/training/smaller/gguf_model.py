"""A whole model as a GGUF file, version 3: its weights in F16, the rest out of the file it came of.

Vocabulary, chat template and everything else that is no weight is taken over byte by byte; only
what describes the layers is written anew.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from app.core.formats.gguf import read_header
from app.training.gguf_adapter import (
    ALIGNMENT,
    ARCHITECTURES,
    LAYERS,
    STRING,
    UINT32,
    gguf_text,
    padded,
    turned,
)

_KNOWN = ("llama", "qwen2", "qwen3")
_WHOLE = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
_IN_LAYER = LAYERS | {
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
}
_NAME = re.compile(r"model\.layers\.(\d+)\.(.+)\.(weight|bias)")
_NUMBERED = re.compile(r"blk\.\d+\.")
_LENGTH = struct.Struct("<Q")
_HEAD = struct.Struct("<4sIQQ")
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_F32, _F16 = 0, 1
_MOSTLY_F16 = 1

MOST_HALF = 6e4
"""A larger number is none in F16."""

_DROPPED = ("general.quantization_version", "split.no", "split.count", "split.tensors.count")


@dataclass(frozen=True)
class _GgufEntry:
    """A value of the header, with its type, as it is written."""

    kind: int
    data: bytes


def unwritable(source: Path, config: Any) -> str:
    """Why no GGUF file can be made of a model that came of `source`; empty where one can."""
    if source.is_dir():
        return "There is no file for llama.cpp: the model came out of no GGUF file."
    architecture = ARCHITECTURES.get(config.model_type, "")
    header = read_header(source)
    if architecture not in _KNOWN or header.architecture != architecture:
        return f"There is no file for llama.cpp: how to write a {config.model_type} is not known."
    names = {_NUMBERED.sub("", tensor.name) for tensor in header.tensors}
    of_layers = {f"{name}.{part}" for name in _IN_LAYER.values() for part in ("weight", "bias")}
    if strange := sorted(names - of_layers - {*_WHOLE.values()}):
        return (
            f"There is no file for llama.cpp: {source.name} has {strange[0]}, which is not known."
        )
    if architecture == "llama" and any(name.endswith(".bias") for name in names):
        return f"There is no file for llama.cpp: {source.name} has biases, which are not known."
    return ""


def write_gguf(path: Path, source: Path, network: Any, name: str) -> None:
    """Write the network, which came of `source` and may have lost layers or heads.

    `unwritable` was asked before. Raises OSError; half a file may be left then.
    """
    config = network.config
    architecture = ARCHITECTURES[config.model_type]
    values = _values(source) | _described(config, architecture, name)
    tensors = [*_tensors(network, architecture)]
    with path.open("xb") as file:
        file.write(_HEAD.pack(b"GGUF", 3, len(tensors), len(values)))
        for key, value in values.items():
            file.write(gguf_text(key) + struct.pack("<I", value.kind) + value.data)
        offset = 0
        for own, weights, kind in tensors:
            shape = tuple(reversed(weights.shape))
            file.write(gguf_text(own) + struct.pack("<I", len(shape)))
            file.write(struct.pack(f"<{len(shape)}QIQ", *shape, kind, offset))
            offset += padded(weights.numel() * (4 if kind == _F32 else 2))
        _pad(file)
        for own, weights, kind in tensors:
            array = weights.detach().cpu().float().numpy()
            if array.ndim > 1 and own.startswith("blk."):
                array = turned(own, array, architecture, config)
            file.write(array.astype(np.float32 if kind == _F32 else np.float16).tobytes())
            _pad(file)


def _described(config: Any, architecture: str, name: str) -> dict[str, _GgufEntry]:
    """What of the header says how many layers and heads there are."""
    heads = config.num_attention_heads
    size = getattr(config, "head_dim", None) or config.hidden_size // heads
    numbers = {
        f"{architecture}.block_count": config.num_hidden_layers,
        f"{architecture}.attention.head_count": heads,
        f"{architecture}.attention.head_count_kv": config.num_key_value_heads,
        f"{architecture}.attention.key_length": size,
        f"{architecture}.attention.value_length": size,
        "general.file_type": _MOSTLY_F16,
        "general.alignment": ALIGNMENT,
    }
    found = {key: _GgufEntry(UINT32, struct.pack("<I", value)) for key, value in numbers.items()}
    return {"general.name": _GgufEntry(STRING, gguf_text(name))} | found


def _tensors(network: Any, architecture: str) -> Iterator[tuple[str, Any, int]]:
    """The weights under llama.cpp's names, each with its type: F16 for matrices where it holds."""
    is_tied = network.config.tie_word_embeddings
    for name, weights in network.state_dict().items():
        own = _WHOLE.get(name, "")
        if match := _NAME.fullmatch(name):
            own = f"blk.{match[1]}.{_IN_LAYER[match[2]]}.{match[3]}"
        if is_tied and name == "lm_head.weight":
            continue
        assert own, f"{architecture} has a weight {name}"
        is_half = weights.ndim > 1 and float(weights.abs().max()) < MOST_HALF
        yield own, weights, _F16 if is_half else _F32


def _pad(file: BinaryIO) -> None:
    file.write(bytes(-file.tell() % ALIGNMENT))


def _values(source: Path) -> dict[str, _GgufEntry]:
    """The header's values, of a file that was read and checked before."""
    with source.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        _magic, _version, _tensors_there, count = _HEAD.unpack_from(data)
        at, found = _HEAD.size, dict[str, _GgufEntry]()
        for _value in range(count):
            end = at + _LENGTH.size + _LENGTH.unpack_from(data, at)[0]
            key = data[at + _LENGTH.size : end].decode()
            (kind,) = struct.unpack_from("<I", data, end)
            at = _end_of(data, end + 4, kind)
            if key not in _DROPPED:
                found[key] = _GgufEntry(kind, data[end + 4 : at])
    return found


def _end_of(data: mmap.mmap, at: int, kind: int) -> int:
    """Where the value that begins at `at` ends."""
    if kind in _SIZES:
        return at + _SIZES[kind]
    if kind == STRING:
        return at + _LENGTH.size + int(_LENGTH.unpack_from(data, at)[0])
    inner, count = struct.unpack_from("<IQ", data, at)
    at += 12
    if inner in _SIZES:
        return int(at + count * _SIZES[inner])
    for _one in range(count):
        at = _end_of(data, at, inner)
    return at
