"""How a model's weights and its KV cache are spread over its layers, by the tensors it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

_BLOCK = re.compile(r"blk\.(\d{1,3})\.(.+)")
_FUSED = "attn_qkv.weight"
_SHORT, _UNPACKED = "attn_kv_a_mqa.weight", "attn_kv_b.weight"
_CACHED = ("attn_k.weight", "attn_v.weight", _SHORT)
_EXPERTS = "_exps.weight"
_RECURRENT = ("ssm_", "time_mix_", "shortconv.")


class Tensor(msgspec.Struct, frozen=True):
    """A tensor of the header: its name, its shape (a row's length first), its bytes, its type."""

    name: str
    shape: tuple[int, ...]
    size: int
    kind: str = "F32"


class LayerSizes(msgspec.Struct, frozen=True, kw_only=True):
    """What each layer takes.

    `weights` are bytes and `cache` the numbers that the KV cache keeps for each token, by layer;
    `states` the numbers that a recurrent layer keeps for each text. `output` are the bytes of what
    turns the last layer's result into logits, those of the tokens' own table a second time if
    `is_tied`; `rest` are those of that table and of all that belongs to no layer. `width` is the
    length of a token's vector, `widest` of the longest one inside a layer, `queries` of what a
    layer attends with.
    """

    weights: tuple[int, ...] = ()
    cache: tuple[int, ...] = ()
    output: int = 0
    width: int = 0
    widest: int = 0
    heads: int = 0
    states: tuple[int, ...] = ()
    rest: int = 0
    is_tied: bool = False
    queries: int = 0


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """What a header says of the attention: `head` is the length of one head's query, 0 the usual.

    The last `borrowing` layers use the keys and values of others. `state` are the numbers that a
    recurrent layer keeps for each text.
    """

    heads: int = 0
    head: int = 0
    borrowing: int = 0
    state: int = 0


def layer_sizes(
    tensors: Sequence[Tensor], layers: int, attention: Attention, active_experts: int
) -> LayerSizes:
    """Add the tensors up; a layer that is not named takes nothing."""
    weights, cache, widest, queries = Counter[int](), Counter[int](), 0, 0
    recurrent: set[int] = set()
    width = _width(tensors)
    asking = attention.heads * attention.head or width
    for tensor in tensors:
        if (found := _BLOCK.fullmatch(tensor.name)) is None:
            continue
        index, part = int(found[1]), found[2]
        weights[index] += tensor.size
        if index < layers - attention.borrowing:
            cache[index] += _cached(part, tensor.shape, asking)
        if part.startswith(_RECURRENT):
            recurrent.add(index)
        if part == "attn_q.weight" and len(tensor.shape) == 2:
            queries = max(queries, tensor.shape[1])
        widest = max(widest, _longest(part, tensor.shape, active_experts))
    for index, numbers in _unpacked(tensors, attention.heads).items():
        cache[index] = numbers
    queries = max(queries, asking)
    return LayerSizes(
        weights=tuple(weights[index] for index in range(layers)),
        cache=tuple(cache[index] for index in range(layers)),
        output=_output(tensors),
        width=width,
        widest=max(widest, queries),
        heads=attention.heads,
        states=tuple(attention.state * (index in recurrent) for index in range(layers)),
        rest=_rest(tensors),
        is_tied=not any(tensor.name == "output.weight" for tensor in tensors),
        queries=queries,
    )


def _width(tensors: Iterable[Tensor]) -> int:
    return next((t.shape[0] for t in tensors if t.name == "token_embd.weight" and t.shape), 0)


def _output(tensors: Sequence[Tensor]) -> int:
    """A model without an own output matrix uses that of its input a second time."""
    own = sum(tensor.size for tensor in tensors if tensor.name.startswith("output"))
    if any(tensor.name == "output.weight" for tensor in tensors):
        return own
    return own + sum(tensor.size for tensor in tensors if tensor.name == "token_embd.weight")


def _rest(tensors: Iterable[Tensor]) -> int:
    outer = (tensor for tensor in tensors if not _BLOCK.fullmatch(tensor.name))
    return sum(tensor.size for tensor in outer if not tensor.name.startswith("output"))


def _cached(part: str, shape: tuple[int, ...], queries: int) -> int:
    """The numbers per token that this tensor adds to the KV cache."""
    if len(shape) != 2:
        return 0
    if part in _CACHED:
        return shape[1]
    return max(0, shape[1] - queries) if part == _FUSED else 0


def _unpacked(tensors: Iterable[Tensor], heads: int) -> dict[int, int]:
    """The numbers per token of layers that make keys and values of a short vector first.

    Without that matrix the short vector itself is kept. Its end, which tells the place, becomes
    a part of every head's key.
    """
    short: dict[int, int] = {}
    long: dict[int, tuple[int, ...]] = {}
    for tensor in tensors:
        if (found := _BLOCK.fullmatch(tensor.name)) is None or len(tensor.shape) != 2:
            continue
        if found[2] == _SHORT:
            short[int(found[1])] = tensor.shape[1]
        elif found[2] == _UNPACKED:
            long[int(found[1])] = tensor.shape
    return {
        index: rows + heads * max(0, short.get(index, latent) - latent)
        for index, (latent, rows) in long.items()
    }


def _longest(part: str, shape: tuple[int, ...], active_experts: int) -> int:
    if len(shape) < 2:
        return 0
    return shape[1] * max(1, active_experts) if part.endswith(_EXPERTS) else shape[1]


TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 40),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
}
"""Every element type by its number: name, elements per block, bytes per block."""

FILE_TYPES: dict[int, str] = {
    0: "F32",
    1: "F16",
    2: "Q4_0",
    3: "Q4_1",
    7: "Q8_0",
    8: "Q5_0",
    9: "Q5_1",
    10: "Q2_K",
    11: "Q3_K_S",
    12: "Q3_K_M",
    13: "Q3_K_L",
    14: "Q4_K_S",
    15: "Q4_K_M",
    16: "Q5_K_S",
    17: "Q5_K_M",
    18: "Q6_K",
    19: "IQ2_XXS",
    20: "IQ2_XS",
    21: "Q2_K_S",
    22: "IQ3_XS",
    23: "IQ3_XXS",
    24: "IQ1_S",
    25: "IQ4_NL",
    26: "IQ3_S",
    27: "IQ3_M",
    28: "IQ2_S",
    29: "IQ2_M",
    30: "IQ4_XS",
    31: "IQ1_M",
    32: "BF16",
    36: "TQ1_0",
    37: "TQ2_0",
    38: "MXFP4_MOE",
    39: "NVFP4",
    40: "Q1_0",
}
"""The quantizations by their number in `general.file_type`."""
