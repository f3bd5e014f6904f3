"""What a model needs with PyTorch: all layers on one device, the weights in one type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.core.memory_fit.layout import Layout
from app.core.system.machine import Machine

RESERVE = 1.2
"""Of the weights' size: a graphics card with less room for them is left alone."""

_MEMORY = "memory"
_BATCH = 512  # rows of a batch
_FLOAT = 4
_LIBRARY = 350 * 2**20  # PyTorch and transformers themselves, as measured
_VECTORS = 6  # of a token, alive at once

_Row = tuple[str, int, Literal["weights", "cache", "buffers", "program"]]


@dataclass(frozen=True, slots=True)
class TorchParts:
    """The device, what lies on it, what stays beside it in the processor's memory."""

    device: str
    kv_type: str
    parts: tuple[_Row, ...]
    beside: tuple[_Row, ...]


def torch_parts(layout: Layout, context: int, gpu_layers: int, machine: Machine) -> TorchParts:
    """The parts on the device that the engine would choose."""
    half = layout.parameters * 2
    card = next((gpu for gpu in machine.gpus if gpu_layers and half * RESERVE <= gpu.free), None)
    if card is None:
        each = 4 if half * 2 <= machine.memory_free else 2
        kv_type = "f32" if each == 4 else "bf16"
        return TorchParts(_MEMORY, kv_type, _parts(layout, context, each, kv_type), (_LIBRARY_ROW,))
    return TorchParts(card.name, "bf16", _parts(layout, context, 2, "bf16"), (_LIBRARY_ROW,))


_LIBRARY_ROW: _Row = ("PyTorch itself", _LIBRARY, "program")


def _parts(layout: Layout, context: int, each: int, kv_type: str) -> tuple[_Row, ...]:
    sizes = layout.sizes
    cache = sum(sizes.cache) * context * each
    rows = min(_BATCH, context)
    vectors = rows * (sizes.width * _VECTORS + 2 * sizes.widest) * each
    logits = layout.vocabulary * _FLOAT * 2
    return (
        (f"weights as {kv_type}", layout.parameters * each, "weights"),
        (f"KV cache ({context:,} tokens, {kv_type})", cache, "cache"),
        ("working buffers", vectors + rows * context * each + logits, "buffers"),
    )
