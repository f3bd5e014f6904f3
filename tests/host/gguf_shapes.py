"""Small GGUF models of many shapes, written with the `gguf` package: real headers, zero weights."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

_BYTES = {
    "F16": 2.0,
    "F32": 4.0,
    "Q8_0": 34 / 32,
    "Q5_0": 22 / 32,
    "Q4_0": 18 / 32,
    "Q4_K": 144 / 256,
}
_HYBRIDS = ("jamba", "lfm2")
_TURNED = 64  # numbers of a latent model's keys that tell the place


@dataclass(frozen=True)
class Shape:
    """What a model looks like; `head` is the width of a head, 0 where it is width over heads.

    Of a hybrid every third layer attends. `latent` is the width of the vector that keys and values
    are made of, which is `unpacked` before they are kept. With `random` weights (F16 or F32), which
    are else zero, it writes.
    """

    architecture: str
    width: int = 256
    inner: int = 704
    layers: int = 6
    heads: int = 8
    kv_heads: int = 8
    head: int = 0
    vocabulary: int = 4096
    tied: bool = False
    kind: str = "F16"
    window: int = 0
    experts: int = 0
    latent: int = 0
    unpacked: bool = False
    context: int = 32_768
    random: bool = False

    @property
    def head_width(self) -> int:
        return self.head or self.width // self.heads

    @property
    def kv_by_layer(self) -> list[int]:
        """Of a hybrid, the heads of keys in each layer: none where it does not attend."""
        return [self.kv_heads * (layer % 3 == 2) for layer in range(self.layers)]


def write(path: Path, shape: Shape) -> Path:
    """The model in a file."""
    writer = gguf.GGUFWriter(path, shape.architecture)
    _describe(writer, shape)
    _vocabulary(writer, shape)
    for name, dimensions in _tensors(shape).items():
        _add(writer, name, dimensions, shape)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _describe(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.inner)
    if shape.architecture in ("mamba", "jamba"):
        writer.add_ssm_conv_kernel(4)
        writer.add_ssm_inner_size(2 * shape.width)
        writer.add_ssm_state_size(16)
        writer.add_ssm_time_step_rank(16)
    writer.add_layer_norm_rms_eps(1e-5)
    if shape.architecture == "mamba":
        return
    writer.add_head_count(shape.heads)
    if shape.latent:
        _describe_latent(writer, shape)
        return
    hybrid = shape.architecture in _HYBRIDS
    writer.add_head_count_kv(shape.kv_by_layer if hybrid else shape.kv_heads)
    writer.add_key_length(shape.head_width)
    writer.add_value_length(shape.head_width)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_layer_norm_eps(1e-5)
    if shape.architecture == "lfm2":
        writer.add_shortconv_l_cache(3)
    if shape.window:
        writer.add_sliding_window(shape.window)
    if shape.architecture == "gptneox":
        writer.add_parallel_residual(True)
    if shape.experts:
        writer.add_expert_count(shape.experts)
        writer.add_expert_used_count(2)
        writer.add_expert_feed_forward_length(shape.inner)
        writer.add_expert_shared_feed_forward_length(shape.inner)


def _describe_latent(writer: gguf.GGUFWriter, shape: Shape) -> None:
    key = shape.head_width + _TURNED
    writer.add_head_count_kv(shape.heads if shape.unpacked else 1)
    writer.add_key_length(key if shape.unpacked else shape.latent + _TURNED)
    writer.add_value_length(shape.head_width if shape.unpacked else shape.latent)
    if not shape.unpacked:
        writer.add_key_length_mla(key)
        writer.add_value_length_mla(shape.head_width)
    writer.add_rope_dimension_count(_TURNED)
    writer.add_q_lora_rank(shape.latent)
    writer.add_kv_lora_rank(shape.latent)
    writer.add_leading_dense_block_count(shape.layers)
    writer.add_expert_feed_forward_length(shape.inner)
    writer.add_expert_shared_count(1)


def _vocabulary(writer: gguf.GGUFWriter, shape: Shape) -> None:
    if shape.architecture == "gemma3":
        _pieces(writer, shape)
        return
    tokens = [f"<{number}>" for number in range(3)]
    tokens += [chr(number) for number in range(ord("!"), ord("~") + 1)]
    tokens += [chr(number) for number in range(0xA1, 0x144)]
    tokens += [f"w{number}" for number in range(shape.vocabulary - len(tokens))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(tokens)
    writer.add_token_types([3] * 3 + [1] * (len(tokens) - 3))
    writer.add_token_merges(["w 1"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def _pieces(writer: gguf.GGUFWriter, shape: Shape) -> None:
    """Gemma's own kind of vocabulary: pieces with scores, the bytes among them, no merges."""
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>"]
    tokens += [f"<0x{number:02X}>" for number in range(256)]
    tokens += ["\u2581", *(chr(number) for number in range(ord("!"), ord("~") + 1))]
    plain = shape.vocabulary - len(tokens)
    tokens += [f"\u2581w{number}" for number in range(plain)]
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(number) for number in range(len(tokens))])
    writer.add_token_types([3] * 3 + [2] + [6] * 256 + [1] * (len(tokens) - 260))
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_add_bos_token(True)
    writer.add_add_space_prefix(False)


