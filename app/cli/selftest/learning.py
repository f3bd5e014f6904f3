"""What the self-test does with the training child: it learns two labels, from nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from app.core.errors import LampblackError
from app.core.training.classifier_orders import DEFAULTS, ClassifierOrder, ClassifierTrained
from app.core.training.orders import TrainingNews, TrainingPlan
from app.engine.learning.child import TrainingChild

_WORDS = {"rain": ("wet", "grey", "cold", "下雨"), "sun": ("warm", "bright", "dry", "晴天")}
_EACH = 24
_RIGHT = 0.9  # of the texts held out, which have no other words


def learn_labels(command: Sequence[str], folder: Path, cache: str) -> str:
    """Train a small network in a child of its own and test it; raises LampblackError."""
    folder.mkdir()
    child = TrainingChild(command)

    def hear(news: TrainingNews) -> None:
        if isinstance(news, TrainingPlan):
            child.begin()

    made = child.carry_out(_order(folder, cache), hear, ClassifierTrained)
    right = sum(map(int.__eq__, made.right, made.chosen))
    if right < _RIGHT * len(made.right):
        raise LampblackError(f"Only {right} of {len(made.right)} texts got the right label.")
    return f"{right} of {len(made.right)} texts got the right label after {made.steps} steps"


def _order(folder: Path, cache: str) -> ClassifierOrder:
    texts, targets = list[str](), list[int]()
    for target, words in enumerate(_WORDS.values()):
        for number in range(_EACH):
            first, second = words[number % len(words)], words[(number + 1) % len(words)]
            texts.append(f"Day {number}: {first}, {second}.")
            targets.append(target)
    return ClassifierOrder(
        method="lstm",
        base="",
        texts=tuple(texts),
        targets=tuple(targets),
        labels=tuple(_WORDS),
        settings=replace(DEFAULTS["lstm"], epochs=12, batch=8),
        folder=str(folder),
        cache=cache,
        threads=1,
    )
