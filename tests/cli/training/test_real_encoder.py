"""A real encoder (all-MiniLM-L6-v2) learns lexicon labels in the real program, and all use it.

The figures in the record are compared with scikit-learn's, and so is the baseline in the table.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

import app.sdk as lampblack
from app.core.runs.record import RunRecord, RunRecords
from app.core.system.paths import Paths
from app.core.training.labelled_texts import split
from tests.cli.conftest import ROOT
from tests.training.encoder import NAME, encoder
from tests.training.grammar import LABELS, english, write_csv

COUNT = 300
TOKEN = "a-token-of-this-test"


@dataclass(frozen=True)
class Learned:
    """What came of a training: its texts, what the program said, the record and the model."""

    file: Path
    pairs: dict[str, str]
    out: str
    err: str
    record: RunRecord

    @property
    def model(self) -> str:
        return self.record.made

    @property
    def held_out(self) -> list[tuple[str, str]]:
        rows = [*self.pairs.items()]
        targets = [LABELS.index(label) for _text, label in rows]
        return [rows[place] for place in split(targets, self.record.seed).held_out]

    @property
    def learned_from(self) -> list[tuple[str, str]]:
        held = {text for text, _label in self.held_out}
        return [(text, label) for text, label in self.pairs.items() if text not in held]


@pytest.fixture(scope="session")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """MiniLM with a pooled head, as the program chooses for so few texts."""
    folder = tmp_path_factory.mktemp("learned")
    pairs = english(COUNT)
    file = write_csv(folder / "moods.csv", pairs)
    home = {"LAMPBLACK_HOME": str(folder / "home")}
    words = ["train", "classifier", str(file), "--base", str(encoder(folder)), "--name", "Moods"]
    done = subprocess.run(
        [sys.executable, "-m", "app", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONUTF8": "1", **home},
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    (record,) = RunRecords(Paths.here(home).runs).list()
    return Learned(file, pairs, done.stdout, done.stderr, record)


def test_the_way_is_told_with_its_reason_and_the_table_has_the_baselines(learned: Learned) -> None:
    assert (
        f"A linear head on the mean of the states of {NAME} learns (pooled), as 300 texts are "
        "fewer than 1,000"
    ) in learned.err
    figures = learned.record.figures
    assert learned.record.model == f"{NAME} (pooled)"
    rows = dict(re.findall(r"^(\S.*?) +(\d\.\d{4}  +\d\.\d{4})$", learned.out, re.MULTILINE))
    for title, ending in (
        (f"{NAME} (pooled)", ""),
        ("TF-IDF + logistic regression", "_tfidf"),
        ("recurrent network (lstm)", "_lstm"),
        ("most frequent label", "_most_frequent"),
    ):
        pair = figures[f"accuracy{ending}"], figures[f"macro_f1{ending}"]
        assert rows[title].split() == [f"{value:.4f}" for value in pair]
    assert figures["macro_f1"] > 0.6 > figures["macro_f1_most_frequent"]


def test_the_baseline_is_scikit_learn_s(learned: Learned) -> None:
    vectors = TfidfVectorizer()
    texts, labels = zip(*learned.learned_from, strict=True)
    model = LogisticRegression(tol=1e-9, max_iter=5000).fit(vectors.fit_transform(texts), labels)
    held, right = zip(*learned.held_out, strict=True)
    found = model.predict(vectors.transform(held))
    figures = learned.record.figures
    assert figures["accuracy_tfidf"] == pytest.approx(accuracy_score(right, found), abs=1e-9)
    wanted = f1_score(right, found, average="macro")
    assert figures["macro_f1_tfidf"] == pytest.approx(wanted, abs=1e-9)


def test_the_package_chooses_as_the_record_says_by_scikit_learn(learned: Learned) -> None:
    texts, right = zip(*learned.held_out, strict=True)
    with lampblack.open(learned.model, progress="off") as model:
        found = [model.classify(text).label for text in texts]
    figures = learned.record.figures
    assert figures["accuracy"] == pytest.approx(accuracy_score(right, found), abs=1e-9)
    wanted = f1_score(right, found, average="macro")
    assert figures["macro_f1"] == pytest.approx(wanted, abs=1e-9)


def test_it_classifies_and_is_evaluated_like_any_model(
    learned: Learned, run_program: Any, tmp_path: Path
) -> None:
    text = "The ferry was awful, but the garden was wonderful."
    outcome = run_program("run", "classify", text, "--model", learned.model, "--json")
    assert outcome.code == 0, outcome.err
    found = json.loads(outcome.out)
    assert found["probabilities"].keys() == {*LABELS}
    assert found["label"] == max(LABELS, key=lambda label: found["probabilities"][label])
    held = tmp_path / "held.csv"
    with held.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *learned.held_out])
    outcome = run_program("evaluate", "classify", str(held), "--model", learned.model, "--json")
    assert outcome.code == 0, outcome.err
    (report,) = json.loads(outcome.out)["models"]
    figures = {one["name"]: one["value"] for one in report["figures"]}
    record = learned.record.figures
    assert figures["accuracy"] == pytest.approx(record["accuracy"], abs=1e-9)
    assert figures["macro_f1"] == pytest.approx(record["macro_f1"], abs=1e-9)


def test_the_service_sorts_with_it_and_says_that_it_does_not_write(
    learned: Learned, start_program: Callable[..., Any]
) -> None:
    words = ["serve", "--port", "0", "--json", "--model", learned.model]
    program = start_program(words, environ={"LAMPBLACK_API_TOKEN": TOKEN})
    address = json.loads(program.stdout.readline())["address"]
    texts = [text for text, _label in learned.held_out[:20]]
    with httpx2.Client(
        base_url=address, headers={"api-key": TOKEN}, trust_env=False, timeout=60
    ) as client:
        many = client.post("/classify", json={"texts": texts})
        one = client.post("/classify", json={"content": texts[0]})
        written = client.post("/v1/completions", json={"prompt": "Once", "max_tokens": 4})
        models = client.get("/v1/models").json()
    program.send_signal(signal.SIGTERM)
    _out, err = program.communicate(timeout=30)
    assert (program.returncode, err) == (0, b"")
    assert many.status_code == 200, many.text
    results = many.json()["results"]
    assert len(results) == len(texts)
    with lampblack.open(learned.model, progress="off") as model:
        for text, found in zip(texts, results, strict=True):
            expected = model.classify(text)
            assert found["label"] == expected.label
            assert found["probabilities"] == pytest.approx(expected.probabilities, abs=1e-5)
    assert one.json()["results"][0]["probabilities"] == pytest.approx(
        results[0]["probabilities"], abs=1e-5
    )
    assert written.status_code == 400
    assert "Moods is a classifier" in written.json()["error"]["message"]
    assert models["data"][0]["labels"] == [*LABELS]
