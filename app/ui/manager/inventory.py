"""What the manager knows: the models here, whether they fit, the catalogue and the machine."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal, cast

import msgspec

from app.core.errors import LampblackError
from app.core.formats.quantization import advise, copy_path, type_named
from app.core.memory_fit.estimate import MEMORY, Fit, estimate, with_given_back
from app.core.memory_fit.layout import Engine, Layout
from app.core.memory_fit.layout_cache import Layouts
from app.core.memory_fit.report import FitReport, because, given_back, report, sizes_of
from app.core.models.catalogue import Catalogue, catalogue_file, present
from app.core.models.drafts import with_draft
from app.core.models.metadata import ModelRecord
from app.core.models.model_file import ModelFile, engine_for
from app.core.models.removal import disk_use
from app.core.options.load_options import LoadOptions
from app.core.passport import Passport, from_record, score
from app.core.system.machine import Machine, Verdict, this_machine
from app.engine.messages import ModelInfo
from app.program import Program

Order = Literal["best", "name", "size", "used"]

RECOMMENDED = 0.6
"""The score of a passport from which on a model is recommended for a purpose."""

_NO_CARDS = "Graphics cards are counted as soon as a model has been loaded and has found them."
_VERDICTS = ("fits", "tight", "", "too large")


class InventoryModel(msgspec.Struct, frozen=True, kw_only=True):
    """A model of this machine with what is remembered of it, and whether it fits now.

    `verdict` is empty until its header was read, and where that cannot be; `because` is the
    sentence for either. `advice` is a sentence on a copy in a type that is faster here, if any.
    """

    model: ModelFile
    record: ModelRecord
    bytes: int
    verdict: Verdict | Literal[""] = ""
    because: str = ""
    advice: str = ""
    passport: Passport | None = None

    def is_wrong(self, *, loaded: bool) -> bool:
        """Whether what is said of it is a warning: it is damaged, or too large to be loaded."""
        return self.model.is_damaged or (not loaded and self.verdict == "too large")

    def suits(self, purpose: str) -> float:
        """How well it was found to suit a purpose, from 0 to 1; middling where it was not tried."""
        return score(self.passport, purpose or "continue") if self.passport is not None else 0.5

    def is_recommended(self, purpose: str) -> bool:
        """Whether it was tried, is good for the purpose, and can be loaded."""
        is_good = self.passport is not None and self.suits(purpose) >= RECOMMENDED
        return is_good and self.verdict in ("fits", "tight") and not self.model.problem


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """Everything at one moment; `here` maps the catalogue's ids to paths.

    `machine` counts as free what unloading our own model gives back. `is_whole` says that every
    model's header was read.
    """

    models: tuple[InventoryModel, ...] = ()
    total: int = 0
    notes: tuple[str, ...] = ()
    catalogue: Catalogue
    machine: Machine
    here: dict[str, str]
    is_whole: bool = True


class Fitting:
    """Finds out whether models fit, with the settings; reading their headers takes time."""

    def __init__(self, program: Program, layouts: Layouts) -> None:
        self._program, self._layouts = program, layouts
        self._settings = program.settings
        self._plain = this_machine()
        self._back = self._given_back()

    def machine(self, engine: str = "llama.cpp") -> Machine:
        """What is here without our own model, the cards as the engine saw them last."""
        plain = msgspec.structs.replace(self._plain, gpus=self._program.worker.gpus(engine))
        return with_given_back(plain, {MEMORY: self._back})

    def is_known(self, model: ModelFile) -> bool:
        """Whether the model's header was read already, or never will be."""
        if model.problem:
            return True
        try:
            return self._layouts.has(model, self._engine(model))
        except LampblackError:
            return True

    def fit(self, model: ModelFile, record: ModelRecord) -> tuple[Fit, Machine]:
        """The estimate, and the machine that it is for; raises a LampblackError.

        What is attached to the model counts, and the draft model.
        """
        layout, machine = self._layout(model)
        options = with_draft(self._settings.load, record, layout.engine)
        return estimate(layout, options, machine, adapters=sizes_of(record.adapters)), machine

    def report(self, model: ModelFile, record: ModelRecord, catalogue: Catalogue) -> FitReport:
        """Everything about one model; raises a LampblackError."""
        layout, machine = self._layout(model)
        options = with_draft(self._settings.load, record, layout.engine)
        adapters = sizes_of(record.adapters)
        found = report(layout, options, machine, catalogue.entries, adapters=adapters)
        if not options.gpu_layers or self._program.worker.knows_devices(layout.engine):
            return found
        return msgspec.structs.replace(found, advice=(*found.advice, _NO_CARDS))

    def _layout(self, model: ModelFile) -> tuple[Layout, Machine]:
        engine = self._engine(model)
        return self._layouts.of(model, engine), self.machine(engine)

    def _engine(self, model: ModelFile) -> Engine:
        return cast(Engine, engine_for(model, self._settings.engine))

    def _given_back(self) -> int:
        info = self._program.worker.model
        if info is None or info.engine == "fake":
            return 0
        try:
            model = self._program.library.resolve(info.path)
            layout = self._layouts.of(model, cast(Engine, info.engine))
        except LampblackError:
            return 0
        plain = msgspec.structs.replace(self._plain, gpus=self._program.worker.gpus(info.engine))
        options = _loaded_with(info, self._program.worker.options)
        return given_back(layout, options, plain, sizes_of(info.adapters))


