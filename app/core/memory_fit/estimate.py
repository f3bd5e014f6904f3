"""The estimate: every part of what a model needs, what is free for it, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from app.core.formats.header_notes import beyond_training
from app.core.memory_fit.demand import (
    OUTPUTS,
    Computing,
    Demand,
    conversion,
    demand,
    torch_parts,
)
from app.core.memory_fit.draft import draft_layout, draft_options
from app.core.memory_fit.layout import Layout
from app.core.memory_fit.placement import GPU, INTEGRATED, LlamaDevice, Placement, place
from app.core.options.load_options import BATCH, OWN_CONTEXT, LoadOptions
from app.core.system.machine import Gpu, Machine, Verdict

MEMORY = "memory"
"""The name of the processor's memory among the devices."""

WORKING = "working buffers"
"""What is reserved to compute a batch in."""

QUANTIZED = ("q8_0", "q4_0")
"""The types of KV cache that need flash attention."""

Kind = Literal["weights", "cache", "buffers", "program", "engine", "adapters", "draft"]

_FLOAT = 4
_GROWTH = 1.2
_PROGRAM = 6 * 2**20  # what the library itself takes for a model
_ENGINE = 46_000_000  # of the process with llama.cpp and Python, before there is a model
_PER_TOKEN, _PER_MERGE = 270, 140  # bytes that a vocabulary takes in memory


class MemoryPart(msgspec.Struct, frozen=True):
    """One summand, in plain words, on one device; `kind` says what it belongs to.

    With `is_later` it is taken only bit by bit, and whole with the longest text.
    """

    what: str
    device: str
    bytes: int
    kind: Kind = "buffers"
    is_later: bool = False


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a model fits with some settings; `needed` and `free` are bytes by device.

    What is needed is the most, with a full context; `at_once` is what the first words take.
    `gpu_layers`, `context`, `kv_type` and `flash_attention` are what it would be loaded with.
    `advice` are sentences about what would make it fit, `notes` about the sum itself.
    """

    verdict: Verdict
    parts: tuple[MemoryPart, ...]
    needed: dict[str, int]
    free: dict[str, int]
    gpu_layers: int = 0
    context: int = 0
    kv_type: str = "f16"
    flash_attention: bool = False
    advice: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All bytes on all devices, with a full context."""
        return sum(part.bytes for part in self.parts)

    @property
    def at_once(self) -> int:
        """The bytes on all devices as soon as the first words are written."""
        return sum(part.bytes for part in self.parts if not part.is_later)

    @property
    def grows(self) -> bool:
        """Whether a full context takes so much more that both figures are worth saying."""
        return self.total > self.at_once * _GROWTH

    def sum_of(self, kind: Kind, device: str = "") -> int:
        """The bytes of one kind, on one device or on all."""
        wanted = [part for part in self.parts if part.kind == kind]
        return sum(part.bytes for part in wanted if part.device == (device or part.device))


def estimate(
    layout: Layout,
    options: LoadOptions,
    machine: Machine,
    *,
    adapters: int = 0,
) -> Fit:
    """What the model needs with these options, beside what is free on the machine."""
    if layout.engine == "torch":
        return _torch_fit(layout, options, machine, adapters)
    devices = _devices(machine, options)
    computing = computing_of(layout, options, on_gpu=bool(devices))
    needed = demand(layout.sizes, layout.vocabulary, computing)
    placement = place(devices, needed, options.gpu_layers)
    if devices and not placement.layers:
        computing = computing_of(layout, options, on_gpu=False)
        needed = demand(layout.sizes, layout.vocabulary, computing)
    parts = [*_gpu_parts(placement, needed, computing)]
    parts += _memory_parts(layout, placement, needed, computing)
    if adapters:
        device = placement.devices[0].title if placement.devices else MEMORY
        parts.append(MemoryPart("adapters", device, adapters, "adapters"))
    if draft := _draft_bytes(layout, options, machine):
        device = placement.devices[0].title if placement.devices else MEMORY
        parts.append(MemoryPart("draft model", device, draft, "draft"))
    return msgspec.structs.replace(
        fit_of(parts, machine),
        gpu_layers=placement.layers,
        context=computing.context,
        kv_type=computing.kv_type,
        flash_attention=computing.flash_attention,
        notes=placement.notes
        + _mapping_note(options)
        + beyond_training(computing.context, layout.context, layout.stretch),
    )


def _draft_bytes(layout: Layout, options: LoadOptions, machine: Machine) -> int:
    """What the draft model takes."""
    draft = draft_layout(options, layout)
    if draft is None:
        return 0
    fit = estimate(draft, msgspec.structs.replace(draft_options(options), gpu_layers=0), machine)
    return sum(part.bytes for part in fit.parts if part.kind not in ("engine", "program"))


def computing_of(layout: Layout, options: LoadOptions, *, on_gpu: bool) -> Computing:
    """The settings that decide; flash attention that is not settled yet is off on a processor."""
    context = _context(layout, options)
    auto = options.kv_type in QUANTIZED or on_gpu
    return Computing(
        context=context,
        ubatch=min(options.ubatch or BATCH, options.batch or BATCH, context),
        outputs=OUTPUTS,
        kv_type=options.kv_type,
        flash_attention=auto
        if options.flash_attention == "auto"
        else options.flash_attention == "on",
        windowed=layout.windowed,
    )


def _context(layout: Layout, options: LoadOptions) -> int:
    return options.context or min(layout.context or OWN_CONTEXT, OWN_CONTEXT)


