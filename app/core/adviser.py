"""The adviser: says when a model's type is slow on this processor, and which copy would be faster.

The figures are measured (two cores with AVX-512, the starter model): prompt tokens per second were
180 in Q4_1, 278 in Q8_0, 422 in Q4_0 and 393 in F16; a Q8_0 copy of Q4_1 read prompts 1.5 to 2.8
times as fast and wrote at 0.85 of the speed, at a divergence of 0.005. Which types have no kernel
of their own for whole prompts is what ggml's sources say (its repacked and tiled matrix products).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

_X86 = frozenset(("SSE3", "SSSE3", "AVX", "AVX2", "AVX512"))
_TILES = "AMX_INT8"  # a processor with it multiplies the usual types in hardware
_COPY = "Q8_0"
_BITS = 8.5
_SLOW: Mapping[str, float] = {"Q4_1": 5.0, "Q5_1": 6.0}
"""The types without a fast kernel on x86, with their bits per weight."""

_MEASURED = ("Q4_1",)


class Advice(msgspec.Struct, frozen=True):
    """A copy that would read prompts faster: its type, about its size, and a sentence why."""

    type_name: str
    size_bytes: int
    words: str


def advise(
    quantization: str,
    size_bytes: int,
    features: Iterable[str],
    *,
    engine: str = "llama.cpp",
    gpu_layers: int = 0,
) -> Advice | None:
    """The advice for a model as it is loaded; None where there is nothing to gain for certain.

    `features` are what the processor offers, in ggml's words; nothing is said without knowing them,
    and nothing about layers on a graphics card.
    """
    offered = set(features)
    kind = quantization.split(" ")[0].upper()
    if engine != "llama.cpp" or gpu_layers or kind not in _SLOW:
        return None
    if not offered & _X86 or _TILES in offered:
        return None
    size = int(size_bytes * _BITS / _SLOW[kind])
    return Advice(_COPY, size, _words(kind, size))


def _words(kind: str, size: int) -> str:
    gain = "1.5 to 2.8 times as fast" if kind in _MEASURED else "faster"
    price = ", writes a little slower" if kind in _MEASURED else ""
    return (
        f"{kind} has no fast way to read prompts on this processor. A copy in {_COPY} reads them "
        f"{gain}{price}, takes up to {size / 1e6:,.0f} MB, and its text is as good."
    )
