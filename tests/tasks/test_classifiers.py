"""Tasks on a classifier: its own labels, some of them, other names for them, and long texts."""

from __future__ import annotations

import math

import pytest

from app.core.errors import LampblackError, ParameterError, UnsupportedModelError
from app.engine.messages import Classify, ScoreChoices
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import TASKS, task
from tests.tasks.stand_in import StandIn, pieces

SHARES = {"joy": 0.5, "Deep_Sorrow": 0.3, "anger": 0.2}


def classifier(*labels: str, context: int = 2000) -> StandIn:
    """Its first label has the highest probability."""
    stand_in = StandIn(context=context, labels=labels or tuple(SHARES))
    shares = SHARES if not labels else dict(zip(labels, (0.5, 0.3, 0.2), strict=False))
    stand_in.likelihood = lambda _text, label: math.log(shares[label])
    return stand_in


def test_classify_needs_no_labels_and_answers_with_the_model_s() -> None:
    stand_in = classifier()
    result = TaskRunner(stand_in).run(task("classify"), "A text.", TaskOptions())
    assert result.value["label"] == "joy"
    assert result.value["probabilities"] == pytest.approx(SHARES)
    assert list(result.value["probabilities"]) == list(SHARES)
    assert result.notes == ()
    (asked,) = stand_in.of(Classify)
    assert asked.texts == ("A text.",)  # and no prompt around it
    assert not stand_in.of(ScoreChoices)
    assert result.prompt_tokens == len(pieces("A text.")) + 2


def test_some_of_the_labels_share_the_probability_and_a_note_says_what_is_left_out() -> None:
    options = TaskOptions(labels=("anger", "deep sorrow"))
    result = TaskRunner(classifier()).run(task("classify"), "A text.", options)
    assert result.value == {
        "label": "deep sorrow",  # as it was asked for
        "probabilities": pytest.approx({"anger": 0.4, "deep sorrow": 0.6}),
    }
    assert list(result.value["probabilities"]) == ["anger", "deep sorrow"]
    (note,) = result.notes
    assert "gives 0.500 to labels that were not asked for (joy)" in note


@pytest.mark.parametrize(
    ("name", "own", "options", "told"),
    [
        ("classify", (), {"labels": ("joy", "fear")}, "does not know fear. Its labels are joy, D"),
        ("classify", ("a", "A"), {"labels": ("a", "á")}, "does not know á"),
        ("classify", (), {"labels": ("joy", "JOY")}, "only once"),
        ("classify", (), {"instruction": "what it feels"}, "reads no instruction"),
        ("sentiment", (), {}, "(joy, Deep_Sorrow, anger) do not say"),
        ("sentiment", ("LABEL_0", "LABEL_1"), {}, "do not say which of them is positive"),
        ("sentiment", ("POS", "positive"), {}, "do not say"),
        ("sentiment", ("POS", "NEG", "other"), {}, "do not say"),
        ("sentiment", ("1 star", "2 stars"), {"labels": ("positive", "negative")}, "does not know"),
    ],
)
def test_labels_that_are_not_the_model_s_are_told_with_its_own(
    name: str, own: tuple[str, ...], options: dict[str, object], told: str
) -> None:
    stand_in = classifier(*own)
    with pytest.raises(ParameterError) as caught:
        TaskRunner(stand_in).run(task(name), "A text.", TaskOptions(**options))  # type: ignore[arg-type]  # of many types
    assert told in str(caught.value)
    assert not stand_in.commands


@pytest.mark.parametrize(
    ("own", "labels", "expected"),
    [
        (("NEGATIVE", "POSITIVE"), (), {"positive": 0.375, "negative": 0.625}),
        (("pos", "Neg"), (), {"positive": 0.625, "negative": 0.375}),
        (("neg", "neu", "pos"), (), {"positive": 0.2, "negative": 0.5, "neutral": 0.3}),
        (("neg", "neu", "pos"), ("positive", "negative"), {"positive": 2 / 7, "negative": 5 / 7}),
        (("NEG", "POS"), ("NEG", "POS"), {"NEG": 0.625, "POS": 0.375}),
        (("joy", "anger"), ("anger", "joy"), {"anger": 0.375, "joy": 0.625}),
    ],
)
def test_sentiments_go_by_their_usual_names(
    own: tuple[str, ...], labels: tuple[str, ...], expected: dict[str, float]
) -> None:
    runner = TaskRunner(classifier(*own))
    found = runner.run(task("sentiment"), "A text.", TaskOptions(labels=labels)).value
    assert found["probabilities"] == pytest.approx(expected)
    assert list(found["probabilities"]) == list(expected)


def test_a_long_text_is_cut_and_its_parts_are_averaged_by_their_tokens() -> None:
    stand_in = classifier(context=120)

    def likelihood(text: str, label: str) -> float:
        return math.log({"joy": 0.8, "Deep_Sorrow": 0.15, "anger": 0.05}[label]) * (
            1.0 if "good" in text else 0.1
        )

    stand_in.likelihood = likelihood
    text = "It is good. " * 20 + "\n\n" + "It is bad. " * 100
    result = TaskRunner(stand_in).run(task("classify"), text, TaskOptions())
    (asked,) = stand_in.of(Classify)
    assert " ".join(asked.texts).split() == text.split()
    assert len(asked.texts) > 3

    def row(part: str) -> list[float]:
        scores = [likelihood(part, label) for label in SHARES]
        total = math.log(sum(map(math.exp, scores)))
        return [score - total for score in scores]

    weights = [len(pieces(part)) + 2 for part in asked.texts]
    means = [
        sum(w * row(part)[place] for w, part in zip(weights, asked.texts, strict=True))
        / sum(weights)
        for place in range(3)
    ]
    total = sum(map(math.exp, means))
    expected = [math.exp(mean) / total for mean in means]
    assert list(result.value["probabilities"].values()) == pytest.approx(expected, abs=1e-12)
    assert "was cut into" in result.notes[0]
    assert "averaged" in result.notes[1]


def test_every_other_task_is_refused_with_a_sentence() -> None:
    options = {
        "translate": TaskOptions(language="de"),
        "rewrite": TaskOptions(instruction="Shorter."),
        "extract": TaskOptions(schema="{}"),
    }
    for row in TASKS:
        if row.gives == "label":
            continue
        stand_in = classifier()
        with pytest.raises(UnsupportedModelError, match="is a classifier: it sorts texts"):
            TaskRunner(stand_in).run(row, "A text.", options.get(row.name, TaskOptions()))
        assert not stand_in.commands


def test_a_chat_form_is_refused_and_a_writer_still_needs_labels() -> None:
    with pytest.raises(LampblackError, match="needs a chat template"):
        TaskRunner(classifier()).run(task("classify"), "A text.", TaskOptions(form="chat"))
    with pytest.raises(ParameterError, match="needs the labels"):
        TaskRunner(StandIn()).run(task("classify"), "A text.", TaskOptions())
