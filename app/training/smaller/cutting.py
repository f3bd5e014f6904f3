"""Taking layers or heads out of a network, those that matter least on the pages first.

A layer matters as much as it changes what passes through it: its Block Influence is one minus the
cosine of the angle between its input and its output, as a mean over tokens (Men et al. 2024,
"ShortGPT: Layers in Large Language Models are More Redundant Than You Expect"). A head matters as
much as the loss would answer to its strength: the mean size of the loss's derivative by a gate, 1,
at its output (Michel, Levy and Neubig 2019, "Are Sixteen Heads Really Better than One?"). Heads
that share keys and values are gated, and go, together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import torch

from app.core.errors import ParameterError, UnsupportedModelError
from app.training.loss import loss_of
from app.training.packing import TokenRow

Tell = Callable[[float], None]
"""Called with the part that is done, before the next row; raises CancelledError to stop."""

_PROJECTIONS = ("q_proj", "k_proj", "v_proj", "o_proj")
_OF_LAYERS = ("layer_types", "mlp_layer_types", "no_rope_layers")
"""What a configuration says of each layer, in a list."""

MOST_ROWS = 24
"""So many rows are measured at most: the order of layers does not change with more."""


def blocks_of(network: Any) -> Any:
    """The decoder's layers; raises UnsupportedModelError where they are not a plain list."""
    blocks = getattr(network.base_model, "layers", None)
    if (
        not isinstance(blocks, torch.nn.ModuleList)
        or len(blocks) != network.config.get_text_config(decoder=True).num_hidden_layers
    ):
        raise UnsupportedModelError(
            f"How the layers of a {network.config.model_type} are laid out is not known here, so "
            "none can be taken.",
            "Choose a model of the kinds llama, mistral or qwen.",
        )
    return blocks


def require_layers(network: Any, count: int) -> None:
    """Raise LampblackError unless so many layers can be taken, with one left at least."""
    layers = len(blocks_of(network))
    if count >= layers:
        raise ParameterError(
            f"The model has {layers} layers; {count} cannot be taken.",
            f"Take {layers - 1} at most; a fifth of them is much already.",
        )


def layer_influence(network: Any, rows: Sequence[TokenRow], tell: Tell) -> list[float]:
    """The Block Influence of each layer, from 0 (it changes nothing) to 2."""
    blocks = blocks_of(network)
    sums, tokens = [0.0] * len(blocks), 0

    def watch(place: int) -> Any:
        def hook(_block: Any, args: Any, kwargs: Any, output: Any) -> None:
            before = args[0] if args else kwargs["hidden_states"]
            after = output[0] if isinstance(output, tuple) else output
            likeness = torch.nn.functional.cosine_similarity(before.float(), after.float(), dim=-1)
            sums[place] += float((1 - likeness).sum())

        return hook

    with ExitStack() as hooks, torch.no_grad():
        for place, block in enumerate(blocks):
            handle = block.register_forward_hook(watch(place), with_kwargs=True)
            hooks.callback(handle.remove)
        chosen = rows[:MOST_ROWS]
        for number, row in enumerate(chosen):
            tell(number / len(chosen))
            given, aims = row.inputs(network.device)
            network.base_model(**given, use_cache=False)
            tokens += len(aims)
    return [one / tokens for one in sums]


def take_layers(network: Any, gone: Sequence[int]) -> None:
    """Take these layers out; the others close up."""
    blocks = blocks_of(network)
    kept = [place for place in range(len(blocks)) if place not in gone]
    network.base_model.layers = torch.nn.ModuleList(blocks[place] for place in kept)
    for number, place in enumerate(kept):
        for module in blocks[place].modules():
            if hasattr(module, "layer_idx"):
                module.layer_idx = number
    config = network.config.get_text_config(decoder=True)
    config.num_hidden_layers = len(kept)
    for name in _OF_LAYERS:
        said = getattr(config, name, None)
        if said:
            setattr(config, name, [said[place] for place in kept])


