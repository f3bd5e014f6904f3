"""Where a model's layers go: which GPUs take part, how many layers fit, and who holds which.

Pure arithmetic over what llama.cpp reports of the devices and what the file's header says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from app.core.memory_fit.demand import Demand
from app.core.units import size_text

CPU, GPU, INTEGRATED, ACCELERATOR = 0, 1, 2, 3

_MEBI = 2**20
_LEAST_RESERVE, _MOST_RESERVE, _RESERVED_PART = 256 * _MEBI, 1024 * _MEBI, 16
_HALVINGS = 80  # of the search for an even filling: far below one byte in the end


@dataclass(frozen=True, slots=True)
class LlamaDevice:
    """A device as llama.cpp sees it; `kind` as in its own enumeration, memory in bytes.

    `id` is the same for one card seen by two backends; empty where it is not known.
    """

    index: int
    name: str
    title: str
    kind: int
    free: int
    total: int
    backend: str = ""
    id: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it says how much memory it has."""
        return self.total > 0 or self.free > 0

    def within(self, available: int) -> LlamaDevice:
        """A GPU inside the processor takes from the system's memory what it has."""
        if self.kind != INTEGRATED:
            return self
        return replace(self, free=min(self.free, available))

    @property
    def budget(self) -> int:
        """The free memory less what other programs and the driver may come to need."""
        reserve = min(_MOST_RESERVE, max(_LEAST_RESERVE, self.total // _RESERVED_PART))
        return max(0, self.free - reserve)


@dataclass(frozen=True, slots=True)
class DeviceShare:
    """What one device holds of a model: its number of layers, their weights and KV cache."""

    device: str
    layers: int
    weights: int
    cache: int


@dataclass(frozen=True, slots=True)
class Placement:
    """How many of the last layers each device holds, in order; the processor holds the rest."""

    devices: tuple[LlamaDevice, ...] = ()
    counts: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def layers(self) -> int:
        """All layers on GPUs, the output layer being one."""
        return sum(self.counts)

    @property
    def titles(self) -> str:
        """The GPUs for people."""
        return " + ".join(device.title for device in self.devices)

    def held(self, needed: Demand) -> tuple[DeviceShare, ...]:
        """What every device holds, the processor last."""
        start = needed.count - self.layers
        found = [_held(needed, "CPU", 0, start)] if start else []
        rows = []
        for device, count in zip(self.devices, self.counts, strict=True):
            rows.append(_held(needed, device.title, start, start + count))
            start += count
        return (*rows, *found)


def _held(needed: Demand, device: str, start: int, end: int) -> DeviceShare:
    weights, cache = sum(needed.weights[start:end]), sum(needed.cache[start:end])
    return DeviceShare(device, end - start, weights, cache)


def gpus(devices: Iterable[LlamaDevice]) -> tuple[LlamaDevice, ...]:
    """The devices that layers may go to: every card once, integrated ones if there are no others.

    Where two backends see the same card, the one that llama.cpp lists first has it. Accelerators
    hold no layers; ggml uses them beside the processor by itself.
    """
    listed = [device for device in devices if device.backend != "RPC"]
    cards = _each_once(device for device in listed if device.kind == GPU)
    inside = [device for device in listed if device.kind == INTEGRATED]
    return cards or tuple(device for device in inside if device.backend == inside[0].backend)


def _each_once(devices: Iterable[LlamaDevice]) -> tuple[LlamaDevice, ...]:
    seen: list[LlamaDevice] = []
    kept: list[LlamaDevice] = []
    for device in devices:
        alike = [one for one in seen if one.backend == device.backend and _same(one, device)]
        others = [one for one in kept if one.backend != device.backend and _same(one, device)]
        if len(others) <= len(alike):  # the second of two alike is the second one there, too
            kept.append(device)
        seen.append(device)
    return tuple(kept)


def _same(one: LlamaDevice, other: LlamaDevice) -> bool:
    if one.id and other.id:
        return one.id == other.id
    return _plain(one.title) == _plain(other.title)


def _plain(title: str) -> str:
    """A card's name without what drivers add in brackets."""
    return " ".join(re.findall(r"[a-z0-9]+", re.sub(r"\([^)]*\)", "", title.casefold())))


def place(devices: Iterable[LlamaDevice], needed: Demand, wanted: int) -> Placement:
    """The placement of `wanted` layers, -1 for what fits; 0 keeps the model off every GPU."""
    found = gpus(devices)
    if not found:
        return Placement(notes=(_NONE_HERE,) if wanted > 0 else ())
    if not wanted:
        return Placement()
    if wanted > 0:
        return _as_asked(found, needed, min(wanted, needed.count))
    known = tuple(device for device in found if device.is_known)
    if not known:
        return Placement(notes=(_silent(found),))
    return _what_fits(known, needed)


def _what_fits(devices: tuple[LlamaDevice, ...], needed: Demand) -> Placement:
    for layers in range(needed.count, 0, -1):
        if placed := _fitting(devices, needed, layers):
            note = (_partly(layers, needed.count),) if layers < needed.count else ()
            return Placement(placed.devices, placed.counts, note)
    return Placement(notes=(_nothing_fits(devices),))


def _as_asked(devices: tuple[LlamaDevice, ...], needed: Demand, layers: int) -> Placement:
    """Exactly the layers asked for; where they do not fit, spread by free memory, with a note."""
    known = tuple(device for device in devices if device.is_known)
    if not known:
        return Placement(devices[:1], (layers,))
    if placed := _fitting(known, needed, layers):
        return placed
    fits = _what_fits(known, needed).layers
    counts = _evenly([max(1, device.budget) for device in known], needed.last(layers))
    return _without_empty(known, counts, (_too_many(layers, fits),))


def respread(placement: Placement, needed: Demand, layers: int) -> Placement:
    """The same devices with fewer layers, for a load that ran out of memory."""
    counts = _evenly([max(1, one.budget) for one in placement.devices], needed.last(layers))
    return _without_empty(placement.devices, counts, ())


def _fitting(devices: tuple[LlamaDevice, ...], needed: Demand, layers: int) -> Placement | None:
    """On one device if one has room for all, the emptiest first; else spread over several."""
    blocks = needed.last(layers)
    for device in sorted(devices, key=lambda device: -device.free):
        if sum(blocks) + needed.scratch <= device.budget:
            return Placement((device,), (layers,))
    rooms = [max(0, device.budget - needed.scratch) for device in devices]
    if _filled(rooms, blocks, 1.0) is None:
        return None
    return _without_empty(devices, _evenly(rooms, blocks), ())


def _evenly(rooms: Sequence[int], blocks: Sequence[int]) -> list[int]:
    """Blocks in order over the rooms, the fullest room as little full as can be."""
    low, high = 0.0, 2.0 * (sum(blocks) + 1) / max(1, min(room or 1 for room in rooms)) + 1
    best = [0] * (len(rooms) - 1) + [len(blocks)]
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if counts := _filled(rooms, blocks, middle):
            best, high = counts, middle
        else:
            low = middle
    return best


def _filled(rooms: Sequence[int], blocks: Sequence[int], fill: float) -> list[int] | None:
    """How many blocks each room takes when filled to `fill`; None if some are left over."""
    counts, at = [], 0
    for room in rooms:
        start, used = at, 0
        while at < len(blocks) and used + blocks[at] <= room * fill:
            used += blocks[at]
            at += 1
        counts.append(at - start)
    return counts if at == len(blocks) else None


def _without_empty(
    devices: Sequence[LlamaDevice], counts: Sequence[int], notes: tuple[str, ...]
) -> Placement:
    taken = [(device, count) for device, count in zip(devices, counts, strict=True) if count]
    return Placement(tuple(one for one, _ in taken), tuple(count for _, count in taken), notes)


_NONE_HERE = (
    "No graphics card is here that llama.cpp can use, so the processor does it all; "
    "`lampblack doctor` shows the devices."
)


def _partly(layers: int, count: int) -> str:
    return (
        f"{layers} of {count} layers fit into the memory of the graphics card; "
        "the processor does the rest."
    )


def _nothing_fits(devices: Sequence[LlamaDevice]) -> str:
    free = size_text(max(device.free for device in devices))
    return (
        f"No layer fits into the memory of the graphics card ({free} free), "
        "so the processor does it all."
    )


def _too_many(layers: int, fits: int) -> str:
    return (
        f"{layers} layers were asked for on the graphics card, but its free memory has room "
        f"for {fits}."
    )


def _silent(devices: Sequence[LlamaDevice]) -> str:
    return (
        f"{devices[0].title} does not say how much memory it has, so the processor does it all; "
        "set the layers on the GPU to use it."
    )


def no_room(layers: int, fewer: int) -> str:
    """The sentence about a load that ran out of the GPU's memory and is tried with fewer layers."""
    instead = f"{fewer} were tried" if fewer else "the processor does it all"
    return f"The graphics card had no room for {layers} layers, so {instead}."