def _tensors(shape: Shape) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (shape.vocabulary, shape.width),
        "output_norm.weight": (shape.width,),
    }
    if shape.architecture == "gptneox":
        found["output_norm.bias"] = (shape.width,)
    if not shape.tied:
        found["output.weight"] = (shape.vocabulary, shape.width)
    for layer in range(shape.layers):
        found |= {f"blk.{layer}.{name}": size for name, size in _layer(shape, layer).items()}
    if shape.architecture == "lfm2":
        found["token_embd_norm.weight"] = found.pop("output_norm.weight")
    return found


def _layer(shape: Shape, layer: int) -> dict[str, tuple[int, ...]]:
    if shape.architecture in _HYBRIDS:
        return _hybrid(shape, attends=bool(shape.kv_by_layer[layer]))
    make: dict[str, Any] = {"gptneox": _neox, "phi3": _phi, "mamba": _mamba, "deepseek2": _latent}
    found: dict[str, tuple[int, ...]] = make.get(shape.architecture, _usual)(shape)
    return found


def _hybrid(shape: Shape, *, attends: bool) -> dict[str, tuple[int, ...]]:
    """A layer of jamba or lfm2."""
    usual, width, head = _usual(shape), shape.width, shape.head_width
    if attends:
        norms = {"attn_q_norm.weight": (head,), "attn_k_norm.weight": (head,)}
        return usual | (norms if shape.architecture == "lfm2" else {})
    feeding = {name: size for name, size in usual.items() if name.startswith("ffn")}
    if shape.architecture == "lfm2":
        return feeding | {
            "attn_norm.weight": (width,),
            "shortconv.conv.weight": (width, 3),
            "shortconv.in_proj.weight": (3 * width, width),
            "shortconv.out_proj.weight": (width, width),
        }
    norms = {"ssm_dt_norm.weight": (16,), "ssm_b_norm.weight": (16,), "ssm_c_norm.weight": (16,)}
    return feeding | _mamba(shape) | norms


def _latent(shape: Shape) -> dict[str, tuple[int, ...]]:
    """A layer of deepseek2, whose keys and values are made of one short vector."""
    width, inner, head, latent = shape.width, shape.inner, shape.head_width, shape.latent
    if shape.unpacked:
        made: dict[str, tuple[int, ...]] = {"attn_kv_b.weight": (2 * shape.heads * head, latent)}
    else:
        made = {
            "attn_k_b.weight": (shape.heads, latent, head),
            "attn_v_b.weight": (shape.heads, head, latent),
        }
    return made | {
        "attn_norm.weight": (width,),
        "attn_q_a.weight": (latent, width),
        "attn_q_a_norm.weight": (latent,),
        "attn_q_b.weight": (shape.heads * (head + _TURNED), latent),
        "attn_kv_a_mqa.weight": (latent + _TURNED, width),
        "attn_kv_a_norm.weight": (latent,),
        "attn_output.weight": (width, shape.heads * head),
        "ffn_norm.weight": (width,),
        "ffn_gate.weight": (inner, width),
        "ffn_up.weight": (inner, width),
        "ffn_down.weight": (width, inner),
    }