def with_given_back(machine: Machine, ours: Mapping[str, int]) -> Machine:
    """The machine as it will be when our own model is gone."""
    gpus = tuple(
        msgspec.structs.replace(gpu, free=gpu.free + ours.get(gpu.name, 0)) for gpu in machine.gpus
    )
    back = ours.get(MEMORY, 0)
    return msgspec.structs.replace(
        machine,
        memory_free=machine.memory_free + back,
        gpus=gpus,
        given_back=machine.given_back + back,
    )


def fit_of(parts: Iterable[MemoryPart], machine: Machine) -> Fit:
    """The parts, added up and judged by the fullest device."""
    kept = tuple(part for part in parts if part.bytes > 0)
    needed: dict[str, int] = {}
    for part in kept:
        needed[part.device] = needed.get(part.device, 0) + part.bytes
    cards = {gpu.name: gpu for gpu in machine.gpus if gpu.name in needed}
    free = {name: gpu.free for name, gpu in cards.items()} | {MEMORY: machine.memory_free}
    shared = sum(needed[name] for name, gpu in cards.items() if gpu.integrated)
    verdicts = [machine.judge(needed.get(MEMORY, 0) + shared)]
    verdicts += [_judge(needed[name], gpu) for name, gpu in cards.items()]
    worst = max(verdicts, key=("fits", "tight", "too large").index)
    return Fit(verdict=worst, parts=kept, needed=needed, free=free)


def _judge(need: int, gpu: Gpu) -> Verdict:
    if need <= _device(0, gpu).budget or not (gpu.free or gpu.total):
        return "fits"
    return "tight" if need <= gpu.free else "too large"


def _devices(machine: Machine, options: LoadOptions) -> tuple[LlamaDevice, ...]:
    if not options.gpu_layers:
        return ()
    found = (_device(index, gpu) for index, gpu in enumerate(machine.gpus))
    return tuple(device.within(machine.memory_free) for device in found)


def _device(index: int, gpu: Gpu) -> LlamaDevice:
    kind = INTEGRATED if gpu.integrated else GPU
    return LlamaDevice(index, gpu.name, gpu.name, kind, gpu.free, gpu.total, id=str(index))


def _gpu_parts(placement: Placement, needed: Demand, computing: Computing) -> Iterable[MemoryPart]:
    held = placement.held(needed)[: len(placement.devices)]
    for index, row in enumerate(held):
        layers = "1 layer" if row.layers == 1 else f"{row.layers} layers"
        logits = needed.logits if index == len(held) - 1 else 0
        yield MemoryPart(f"weights of {layers}", row.device, row.weights, "weights")
        yield MemoryPart(_cache_words(computing), row.device, row.cache, "cache")
        yield MemoryPart(WORKING, row.device, needed.scratch + logits)


def _memory_parts(
    layout: Layout, placement: Placement, needed: Demand, computing: Computing
) -> Iterable[MemoryPart]:
    """What the processor's memory holds: the layers that are on no card, and the tables."""
    here = needed.count - placement.layers
    weights = sum(needed.weights[:here]) + layout.sizes.rest
    if here == needed.count and layout.sizes.is_tied:
        weights -= layout.sizes.output
    yield MemoryPart("weights", MEMORY, weights, "weights")
    yield MemoryPart(_cache_words(computing), MEMORY, sum(needed.cache[:here]), "cache")
    if here:
        logits = needed.logits if not placement.layers else 0
        yield _later(_buffer_words(computing), needed.scratch + logits)
        yield _later("inputs in the weights' type", conversion(layout.sizes, computing))
    else:
        yield _later(WORKING, needed.inputs)
    yield _later(f"logits of {computing.rows} tokens", computing.rows * layout.vocabulary * _FLOAT)
    table = layout.vocabulary * _PER_TOKEN + layout.merges * _PER_MERGE
    yield MemoryPart("vocabulary and library", MEMORY, _PROGRAM + table, "program")
    yield MemoryPart("the engine itself", MEMORY, _ENGINE, "engine")


def _later(what: str, size: int) -> MemoryPart:
    """The processor's buffers: the system gives their memory when something is written there."""
    return MemoryPart(what, MEMORY, size, is_later=True)


def _buffer_words(computing: Computing) -> str:
    if computing.flash_attention:
        return f"{WORKING} (with flash attention)"
    return f"{WORKING} (without flash attention)"


def _cache_words(computing: Computing) -> str:
    return f"KV cache ({computing.context:,} tokens, {computing.kv_type})"


def _mapping_note(options: LoadOptions) -> tuple[str, ...]:
    if not options.mmap:
        return ()
    return (
        "The weights are read out of the file as they are needed; they count in full, because a "
        "model whose weights do not stay in memory writes very slowly.",
    )


def _torch_fit(layout: Layout, options: LoadOptions, machine: Machine, adapters: int) -> Fit:
    context = _context(layout, options)
    chosen = torch_parts(layout, context, options.gpu_layers, machine)
    parts = [
        MemoryPart(what, chosen.device, size, kind, is_later=kind in ("cache", "buffers"))
        for what, size, kind in chosen.parts
    ]
    parts += [MemoryPart(what, MEMORY, size, kind) for what, size, kind in chosen.beside]
    if adapters:
        parts.append(MemoryPart("adapters", chosen.device, adapters, "adapters"))
    if draft := _draft_bytes(layout, options, machine):
        parts.append(MemoryPart("draft model", chosen.device, draft, "draft"))
    layers = 0 if chosen.device == MEMORY else len(layout.sizes.cache)
    return msgspec.structs.replace(
        fit_of(parts, machine),
        gpu_layers=layers,
        context=context,
        kv_type=chosen.kv_type,
        notes=beyond_training(context, layout.context, layout.stretch),
    )
