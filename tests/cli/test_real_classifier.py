"""The real program with a tiny classifier: run, batch and evaluate through the engine host."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from tests.host.tiny_classifier import save_classifier
from tests.host.torch_engine.test_classifier import by_pipeline

ROWS = (
    ("The film was good, and fine.", "positive"),
    ("a dull day", "negative"),
    ("It is bad,\nvery bad.", "negative"),
    ("the sea", "positive"),
    ("new boat", "positive"),
)


@pytest.fixture(scope="module")
def moods(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_classifier(tmp_path_factory.mktemp("models") / "moods", labels=("NEG", "POS"))


@pytest.fixture(scope="module")
def shares(moods: Path) -> list[float]:
    """The pipeline's probability of a positive text for each row."""
    return [row[1] for row in by_pipeline(moods, [text for text, _label in ROWS])]


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *ROWS])
    return path


def test_a_text_gets_the_pipeline_s_probabilities(
    run_program: Any, moods: Path, shares: list[float]
) -> None:
    outcome = run_program("run", "classify", ROWS[0][0], "--model", str(moods), "--json")
    assert (outcome.code, outcome.err) == (0, "")
    found = json.loads(outcome.out)
    assert found["probabilities"] == pytest.approx(
        {"NEG": 1 - shares[0], "POS": shares[0]}, abs=1e-5
    )
    assert found["label"] == ("POS" if shares[0] > 0.5 else "NEG")


def test_a_batch_and_an_evaluation_agree_with_it(
    run_program: Any, moods: Path, reviews: Path, shares: list[float], tmp_path: Path
) -> None:
    out = tmp_path / "out.jsonl"
    model = ("--model", str(moods))
    outcome = run_program("batch", "sentiment", str(reviews), "--out", str(out), *model)
    assert outcome.code == 0, outcome.err
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    found = [line["result"]["probabilities"]["positive"] for line in lines]
    assert found == pytest.approx(shares, abs=1e-5)
    outcome = run_program("evaluate", "sentiment", str(reviews), *model, "--json", "--rows")
    assert outcome.code == 0, outcome.err
    (report,) = json.loads(outcome.out)["models"]
    assert [row["probabilities"]["positive"] for row in report["rows"]] == pytest.approx(
        shares, abs=1e-5
    )
    right = sum(
        (share > 0.5) == (label == "positive")
        for share, (_text, label) in zip(shares, ROWS, strict=True)
    )
    assert report["figures"][0]["value"] == pytest.approx(right / len(ROWS))


def test_labels_of_its_own_that_the_data_lack_can_be_answered_and_are_wrong(
    run_program: Any, reviews: Path, tmp_path: Path
) -> None:
    """The probabilities stay the model's, and models with other labels are compared."""
    odd = save_classifier(tmp_path / "odd", labels=("NEGATIVE", "Positive", "other"))
    three = save_classifier(tmp_path / "three", labels=("neu", "neg", "pos"))
    shares = by_pipeline(odd, [text for text, _label in ROWS])
    assert all(row[2] == max(row) for row in shares)  # so that each answer is the other label
    outcome = run_program(
        "evaluate", "classify", str(reviews), "--model", str(odd), "--json", "--rows"
    )
    assert outcome.code == 0, outcome.err
    (found,) = json.loads(outcome.out)["models"]
    assert [label["label"] for label in found["labels"]] == ["negative", "positive", "other"]
    assert found["figures"][0]["value"] == 0
    for row, share in zip(found["rows"], shares, strict=True):
        names = dict(zip(("negative", "positive", "other"), share, strict=True))
        assert row["probabilities"] == pytest.approx(names, abs=1e-5)
        assert row["notes"] == []
    outcome = run_program(
        "evaluate",
        "sentiment",
        str(reviews),
        "--model",
        str(three),
        "--model",
        str(three),
        "--json",
    )
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    assert [len(model["labels"]) for model in report["models"]] == [3, 3]
    positive = sum(label == "positive" for _text, label in ROWS)
    assert report["models"][0]["figures"][0]["value"] == pytest.approx(positive / len(ROWS))
    assert {one["value"] for one in report["comparisons"][0]["differences"]} == {0.0}


def test_words_that_write_refuse_it_before_it_is_loaded(
    run: Any, one_sentence: Any, moods: Path
) -> None:
    for words in (("generate", "Once"), ("run", "complete", "Once"), ("models", "passport")):
        name = (str(moods),) if words[0] == "models" else ("--model", str(moods))
        outcome = run(*words, *name)
        assert outcome.code == 1
        assert one_sentence(outcome.err)
        assert "moods is a classifier: it sorts texts by its labels (NEG, POS)" in outcome.err
    outcome = run("run", "classify", "Once", "--model", str(moods), "--labels", "a,b")
    assert outcome.code == 2
    assert "does not know a, b. Its labels are NEG, POS." in outcome.err
