"""What would make a model fit, and the whole estimate as lines that a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import msgspec

from app.core.memory_fit.estimate import MEMORY, Fit, estimate
from app.core.memory_fit.fallbacks import CHANGEABLE, Fallback, ladder
from app.core.memory_fit.layout import Layout
from app.core.options.load_options import LoadOptions
from app.core.system.machine import COMFORT, Machine, Verdict
from app.core.units import size_text

VERDICTS: dict[Verdict, str] = {
    "fits": "It fits.",
    "tight": "It is tight.",
    "too large": "It is too large for this machine.",
}
"""The verdict as a sentence."""

_WORTH = 0.02  # of the whole need: less is not worth a sentence
_COLUMN = 8  # letters that a size takes
_RANK = ("fits", "tight", "too large")


def advised(
    layout: Layout,
    options: LoadOptions,
    machine: Machine,
    *,
    adapters: int = 0,
    smaller: str = "",
) -> Fit:
    """The estimate together with sentences about what would make it fit, where it does not.

    `smaller` names a smaller model that would, if one is known.
    """
    estimated = partial(estimate, adapters=adapters)
    fit = with_flash_note(estimated(layout, options, machine), layout, options, machine)
    if fit.verdict == "fits":
        return fit
    steps = ladder(layout, options, machine, may_change=CHANGEABLE, estimated=estimated)
    sentences = [*_from_steps(steps), *beyond_settings(fit, machine)]
    sentences += [f"{smaller} would fit."] if smaller else []
    return msgspec.structs.replace(fit, advice=tuple(sentences))


def with_flash_note(fit: Fit, layout: Layout, options: LoadOptions, machine: Machine) -> Fit:
    """The fit, and what flash attention would spare where the engine has yet to measure it."""
    is_open = options.tune and options.flash_attention == "auto" and layout.engine == "llama.cpp"
    if not is_open or fit.flash_attention or fit.gpu_layers:
        return fit
    flash = msgspec.structs.replace(options, flash_attention="on")
    spared = fit.total - fit.sum_of("adapters") - estimate(layout, flash, machine).total
    if spared < fit.total * _WORTH:
        return fit
    note = (
        f"It needs {size_text(spared)} less with flash attention, which is switched on where a "
        "measurement while loading shows that it is faster on this machine."
    )
    return msgspec.structs.replace(fit, notes=(note, *fit.notes))


def _from_steps(steps: tuple[Fallback, ...]) -> Iterator[str]:
    """A sentence for each change, up to the one with which it fits."""
    asked, best = steps[0], steps[0]
    for step in steps[1:]:
        shrunk = best.fit.total - step.fit.total
        better = _rank(step.fit) < _rank(best.fit)
        if not better and shrunk < asked.fit.total * _WORTH:
            continue
        yield _suggestion(best, step)
        best = step
        if step.fit.verdict == "fits":
            return


def _rank(fit: Fit) -> int:
    return _RANK.index(fit.verdict)


def _suggestion(before: Fallback, step: Fallback) -> str:
    if before.options.gpu_layers != step.options.gpu_layers:
        what = f"{step.fit.gpu_layers} layers on the graphics card"
    elif before.fit.flash_attention != step.fit.flash_attention:
        what = "flash attention"
    elif before.options.kv_type != step.options.kv_type:
        what = "a KV cache of type q8_0"
    else:
        what = f"a context of {step.fit.context:,} tokens"
    if before.sentence:
        what = f"{what} on top"
    if step.fit.verdict == "fits":
        return f"With {what} it fits: it needs {size_text(step.fit.total)}."
    return f"With {what} it needs {size_text(step.fit.total)}."


def beyond_settings(fit: Fit, machine: Machine) -> Iterator[str]:
    """What else than other settings would make a model fit: room that other programs give back,
    where that can be enough, or a smaller model.
    """
    needed = fit.needed.get(MEMORY, 0)
    missing = int(needed / COMFORT) - machine.memory_free
    if missing > 0 and needed <= machine.memory_total * COMFORT:
        yield f"Closing other programs that hold {size_text(missing)} of memory would make it fit."
    elif needed > machine.memory_total * COMFORT:
        yield "A smaller model, or a smaller quantization of this one, needs less of everything."


def lines(fit: Fit) -> tuple[str, ...]:
    """The arithmetic of each device, the verdict and the advice, one line each, aligned."""
    width = max((len(part.what) for part in fit.parts), default=0)
    width = max(width, len("free now"))
    found: list[str] = []
    for device in sorted(fit.free, key=lambda name: name == MEMORY):
        found += _sum(fit, device, width)
    found += [_verdict_line(fit), *fit.advice, *fit.notes]
    return tuple(found)


def _sum(fit: Fit, device: str, width: int) -> Iterator[str]:
    rows = [part for part in fit.parts if part.device == device]
    if not rows:
        return
    yield "Memory" if device == MEMORY else device
    for part in rows:
        yield f"  {part.what:<{width}}  {size_text(part.bytes):>{_COLUMN}}"
    yield f"  {'-' * (width + 2 + _COLUMN)}"
    yield f"  {'needed':<{width}}  {size_text(fit.needed[device]):>{_COLUMN}}"
    yield f"  {'free now':<{width}}  {size_text(fit.free[device]):>{_COLUMN}}"


def need_text(fit: Fit) -> str:
    """What is needed in all, and where that is much less for the first words, that too."""
    if not fit.grows:
        return f"It needs {size_text(fit.total)} in all."
    return (
        f"It needs {size_text(fit.at_once)} at once and {size_text(fit.total)} at most, with a "
        "full context."
    )


def _verdict_line(fit: Fit) -> str:
    return f"{VERDICTS[fit.verdict]} {need_text(fit)}"