def read_inventory(
    program: Program, layouts: Layouts, catalogue: Catalogue | None = None, *, quick: bool = False
) -> Inventory:
    """Read it all; takes as long as the disks do. Raises CatalogueError.

    A `quick` reading leaves out the headers that were not read before.
    """
    catalogue = catalogue or Catalogue.read(catalogue_file(), program.paths.catalogue_file)
    files = program.library.list()
    fitting, use = Fitting(program, layouts), disk_use(files)
    known = {file.path: not quick or fitting.is_known(file) for file in files}
    models = tuple(
        _model_of(program, file, use.models[file.path], fitting if known[file.path] else None)
        for file in files
    )
    return Inventory(
        models=ordered(models, "best"),
        total=use.total,
        notes=(*program.library.notes, *catalogue.problems),
        catalogue=catalogue,
        machine=fitting.machine(),
        here=present(catalogue, program.paths.models, files),
        is_whole=all(known.values()),
    )


def ordered(
    models: Iterable[InventoryModel], order: Order, purpose: str = ""
) -> tuple[InventoryModel, ...]:
    """The models in an order, favourites first and broken ones last in every one."""

    def key(one: InventoryModel) -> tuple[object, ...]:
        ends = (bool(one.model.problem), not one.record.favourite)
        return (*ends, *_place(one, order, purpose), one.model.name.casefold(), one.model.path)

    return tuple(sorted(models, key=key))


def _place(one: InventoryModel, order: Order, purpose: str) -> tuple[object, ...]:
    if order == "size":
        return (one.bytes,)
    if order == "used":
        return (-one.record.used_at,)
    if order == "name":
        return ()
    return (_VERDICTS.index(one.verdict), -one.suits(purpose), -one.model.parameters)


def _model_of(
    program: Program, file: ModelFile, size: int, fitting: Fitting | None
) -> InventoryModel:
    record = program.metadata.record(file)
    plain = InventoryModel(
        model=file,
        record=record,
        bytes=size,
        advice=_advice(program, file),
        passport=from_record(record.passport),
    )
    if fitting is None or file.problem:
        return plain
    try:
        fit, machine = fitting.fit(file, record)
    except LampblackError as error:
        return msgspec.structs.replace(plain, because=str(error))
    return msgspec.structs.replace(plain, verdict=fit.verdict, because=because(fit, machine))


def _advice(program: Program, file: ModelFile) -> str:
    """What is said about a faster copy; empty where there is one, or nothing is sure to be won."""
    if file.kind != "gguf" or file.problem:
        return ""
    info, engine = program.worker.model, engine_for(file, program.settings.engine)
    layers = program.settings.load.gpu_layers if program.worker.gpus(engine) else 0
    if info is not None and info.path == file.path:
        engine, layers = info.engine, info.settings.gpu_layers
    features = program.worker.features(engine)
    found = advise(file.quantization, file.size_bytes, features, engine=engine, gpu_layers=layers)
    if found is None:
        return ""
    kind, folder = type_named(found.type_name), program.paths.models
    there = copy_path(Path(file.path), file.name, kind, folder).exists()
    return "" if there else found.words


def _loaded_with(info: ModelInfo, asked: LoadOptions) -> LoadOptions:
    """The options as they came out, of which the model takes its memory."""
    settings = info.settings
    flash = "on" if settings.flash_attention else "off"
    return msgspec.structs.replace(
        asked,
        context=settings.context or info.context,
        gpu_layers=settings.gpu_layers,
        kv_type=settings.kv_type if settings.kv_type in _KV_TYPES else asked.kv_type,
        flash_attention=flash,
        batch=settings.batch or asked.batch,
        ubatch=settings.ubatch or asked.ubatch,
    )


_KV_TYPES = ("f16", "f32", "bf16", "q8_0", "q4_0")


def model_at(inventory: Inventory | None, path: str) -> InventoryModel | None:
    """The model at a path, if it is on the list."""
    models = inventory.models if inventory is not None else ()
    return next((one for one in models if Path(one.model.path) == Path(path)), None)