def require_heads(network: Any, count: int) -> int:
    """How many groups of heads go from every layer when `count` heads do; raises LampblackError."""
    blocks = blocks_of(network)
    config = network.config.get_text_config(decoder=True)
    heads = getattr(config, "num_attention_heads", None) or 0
    groups = getattr(config, "num_key_value_heads", None) or heads
    if not groups or not all(_has_plain_heads(block, heads, groups) for block in blocks):
        raise UnsupportedModelError(
            f"How the heads of a {config.model_type} are laid out is not known here, so none can "
            "be taken.",
            "Take layers, or choose a model of the kinds llama, mistral or qwen.",
        )
    each = heads // groups
    if count % each:
        raise ParameterError(
            f"In this model {each} heads share their keys and values and go together; "
            f"{count} heads are no multiple of {each}.",
            f"Take {each}, or a multiple of it.",
        )
    if count >= heads:
        raise ParameterError(
            f"The model has {heads} heads in a layer; {count} cannot be taken.",
            f"Take {heads - each} at most.",
        )
    try:
        _config_without(config, count, count // each)
    except Exception as error:  # what the library's own checks raise has no common type
        reason = str(error).strip().rpartition(": ")[2].strip().rstrip(".")
        raise UnsupportedModelError(
            f"A {config.model_type} with {heads - count} heads in a layer cannot be described: "
            f"{reason}.",
            "Take another number of heads, or whole layers.",
        ) from error
    return int(count // each)


def _has_plain_heads(block: Any, heads: int, groups: int) -> bool:
    """Whether a layer has four matrices with room for these heads, and nothing else of theirs."""
    attention = getattr(block, "self_attn", None)
    found: list[Any] = [getattr(attention, name, None) for name in _PROJECTIONS]
    if attention is None or not all(isinstance(one, torch.nn.Linear) for one in found):
        return False
    asks, keys, values, out = found
    size, rest = divmod(asks.out_features, heads)
    others = [
        (name, weights)
        for name, weights in attention.named_parameters()
        if not name.startswith(_PROJECTIONS)
    ]
    return (
        not rest
        and keys.out_features == values.out_features == groups * size
        and out.in_features == heads * size
        and all("norm" in name and weights.numel() == size for name, weights in others)
    )


def head_influence(network: Any, rows: Sequence[TokenRow], tell: Tell) -> list[list[float]]:
    """For each layer, how much each group of heads matters."""
    blocks = blocks_of(network)
    config = network.config.get_text_config(decoder=True)
    groups = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    gates = torch.ones(len(blocks), groups, device=network.device, requires_grad=True)
    total = torch.zeros_like(gates)
    chosen = rows[:MOST_ROWS]
    with _frozen(network), ExitStack() as hooks:
        for place, block in enumerate(blocks):
            handle = block.self_attn.o_proj.register_forward_pre_hook(_gated(gates, place))
            hooks.callback(handle.remove)
        for number, row in enumerate(chosen):
            tell(number / len(chosen))
            given, aims = row.inputs(network.device)
            gates.grad = None
            (loss_of(network, given, aims) / row.targets).backward()
            assert gates.grad is not None
            total += gates.grad.abs()
    found: list[list[float]] = (total / len(chosen)).tolist()
    return found


def take_heads(network: Any, gone: Sequence[Sequence[int]]) -> None:
    """Take these groups of heads out of each layer, equally many of each."""
    config = network.config.get_text_config(decoder=True)
    heads = config.num_attention_heads
    groups = getattr(config, "num_key_value_heads", None) or heads
    each = heads // groups
    for block, lost in zip(blocks_of(network), gone, strict=True):
        kept = [group for group in range(groups) if group not in lost]
        attention = block.self_attn
        size = attention.q_proj.out_features // heads
        of_group = _places(kept, size)
        of_heads = _places(kept, size * each)
        _keep_rows(attention.q_proj, of_heads)
        _keep_rows(attention.k_proj, of_group)
        _keep_rows(attention.v_proj, of_group)
        out = attention.o_proj
        out.weight = torch.nn.Parameter(out.weight.data[:, of_heads].contiguous())
        out.in_features = len(of_heads)
    lost_groups = len(gone[0])
    small = _config_without(config, lost_groups * each, lost_groups)
    for name in ("head_dim", "num_attention_heads", "num_key_value_heads"):
        setattr(config, name, getattr(small, name))


def least(values: Sequence[float], count: int) -> list[int]:
    """The places of the `count` smallest, in order."""
    return sorted(sorted(range(len(values)), key=lambda place: values[place])[:count])


def _config_without(config: Any, heads: int, groups: int) -> Any:
    """The configuration with fewer heads of the same size; raises what the library does."""
    whole = config.to_dict()
    number = config.num_attention_heads
    have = getattr(config, "num_key_value_heads", None) or number
    size = getattr(config, "head_dim", None) or config.hidden_size // number
    fewer = {
        "num_attention_heads": number - heads,
        "num_key_value_heads": have - groups,
        "head_dim": size,
    }
    return type(config)(**(whole | fewer))


def _gated(gates: Any, place: int) -> Any:
    def hook(_layer: Any, args: Any) -> Any:
        (x,) = args
        parts = x.reshape(*x.shape[:-1], gates.shape[1], -1) * gates[place][:, None].to(x.dtype)
        return (parts.reshape(x.shape),)

    return hook


@contextmanager
def _frozen(network: Any) -> Iterator[None]:
    """While it is entered, no weight of the network asks for a gradient."""
    asking = [weights for weights in network.parameters() if weights.requires_grad]
    for weights in asking:
        weights.requires_grad_(False)
    try:
        yield
    finally:
        for weights in asking:
            weights.requires_grad_(True)


def _places(parts: Sequence[int], size: int) -> list[int]:
    """The numbers in parts of that size."""
    return [part * size + inner for part in parts for inner in range(size)]


def _keep_rows(layer: Any, rows: Sequence[int]) -> None:
    layer.weight = torch.nn.Parameter(layer.weight.data[rows].contiguous())
    if layer.bias is not None:
        layer.bias = torch.nn.Parameter(layer.bias.data[rows].contiguous())
    layer.out_features = len(rows)
