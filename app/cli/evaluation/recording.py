"""The run record of an evaluation: one for each model, whether it came to its end or not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from math import isfinite
from platform import python_version
from typing import Any

from app import __version__
from app.cli.recorded import RecordedRun
from app.core.errors import CancelledError, LampblackError
from app.core.runs.record import RunConfusion, RunMeasure, RunRecords, Setting
from app.tasks.evaluation.evaluation import ModelEvaluation
from app.tasks.evaluation.labelled import LabelledData

KIND = "evaluation"


def builds() -> dict[str, str]:
    """The versions of what computes an evaluation, beside that of the program."""
    return {name: version(name) for name in ("numpy",)} | {"Python": python_version()}


@contextmanager
def recorded(
    records: RunRecords,
    task: str,
    data: LabelledData,
    settings: Mapping[str, object],
    seed: int,
    model: str,
    path: str,
) -> Iterator[RecordedRun]:
    """Record that a model is evaluated; what ends it by an error is in the record, too."""
    run = RecordedRun(
        records,
        KIND,
        name=f"{task}, {data.source.path.name}",
        model=model,
        model_path=path,
        data=(str(data.source.path.absolute()),),
        data_sha256=data.sha256,
        settings={"task": task} | _plain(settings),
        seed=seed,
        versions={"Lampblack": __version__} | builds(),
    )
    try:
        yield run
    except CancelledError:
        run.end("stopped")
        raise
    except LampblackError as error:
        run.end("failed", str(error))
        raise


def end_with(run: RecordedRun, found: ModelEvaluation) -> None:
    """Record what the model is worth."""
    measures = [one for one in found.figures if all(map(isfinite, (one.value, one.low, one.high)))]
    figures: dict[str, int | float] = {one.name: one.value for one in measures}
    figures |= {
        "answered": found.answered,
        "failed": found.failed,
        "seconds": round(found.seconds, 2),
    }
    known: dict[str, Any] = {
        "model": found.model,
        "model_sha256": found.sha256,
        "facts": dict(found.facts),
        "figures": figures,
        "measures": tuple(
            RunMeasure(
                name=one.title, value=one.value, low=one.low, high=one.high, better=one.better
            )
            for one in measures
        ),
    }
    if found.labels:
        labels = tuple(one.label for one in found.labels)
        known["confusion"] = RunConfusion(labels=labels, counts=found.confusion)
    if found.stopped:
        run.end("stopped", "It was stopped before all rows were answered.", **known)
    else:
        run.end("done", **known)


def _plain(settings: Mapping[str, object]) -> dict[str, Setting]:
    """Settings as a record has them: what is neither text nor number as JSON."""
    return {
        name: value
        if isinstance(value, bool | int | float | str)
        else json.dumps(value, ensure_ascii=False)
        for name, value in settings.items()
    }
