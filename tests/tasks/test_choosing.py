"""Labels: probabilities out of likelihoods, calibration, and the parts of a long text."""

from __future__ import annotations

import copy
import math

import pytest
from hypothesis import given, strategies as st

from app.engine.messages import ScoreChoices
from app.tasks.choosing import log_softmax
from app.tasks.options import TaskOptions
from app.tasks.running import Remembered, TaskRunner
from app.tasks.table import task
from tests.tasks.stand_in import StandIn, pieces

RAW = TaskOptions(calibrate=False)


@given(st.lists(st.floats(-5000, 0), min_size=2, max_size=50))
def test_probabilities_sum_to_one(scores: list[float]) -> None:
    assert math.fsum(map(math.exp, log_softmax(scores))) == pytest.approx(1, abs=1e-12)


def favouring(stand_in: StandIn, bias: dict[str, float]) -> None:
    """Every label has a bias, and the one that is in the text is likelier by two nats."""

    def likelihood(shown: str, choice: str) -> float:
        label = choice.strip()
        text = shown.rpartition("\n\n")[2]
        return bias.get(label, 0.0) - 5.0 + (2.0 if label in text else 0.0)

    stand_in.likelihood = likelihood


def test_calibration_takes_the_bias_off(runner: TaskRunner, stand_in: StandIn) -> None:
    favouring(stand_in, {"positive": 3.0})
    text = "Some say negative."
    raw = runner.run(task("sentiment"), text, RAW).value
    calibrated = runner.run(task("sentiment"), text, TaskOptions()).value
    assert raw["label"] == "positive"
    assert raw["probabilities"]["negative"] == pytest.approx(1 / (1 + math.e), abs=1e-9)
    assert calibrated["label"] == "negative"
    assert calibrated["probabilities"]["negative"] == pytest.approx(1 / (1 + math.exp(-2)))
    assert list(calibrated["probabilities"]) == ["positive", "negative"]


def test_calibration_changes_nothing_where_no_label_is_favoured(
    runner: TaskRunner, stand_in: StandIn
) -> None:
    favouring(stand_in, {})
    options = TaskOptions(labels=("tea", "milk", "water"))
    found = [
        runner.run(task("classify"), "Hot tea.", TaskOptions(labels=options.labels, calibrate=how))
        for how in (True, False)
    ]
    assert found[0].value["probabilities"] == pytest.approx(found[1].value["probabilities"])


def test_the_empty_text_is_read_once_for_the_same_labels(
    runner: TaskRunner, stand_in: StandIn
) -> None:
    for text in ("One.", "Two.", "Three."):
        runner.run(task("sentiment"), text, TaskOptions())
    assert len(stand_in.of(ScoreChoices)) == 4
    runner.run(task("sentiment"), "Four.", TaskOptions(labels=("good", "bad")))
    assert len(stand_in.of(ScoreChoices)) == 6


def test_the_empty_text_is_read_again_for_another_model_only(stand_in: StandIn) -> None:
    """Also by other runners, as each call of a program has one."""
    known = Remembered()
    for _ in range(3):
        TaskRunner(stand_in, known).run(task("sentiment"), "One.", TaskOptions())
    assert len(stand_in.of(ScoreChoices)) == 4
    favouring(stand_in, {"positive": 3.0})
    assert stand_in.model is not None
    stand_in.model = copy.copy(stand_in.model)  # the same file, loaded again
    value = TaskRunner(stand_in, known).run(task("sentiment"), "Not negative.", TaskOptions()).value
    assert len(stand_in.of(ScoreChoices)) == 6
    assert value["label"] == "negative"


def test_what_was_asked_of_the_model_before_is_not_kept_for_the_next(stand_in: StandIn) -> None:
    """The same file is loaded again, and asked, while the empty text is still being judged."""
    known, likelihood = Remembered(), stand_in.likelihood
    again: list[str] = []

    def load_again(shown: str, choice: str) -> float:
        if not again and not shown.rpartition("Review: ")[2].startswith("Not"):
            again.append(choice)
            stand_in.model = copy.copy(stand_in.model)
            stand_in.likelihood = likelihood
            TaskRunner(stand_in, known).run(task("sentiment"), "One.", TaskOptions(calibrate=False))
        return -1.0

    stand_in.likelihood = load_again
    TaskRunner(stand_in, known).run(task("sentiment"), "Not bad.", TaskOptions())
    assert again
    assert known.without_text == {}
    before = len(stand_in.of(ScoreChoices))
    TaskRunner(stand_in, known).run(task("sentiment"), "Three.", TaskOptions())
    assert len(stand_in.of(ScoreChoices)) == before + 2


def test_labels_are_whole_answers(runner: TaskRunner, stand_in: StandIn) -> None:
    """With its line end, a label is not the likelier for being how another one begins."""
    runner.run(task("classify"), "x", TaskOptions(labels=("sport", "sport news")))
    assert stand_in.of(ScoreChoices)[0].choices == (" sport\n", " sport news\n")
    runner.run(task("classify"), "x", TaskOptions(labels=("sport", "sport news"), form="chat"))
    asked = stand_in.of(ScoreChoices)[-1]
    assert asked.choices == ("sport", "sport news")
    assert asked.messages[-1].role == "assistant"


def test_parts_are_averaged_by_their_tokens() -> None:
    stand_in = StandIn(context=300)

    def likelihood(shown: str, choice: str) -> float:
        text = shown.rpartition("Review: ")[2]
        return math.log(0.9 if ("good" in text) == ("positive" in choice) else 0.1)

    stand_in.likelihood = likelihood
    text = "It is good. " * 40 + "\n\n" + "It is bad. " * 300
    result = TaskRunner(stand_in).run(task("sentiment"), text, RAW)
    asked = [
        command.prompt.rpartition("Review: ")[2].removesuffix("\nSentiment:")
        for command in stand_in.of(ScoreChoices)
    ]
    assert " ".join(asked).split() == text.split()
    weights = [len(pieces(part)) for part in asked]
    odds = sum(
        weight * (math.log(9) if "good" in part else -math.log(9))
        for weight, part in zip(weights, asked, strict=True)
    )
    expected = 1 / (1 + math.exp(-odds / sum(weights)))
    assert result.value["probabilities"]["positive"] == pytest.approx(expected, abs=0.01)
    assert result.value["label"] == "negative"
    assert result.notes[-1] == "The parts' log probabilities were averaged, each by its tokens."
