"""An order to learn labels, carried out: the plan, the training, the folder, what others choose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import torch
from msgspec.structs import replace

from app.core.system.network import network_state
from app.core.training.classifier_orders import (
    DEFAULTS,
    LSTM,
    MODEL,
    MOST_FREQUENT,
    TFIDF,
    ClassifierOrder,
    ClassifierTrained,
)
from app.core.training.label_figures import most_frequent
from app.core.training.labelled_texts import HeldOutSplit, split
from app.core.training.orders import TrainingNews, TrainingPlan, TrainingStep
from app.core.training.smaller_orders import AtWork
from app.host.cpu import default_threads
from app.training.classifier import ClassifierTraining
from app.training.classifier_models import make_learner
from app.training.tfidf import chosen_by_terms

_BASELINES = "learning the baselines"


@dataclass(frozen=True)
class Surroundings:
    """What the child offers: a way to tell, to be held or stopped, and its memory's peak (bytes).

    `begin` returns once the plan is agreed to; it and `wait` raise CancelledError to stop.
    """

    tell: Callable[[TrainingNews], None]
    wait: Callable[[], None]
    begin: Callable[[], None]
    peak: Callable[[], int]


def learn_labels(order: ClassifierOrder, around: Surroundings) -> ClassifierTrained:
    """Train as ordered; the classifier is in the order's folder then.

    Raises LampblackError, and OSError where it cannot be written.
    """
    torch.set_num_threads(order.threads or default_threads())
    parts = split(order.targets, order.settings.seed)
    training = _training(order, parts, around.wait)
    if order.resumes:
        training.resume()
    recurrent = _recurrent(order, parts, around.wait) if order.method != LSTM else None
    around.tell(_plan(training, recurrent, around))
    around.begin()
    training.run(around.tell, around.wait)
    training.learner.save(Path(order.folder) / MODEL)
    others = _baselines(order, parts, recurrent, around)
    state = training.state
    return ClassifierTrained(
        steps=state.step,
        best_step=state.best_step,
        stopped_early=training.stopped_early,
        right=training.right,
        chosen=training.chosen(around.wait),
        others=others,
        seconds=state.seconds,
        memory=around.peak(),
        parameters=sum(one.numel() for one in training.learner.learning),
        versions={name: version(name) for name in ("torch", "transformers", "safetensors")},
    )


def _training(
    order: ClassifierOrder, parts: HeldOutSplit, wait: Callable[[], None]
) -> ClassifierTraining:
    torch.manual_seed(order.settings.seed)
    return ClassifierTraining(make_learner(order, parts.learned, wait), order, parts)


def _baselines(
    order: ClassifierOrder,
    parts: HeldOutSplit,
    recurrent: ClassifierTraining | None,
    around: Surroundings,
) -> dict[str, tuple[int, ...]]:
    """What simpler ways choose that learned from the same texts."""
    wait = around.wait
    around.tell(AtWork(what=_BASELINES, fraction=0.0))
    targets = [order.targets[place] for place in parts.learned]
    learned, held_out = (
        [order.texts[place] for place in places] for places in (parts.learned, parts.held_out)
    )
    found = {
        TFIDF: chosen_by_terms(learned, targets, len(order.labels), held_out, wait),
        MOST_FREQUENT: most_frequent(targets, len(held_out)),
    }
    if recurrent is not None:

        def tell(news: TrainingNews) -> None:
            if isinstance(news, TrainingStep):
                around.tell(AtWork(what=_BASELINES, fraction=news.step / news.steps))

        recurrent.run(tell, wait)
        found[LSTM] = recurrent.chosen(wait)
    return found


def _recurrent(
    order: ClassifierOrder, parts: HeldOutSplit, wait: Callable[[], None]
) -> ClassifierTraining:
    """The training of a recurrent network on the same texts."""
    folder = Path(order.folder) / "baseline"
    folder.mkdir(exist_ok=True)
    settings = replace(DEFAULTS["lstm"], seed=order.settings.seed)
    small = replace(order, method="lstm", base="", settings=settings, folder=str(folder))
    training = _training(small, parts, wait)
    if order.resumes:
        training.resume()
    return training


def _plan(
    training: ClassifierTraining, recurrent: ClassifierTraining | None, around: Surroundings
) -> TrainingPlan:
    learner, parts = training.learner, training.parts
    beside = recurrent.probe(around.wait) if recurrent is not None else 0.0
    return TrainingPlan(
        tokens=sum(learner.tokens[place] for place in parts.learned),
        held_out=sum(learner.tokens[place] for place in parts.held_out),
        steps=training.steps,
        done=training.state.step,
        seconds=training.probe(around.wait) + beside,
        memory=around.peak(),
        numbers="float32",
        parameters=sum(one.numel() for one in learner.learning),
        network_denied=network_state(),
    )
