"""The whole answer to whether a model fits: the sum, the ladder, and a smaller model instead."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path, PurePosixPath

import msgspec

from app.core.memory_fit.advice import beyond_settings, with_flash_note
from app.core.memory_fit.estimate import MEMORY, Fit, MemoryPart, estimate, fit_of
from app.core.memory_fit.fallbacks import CHANGEABLE, Fallback, changes, first_that_fits, ladder
from app.core.memory_fit.layout import Layout
from app.core.models.catalogue import CatalogueEntry
from app.core.options.adapters import Adapter
from app.core.options.load_options import OWN_CONTEXT, LoadOptions
from app.core.system.machine import COMFORT, Machine
from app.core.units import size_text

_SAME = 0.1  # of the parameters: two quantizations of one model count alike within this


def smaller_entry(
    layout: Layout, fit: Fit, machine: Machine, entries: Iterable[CatalogueEntry]
) -> CatalogueEntry | None:
    """The largest entry that fits and is smaller: of the same model if there is one, else family.

    None where the catalogue does not know the model's family, or has nothing smaller.
    """
    known = tuple(entries)
    families = {entry.family for entry in known if _names(entry, layout)}
    fitting = [
        entry
        for entry in known
        if entry.family in families
        and entry.engine == layout.engine
        and entry.memory_bytes < fit.total
        and machine.judge(entry.memory_bytes) == "fits"
    ]
    same = [entry for entry in fitting if _is_same(entry, layout)]
    return max(same or fitting, key=lambda entry: entry.memory_bytes, default=None)


def _names(entry: CatalogueEntry, layout: Layout) -> bool:
    """Whether the model's file is the entry's, or bears the family's name."""
    files = {PurePosixPath(file.path).stem.casefold() for file in entry.files}
    name = layout.name.casefold()
    return name in files or _plain(name).startswith(_plain(entry.family))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _is_same(entry: CatalogueEntry, layout: Layout) -> bool:
    parameters = entry.params_b * 1e9
    return abs(parameters - layout.parameters) <= _SAME * parameters


class FitReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a person can read and choose from before a model is loaded.

    `steps` begin with the model as asked; `taken` are the options that a plain load would take by
    itself, None if it would refuse; `is_slow` says that weights would not stay in memory then.
    `advice` are sentences about what else would help. `given_back` is counted in `fit.free`
    already. `smaller` is an entry of the catalogue that fits where this model does not.
    """

    fit: Fit
    steps: tuple[Fallback, ...]
    taken: LoadOptions | None
    is_slow: bool = False
    advice: tuple[str, ...] = ()
    given_back: int = 0
    smaller: CatalogueEntry | None = None


def report(
    layout: Layout,
    options: LoadOptions,
    machine: Machine,
    entries: Iterable[CatalogueEntry] = (),
    *,
    adapters: int = 0,
) -> FitReport:
    """Everything about one model with these options; `machine` counts what ours gives back."""
    estimated = partial(estimate, adapters=adapters)
    fit = with_flash_note(estimated(layout, options, machine), layout, options, machine)
    helped = fit.verdict != "fits"
    smaller = smaller_entry(layout, fit, machine, entries) if helped else None
    automatic = ladder(layout, options, machine, estimated=estimated)
    taken = first_that_fits(automatic, machine, mapped=False)
    is_slow = taken is None and options.mmap
    if is_slow:
        taken = first_that_fits(automatic, machine, mapped=True)
    if options.fit != "auto":
        taken = automatic[0]
    steps = ladder(layout, options, machine, may_change=CHANGEABLE, estimated=estimated)
    if taken is not None and taken.options not in [step.options for step in steps]:
        steps = (steps[0], _told(steps[0], taken), *steps[1:])
    return FitReport(
        fit=fit,
        steps=steps,
        taken=taken.options if taken is not None else None,
        is_slow=is_slow and taken is not None,
        advice=tuple(beyond_settings(fit, machine)) if helped else (),
        given_back=machine.given_back,
        smaller=smaller,
    )


def as_chosen(step: Fallback) -> LoadOptions:
    """The options to load with when a person chose the step: nothing else is changed."""
    return msgspec.structs.replace(step.options, fit="as-asked")


def given_back(layout: Layout, options: LoadOptions, machine: Machine, adapters: int = 0) -> int:
    """The bytes of the processor's memory that unloading a model gives back.

    `options` are those that it was loaded with. Weights that are mapped from their file count as
    free already: the system takes their room whenever it is needed.
    """
    fit = estimate(layout, options, machine, adapters=adapters)
    held = fit.needed.get(MEMORY, 0) - fit.sum_of("engine", MEMORY)
    if options.mmap and layout.engine == "llama.cpp":
        held -= fit.sum_of("weights", MEMORY)
    return max(0, min(held, machine.memory_total - machine.memory_free))


def sizes_of(adapters: Iterable[Adapter]) -> int:
    """The bytes of the adapters' files; of those that are there."""
    return sum(_size(Path(adapter.path)) for adapter in adapters)


def because(fit: Fit, machine: Machine) -> str:
    """One sentence for a list: what is needed on the fullest device, and what is free there."""
    device = max(fit.needed, key=lambda name: fit.needed[name] / max(1, fit.free[name]))
    needed, free = size_text(fit.needed[device]), size_text(fit.free[device])
    if device != MEMORY:
        return f"It needs {needed} on {device}, where {free} are free."
    mine = " with what the loaded model gives back" if machine.given_back else ""
    if fit.verdict == "fits":
        return f"It needs {needed}, and {free} of memory are free{mine}."
    if fit.verdict == "tight":
        return (
            f"It needs {needed} of the {size_text(machine.memory_total)} here, and {free} are free "
            f"now{mine}."
        )
    return f"It needs {needed}, and this machine has {size_text(machine.memory_total)}."


def _told(asked: Fallback, taken: Fallback) -> Fallback:
    """The step with all that is otherwise than asked."""
    return msgspec.structs.replace(taken, sentence=" ".join(changes(asked, taken)))


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            return sum(file.stat().st_size for file in path.glob("*.safetensors"))
        return path.stat().st_size
    except (OSError, ValueError):
        return 0


def facts_fit(entry: CatalogueEntry, machine: Machine) -> Fit:
    """The entry's size and memory need, on the graphics card that has room for all, else not."""
    cards = [gpu.name for gpu in machine.gpus if entry.memory_bytes <= gpu.free * COMFORT]
    device = cards[0] if cards else MEMORY
    context = min(entry.context_length, OWN_CONTEXT)
    weights = min(entry.size_bytes or 0, entry.memory_bytes)
    rest = f"KV cache ({context:,} tokens) and buffers"
    parts = (
        MemoryPart("weights", device, weights, "weights"),
        MemoryPart(rest if weights else f"weights, {rest}", device, entry.memory_bytes - weights),
    )
    note = "The model's own header will tell more when it is on this machine."
    return msgspec.structs.replace(fit_of(parts, machine), context=context, notes=(note,))
