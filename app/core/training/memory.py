"""How much memory a training takes, before it is begun.

Weights, what every layer keeps for its gradient, and the adapter with its optimizer's numbers. The
figures for a layer were measured on networks of the llama kind with this program's own layers; the
process's peak came within a sixth of the sum.
"""

from __future__ import annotations

from pathlib import Path

from app.core.memory_fit.layout import Layout
from app.core.training.smaller_orders import HealingSettings

_LIBRARY = 400 * 2**20  # PyTorch and transformers themselves
_KEPT = {2: (44, 8), 4: (58, 16)}
"""Bytes of a token in a layer, by the bytes of a number: for each of the width, and of the widest
vector."""

_ADAPTER = 4 * 6  # bytes of a number that is learned: itself, gradient, two means, the best, a copy
_LOGITS = 128 * 4 * 3  # bytes for each token of the vocabulary


def has_bfloat16(cpuinfo: Path = Path("/proc/cpuinfo")) -> bool:
    """Whether the processor multiplies bfloat16 by itself; False where the system hides it."""
    try:
        with cpuinfo.open() as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "avx512_bf16" in flags


def adapter_parameters(layout: Layout, rank: int) -> int:
    """About how many numbers an adapter of that rank has: every linear layer of every block."""
    sizes = layout.sizes
    keys = max(sizes.cache, default=0) // 2
    queries = sizes.queries or sizes.width
    each = 2 * (sizes.width + queries) + 2 * (sizes.width + keys) + 3 * (sizes.width + sizes.widest)
    return rank * each * len(sizes.weights)


def training_memory(layout: Layout, length: int, rank: int, number: int) -> int:
    """The bytes that a training of `length` tokens at once takes at most.

    `number` is 2 for bfloat16 and 4 for float32. A model is read as float32 in any case.
    """
    sizes = layout.sizes
    for_width, for_widest = _KEPT[number]
    kept = length * (for_width * sizes.width + for_widest * sizes.widest) * len(sizes.weights)
    weights = layout.parameters * number
    adapter = adapter_parameters(layout, rank) * _ADAPTER
    training = weights + kept + adapter + layout.vocabulary * _LOGITS
    loading = layout.parameters * (4 if number == 4 else 6)
    return _LIBRARY + max(training, loading)


def smaller_memory(student: Layout, other: Layout, settings: HealingSettings, number: int) -> int:
    """The bytes that making a smaller model takes at most.

    Beside its training, it and the model that it is compared with, or its teacher, are in memory
    together in float32, and of what is being read a part of the file; on the starter the peak was
    2.0 GB, and 2.1 are foreseen.
    """
    training = training_memory(student, settings.length, settings.rank, number)
    logits = settings.length * student.vocabulary * 8
    both = 6 * (student.parameters + other.parameters) + logits
    return max(training, _LIBRARY + both)
