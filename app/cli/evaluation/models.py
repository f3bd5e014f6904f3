"""Asking models for their answers to the rows of an evaluation, one model after the other."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from app.cli.batch import RowsTask, do_row, options_facts
from app.cli.engine import asked_load
from app.cli.evaluation.recording import end_with, recorded
from app.cli.recorded import RecordedRun
from app.cli.server import check_may_leave, open_asked_server, server_load
from app.core.errors import CancelledError, LampblackError, UsageError
from app.core.formats.classifiers import shown
from app.core.models.checksums import checksums, weights_of, whole_checksum
from app.core.runs.record import RunRecords
from app.core.system.throttle import Throttle
from app.core.units import size_text
from app.engine.client import EngineClient
from app.engine.messages import Load, ModelInfo
from app.program import Program
from app.tasks.batch.ordered import TICK_S, Ordered
from app.tasks.batch.running import BatchProgress
from app.tasks.choosing import answer_labels, with_others
from app.tasks.evaluation.evaluation import (
    EvaluatedRow,
    ModelEvaluation,
    evaluated,
    evaluated_row,
    measure_of,
)
from app.tasks.evaluation.labelled import LabelledData
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner, check_kind, check_model
from app.tasks.table import Task, task

if TYPE_CHECKING:
    from app.core.models.model_file import ModelFile

_SOON_READ = 2_000_000_000
"""Bytes of weights that are read through in a few seconds."""


class _Subject(NamedTuple):
    """A model to evaluate, by its name in the report: a file, or one of a server's.

    `labels` are those that its answers can have.
    """

    name: str
    model: ModelFile | None
    load: Load | None
    options: TaskOptions
    labels: tuple[str, ...]


def check_answers(data: LabelledData, labels: Sequence[str]) -> None:
    """Raise UsageError for a right answer that cannot be chosen; any can where there are none."""
    for answer, number in data.answers.items():
        if labels and answer not in labels:
            raise UsageError(
                f"Row {number} has the label {answer!r}, which is none of {shown(labels)}.",
                "Mend the row, or name all labels with --labels.",
            )


class Evaluation:
    """The rows of an input, answered by one model after the other."""

    def __init__(
        self,
        arguments: argparse.Namespace,
        program: Program,
        row: Task,
        options: TaskOptions,
        data: LabelledData,
        seed: int,
    ) -> None:
        self.arguments = arguments
        self.program = program
        self.row = row
        self.options = options
        self.data = data
        self.seed = seed

    def models(self) -> tuple[list[ModelEvaluation], list[str]]:
        """What each model is worth, and why there are not all of them.

        What was measured is kept when a later model fails or the user stops it. Raises
        LampblackError where there is none yet.
        """
        found: list[ModelEvaluation] = []
        failures: list[str] = []
        subjects = self._subjects()
        with ExitStack() as stack:
            new_engine = (
                _engines(stack, self.program) if self.arguments.server else self.program.engine
            )
            for subject in subjects:
                try:
                    with (
                        self._recorded(subject) as run,
                        new_engine() as client,
                        RowsTask(client) as work,
                    ):
                        found.append(self._evaluated(subject, work))
                        end_with(run, found[-1])
                except LampblackError as error:
                    if not found:
                        raise
                    failures.append(f"{subject.name or 'The model'} was not evaluated: {error}")
                    if isinstance(error, CancelledError):
                        break
                if found[-1].stopped:
                    break
        return found, failures

    def _recorded(self, subject: _Subject) -> AbstractContextManager[RecordedRun]:
        settings = options_facts(self.options)
        settings |= {"parallel": self.arguments.parallel, "limit": self.arguments.limit}
        return recorded(
            RunRecords(self.program.paths.runs),
            self.arguments.task,
            self.data,
            settings,
            self.seed,
            subject.name,
            subject.model.path if subject.model is not None else "",
        )

    def _subjects(self) -> list[_Subject]:
        """The models, each found to know the task and the right answers."""
        wanted = self.arguments.model or [""]
        if self.arguments.server:
            saved = open_asked_server(self.arguments, self.program)
            loads = [server_load(saved, name) for name in wanted]
            names = _numbered([load.path for load in loads])
            return [
                self._subject(name, None, load) for name, load in zip(names, loads, strict=True)
            ]
        models = [self.program.model(name) for name in wanted]
        names = _numbered([model.name for model in models])
        return [self._subject(name, model, None) for name, model in zip(names, models, strict=True)]

    def _subject(self, name: str, model: ModelFile | None, load: Load | None) -> _Subject:
        own = model.labels if model else ()
        options = self.options
        if own and self.arguments.own_labels and options.labels:
            options = replace(options, labels=with_others(options.labels, own))
        check_kind(self.row, options, name, own)
        labels = tuple(answer_labels(self.row, options, own)) if self.row.gives == "label" else ()
        check_answers(self.data, labels)
        return _Subject(name, model, load, options, labels)

    def _evaluated(self, subject: _Subject, work: RowsTask) -> ModelEvaluation:
        model, options = subject.model, subject.options
        load = subject.load or asked_load(self.arguments, self.program, model, may_classify=True)[0]
        loaded = work.load(load, model, self.program)
        check_may_leave(self.program, loaded, self.data.source.path)
        check_model(self.row, options, loaded.model)
        name = subject.name or loaded.model.name
        sha256 = _weights_checksum(model, self.program, work) if model else ""
        runner = TaskRunner(work.client, background=model is None)
        since = time.monotonic()
        return evaluated(
            name,
            self._answers(name, runner, options, work),
            measure_of(task(self.arguments.task)),
            labels=subject.labels,
            seed=self.seed,
            facts=_model_facts(loaded.model, model),
            sha256=sha256,
            wanted=self.data.used,
            since=since,
        )

    def _answers(
        self, name: str, runner: TaskRunner, options: TaskOptions, work: RowsTask
    ) -> list[EvaluatedRow]:
        """Each row with its answer, in order; fewer than there are where the user stopped it."""
        found: list[EvaluatedRow] = []
        is_due, since, failed, used = Throttle(TICK_S), time.monotonic(), 0, self.data.used

        def tell() -> None:
            done = len(found)
            seconds = time.monotonic() - since
            if is_due():
                progress = BatchProgress(
                    rows=done,
                    failed=failed,
                    done=done,
                    seconds=seconds,
                    fraction=done / used,
                    begun_at=0,
                )
                work.tell(progress, name)

        ordered = Ordered(
            lambda item: do_row(runner, self.row, item, options),
            self.arguments.parallel,
            cancel=runner.cancel,
            on_tick=tell,
        )
        work.stops(ordered.stop)
        if work.cancelled():
            raise CancelledError("Stopped.")
        for outcome in ordered.outcomes(self.data.rows()):
            found.append(evaluated_row(outcome, whole=self.arguments.rows))
            failed += outcome.failed
            tell()
        if ordered.is_stopped and not found:
            raise CancelledError("Stopped.")
        return found


def _engines(
    stack: ExitStack, program: Program
) -> Callable[[], AbstractContextManager[EngineClient]]:
    """One client for all models: a server's child cannot be started a second time."""
    client = stack.enter_context(program.engine())
    return lambda: nullcontext(client)


