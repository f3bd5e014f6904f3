"""A tiny llama of random weights in a GGUF file, for everything that needs a model but no sense."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import gguf
import numpy as np

WIDTH, INNER, LAYERS, HEADS, VOCABULARY = 64, 96, 2, 4, 320


def write_tiny(
    path: Path,
    kind: str = "F16",
    *,
    width: int = WIDTH,
    seed: int = 1,
    changes: Mapping[str, Any] = MappingProxyType({}),
    pre: str = "gpt-2",
    named: Mapping[int, str] = MappingProxyType({}),
    numbers: Mapping[str, int] = MappingProxyType({}),
) -> Path:
    """The model; `kind` is the type of its matrices, `changes` are added to them.

    `pre` names its pre-tokenizer, `named` are its tokens that are control tokens of that name, and
    `numbers` go into the header.
    """
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(width)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(width // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    _add_vocabulary(writer, pre, named)
    for key, number in numbers.items():
        writer.add_uint32(key, number)
    random = np.random.default_rng(seed)
    wanted = gguf.GGMLQuantizationType[kind]
    for name, shape in shapes(width).items():
        values = random.normal(0, 0.2, shape).astype(np.float32)
        values += changes.get(name, np.float32(0))
        if len(shape) == 1:
            writer.add_tensor(name, np.ones(shape, np.float32))
        else:
            writer.add_tensor(name, gguf.quantize(values, wanted), raw_dtype=wanted)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_adapter(
    path: Path,
    pairs: Mapping[str, tuple[Any, Any]],
    alpha: float,
    architecture: str = "llama",
    kind: str = "adapter",
) -> Path:
    """A LoRA adapter: the matrices A and B of the named tensors."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(kind)
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, (down, up) in pairs.items():
        writer.add_tensor(f"{name}.lora_a", down)
        writer.add_tensor(f"{name}.lora_b", up)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def shapes(width: int = WIDTH) -> dict[str, tuple[int, ...]]:
    """Every tensor with its shape as numpy has it."""
    found: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (VOCABULARY, width),
        "output_norm.weight": (width,),
        "output.weight": (VOCABULARY, width),
    }
    for layer in range(LAYERS):
        found |= {
            f"blk.{layer}.attn_norm.weight": (width,),
            f"blk.{layer}.ffn_norm.weight": (width,),
            **{f"blk.{layer}.attn_{part}.weight": (width, width) for part in "qkv"},
            f"blk.{layer}.attn_output.weight": (width, width),
            f"blk.{layer}.ffn_gate.weight": (INNER, width),
            f"blk.{layer}.ffn_up.weight": (INNER, width),
            f"blk.{layer}.ffn_down.weight": (width, INNER),
        }
    return found


def _add_vocabulary(writer: gguf.GGUFWriter, pre: str, named: Mapping[int, str]) -> None:
    """A character for every byte, as GPT-2 writes bytes, and nothing to merge but one pair."""
    tokens = [f"<{number}>" for number in range(3)]
    tokens += [chr(number) for number in range(ord("!"), ord("~") + 1)]
    tokens += [chr(number) for number in range(0xA1, 0x144)]
    tokens += [f"w{number}" for number in range(VOCABULARY - len(tokens))]
    tokens = [named.get(number, token) for number, token in enumerate(tokens)]
    writer.add_tokenizer_model("gpt2")
    if pre:
        writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types([3 if at < 3 or at in named else 1 for at in range(len(tokens))])
    writer.add_token_merges(["w 1"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
