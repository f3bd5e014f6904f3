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
    """The numbers per token of layers that make keys and values of a short vector beforehand.

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
