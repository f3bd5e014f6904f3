"""The estimate for a model that is not here: what the catalogue says it needs."""

from __future__ import annotations

import msgspec

from app.core.memory_fit.estimate import MEMORY, OWN_CONTEXT, Fit, Part, fit_of
from app.core.models.catalogue import CatalogueEntry
from app.core.system.machine import COMFORT, Machine


def facts_fit(entry: CatalogueEntry, machine: Machine) -> Fit:
    """The entry's size and memory need, on the graphics card that has room for all, else not."""
    cards = [gpu.name for gpu in machine.gpus if entry.memory_bytes <= gpu.free * COMFORT]
    device = cards[0] if cards else MEMORY
    context = min(entry.context_length, OWN_CONTEXT)
    weights = min(entry.size_bytes or 0, entry.memory_bytes)
    rest = f"KV cache ({context:,} tokens) and buffers"
    parts = (
        Part("weights", device, weights, "weights"),
        Part(rest if weights else f"weights, {rest}", device, entry.memory_bytes - weights),
    )
    note = "The model's own header will tell more when it is on this machine."
    return msgspec.structs.replace(fit_of(parts, machine), context=context, notes=(note,))
