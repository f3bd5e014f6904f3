"""A smaller model of the same family out of the catalogue, for one that does not fit."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from app.core.memory_fit.estimate import Fit
from app.core.memory_fit.layout import Layout
from app.core.models.catalogue import CatalogueEntry
from app.core.system.machine import Machine

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
