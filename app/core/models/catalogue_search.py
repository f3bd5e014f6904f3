"""Choosing out of the catalogue: what a writer wishes, what this machine can run, best first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from app.core.models.catalogue import Catalogue, CatalogueEntry
from app.core.system.machine import COMFORT, MOST, Machine, Verdict
from app.core.units import size_text

Order = Literal["best", "size", "name", "memory"]

_QUICK_PER_CORE = 1_200_000_000  # bytes of weights that a core reads often enough per second
_VERDICTS = ("fits", "tight", "too large")


class CatalogueFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What the writer looks for; empty and 0 stand for anything. `text` is looked for in words."""

    text: str = ""
    purpose: str = ""
    language: str = ""
    licence: str = ""
    engine: str = ""
    kind: str = ""
    largest_bytes: int = 0
    fits_only: bool = False
    sort: Order = "best"


class CatalogueMatch(msgspec.Struct, frozen=True, kw_only=True):
    """An entry, whether it fits, why, and its path where it is on this machine already."""

    entry: CatalogueEntry
    verdict: Verdict
    because: str
    here: str = ""


def offers(
    catalogue: Catalogue, wish: CatalogueFilter, machine: Machine, here: Mapping[str, str]
) -> tuple[CatalogueMatch, ...]:
    """The entries that the wish leaves, in its order; `here` maps ids to paths."""
    found = [
        offer
        for entry in catalogue.entries
        if _is_wished(entry, wish)
        for offer in [_offer(entry, machine, here.get(entry.id, ""))]
        if not wish.fits_only or offer.verdict != "too large"
    ]
    return tuple(sorted(found, key=lambda offer: _order(offer, wish, machine)))


def verdict(need: int, machine: Machine) -> tuple[Verdict, str]:
    """Whether `need` bytes fit into a graphics card or the memory, and the sentence why."""
    card = max(machine.gpus, key=lambda gpu: gpu.free, default=None)
    if card is not None and need <= card.free * COMFORT:
        return (
            "fits",
            f"It needs {size_text(need)}, and {card.name} has {size_text(card.free)} free.",
        )
    free, total = machine.memory_free, machine.memory_total
    mine = " with what the loaded model gives back" if machine.given_back else ""
    if need <= free * COMFORT:
        return (
            "fits",
            f"It needs {size_text(need)}, and {size_text(free)} of memory are free{mine}.",
        )
    if need <= total * MOST:
        return "tight", (
            f"It needs {size_text(need)} of the {size_text(total)} here, and {size_text(free)} are "
            f"free now{mine}: close other programs first."
        )
    return "too large", f"It needs {size_text(need)}, and this machine has {size_text(total)}."


def _offer(entry: CatalogueEntry, machine: Machine, here: str) -> CatalogueMatch:
    found, because = verdict(entry.memory_bytes, machine)
    return CatalogueMatch(entry=entry, verdict=found, because=because, here=here)


def _is_wished(entry: CatalogueEntry, wish: CatalogueFilter) -> bool:
    return all(_answers(entry, wish)) and all(
        word in _words(entry) for word in wish.text.casefold().split()
    )


def _answers(entry: CatalogueEntry, wish: CatalogueFilter) -> Iterator[bool]:
    yield not wish.purpose or wish.purpose in entry.good_for
    yield not wish.language or bool({wish.language.lower(), "multi"} & set(entry.languages))
    yield not wish.licence or wish.licence.casefold() == entry.licence.casefold()
    yield not wish.engine or wish.engine == entry.engine
    yield not wish.kind or wish.kind == entry.kind
    yield not wish.largest_bytes or (entry.size_bytes or 0) <= wish.largest_bytes


def _words(entry: CatalogueEntry) -> str:
    facts = (entry.id, entry.name, entry.family, entry.repo, entry.licence, entry.kind, entry.why)
    return " ".join((*facts, *entry.good_for, *entry.languages)).casefold()


def _order(offer: CatalogueMatch, wish: CatalogueFilter, machine: Machine) -> tuple[object, ...]:
    entry = offer.entry
    name = entry.name.casefold()
    if wish.sort == "name":
        return (name,)
    if wish.sort == "size":
        return (entry.size_bytes or entry.memory_bytes, name)
    if wish.sort == "memory":
        return (entry.memory_bytes, name)
    return (
        _VERDICTS.index(offer.verdict),
        _is_slow(entry, machine),
        # What was asked for stands first in the list of a model that was made for it.
        bool(wish.purpose) and entry.good_for[0] != wish.purpose,
        entry.engine == "torch",
        -entry.params_b,
        name,
    )


def _is_slow(entry: CatalogueEntry, machine: Machine) -> bool:
    """Whether every token would take long: all weights are read for it, by the processor."""
    if any(entry.memory_bytes <= gpu.free * COMFORT for gpu in machine.gpus):
        return False
    return (entry.size_bytes or entry.memory_bytes) > _QUICK_PER_CORE * machine.cores
