"""Merging LoRA adapters into a network that was just loaded.

A layer's weights become W + s·(alpha/r)·B·A (Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large
Language Models"), with alpha/sqrt(r) where the adapter says so (Kalajdzievski 2023, "A Rank
Stabilization Scaling Factor for Fine-Tuning with LoRA"). Merged, it costs nothing while writing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from app.core.errors import NotAModelError, UnsupportedModelError
from app.core.formats.adapter_files import PeftConfig, read_peft
from app.core.options.adapters import Adapter

WEIGHTS = "adapter_model.safetensors"
"""The file of a PEFT folder that holds the matrices."""

_PREFIX = "base_model.model."
_PART = re.compile(r"(?P<layer>.+)\.lora_(?P<which>[AB])(?:\.default)?\.weight")
_HINT = "Choose an adapter that was made for this model."


def merge(network: Any, adapters: Iterable[Adapter]) -> None:
    """Merge every adapter; raises a LampblackError before the first weight of it is changed."""
    for adapter in adapters:
        folder = Path(adapter.path)
        config = read_peft(folder)
        pairs = _pairs(folder.name, load_file(folder / WEIGHTS))
        layers = [(_layer(network, name, folder.name, *pair), name, pair) for name, pair in pairs]
        with torch.no_grad():
            for layer, name, (down, up) in layers:
                scale = adapter.strength * _scale(config, name, down.shape[0])
                change = (up.float() @ down.float()) * scale
                weight = layer.weight
                # Never in place: the former weights may still lie in the model's file.
                weight.data = (weight.data.float() + change.to(weight.device)).to(weight.dtype)


def _pairs(
    adapter: str, tensors: Mapping[str, torch.Tensor]
) -> list[tuple[str, tuple[torch.Tensor, torch.Tensor]]]:
    """The matrices A and B by the name of their layer."""
    found: dict[str, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        part = _PART.fullmatch(name.removeprefix(_PREFIX))
        if part is None:
            raise UnsupportedModelError(
                f"The adapter {adapter} is not plain LoRA: it changes {name[:80]}, too.",
                "Merge it into the model with the tool that made it.",
            )
        found.setdefault(part["layer"], {})[part["which"]] = tensor
    lonely = next((name for name, both in found.items() if len(both) < 2), "")
    if lonely or not found:
        raise NotAModelError(f"The adapter {adapter} is damaged: it lacks a part of {lonely!r}.")
    return [(name, (both["A"], both["B"])) for name, both in found.items()]


def _layer(network: Any, name: str, adapter: str, down: torch.Tensor, up: torch.Tensor) -> Any:
    """The linear layer of that name, if the matrices fit it."""
    try:
        layer = network.get_submodule(name)
    except AttributeError:
        raise UnsupportedModelError(
            f"The adapter {adapter} changes {name}, which this model does not have.", _HINT
        ) from None
    if not isinstance(layer, torch.nn.Linear):
        raise UnsupportedModelError(
            f"The adapter {adapter} changes {name}, which is no linear layer of this model.", _HINT
        )
    if layer.weight is network.get_input_embeddings().weight:
        raise UnsupportedModelError(
            f"The adapter {adapter} changes {name}, which is also this model's input.", _HINT
        )
    shapes = tuple(down.shape), tuple(up.shape)
    rows, columns = layer.weight.shape
    rank = shapes[0][0] if shapes[0] else 0
    if not rank or shapes != ((rank, columns), (rows, rank)):
        raise UnsupportedModelError(
            f"The adapter {adapter} does not fit the shape of {name} in this model.", _HINT
        )
    return layer


def _scale(config: PeftConfig, name: str, rank: int) -> float:
    alpha = next(
        (value for key, value in config.alpha_pattern.items() if _names(key, name)), config.alpha
    )
    return alpha / (math.sqrt(rank) if config.is_rank_stabilized else rank)


def _names(key: str, layer: str) -> bool:
    """Whether a pattern's plain key names the layer: all of it, or its end after a dot."""
    return layer == key or layer.endswith(f".{key}")
