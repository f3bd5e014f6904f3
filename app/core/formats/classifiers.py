"""Sequence-classification folders: models that sort texts by labels of their own and write nothing.

Which folders these are, the labels that their configuration names, and how labels are compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from app.core.errors import NotAModelError, UnsupportedModelError
from app.core.formats.model_kinds import reads_text

MAX_LABELS = 1000
"""The most labels that a text can be classified by."""

_CLASS = "ForSequenceClassification"
_SHOWN = 8


def is_classifier(config: Mapping[str, Any]) -> bool:
    """Whether the configuration is of a model that sorts texts by labels."""
    listed = config.get("architectures")
    first = listed[0] if isinstance(listed, list) and listed else None
    return isinstance(first, str) and first.endswith(_CLASS) and reads_text(config)


def read_labels(name: str, config: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels of the classifier `name`, in the order of its outputs.

    Raises UnsupportedModelError for one that does not choose one of several labels or needs code of
    its own, and NotAModelError for labels that cannot be.
    """
    if config.get("auto_map"):
        raise UnsupportedModelError(
            f"{name} needs program code of its own (auto_map), which is never run.",
            "Choose a classifier of a kind that transformers knows.",
        )
    labels = _named(name, config)
    kind = config.get("problem_type")
    if kind == "regression" or len(labels) < 2:
        raise UnsupportedModelError(
            f"{name} gives one number for a text (regression) and chooses no label.",
            "Use a classifier with two labels or more.",
        )
    if kind == "multi_label_classification":
        raise UnsupportedModelError(
            f"{name} gives a text any number of labels at once (multi-label), where a task chooses "
            "one.",
            "Use a classifier that was trained for one label.",
        )
    return labels


def _named(name: str, config: Mapping[str, Any]) -> tuple[str, ...]:
    """The labels as `id2label` names them, else numbered as transformers does it."""
    named = config.get("id2label")
    if not isinstance(named, dict) or not named:
        count = config.get("num_labels", 2)
        count = count if type(count) is int and count > 0 else 2
        _check_count(name, count)
        return tuple(f"LABEL_{place}" for place in range(count))
    _check_count(name, len(named))
    labels = [named.get(str(place)) for place in range(len(named))]
    texts = [label.strip() for label in labels if isinstance(label, str)]
    if len({*texts}) < len(labels) or not all(text and text.isprintable() for text in texts):
        raise NotAModelError(
            f"{name} is damaged: its id2label does not name a label of its own for each output."
        )
    return tuple(texts)


def _check_count(name: str, count: int) -> None:
    if count > MAX_LABELS:
        raise UnsupportedModelError(
            f"{name} has {count:,} labels; a text can be classified by {MAX_LABELS:,} at most."
        )


def writes_nothing(name: str, labels: Sequence[str]) -> UnsupportedModelError:
    """The error for anything asked of a classifier that is not to choose a label."""
    return UnsupportedModelError(
        f"{name} is a classifier: it sorts texts by its labels ({shown(labels)}) and cannot write.",
        "Use it with the tasks classify and sentiment.",
    )


def shown(labels: Sequence[str]) -> str:
    """The labels in one line; of many the first."""
    more = len(labels) - _SHOWN
    return ", ".join(labels[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")


def folded(label: str) -> str:
    """A label as labels are compared: in any case, and with _ and - as spaces."""
    return " ".join(label.casefold().replace("_", " ").replace("-", " ").split())


def places(wanted: Sequence[str], labels: Collection[str]) -> dict[str, int]:
    """Where each of the wanted labels is among `labels`, as far as it is there and clear.

    One that is there to the letter is taken, else one that is the same when `folded`.
    """
    exact = {label: place for place, label in enumerate(labels)}
    alike: dict[str, list[int]] = {}
    for label, place in exact.items():
        alike.setdefault(folded(label), []).append(place)
    found = {}
    for label in wanted:
        near = alike.get(folded(label), [])
        if label in exact:
            found[label] = exact[label]
        elif len(near) == 1:
            found[label] = near[0]
    return found
