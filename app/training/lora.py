"""LoRA layers over a network's linear layers, whose own weights stay as they are.

A layer gives W·x + s·B·(A·x), s being alpha/rank (Hu et al. 2021, "LoRA: Low-Rank Adaptation of
Large Language Models"). B begins as zeros, so that at first nothing is changed. All numbers to be
learned lie in one tensor: clipping, the optimizer and a checkpoint each see a single one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from app.core.errors import UnsupportedModelError


class _Product(torch.autograd.Function):  # type: ignore[misc] # PyTorch is not checked
    """The layer's product and its gradients; keeps its input and A·x, and nothing more."""

    @staticmethod
    def forward(ctx: Any, x: Any, weight: Any, bias: Any, down: Any, up: Any, scale: float) -> Any:
        rows = x.reshape(-1, x.shape[-1])
        small_down, small_up = down.to(x.dtype), up.to(x.dtype)
        inner = rows @ small_down.t()
        out = torch.nn.functional.linear(rows, weight, bias)
        out.addmm_(inner, small_up.t(), alpha=scale)
        ctx.save_for_backward(rows, weight, small_down, small_up, inner)
        ctx.scale, ctx.shape = scale, x.shape
        return out.view(*x.shape[:-1], weight.shape[0])

    @staticmethod
    def backward(ctx: Any, gradient: Any) -> Any:
        rows, weight, down, up, inner = ctx.saved_tensors
        gradient = gradient.reshape(-1, gradient.shape[-1])
        # A narrow matrix on the left: the other way round the same takes four times as long.
        to_up = (inner.t() @ gradient).t().float() * ctx.scale
        to_inner = (gradient @ up).mul_(ctx.scale)
        to_down = (to_inner.t() @ rows).float()
        to_x = None
        if ctx.needs_input_grad[0]:
            to_x = (gradient @ weight).addmm_(to_inner, down).view(ctx.shape)
        return to_x, None, None, to_down, to_up, None


class LoraLinear(torch.nn.Module):  # type: ignore[misc] # PyTorch is not checked
    """A linear layer with an adapter beside it, which counts while `is_on`."""

    def __init__(self, base: Any, down: Any, up: Any, scale: float) -> None:
        super().__init__()
        self.base, self.down, self.up = base, down, up
        self.scale, self.is_on = scale, True

    def forward(self, x: Any) -> Any:
        """What the layer makes of `x`."""
        if not self.is_on:
            return self.base(x)
        base = self.base
        return _Product.apply(x, base.weight, base.bias, self.down, self.up, self.scale)


class Adapters:
    """The adapters of a network: `flat` holds all that is learned, `flat.grad` its gradient.

    `layers` are by the names that the network gives its linear layers. Raises UnsupportedModelError
    where it has none in its decoder.
    """

    def __init__(self, network: Any, rank: int, alpha: float, seed: int) -> None:
        for weights in network.parameters():
            weights.requires_grad_(False)
        found = dict(_linear(network))
        if not found:
            raise UnsupportedModelError(
                "This model has no linear layers that could learn.", "Choose another model."
            )
        self.rank, self.alpha = rank, alpha
        sizes = [(layer.in_features, layer.out_features) for layer in found.values()]
        device = next(network.parameters()).device
        total = sum(rank * (inputs + outputs) for inputs, outputs in sizes)
        self.flat = torch.nn.Parameter(torch.zeros(total, dtype=torch.float32, device=device))
        self.flat.grad = torch.zeros_like(self.flat)
        self.layers: dict[str, LoraLinear] = {}
        generator = torch.Generator().manual_seed(seed)
        at = 0
        for (name, layer), (inputs, outputs) in zip(found.items(), sizes, strict=True):
            down, at = self._part(at, (rank, inputs))
            up, at = self._part(at, (outputs, rank))
            bound = 1 / math.sqrt(inputs)
            down.data.copy_((torch.rand((rank, inputs), generator=generator) * 2 - 1) * bound)
            self.layers[name] = LoraLinear(layer, down, up, alpha / rank)
            _put(network, name, self.layers[name])

    def _part(self, at: int, shape: tuple[int, int]) -> tuple[Any, int]:
        """A matrix that is a part of `flat`, as its gradient is one of `flat.grad`."""
        end = at + shape[0] * shape[1]
        part = torch.nn.Parameter(self.flat.data[at:end].view(shape))
        part.grad = self.flat.grad[at:end].view(shape)
        return part, end

    @contextmanager
    def off(self) -> Iterator[None]:
        """While it is entered, the network is the base model."""
        for layer in self.layers.values():
            layer.is_on = False
        try:
            yield
        finally:
            for layer in self.layers.values():
                layer.is_on = True

    def matrices(self) -> Iterator[tuple[str, Any, Any]]:
        """A and B of each layer, by its name, in memory."""
        for name, layer in self.layers.items():
            yield name, layer.down.detach().cpu().clone(), layer.up.detach().cpu().clone()


def _linear(network: Any) -> Iterator[tuple[str, Any]]:
    """The linear layers of the decoder's blocks, by name."""
    blocks = max(
        ((n, m) for n, m in network.named_modules() if isinstance(m, torch.nn.ModuleList)),
        key=lambda one: len(one[1]),
        default=("", ()),
    )
    for name, module in network.named_modules():
        if type(module) is torch.nn.Linear and name.startswith(f"{blocks[0]}."):
            yield name, module


def _put(network: Any, name: str, layer: Any) -> None:
    parent, _, own = name.rpartition(".")
    setattr(network.get_submodule(parent), own, layer)