def _numbered(names: Sequence[str]) -> list[str]:
    """The models' names; a number tells those apart that are equal."""
    return [
        name if names.count(name) == 1 else f"{name} ({place})"
        for place, name in enumerate(names, 1)
    ]


def _model_facts(info: ModelInfo, model: ModelFile | None) -> dict[str, str]:
    facts = {"engine": info.engine, "device": info.settings.device}
    if model is None:
        masks = info.server is not None and info.server.masks
        return facts | {"masked": "yes" if masks else "no"}
    adapters = ", ".join(f"{Path(one.path).name} at {one.strength:g}" for one in info.adapters)
    return facts | {
        "build": info.settings.build,
        "quantization": model.quantization or "none",
        "size": size_text(model.size_bytes),
        "context": f"{info.context:,}",
        "threads": str(info.settings.threads),
        **({"adapters": adapters} if adapters else {}),
    }


def _weights_checksum(model: ModelFile, program: Program, work: RowsTask) -> str:
    """The checksum as `models verify` gives it, if it is known or soon found; else empty."""
    record, files = program.metadata.record(model), weights_of(model)
    with suppress(OSError):
        is_same = all(file.stat().st_mtime < record.verified_at for file in files)
        if record.sha256 and is_same:
            return record.sha256
    if model.size_bytes > _SOON_READ:
        return ""
    return whole_checksum(checksums(files, cancelled=work.cancelled))
