"""Learning labels from beginning to end: the record, the child, the figures, the model's place."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from app.core.errors import CancelledError, HousekeepingError, LampblackError, ParameterError
from app.core.formats.safetensors import read_config, weight_files
from app.core.models.checksums import checksums, whole_checksum
from app.core.models.import_copy import copy_in
from app.core.models.model_file import ModelFile, inspect
from app.core.runs.record import RunConfusion, RunRecord, RunRecords
from app.core.system.files import why
from app.core.system.machine import machine_facts
from app.core.training.classifier_orders import (
    LSTM,
    MODEL,
    ClassifierOrder,
    ClassifierTrained,
    check_classifier,
)
from app.core.training.label_figures import confusion, scores
from app.core.training.labelled_texts import LabelledTexts
from app.core.training.orders import TrainingNews
from app.engine.learning.child import TrainingChild
from app.engine.learning.recorded import (
    RecordedLearning,
    check_place,
    require_unchanged,
    same_files,
)

KIND = "classifier"


def check_base(folder: Path) -> Path:
    """The folder of an encoder to learn on; raises LampblackError where it cannot be one."""
    if not folder.is_dir():
        raise ParameterError(
            f"There is no folder {folder}.", "Give the folder of an encoder, or --base lstm."
        )
    if read_config(folder).get("auto_map"):
        raise ParameterError(
            f"{folder.name} needs program code of its own (auto_map), which is never run.",
            "Choose an encoder of a kind that transformers knows.",
        )
    weight_files(folder)
    return folder.absolute()


class ClassifierLearning(RecordedLearning[ClassifierOrder]):
    """One training with its record; `run` is called once.

    `models` is the folder that the classifier is put into.
    """

    def __init__(self, child: TrainingChild, records: RunRecords, models: Path) -> None:
        super().__init__(child, records, KIND, ClassifierOrder)
        self._models = models

    def begin(
        self, name: str, data: Path, texts: LabelledTexts, order: ClassifierOrder
    ) -> ClassifierOrder:
        """Record a new run, and return its order; raises LampblackError for what cannot be."""
        check_classifier(order.settings)
        self._require_new(order, name)
        base = Path(order.base)
        digest = _digest(order)
        run, order = self._keep(order)
        record = RunRecord(
            id=run,
            kind=KIND,
            state="running",
            begun_at=time.time(),
            name=name,
            model=LSTM if order.method == LSTM else f"{base.name} ({order.method})",
            model_path=order.base,
            model_sha256=digest,
            data=(str(data.absolute()),),
            data_sha256=texts.digest,
            settings=msgspec.to_builtins(order.settings),
            seed=order.settings.seed,
            machine=machine_facts(),
        )
        self._begin(record)
        return order

    def run(self, order: ClassifierOrder, tell: Callable[[TrainingNews], None]) -> ModelFile:
        """Train as recorded; the classifier is among the models then, its figures in the record.

        Raises CancelledError where it was stopped, and LampblackError; the record says it, too.
        """
        try:
            done = self.child.carry_out(
                order, lambda news: self._hear(news, tell), ClassifierTrained
            )
            return self._put_away(done, order.labels)
        except CancelledError:
            self._kept.end("stopped")
            raise
        except LampblackError as error:
            self._kept.end("failed", problem=str(error))
            raise

    def _require_same(self, record: RunRecord, order: ClassifierOrder) -> None:
        require_unchanged(record, _digest(order), record.model_sha256)

    def _require_new(self, order: ClassifierOrder, name: str) -> None:
        del order
        check_place(name, self._models, f"A classifier cannot be called {name!r}.")

    def _named(self, order: ClassifierOrder, name: str) -> ClassifierOrder:
        """The name is in the record alone."""
        del name
        return order

    def _put_away(self, done: ClassifierTrained, labels: tuple[str, ...]) -> ModelFile:
        """Copy the classifier to its place, whole or not at all, and end the record.

        Whatever goes wrong, the checkpoint is still there, and a resumed run ends as this one.
        """
        run = self.record.id
        model = self._placed(self._records.folder(run))
        figures = {
            "learned_steps": done.steps,
            "best_step": done.best_step,
            "seconds": round(done.seconds, 2),
            "memory": done.memory,
            "parameters": done.parameters,
            "held_out_texts": len(done.right),
        }
        for ending, chosen in {"": done.chosen, **done.others}.items():
            found = scores(done.right, chosen)
            figures[f"accuracy{ending and f'_{ending}'}"] = found.accuracy
            figures[f"macro_f1{ending and f'_{ending}'}"] = found.macro_f1
        figures = self.record.figures | figures
        self._kept.end(
            "done",
            figures=figures,
            confusion=RunConfusion(
                labels=labels, counts=confusion(done.right, done.chosen, len(labels))
            ),
            versions=done.versions,
            made=model.path,
        )
        self._records.clear(run)
        return model

    def _placed(self, run: Path) -> ModelFile:
        """The classifier among the models: copied, or as a former try has left it there."""
        name = self.record.name
        target, made = self._models / name, run / "made"
        if same_files(run / MODEL, target):
            return inspect(target)
        try:
            check_place(name, self._models, f"A classifier cannot be called {name!r}.")
        except ParameterError as error:
            raise HousekeepingError(error.message, "Resume the run with another name.") from error
        try:
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            (run / MODEL).rename(made / name)
            return copy_in(inspect(made / name), self._models)
        except OSError as error:
            raise HousekeepingError(
                f"The classifier could not be put at {target}: {why(error)}.", "Resume the run."
            ) from error
        finally:
            shutil.rmtree(made, ignore_errors=True)


def _digest(order: ClassifierOrder) -> str:
    """The checksum of the encoder's weights; empty without one."""
    return whole_checksum(checksums(weight_files(Path(order.base)))) if order.base else ""
