"""The fit ladder: what is changed, rung by rung, until a model fits, and the sentences for it.

Values that the user set are never changed: with `fit` on `auto` only those that stand at their
defaults are, and with `as-asked` none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from app.core.memory_fit.estimate import MEMORY, QUANTIZED, Fit, computing_of, estimate
from app.core.memory_fit.layout import Layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import Machine
from app.core.units import size_text

SHORTEST = 2048
"""The shortest context that is taken to make a model fit: less is no room to write in."""

CHANGEABLE = ("gpu_layers", "flash_attention", "kv_type", "context")
"""The load options that the ladder may change, in the order of its rungs."""

_FLASH = "Flash attention is on, because the model would not fit into the free memory without."
_BLOCK = 32  # numbers of a head are quantized together

Estimate = Callable[[Layout, LoadOptions, Machine], Fit]


class Fallback(msgspec.Struct, frozen=True):
    """A rung: the options, the sentence for what it changes (empty for none), and its estimate."""

    options: LoadOptions
    sentence: str
    fit: Fit


def ladder(
    layout: Layout,
    options: LoadOptions,
    machine: Machine,
    *,
    may_change: tuple[str, ...] | None = None,
    estimated: Estimate = estimate,
) -> tuple[Fallback, ...]:
    """As asked first, then every rung on top of the one before; nothing that changes nothing.

    `may_change` are the options that may be changed; by default those that are not set.
    """
    allowed = unset(options) if may_change is None else may_change
    steps = [Fallback(options, "", estimated(layout, options, machine))]
    for changed in _rungs(layout, options, allowed, steps[0].fit):
        fit = estimated(layout, changed, machine)
        steps.append(Fallback(changed, _sentence(steps[-1], changed, fit), fit))
    return tuple(steps)


def first_that_fits(
    steps: Sequence[Fallback], machine: Machine, *, mapped: bool
) -> Fallback | None:
    """The first rung that the free memory holds; `mapped` weights need not stay in it."""
    return next(
        (
            step
            for step in steps
            if memory_need(step.fit, machine, mapped=mapped) <= machine.memory_free
        ),
        None,
    )


def memory_need(fit: Fit, machine: Machine, *, mapped: bool) -> int:
    """What is needed of the processor's memory, with what integrated graphics take of it."""
    shared = [gpu.name for gpu in machine.gpus if gpu.integrated]
    needed = sum(fit.needed.get(name, 0) for name in (MEMORY, *shared))
    return needed - (fit.sum_of("weights", MEMORY) if mapped else 0)


def unset(options: LoadOptions) -> tuple[str, ...]:
    """The options that the ladder may change: those at their defaults, if it may change any."""
    if options.fit != "auto":
        return ()
    plain = LoadOptions()
    return tuple(name for name in CHANGEABLE if getattr(options, name) == getattr(plain, name))


def changes(asked: Fallback, taken: Fallback) -> tuple[str, ...]:
    """The sentences for what is otherwise than asked, each change once."""
    found = []
    if asked.options.gpu_layers != taken.options.gpu_layers:
        found.append(_layers_words(asked.fit, taken.fit))
    if asked.fit.flash_attention != taken.fit.flash_attention:
        found.append(_FLASH)
    if asked.options.kv_type != taken.options.kv_type:
        found.append(_cache_words(asked.fit, taken.fit))
    if asked.fit.context != taken.fit.context:
        found.append(shorter_context(asked.fit.context, taken.fit.context))
    return tuple(found)


def shorter_context(asked: int, taken: int) -> str:
    """The sentence for a context that is shorter than asked."""
    return f"The context is {taken:,} tokens in place of {asked:,}, to fit into the free memory."


def _rungs(
    layout: Layout, options: LoadOptions, allowed: tuple[str, ...], first: Fit
) -> Iterator[LoadOptions]:
    now = options
    if "gpu_layers" in allowed and now.gpu_layers > 0:
        now = msgspec.structs.replace(now, gpu_layers=-1)
        yield now
    if "flash_attention" in allowed and layout.engine == "llama.cpp" and not first.flash_attention:
        now = msgspec.structs.replace(now, flash_attention="on")
        yield now
    if "kv_type" in allowed and _can_be_smaller(layout, now):
        now = msgspec.structs.replace(now, kv_type="q8_0")
        yield now
    context = computing_of(layout, options, on_gpu=first.gpu_layers > 0).context
    while "context" in allowed and context > SHORTEST:
        context = max(SHORTEST, context // 2)
        now = msgspec.structs.replace(now, context=context)
        yield now


def _can_be_smaller(layout: Layout, options: LoadOptions) -> bool:
    """Whether the KV cache can be q8_0 and is not: rows of 32 numbers, and flash attention."""
    sizes = layout.sizes
    head = sizes.queries // sizes.heads if sizes.heads else 1
    return (
        layout.engine == "llama.cpp"
        and options.kv_type not in QUANTIZED
        and options.flash_attention != "off"
        and any(sizes.cache)
        and head % _BLOCK == 0
    )


def _sentence(before: Fallback, options: LoadOptions, fit: Fit) -> str:
    return " ".join(changes(before, Fallback(options, "", fit)))


def _layers_words(asked: Fit, taken: Fit) -> str:
    return (
        f"{taken.gpu_layers} layers go onto the graphics card in place of {asked.gpu_layers}, as "
        "many as its free memory holds."
    )


def _cache_words(asked: Fit, taken: Fit) -> str:
    before, after = (one.sum_of("cache") / one.context for one in (asked, taken))
    return (
        f"The KV cache is of type q8_0 with flash attention in place of {asked.kv_type}, to fit "
        f"into the free memory: {size_text(after)} for each token in place of {size_text(before)}."
    )
