"""`lampblack evaluate`: what it refuses, and the figures of the real model from its own rows."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sklearn import metrics

from tests.tasks.reviews import REVIEWS


@pytest.fixture
def reviews(tmp_path: Path) -> Path:
    path = tmp_path / "reviews.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *REVIEWS[:16], ("", "positive")])
    return path


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("chat",), "has no right answers"),
        (("sentiment", "--parallel", "0"), "--parallel takes 1 to 64, not 0."),
        (("sentiment", "--report", "x.pdf"), "not the name of an HTML file"),
        (("sentiment", "--labels", "positive,bad"), "Row 2 has the label 'negative', which is"),
        (("sentiment", "--label", "mood"), "Its columns: text, label."),
        (("sentiment", "--limit", "-1"), "There cannot be -1 rows."),
        (("translate",), "The task translate needs the language."),
        (("sentiment", "--seed", "-3"), "The seed is a whole number from 0 on"),
    ],
)
def test_what_cannot_be_done_is_told_before_an_engine_starts(
    words: tuple[str, ...], complaint: str, reviews: Path, run: Any, one_sentence: Any
) -> None:
    outcome = run("evaluate", words[0], str(reviews), *words[1:])
    assert outcome.code == 2
    assert complaint in outcome.err
    assert one_sentence(outcome.err)


def test_the_report_s_figures_are_scikit_learn_s_of_its_own_rows(
    reviews: Path, run_program: Any, starter_model: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    outcome = run_program(
        "evaluate", "sentiment", str(reviews), "--model", str(starter_model), "--json", "--rows",
        "--report", str(page),
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    (model,) = report["models"]
    assert (model["answered"], model["failed"]) == (16, 1)
    assert model["rows"][-1]["failed"] == "The row cannot be read: its text is empty."
    rows = [row for row in model["rows"] if not row["failed"]]
    right, chosen = ([row[name] for row in rows] for name in ("expected", "answer"))
    macro = metrics.precision_recall_fscore_support(right, chosen, average="macro", zero_division=0)
    shares = [[row["probabilities"][label] for label in ("negative", "positive")] for row in rows]
    expected = {
        "accuracy": metrics.accuracy_score(right, chosen),
        **dict(zip(("macro_precision", "macro_recall", "macro_f1"), macro, strict=False)),
        "brier_score": metrics.brier_score_loss(
            right, shares, labels=["negative", "positive"], scale_by_half=False
        ),
    }
    found = {one["name"]: one["value"] for one in model["figures"]}
    found.pop("calibration_error")
    assert found == pytest.approx(expected, abs=1e-9)
    assert all(one["low"] <= one["value"] <= one["high"] for one in model["figures"][:1])
    labels = ["positive", "negative"]
    matrix = metrics.confusion_matrix(right, chosen, labels=labels)
    assert model["confusion"] == matrix.tolist()
    assert report["data"]["sha256"] in page.read_text("utf-8")
