"""What a model needs, layer by layer: weights, KV cache, and the buffers to compute in.

The arithmetic is that of llama.cpp's own reservation, which is made for the longest batch at the
end of a full context.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.core.formats.gguf_tensors import LayerSizes
from app.core.memory_fit.layout import Layout
from app.core.options.load_options import BATCH
from app.core.system.machine import Machine

KV_BYTES = {"f32": 4.0, "f16": 2.0, "bf16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}
"""The bytes of a number in the KV cache, by its type."""

SEQUENCES = 32
"""How many texts a context may hold at once, the running takes and the cached ones.

Recurrent layers keep a state for each.
"""

OUTPUTS = SEQUENCES
"""How many rows of a batch may give logits: llama.cpp reserves room for them, each as long as the
vocabulary, twice. A row for each text is the least that it takes."""

_FLOAT, _INDEX = 4, 8
_LIVE_VECTORS = 3  # of a token, alive at once while a layer is computed
_LIVE_QUERIES = 2  # of a token, alive at once while it attends


@dataclass(frozen=True, slots=True)
class Demand:
    """What a model needs on the devices, in bytes.

    `weights` and `cache` are those of each layer, the output layer last. Every device that holds
    layers needs `scratch` beside them, and the one with the output layer `logits` on top. The
    processor needs `inputs` in any case: the mask and the vectors that a batch begins with.
    """

    weights: tuple[int, ...]
    cache: tuple[int, ...]
    scratch: int = 0
    logits: int = 0
    inputs: int = 0

    @property
    def count(self) -> int:
        """The layers with the output layer."""
        return len(self.weights)

    def last(self, layers: int) -> tuple[int, ...]:
        """The whole size of each of the last `layers` layers, the logits with the output's."""
        pairs = zip(self.weights, self.cache, strict=True)
        whole = [weights + cache for weights, cache in pairs]
        whole[-1] += self.logits
        return tuple(whole[len(whole) - layers :])


@dataclass(frozen=True, slots=True)
class Computing:
    """What of the settings decides how much memory is needed; `outputs` rows can give logits."""

    context: int
    ubatch: int
    outputs: int
    kv_type: str
    flash_attention: bool
    windowed: bool = False

    @property
    def rows(self) -> int:
        """How many rows of a micro-batch can give logits."""
        return min(self.outputs, self.ubatch)


def demand(sizes: LayerSizes, vocabulary: int, settings: Computing) -> Demand:
    """What a model of these layers needs with these settings.

    The scratch is what llama.cpp's own reservation comes to, within a tenth: the mask of the
    attention, and the vectors of a micro-batch held at once; the logits of `outputs` rows take
    the place of both when the layers are done.
    """
    each = settings.context * KV_BYTES[settings.kv_type]
    mask = _mask(settings) if any(sizes.cache) else 0
    most = max(_feeding(sizes, settings), _attending(sizes, settings))
    logits = settings.rows * vocabulary * _FLOAT
    states = sizes.states or (0,) * len(sizes.weights)
    return Demand(
        weights=(*sizes.weights, sizes.output),
        cache=(
            *(
                int(numbers * each) + state * _FLOAT * SEQUENCES
                for numbers, state in zip(sizes.cache, states, strict=True)
            ),
            0,
        ),
        scratch=mask + most,
        logits=max(0, logits - mask - most),
        inputs=mask + settings.ubatch * sizes.width * _FLOAT,
    )


def conversion(sizes: LayerSizes, settings: Computing) -> int:
    """What the processor needs to bring a matrix product's input into the type of its weights.

    Without flash attention the weights of the attention are the largest such input.
    """
    pairs = settings.context * settings.ubatch * sizes.heads
    attention = 0 if settings.flash_attention or settings.kv_type == "f32" else pairs * 2
    return max(attention, settings.ubatch * sizes.widest * 2)


def _mask(settings: Computing) -> int:
    """One of the attention to all, and one of that to a window, if there are such layers."""
    pairs = settings.context * settings.ubatch
    each = pairs * (_FLOAT // 2 if settings.flash_attention else _FLOAT)
    return each * (2 if settings.windowed else 1)


def _feeding(sizes: LayerSizes, settings: Computing) -> int:
    return _LIVE_VECTORS * settings.ubatch * (sizes.width + sizes.widest) * _FLOAT


def _attending(sizes: LayerSizes, settings: Computing) -> int:
    """Without flash attention every head's weights of a micro-batch are there at once."""
    if settings.flash_attention:
        return 0
    vectors = _LIVE_VECTORS * sizes.width + _LIVE_QUERIES * (sizes.queries or sizes.width)
    weights = settings.context * settings.ubatch * sizes.heads * _FLOAT
    values = max(sizes.cache, default=0) // 2  # their places are written one by one
    return weights + settings.ubatch * (vectors * _FLOAT + values * _INDEX)


RESERVE = 1.2
"""Of the weights' size: a graphics card with less room for them is left alone."""

_MEMORY = "memory"
_LIBRARY = 350 * 2**20  # PyTorch and transformers themselves, as measured
_VECTORS = 6  # of a token, alive at once

_Row = tuple[str, int, Literal["weights", "cache", "buffers", "engine"]]


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


_LIBRARY_ROW: _Row = ("PyTorch itself", _LIBRARY, "engine")


def _parts(layout: Layout, context: int, each: int, kv_type: str) -> tuple[_Row, ...]:
    sizes = layout.sizes
    cache = sum(sizes.cache) * context * each
    rows = min(BATCH, context)
    vectors = rows * (sizes.width * _VECTORS + 2 * sizes.widest) * each
    logits = layout.vocabulary * _FLOAT * 2
    return (
        (f"weights as {kv_type}", layout.parameters * each, "weights"),
        (f"KV cache ({context:,} tokens, {kv_type})", cache, "cache"),
        ("working buffers", vectors + rows * context * each + logits, "buffers"),
    )
