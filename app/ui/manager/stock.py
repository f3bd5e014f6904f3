"""What the manager knows: the models here, what they take, the catalogue and the machine."""

from __future__ import annotations

import msgspec

from app.core.catalogue import Catalogue, catalogue_file, present
from app.core.housekeeping import disk_use
from app.core.machine import Machine, Verdict, this_machine
from app.core.models import ModelFile
from app.core.offers import verdict
from app.core.shelf import ModelRecord
from app.workbench import Workbench

_MORE = 1.15  # times the weights: what a model needs beside them with a usual context


class Stocked(msgspec.Struct, frozen=True, kw_only=True):
    """A model of this machine with what is remembered of it, and whether it fits now."""

    model: ModelFile
    record: ModelRecord
    bytes: int
    verdict: Verdict
    because: str


class Stock(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment; `here` maps the catalogue's ids to paths."""

    models: tuple[Stocked, ...] = ()
    total: int = 0
    notes: tuple[str, ...] = ()
    catalogue: Catalogue
    machine: Machine
    here: dict[str, str]


def read_stock(bench: Workbench, catalogue: Catalogue | None = None) -> Stock:
    """Read it all; takes as long as the disks do. Raises CatalogueError."""
    catalogue = catalogue or Catalogue.read(catalogue_file(), bench.paths.catalogue_file)
    files = bench.library.list()
    machine, use = this_machine(), disk_use(files)
    models = [_stocked(bench, file, use.models[file.path], machine) for file in files]
    models.sort(key=lambda one: (not one.record.favourite, bool(one.model.problem)))
    return Stock(
        models=tuple(models),
        total=use.total,
        notes=(*bench.library.notes, *catalogue.problems),
        catalogue=catalogue,
        machine=machine,
        here=present(catalogue, bench.paths.models, files),
    )


def _stocked(bench: Workbench, file: ModelFile, size: int, machine: Machine) -> Stocked:
    found, because = verdict(round(file.size_bytes * _MORE), machine)
    record = bench.shelf.record(file)
    return Stocked(model=file, record=record, bytes=size, verdict=found, because=because)
