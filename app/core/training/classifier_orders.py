"""What a training child is told to learn labels, and what it says of them.

The messages of orders.py are said as well: the plan, the steps, and what ends it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from app.core.errors import ParameterError

LSTM, TFIDF, MOST_FREQUENT = "lstm", "tfidf", "most_frequent"

BASELINES = {
    TFIDF: "TF-IDF + logistic regression",
    LSTM: "recurrent network (lstm)",
    MOST_FREQUENT: "most frequent label",
}
"""The simpler ways that a classifier is shown beside, as tables call them.

Their figures end in `_` and the first name: accuracy_tfidf.
"""

TINY = 1_000
"""Below so many texts only a linear head on mean-pooled states is learned, unless asked else."""

Method = Literal["lstm", "full", "head", "pooled"]
"""A recurrent network of its own; all of an encoder; only its head; a linear head on the mean of
its states."""

METHODS: tuple[Method, ...] = ("full", "head", "pooled")


class ClassifierSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How labels are learned: passes over the texts, texts of a step, the highest rate.

    `length` is how many tokens of a text are read; training ends after `patience` passes without a
    better macro F1; `seed` decides every draw.
    """

    epochs: int
    batch: int
    rate: float
    patience: int
    length: int = 256
    seed: int = 1


DEFAULTS: dict[Method, ClassifierSettings] = {
    "lstm": ClassifierSettings(epochs=30, batch=32, rate=3e-3, patience=6),
    "full": ClassifierSettings(epochs=5, batch=16, rate=5e-5, patience=2),
    "head": ClassifierSettings(epochs=15, batch=16, rate=1e-3, patience=4),
    "pooled": ClassifierSettings(epochs=200, batch=32, rate=1e-2, patience=20),
}

_LIMITS = {
    "epochs": (1, 1000),
    "batch": (1, 512),
    "rate": (1e-7, 1.0),
    "patience": (1, 1000),
    "length": (8, 8192),
    "seed": (0, 2**31 - 1),
}


def require_limits(settings: msgspec.Struct, limits: Mapping[str, tuple[float, float]]) -> None:
    """Raise ParameterError unless every named setting lies within its limits, both included."""
    for name, (least, most) in limits.items():
        value = getattr(settings, name)
        if not least <= value <= most:
            raise ParameterError(
                f"The {name} of a training lies between {least:,g} and {most:,g}, not {value:,g}."
            )


def check_classifier(settings: ClassifierSettings) -> ClassifierSettings:
    """The settings, if every one lies within its limits; raises ParameterError."""
    require_limits(settings, _LIMITS)
    return settings


class ClassifierOrder(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="classifier"
):
    """The texts with the places of their labels, and where the child may write: `folder` alone.

    `base` is an encoder's folder, empty for a recurrent network. With `resumes` it goes on from
    the checkpoint in `folder`. `cache` is the engine's. `threads` 0 takes all cores.
    """

    method: Method
    base: str
    texts: tuple[str, ...]
    targets: tuple[int, ...]
    labels: tuple[str, ...]
    settings: ClassifierSettings
    folder: str
    cache: str = ""
    resumes: bool = False
    threads: int = 0


class HeldOutScores(msgspec.Struct, frozen=True, kw_only=True, tag="held-out scores"):
    """A test on the texts held out after `step` steps; `best` is the best macro F1 so far."""

    step: int
    loss: float
    accuracy: float
    macro_f1: float
    best: float


class ClassifierTrained(msgspec.Struct, frozen=True, kw_only=True, tag="classifier trained"):
    """The model is in the order's folder, under MODEL, and this is what came of it.

    `right` and `chosen` are the labels' places for the texts held out, `others` those that the
    BASELINES chose, by their names.
    """

    steps: int
    best_step: int
    stopped_early: bool
    right: tuple[int, ...]
    chosen: tuple[int, ...]
    others: dict[str, tuple[int, ...]]
    seconds: float
    memory: int
    parameters: int
    versions: dict[str, str]


MODEL = "model"
"""The folder of the classifier in that of the run."""