def _usual(shape: Shape) -> dict[str, tuple[int, ...]]:
    """A layer of llama, qwen2, qwen3, gemma3 and qwen2moe."""
    width, inner, head = shape.width, shape.inner, shape.head_width
    queries, keys = shape.heads * head, shape.kv_heads * head
    found: dict[str, tuple[int, ...]] = {
        "attn_norm.weight": (width,),
        "ffn_norm.weight": (width,),
        "attn_q.weight": (queries, width),
        "attn_k.weight": (keys, width),
        "attn_v.weight": (keys, width),
        "attn_output.weight": (width, queries),
    }
    if shape.architecture in ("qwen2", "qwen2moe"):
        found |= {"attn_q.bias": (queries,), "attn_k.bias": (keys,), "attn_v.bias": (keys,)}
    if shape.architecture in ("qwen3", "gemma3"):
        found |= {"attn_q_norm.weight": (head,), "attn_k_norm.weight": (head,)}
    if shape.architecture == "gemma3":
        found |= {"post_attention_norm.weight": (width,), "post_ffw_norm.weight": (width,)}
    mark, count = ("_exps", (shape.experts,)) if shape.experts else ("", ())
    found |= {
        f"ffn_gate{mark}.weight": (*count, inner, width),
        f"ffn_up{mark}.weight": (*count, inner, width),
        f"ffn_down{mark}.weight": (*count, width, inner),
    }
    if shape.experts:
        found |= {
            "ffn_gate_inp.weight": (shape.experts, width),
            "ffn_gate_inp_shexp.weight": (width,),
            "ffn_gate_shexp.weight": (inner, width),
            "ffn_up_shexp.weight": (inner, width),
            "ffn_down_shexp.weight": (width, inner),
        }
    return found


def _neox(shape: Shape) -> dict[str, tuple[int, ...]]:
    width, inner = shape.width, shape.inner
    return {
        "attn_norm.weight": (width,),
        "attn_norm.bias": (width,),
        "attn_qkv.weight": (3 * width, width),
        "attn_qkv.bias": (3 * width,),
        "attn_output.weight": (width, width),
        "attn_output.bias": (width,),
        "ffn_norm.weight": (width,),
        "ffn_norm.bias": (width,),
        "ffn_up.weight": (inner, width),
        "ffn_up.bias": (inner,),
        "ffn_down.weight": (width, inner),
        "ffn_down.bias": (width,),
    }


def _phi(shape: Shape) -> dict[str, tuple[int, ...]]:
    width, inner, head = shape.width, shape.inner, shape.head_width
    return {
        "attn_norm.weight": (width,),
        "attn_qkv.weight": ((shape.heads + 2 * shape.kv_heads) * head, width),
        "attn_output.weight": (width, shape.heads * head),
        "ffn_norm.weight": (width,),
        "ffn_up.weight": (2 * inner, width),
        "ffn_down.weight": (width, inner),
    }


def _mamba(shape: Shape) -> dict[str, tuple[int, ...]]:
    width = shape.width
    return {
        "attn_norm.weight": (width,),
        "ssm_in.weight": (4 * width, width),
        "ssm_conv1d.weight": (2 * width, 4),
        "ssm_conv1d.bias": (2 * width,),
        "ssm_x.weight": (16 + 2 * 16, 2 * width),
        "ssm_dt.weight": (2 * width, 16),
        "ssm_dt.bias": (2 * width,),
        "ssm_a": (2 * width, 16),
        "ssm_d": (2 * width,),
        "ssm_out.weight": (width, 2 * width),
    }


def _add(writer: gguf.GGUFWriter, name: str, dimensions: tuple[int, ...], shape: Shape) -> None:
    small = len(dimensions) == 1 or name.endswith(
        ("ssm_a", "conv1d.weight", "conv.weight", "ssm_dt.weight")
    )
    kind = shape.kind
    if kind == "Q4_K_M":  # as the quantizer does it: rows that its blocks do not divide are larger
        kind = "Q8_0" if name == "token_embd.weight" else "Q5_0" if dimensions[-1] % 256 else "Q4_K"
    kind = "F32" if small or "gate_inp" in name else kind
    if shape.random:
        values = np.random.default_rng(zlib.crc32(name.encode())).normal(0, 0.1, dimensions)
        writer.add_tensor(name, values.astype(np.float32 if kind == "F32" else np.float16))
        return
    row = int(dimensions[-1] * _BYTES[kind])
    zeros = np.zeros((*dimensions[:-1], row), np.uint8)
    writer.add_tensor(name, zeros, raw_dtype=gguf.GGMLQuantizationType[kind])
