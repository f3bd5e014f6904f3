"""Labels for a text: a probability for each, from the likelihood of its whole text as the answer.

A classifier has labels of its own and gives their probabilities itself. For a model that writes, a
label's score is the sum of the log probabilities of its tokens, less the sum that it has with an
empty text in place of the text (contextual calibration: Zhao et al. 2021, "Calibrate Before Use").
The probabilities are the softmax of the scores.

The sum is used and not the mean over the tokens, as the calibration already takes off what a label
gains by being short or common, and a mean would make a long label with an easy end count less than
one word. On the starter model and twenty texts of five subjects, whose labels have one to five
tokens, in the form of `classify`: 19 right by the calibrated sum (0.12 nats lost on average), 18 by
the calibrated mean (0.36), 15 and 4 by the sum and the mean without calibration. In its chat
template the same model found 16, so these tasks are asked in the plain form unless told otherwise.
There, a label ends with its line; in a chat template nothing ends it, so that of two labels one of
which begins with the other the shorter one is favoured.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from app.core.errors import ParameterError
from app.core.formats.classifiers import folded, places, shown
from app.tasks.options import TaskOptions
from app.tasks.table import Task
from app.tasks.task_run import TaskRun

_SENTIMENTS = {"pos": "positive", "neg": "negative", "neu": "neutral"}
"""What a classifier's labels for sentiments are short for."""


def answer_labels(task: Task, options: TaskOptions, own: Sequence[str]) -> dict[str, int]:
    """The labels of an answer, each with its place among the model's `own`, which a classifier has.

    A classifier answers with its own labels, those that the options name, or for `sentiment` the
    usual names of its own; any other model with those of the options or of the task. Raises
    ParameterError where that cannot be.
    """
    wanted = options.labels
    if not own:
        wanted = wanted or task.labels
        if not wanted:
            raise ParameterError(f"The task {task.name} needs the labels.")
        return {label: place for place, label in enumerate(wanted)}
    if options.instruction:
        raise ParameterError("The model is a classifier, which reads no instruction.")
    names = [_SENTIMENTS.get(folded(label), folded(label)) for label in own] if task.labels else own
    if not wanted and task.labels:
        return _sentiments(own, names)
    found = places(wanted or own, names) | places(wanted or own, own)
    if unknown := [label for label in wanted if label not in found]:
        raise ParameterError(
            f"The model is a classifier that does not know {shown(unknown)}.",
            f"Its labels are {shown(own)}.",
        )
    if len({*found.values()}) < len(found):
        raise ParameterError("Every label may be named only once.")
    return found


def with_others(labels: Sequence[str], own: Sequence[str]) -> tuple[str, ...]:
    """The labels, and after them those of a classifier's `own` that are none of them."""
    found = places(labels, own).values()
    return (*labels, *(label for place, label in enumerate(own) if place not in found))


def _sentiments(own: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """The sentiments that the labels name: positive, negative and perhaps neutral."""
    found = {name: names.index(name) for name in _SENTIMENTS.values() if name in names}
    if len(found) < len(own) or not {"positive", "negative"} <= {*found}:
        raise ParameterError(
            f"The model is a classifier, and its labels ({shown(own)}) do not say which of them is "
            "positive and which negative.",
            "Use the task classify, which answers with the model's own labels.",
        )
    return found


def choose(run: TaskRun, text: str) -> dict[str, Any]:
    """The likeliest label and the probability of each; those of parts are averaged by tokens."""
    own = run.model.labels
    labels = answer_labels(run.task, run.options, own)
    names = tuple(labels)
    longest = 0 if own else max(len(label.encode()) for label in names)  # a token has a byte
    parts = run.parts(text, run.room(min(longest, run.model.context // 4)))
    parts = [part.strip() for part in parts if part.strip()]
    sums = [0.0] * (len(own) or len(names))
    total = 0
    scored = run.classify(parts) if own else _scored(run, parts, names)
    for scores, weight in scored:
        sums = [known + weight * new for known, new in zip(sums, log_softmax(scores), strict=True)]
        total += weight
    if len(parts) > 1:
        run.note("The parts' log probabilities were averaged, each by its tokens.")
    mean = log_softmax([known / total for known in sums])
    _note_others(run, labels, mean)
    found = [math.exp(score) for score in log_softmax([mean[place] for place in labels.values()])]
    best = max(range(len(names)), key=found.__getitem__)
    return {"label": names[best], "probabilities": dict(zip(names, found, strict=True))}


def _note_others(run: TaskRun, labels: dict[str, int], mean: Sequence[float]) -> None:
    """Say that a classifier knows labels that were not asked for, and how likely those are."""
    own = run.model.labels
    if others := [place for place in range(len(own)) if place not in labels.values()]:
        left = math.fsum(math.exp(mean[place]) for place in others)
        names = shown([own[place] for place in others])
        run.note(
            f"The model gives {left:.3f} to labels that were not asked for ({names}); the "
            "probabilities are those of the others among themselves."
        )


def _scored(
    run: TaskRun, parts: Sequence[str], labels: tuple[str, ...]
) -> Iterator[tuple[list[float], int]]:
    """The scores of the labels for each part, and its tokens, which nothing needs of one alone."""
    for part in parts:
        weight = run.length(part) if len(parts) > 1 else 1
        yield _scores(run, part, labels), weight


def _scores(run: TaskRun, text: str, labels: tuple[str, ...]) -> list[float]:
    found = run.score_choices(run.asked(text), labels)
    if not run.options.calibrate:
        return list(found)
    empty = _without_text(run, labels)
    return [score - known for score, known in zip(found, empty, strict=True)]


def _without_text(run: TaskRun, labels: tuple[str, ...]) -> tuple[float, ...]:
    """The scores of the labels with an empty text."""
    found, key = run.remembered.without_text, run.key
    if (known := run.remembered.find(run.model, found, key)) is not None:
        return known
    scores = run.score_choices(run.asked(""), labels)
    return run.remembered.keep(run.model, found, key, scores)


def log_softmax(scores: Sequence[float]) -> list[float]:
    """The scores less the logarithm of the sum of their exponentials."""
    top = max(scores)
    total = top + math.log(sum(math.exp(score - top) for score in scores))
    return [score - total for score in scores]
