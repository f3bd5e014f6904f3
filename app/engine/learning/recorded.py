"""A training whose order is kept in its run's folder, so that it goes on without its input."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
from msgspec.structs import replace

from app.core.errors import HousekeepingError, ParameterError
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import HOLD_FILE, RECORD_FILE, RunRecord, RunRecords
from app.core.system.files import read_regular, why, write_atomically
from app.core.training.cards import require_name
from app.core.training.classifier_orders import ClassifierOrder
from app.core.training.orders import TrainingNews
from app.core.training.smaller_orders import DistillOrder, PruneOrder
from app.engine.learning.child import TrainingChild, with_news

ORDER_FILE = "order.json"
_STATES = ("checkpoint.safetensors", "measured.json", "baseline")
_KEPT = (RECORD_FILE, HOLD_FILE, ORDER_FILE, *_STATES)
"""What a run goes on with: all else in its folder is half of something."""

_MOST_ORDER = 1 << 30

Order = TypeVar("Order", bound=ClassifierOrder | PruneOrder | DistillOrder)


def check_place(name: str, home: Path, refusal: str) -> Path:
    """The folder for a new model of that name; raises ParameterError where it cannot be.

    `refusal` is the sentence for a name that no model can have.
    """
    require_name(name, refusal)
    folder = home / name
    if os.path.lexists(folder):
        raise ParameterError(f"There is already a model {name}.", "Choose another name.")
    return folder


def require_kind(record: RunRecord, kind: str) -> None:
    """Raise ParameterError unless the run is of that kind and can go on."""
    if record.kind != kind:
        raise ParameterError(
            f"The run {record.id} is of another kind, and is not resumed here.",
            "See `lampblack runs list`.",
        )
    if record.state == "done":
        raise ParameterError(f"The run {record.id} is over, and cannot be resumed.")


def require_unchanged(record: RunRecord, now: str, before: str) -> None:
    """Raise ParameterError unless a model of the run has the checksum that it had."""
    if now != before:
        raise ParameterError(
            f"A model that {record.id} was begun with has been changed since.",
            "Begin a new training.",
        )


def same_files(one: Path, other: Path, but: Collection[str] = ()) -> bool:
    """Whether two folders hold the same files to the last byte, apart from those named in `but`."""
    try:
        names, others = ({path.name for path in folder.iterdir()} for folder in (one, other))
        names, others = names.difference(but), others.difference(but)
        return names == others and all(same_file(one / name, other / name) for name in names)
    except OSError:
        return False


def same_file(one: Path, other: Path) -> bool:
    """Whether both files are there and equal to the last byte."""
    try:
        return filecmp.cmp(one, other, shallow=False)
    except OSError:
        return False


class RecordedLearning(Generic[Order]):
    """One training of a `kind` with its record, and the wishes of its child at any time."""

    def __init__(
        self, child: TrainingChild, records: RunRecords, kind: str, order_type: type[Order]
    ) -> None:
        self.child = child
        self._records, self._kind, self._order_type = records, kind, order_type
        self._keeper: RunKeeper | None = None

    @property
    def record(self) -> RunRecord:
        """The run, once there is one."""
        return self._kept.record

    @property
    def _kept(self) -> RunKeeper:
        assert self._keeper is not None
        return self._keeper

    def take_up(self, run: str, name: str = "") -> Order:
        """The order of a run that was stopped; with `name` what comes out is called so.

        Raises LampblackError where there is none, or what it was begun with has been changed.
        """
        record = self._records.read(run)
        require_kind(record, self._kind)
        try:
            data = read_regular(self._records.folder(run) / ORDER_FILE, _MOST_ORDER)
            order = msgspec.json.decode(data, type=self._order_type)
        except (OSError, ValueError) as error:
            raise ParameterError(
                f"What was ordered in {run} cannot be read any more.", "Begin a new training."
            ) from error
        called = name or record.name
        order = self._named(order, called)
        self._require_same(record, order)
        if name:
            self._require_new(order, called)
        record = replace(record, state="running", ended_at=0.0, problem="", name=called)
        self._keeper = RunKeeper(self._records, record)
        self._records.clear(run, keeping=_KEPT)
        return replace(order, folder=str(self._records.folder(run)), resumes=True)

    def _require_same(self, record: RunRecord, order: Order) -> None:
        """Raise LampblackError unless the models are those that the run was begun with."""
        raise NotImplementedError

    def _require_new(self, order: Order, name: str) -> None:
        """Raise ParameterError where what comes out cannot be called so."""
        raise NotImplementedError

    def _named(self, order: Order, name: str) -> Order:
        """The order of what is called so."""
        return replace(order, name=name)

    def _keep(self, order: Order) -> tuple[str, Order]:
        """Make a run with a folder, and keep the order there; raises HousekeepingError."""
        run = self._records.new_id(self._kind)
        folder = self._records.folder(run)
        order = replace(order, folder=str(folder))
        try:
            write_atomically(folder / ORDER_FILE, msgspec.json.encode(order))
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise HousekeepingError(
                f"The run could not be begun: {why(error)}.", "Make room on the disk."
            ) from error
        return run, order

    def _begin(self, record: RunRecord) -> None:
        """Put the record of a new run on the disk; without it nothing of the run stays."""
        try:
            self._keeper = RunKeeper(self._records, record)
        except HousekeepingError:
            shutil.rmtree(self._records.folder(record.id), ignore_errors=True)
            raise

    def _hear(self, news: TrainingNews, tell: Callable[[TrainingNews], None]) -> None:
        self._kept.follow(with_news(self.record, news))
        tell(news)
