"""The fit ladder at load: the first rung that what is free here can hold, and its sentences."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from app.core.errors import OutOfMemoryError
from app.core.memory_fit.advice import advised
from app.core.memory_fit.estimate import MEMORY, Fit, estimate
from app.core.memory_fit.fallbacks import changes, first_that_fits, ladder, memory_need
from app.core.memory_fit.layout import Layout
from app.core.memory_fit.placement import INTEGRATED, LlamaDevice, gpus
from app.core.options.adapters import Adapter
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Gpu, Machine, this_machine
from app.core.units import size_text
from app.host.llama_cpp.context import SMALLER


def fitted(
    layout: Layout, options: LoadOptions, devices: Iterable[LlamaDevice], adapters: int = 0
) -> tuple[LoadOptions, tuple[str, ...]]:
    """The options to load with, and a sentence for each that is otherwise than asked.

    `adapters` are the bytes that they take of the memory.

    Raises OutOfMemoryError, with what would make it fit, where no rung of the ladder does.
    """
    if options.fit != "auto":
        return options, ()
    machine = this_machine(_cards(devices))
    steps = ladder(layout, options, machine, estimated=partial(estimate, adapters=adapters))
    if (step := first_that_fits(steps, machine, mapped=False)) is not None:
        return step.options, changes(steps[0], step)
    step = first_that_fits(steps, machine, mapped=True) if options.mmap else None
    if step is not None:
        return step.options, (*changes(steps[0], step), _slow(step.fit, machine))
    raise _refusal(layout, options, machine, steps[-1].fit, adapters)


def stays_in_memory(
    layout: Layout, options: LoadOptions, devices: Iterable[LlamaDevice], adapters: int = 0
) -> bool:
    """Whether the processor's part of the model has room as it is loaded, the weights included."""
    machine = this_machine(_cards(devices))
    fit = estimate(layout, options, machine, adapters=adapters)
    return memory_need(fit, machine, mapped=False) <= machine.memory_free


def sizes_of(adapters: Iterable[Adapter]) -> int:
    """The bytes of the adapters' files."""
    return sum(Path(adapter.path).stat().st_size for adapter in adapters)


def _cards(devices: Iterable[LlamaDevice]) -> Iterable[Gpu]:
    for device in gpus(devices):
        yield Gpu(device.title, device.free, device.total, integrated=device.kind == INTEGRATED)


def _slow(fit: Fit, machine: Machine) -> str:
    weights = fit.sum_of("weights", MEMORY)
    return (
        f"The weights take {size_text(weights)}, and {size_text(machine.memory_free)} of memory "
        "are free: what does not stay there is read from the disk again and again, which is slow."
    )


def _refusal(
    layout: Layout, options: LoadOptions, machine: Machine, last: Fit, adapters: int
) -> OutOfMemoryError:
    needed = memory_need(last, machine, mapped=options.mmap)
    advice = advised(layout, options, machine, adapters=adapters).advice
    return OutOfMemoryError(
        f"With a context of {last.context:,} tokens {layout.name} needs {size_text(needed)} of "
        f"memory, but only {size_text(machine.memory_free)} are free.",
        " ".join(advice) or SMALLER,
    )
