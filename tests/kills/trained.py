"""A training that is there to be killed: the program's side with its real child.

Usage: python -m tests.kills.trained TASK            the program's side
       python -m tests.kills.trained SECONDS LOG     its child, with a checkpoint so often

The former writes lines of JSON, the latter one into LOG for each checkpoint that is on the disk.
Models are tiny, so that a training takes seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from app.core.errors import LampblackError
from app.core.models.model_file import inspect
from app.core.runs.record import RunRecords
from app.core.training.labelled_texts import LabelledTexts
from app.core.training.orders import (
    StyleSettings,
    Trained,
    TrainingNews,
    TrainingOrder,
    TrainingPlan,
    TrainingStep,
)
from app.core.training.pages import read_pages
from app.engine.learning.child import TrainingChild
from app.engine.learning.classifier import ClassifierLearning
from app.engine.learning.style import StyleLearning
from tests.training.labelled import LABELS, order, sentences

NAME = "Killed"
PAGES = "the lamp burned low and the wind came in over the sill of the old house. " * 140
STYLE = StyleSettings(rank=2, epochs=1, length=64, rate=0.01, seed=3)
LABELS_SETTINGS = {"epochs": 60, "patience": 1000}


def say(**line: Any) -> None:
    sys.stdout.write(json.dumps({"at": time.monotonic(), **line}) + "\n")
    sys.stdout.flush()


class Heard:
    """Says what the harness needs of the news, and lets the training begin."""

    def __init__(self, child: TrainingChild) -> None:
        self._child = child

    def __call__(self, news: TrainingNews) -> None:
        if isinstance(news, TrainingPlan):
            say(done=news.done, steps=news.steps)
            self._child.begin()
        elif isinstance(news, TrainingStep):
            say(step=news.step, over=news.step == news.steps)


def learn_labels(child: TrainingChild, folder: Path, run: str) -> str:
    learning = ClassifierLearning(child, RunRecords(folder / "runs"), folder / "models")
    if run:
        wanted = learning.take_up(run)
    else:
        texts, targets = sentences()
        data = LabelledTexts(texts=texts, targets=targets, labels=LABELS)
        given = order(folder / "unused", settings=LABELS_SETTINGS)
        wanted = learning.begin(NAME, folder / "gone.csv", data, given)
    say(run=learning.record.id)
    return learning.run(wanted, Heard(child)).path


class FewSamples(TrainingChild):
    """Has one text written with what was learned: fifty would take most of the time."""

    def run(self, order: TrainingOrder, tell: Callable[[TrainingNews], None]) -> Trained:
        return super().run(replace(order, pairs=1, samples=1), tell)


def learn_style(child: TrainingChild, folder: Path, run: str) -> str:
    records = RunRecords(folder / "runs")
    learning = StyleLearning(child, records, folder / "models", str(folder / "cache"))
    model, pages = inspect(folder / "tiny.gguf"), read_pages([folder / "pages.md"])
    if run:
        learning.take_up(run, lambda _paths: pages)
    else:
        learning.begin(NAME, model, pages, STYLE)
    assert learning.record is not None
    say(run=learning.record.id)
    return str(learning.run(model, pages, Heard(child), resumes=bool(run)).folder)


WAYS: dict[str, Callable[[TrainingChild, Path, str], str]] = {
    "classifier": learn_labels,
    "style": learn_style,
}


def train(task: dict[str, Any]) -> int:
    """Begin or resume the training of a task, to its end."""
    folder = Path(task["folder"])
    command = [sys.executable, "-m", __spec__.name, str(task["seconds"]), str(folder / "saved")]
    try:
        made = WAYS[task["what"]](FewSamples(command), folder, task["run"])
    except LampblackError as error:
        say(failed=str(error))
        return 1
    say(made=made)
    return 0


def serve(seconds: float, log: Path) -> int:
    """The training child; each checkpoint is told once it is whole."""
    from app.training import classifier, style
    from app.training.main import run_trainer

    def telling(save: Any) -> Any:
        def saved(folder: Path, state: Any, tensors: Any) -> None:
            save(folder, state, tensors)
            line = json.dumps({"at": time.monotonic(), "saved": state.step}) + "\n"
            handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(handle, line.encode())
            os.close(handle)

        return saved

    for module in (classifier, style):
        module.CHECKPOINT_S = seconds  # type: ignore[attr-defined] # theirs
        module.save_checkpoint = telling(module.save_checkpoint)  # type: ignore[attr-defined] # theirs
    os.nice = lambda _by: 0  # behind others on a busy machine it would take minutes
    return run_trainer()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        sys.exit(train(json.loads(sys.argv[1])))
    sys.exit(serve(float(sys.argv[1]), Path(sys.argv[2])))
