"""A smaller model from beginning to end: the record, the child, the price, the model's place."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from app.core.errors import (
    CancelledError,
    HousekeepingError,
    LampblackError,
    ParameterError,
)
from app.core.models.checksums import checksums, weights_of, whole_checksum
from app.core.models.import_copy import copy_in
from app.core.models.model_file import ModelFile, inspect
from app.core.runs.record import Number, RunRecord, RunRecords, Setting
from app.core.system.files import why
from app.core.system.machine import machine_facts
from app.core.training.orders import LEAST_WORDS, TrainingNews
from app.core.training.pages import TrainingPages, require_enough
from app.core.training.smaller_orders import (
    MADE,
    MADE_GGUF,
    Column,
    DistillOrder,
    PruneOrder,
    SmallerMade,
    check_healing,
)
from app.core.units import columns, count_text, size_text
from app.engine.learning.child import TrainingChild
from app.engine.learning.recorded import (
    RecordedLearning,
    check_place,
    require_unchanged,
    same_file,
    same_files,
)

Kind = Literal["prune", "distill"]
SmallerOrder = PruneOrder | DistillOrder

_CARD = "README.md"

_TITLES: dict[Kind, dict[Column, str]] = {
    "prune": {"before": "before", "cut": "cut", "after": "healed"},
    "distill": {"teacher": "teacher", "before": "student", "after": "taught"},
}


class CopyPrice(msgspec.Struct, frozen=True, kw_only=True):
    """What one model of the table costs and gives; `size` are bytes on the disk."""

    title: str
    parameters: int
    size: int
    perplexity: float
    speed: float
    repeated: float


class SmallerOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """The model, its GGUF file where there is one, and the price."""

    model: ModelFile
    gguf: ModelFile | None
    prices: tuple[CopyPrice, ...]
    taken: tuple[str, ...]
    gguf_problem: str = ""


def table_of(prices: Sequence[CopyPrice]) -> Iterator[str]:
    """The price as a table, a column for each model."""
    rows = [
        ("", [one.title for one in prices]),
        ("parameters", [count_text(one.parameters) for one in prices]),
        ("size on the disk", [size_text(one.size) for one in prices]),
        ("perplexity (lower is better)", [f"{one.perplexity:,.2f}" for one in prices]),
        ("tokens per second", [f"{one.speed:,.1f}" for one in prices]),
        ("4-grams said again", [f"{one.repeated:.1%}" for one in prices]),
    ]
    width = max(columns(name) for name, _cells in rows)
    widths = [max(columns(cells[at]) for _name, cells in rows) for at in range(len(prices))]
    for name, cells in rows:
        texts = (
            " " * (most - columns(cell)) + cell for cell, most in zip(cells, widths, strict=True)
        )
        yield "  ".join((name + " " * (width - columns(name)), *texts))


class SmallerLearning(RecordedLearning[SmallerOrder]):
    """One pruning or distilling with its record; `run` is called once.

    `models` is the folder that the new model is put into; nothing that is there is replaced.
    """

    def __init__(self, child: TrainingChild, records: RunRecords, models: Path, kind: Kind) -> None:
        orders: dict[Kind, type[SmallerOrder]] = {"prune": PruneOrder, "distill": DistillOrder}
        super().__init__(child, records, kind, orders[kind])
        self._models, self._own_kind = models, kind

    def begin(self, model: ModelFile, pages: TrainingPages, order: SmallerOrder) -> SmallerOrder:
        """Record a new run, and return its order; raises LampblackError for what cannot be."""
        _require_words(pages)
        check_healing(order.settings)
        self._require_new(order, order.name)
        if isinstance(order, DistillOrder):
            order = replace(order, teacher_sha256=_digest(inspect(Path(order.teacher))))
        digest = _digest(model)
        run, order = self._keep(order)
        settings: dict[str, Setting] = msgspec.to_builtins(order.settings)
        if isinstance(order, PruneOrder):
            settings |= {"layers": order.layers, "heads": order.heads}
        record = RunRecord(
            id=run,
            kind=self._own_kind,
            state="running",
            begun_at=time.time(),
            name=order.name,
            model=model.name,
            model_path=model.path,
            model_sha256=digest,
            data=tuple(page.path for page in pages.pages),
            data_sha256=pages.digest,
            settings=settings,
            seed=order.settings.seed,
            machine=machine_facts(),
        )
        self._begin(record)
        return order

    def run(self, order: SmallerOrder, tell: Callable[[TrainingNews], None]) -> SmallerOutcome:
        """Make it as recorded; it is among the models then, and its price in the record.

        Raises CancelledError where it was stopped, and LampblackError; the record says it, too.
        """
        try:
            done = self.child.carry_out(order, lambda news: self._hear(news, tell), SmallerMade)
            return self._put_away(order, done)
        except CancelledError:
            self._kept.end("stopped")
            raise
        except LampblackError as error:
            self._kept.end("failed", problem=str(error))
            raise

    def _require_same(self, record: RunRecord, order: SmallerOrder) -> None:
        require_unchanged(record, _digest(inspect(Path(order.model))), record.model_sha256)
        if isinstance(order, DistillOrder):
            teacher = _digest(inspect(Path(order.teacher)))
            require_unchanged(record, teacher, order.teacher_sha256)

    def _require_new(self, order: SmallerOrder, name: str) -> None:
        check_place(name, self._models, f"A model cannot be called {name!r}.")
        if order.gguf:
            self._require_new_file(order)

    def _require_new_file(self, order: SmallerOrder) -> None:
        file = self._models / _file_name(order.name)
        if os.path.lexists(file):
            raise ParameterError(f"There is already a file {file.name}.", "Choose another name.")

    def _put_away(self, order: SmallerOrder, done: SmallerMade) -> SmallerOutcome:
        """Copy what was made to its place, whole or not at all, and end the record.

        What a former try of this run has put there stays, and the rest joins it.
        """
        run = self._records.folder(self.record.id)
        made = run / "made"
        place, file_place = self._models / order.name, self._models / _file_name(order.name)
        has_folder = same_files(run / MADE, place, but=(_CARD,))
        has_file = same_file(run / MADE_GGUF, file_place)
        self._require_still_new(order, has_folder=has_folder, has_file=has_file)
        try:
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            folder = (run / MADE).rename(made / order.name)
            prices = self._prices(order, done, inspect(folder).size_bytes)
            (folder / _CARD).write_text(self._card(order, done, prices), "utf-8")
            file = made / _file_name(order.name)
            if (run / MADE_GGUF).is_file():
                (run / MADE_GGUF).rename(file)
        except OSError as error:
            raise HousekeepingError(
                f"The model could not be put into {self._models}: {why(error)}.", "Resume the run."
            ) from error
        model = inspect(place) if has_folder else copy_in(inspect(folder), self._models)
        gguf = None
        if file.is_file():
            gguf = inspect(file_place) if has_file else self._copied_file(file, Path(model.path))
        shutil.rmtree(made, ignore_errors=True)
        self._finish(done, prices, model.path)
        self._records.clear(self.record.id)
        return SmallerOutcome(
            model=model,
            gguf=gguf,
            prices=prices,
            taken=done.taken,
            gguf_problem=done.gguf_problem,
        )

    def _require_still_new(self, order: SmallerOrder, *, has_folder: bool, has_file: bool) -> None:
        """Raise HousekeepingError where the name was taken by something else meanwhile."""
        try:
            if not has_folder:
                check_place(order.name, self._models, f"A model cannot be called {order.name!r}.")
            if order.gguf and not has_file:
                self._require_new_file(order)
        except ParameterError as error:
            raise HousekeepingError(error.message, "Resume the run with another name.") from error

    def _copied_file(self, file: Path, folder: Path) -> ModelFile:
        """The GGUF file at its place; without it the folder, new as well, does not stay."""
        try:
            return copy_in(inspect(file), self._models)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise

    def _prices(self, order: SmallerOrder, done: SmallerMade, size: int) -> tuple[CopyPrice, ...]:
        """The table: a model that has no speed of its own has the form of the one made."""
        sizes: dict[Column, int] = {
            "before": inspect(Path(order.model)).size_bytes,
            "cut": size,
            "after": size,
        }
        if isinstance(order, DistillOrder):
            sizes["teacher"] = inspect(Path(order.teacher)).size_bytes
        after = next(one.speed for one in done.figures if one.column == "after")
        titles = _TITLES[self._own_kind]
        return tuple(
            CopyPrice(
                title=titles[one.column],
                parameters=one.parameters,
                size=sizes[one.column],
                perplexity=one.perplexity,
                speed=one.speed or after,
                repeated=one.repeated,
            )
            for one in done.figures
        )

    def _card(self, order: SmallerOrder, done: SmallerMade, prices: Sequence[CopyPrice]) -> str:
        """What the folder says of itself, with the licence of the model that it came of."""
        source = inspect(Path(order.model))
        head = f"---\nlicense: {source.licence}\n---\n" if source.licence else ""
        how = (
            f"Taught by {inspect(Path(order.teacher)).name} on pages of this machine."
            if isinstance(order, DistillOrder)
            else f"Taken: {'; '.join(done.taken)}. Healed on pages of this machine."
        )
        lines = "\n".join(f"    {line}" for line in table_of(prices))
        return f"{head}# {order.name}\n\nMade out of {source.name} by Lampblack. {how}\n\n{lines}\n"

    def _finish(self, done: SmallerMade, prices: Sequence[CopyPrice], made: str) -> None:
        figures: dict[str, Number] = {
            "loss_before": done.loss_before,
            "loss_after": done.loss_after,
            "best_step": done.best_step,
            "steps": done.steps,
            "seconds": round(done.seconds, 2),
            "tokens_per_second": round(done.speed, 2),
            "memory": done.memory,
        }
        for one in prices:
            for name in ("parameters", "size", "perplexity", "speed", "repeated"):
                figures[f"{name}_{one.title}"] = getattr(one, name)
        self._kept.end(
            "done",
            figures=self.record.figures | figures,
            facts={"taken": "; ".join(done.taken)} if done.taken else {},
            versions=done.versions,
            made=made,
        )


def _require_words(pages: TrainingPages) -> None:
    """Raise ParameterError where there are too few words to learn from, or far too many."""
    if pages.words < LEAST_WORDS:
        raise ParameterError(
            f"To make a model smaller takes {LEAST_WORDS:,} words; the pages have {pages.words:,}.",
            "From fewer a model learns sentences by heart. Choose more pages.",
        )
    require_enough(pages)


def _file_name(name: str) -> str:
    return f"{name}-F16.gguf"


def _digest(model: ModelFile) -> str:
    return whole_checksum(checksums(weights_of(model)))
