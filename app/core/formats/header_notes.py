"""What a writer should hear when a model is loaded: what its header lacks or does not promise."""

from __future__ import annotations

import math
from typing import Any


def extended_context(tokens: int, factor: object, original: object) -> tuple[int, float]:
    """The context that a model was made for, and by how much it may be stretched beyond.

    A rope scaling stretches the `original` length by `factor`; where the original is not named,
    programs disagree on whether `tokens` is the length before or after that.
    """
    if not isinstance(factor, int | float) or not math.isfinite(factor) or not 1 < factor < 1e4:
        return tokens, 1.0
    if isinstance(original, int | float) and math.isfinite(original) and original > 0:
        return (max(tokens, round(original * factor)) if tokens else 0), 1.0
    return tokens, float(factor)


def rope_scaling(config: dict[str, Any]) -> tuple[object, object]:
    """The factor and the original length of a configuration, under its old and new names."""
    for key in ("rope_parameters", "rope_scaling"):
        scaling = config.get(key)
        if isinstance(scaling, dict) and isinstance(scaling.get("full_attention"), dict):
            scaling = scaling["full_attention"]
        if isinstance(scaling, dict) and scaling.get("factor"):
            original = scaling.get("original_max_position_embeddings")
            return scaling["factor"], original or config.get("original_max_position_embeddings")
    return None, None


def beyond_training(context: int, trained: int, stretch: float = 1.0) -> tuple[str, ...]:
    """The note on a context above the one that the model was made for; none below it."""
    if not 0 < trained < context:
        return ()
    note = (
        f"The model was made for a context of {trained:,} tokens, and {context:,} are asked for: "
        "beyond its own its text may make no sense."
    )
    if context <= trained * stretch:
        note += f" Its rope scaling (by {stretch:g}) may reach that far."
    return (f"{note} Take {trained:,} or fewer to be safe.",)


def without_pre_tokenizer(name: str) -> str:
    """The note on a vocabulary that does not say how a text is divided before it is looked up."""
    return (
        f"{name} does not say how a text is divided into words before its tokens are looked up "
        "(tokenizer.ggml.pre is missing), so the usual way is taken, and its prose may suffer. "
        "A newer GGUF file of the same model says it."
    )
