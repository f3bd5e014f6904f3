"""Adapters (LoRA): small files that change how a model writes, each with a strength."""

from __future__ import annotations

import msgspec

from app.core.errors import ParameterError

WEAKEST, STRONGEST = -4.0, 4.0
"""The limits of a strength: 1 is as it was trained, 0 without effect, below 0 the contrary."""

MOST = 8
"""The most adapters of one model at a time."""


class Adapter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An adapter to be attached: a GGUF file for llama.cpp, a PEFT folder for Torch."""

    path: str
    strength: float = 1.0


def check_adapters(adapters: tuple[Adapter, ...]) -> None:
    """Raise ParameterError for too many adapters, one that comes twice, or a strength beyond."""
    if len(adapters) > MOST:
        raise ParameterError(f"At most {MOST} adapters can be attached, not {len(adapters)}.")
    paths = {adapter.path for adapter in adapters}
    if len(paths) < len(adapters):
        raise ParameterError("An adapter is named twice.", "Name each once, with its strength.")
    for adapter in adapters:
        if not WEAKEST <= adapter.strength <= STRONGEST:  # never true for a number that is none
            raise ParameterError(
                f"The strength of an adapter lies between {WEAKEST:g} and {STRONGEST:g}, "
                f"not {adapter.strength:g}.",
                "1 is as it was trained.",
            )
