"""`lampblack evaluate`: what it refuses, and the figures of the real model from its own rows."""

from __future__ import annotations

import csv
import hashlib
import json
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sklearn import metrics

from app.core.errors import CancelledError, ModelLoadError
from app.core.runs.record import RunRecord, RunRecords
from app.core.system.paths import Paths
from app.engine.messages import Event, Finished, JobCommand, Load, Loaded, ScoreChoices
from tests.tasks.reviews import REVIEWS
from tests.tasks.stand_in import StandIn, shown


class LoadingStandIn(StandIn):
    """A stand-in that loads what it may, and presses Ctrl+C where a text says so."""

    def __init__(self, may_load: Callable[[Load], bool] = lambda _load: True) -> None:
        super().__init__()
        self.may_load = may_load
        self.likelihood = lambda text, label: 0.0 if "fine" in text and "pos" in label else -1.0
        self._stopped = threading.Event()

    def close(self) -> None:
        pass

    def cancel(self, job: int) -> None:
        super().cancel(job)
        self._stopped.set()

    def run(self, command: JobCommand, on_event: Callable[[Event], None]) -> Finished:
        if isinstance(command, Load):
            self.commands.append(command)
            if not self.may_load(command):
                raise ModelLoadError("It is too odd.")
            assert self.model is not None
            return Loaded(job=command.job, model=self.model, seconds=0.1)
        if isinstance(command, ScoreChoices) and "press" in shown(command):
            signal.raise_signal(signal.SIGINT)
            assert self._stopped.wait(5)
            raise CancelledError("Stopped.")
        return super().run(command, on_event)


def kept_runs() -> list[RunRecord]:
    return [*RunRecords(Paths.here().runs).list()]


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


@pytest.fixture
def model(tmp_path: Path, small_model: bytes) -> Path:
    path = tmp_path / "model.gguf"
    path.write_bytes(small_model)
    return path


@pytest.mark.parametrize("parallel", ["1", "3"])
def test_ctrl_c_keeps_what_was_answered_and_asks_no_other_model(
    run: Any, model: Path, tmp_path: Path, parallel: str
) -> None:
    data = tmp_path / "rows.csv"
    data.write_text(
        "text,label\nfine,positive\n,positive\nbad,negative\npress,negative\nx,negative\n"
    )
    engine = LoadingStandIn()
    words = ("--model", str(model), "--model", str(model), "--parallel", parallel, "--json")
    outcome = run("evaluate", "sentiment", str(data), *words, new_client=lambda **_: engine)
    assert outcome.code == 1, outcome.err
    report = json.loads(outcome.out)
    (found,) = report["models"]
    assert (found["answered"], found["failed"], found["stopped"]) == (2, 1, True)
    assert found["rows"][0]["failed"] == "The row cannot be read: its text is empty."
    assert (report["data"]["rows"], report["data"]["used"]) == (5, 5)
    assert len(engine.of(Load)) == 1
    (kept,) = kept_runs()
    assert (kept.kind, kept.state) == ("evaluation", "stopped")
    assert (kept.figures["answered"], kept.figures["failed"]) == (2, 1)


def test_what_was_measured_is_kept_when_a_later_model_does_not_load(
    run: Any, model: Path, tmp_path: Path, small_model: bytes
) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("text,label\nfine,positive\nbad,negative\n")
    odd, third = tmp_path / "odd.gguf", tmp_path / "third.gguf"
    odd.write_bytes(small_model)
    third.write_bytes(small_model)
    engine = LoadingStandIn(lambda load: "odd" not in load.path)
    models = [word for path in (model, odd, third) for word in ("--model", str(path))]
    outcome = run(
        "evaluate", "sentiment", str(data), *models, "--json", new_client=lambda **_: engine
    )
    assert outcome.code == 1
    report = json.loads(outcome.out)
    assert [found["model"] for found in report["models"]] == ["model", "third"]
    assert [found["answered"] for found in report["models"]] == [2, 2]
    assert report["notes"][-1] == "odd was not evaluated: It is too odd."
    states = {one.model: (one.state, one.problem) for one in kept_runs()}
    assert states == {
        "model": ("done", ""),
        "odd": ("failed", "It is too odd."),
        "third": ("done", ""),
    }


def test_a_measurement_goes_on_where_it_cannot_be_recorded(
    run: Any, model: Path, tmp_path: Path
) -> None:
    runs = Paths.here().runs
    runs.parent.mkdir(parents=True, exist_ok=True)
    runs.write_text("a file", "utf-8")
    data = tmp_path / "rows.csv"
    data.write_text("text,label\nfine,positive\nbad,negative\n")
    words = ("evaluate", "sentiment", str(data), "--model", str(model))
    outcome = run(*words, new_client=lambda **_: LoadingStandIn())
    assert outcome.code == 0
    assert "2 rows answered" in outcome.out
    assert f"No folder for the run can be made in {runs}" in outcome.err


def test_the_report_is_kept_when_the_input_is_gone_at_the_end(
    run: Any, model: Path, tmp_path: Path
) -> None:
    data = tmp_path / "rows.csv"
    for leave in (data.unlink, lambda: data.write_text("text,label\nother,positive\n")):
        data.write_text("text,label\nfine,positive\nbad,negative\n")
        engine = LoadingStandIn()
        left: list[bool] = []

        def likelihood(text: str, label: str, leave: Any = leave, left: Any = left) -> float:
            if not left:
                left.append(True)
                leave()
            return 0.0 if "fine" in text and "pos" in label else -1.0

        engine.likelihood = likelihood
        words = ("evaluate", "sentiment", str(data), "--model", str(model), "--json")
        outcome = run(*words, new_client=lambda engine=engine, **_: engine)
        assert outcome.code == 1
        report = json.loads(outcome.out)
        assert report["models"][0]["answered"] == 2
        assert report["notes"][-1] == "rows.csv was changed while it was read."


def test_a_note_on_an_answer_is_told_with_its_row(run: Any, model: Path, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    long = "It is fine, very fine. " * 1000
    data.write_text(f"text,label\nfine,positive\n{long!r},positive\n{long!r},positive\n")
    data.write_text(data.read_text().replace("'", '"'))
    words = ("evaluate", "sentiment", str(data), "--model", str(model))
    outcome = run(*words, new_client=lambda **_: LoadingStandIn())
    assert outcome.code == 0, outcome.err
    told = " ".join(outcome.out.split())
    assert "Note on row 2: The text is longer than the model's context" in told
    assert "The first of 2 such rows" in told
    assert max(map(len, outcome.out.splitlines())) <= 80
    outcome = run(*words, "--json", "--rows", new_client=lambda **_: LoadingStandIn())
    rows = json.loads(outcome.out)["models"][0]["rows"]
    assert [len(row["notes"]) for row in rows] == [0, 2, 2]
    assert rows[1]["text"] == long.strip() or rows[1]["text"] == long


def test_the_report_says_of_what_it_is(run: Any, model: Path, tmp_path: Path) -> None:
    data = tmp_path / "rows.csv"
    data.write_text("text,label\nfine,positive\nbad,negative\n")
    page = tmp_path / "page.html"
    outcome = run(
        "evaluate", "sentiment", str(data), "--model", str(model), "--seed", "7", "--json",
        "--report", str(page), "--no-calibration", new_client=lambda **_: LoadingStandIn(),
    )  # fmt: skip
    report = json.loads(outcome.out)
    weights = hashlib.sha256(model.read_bytes()).hexdigest()
    assert report["models"][0]["sha256"] == weights
    assert report["data"]["sha256"] == hashlib.sha256(data.read_bytes()).hexdigest()
    assert report["settings"] == {"calibrate": False, "parallel": 1, "limit": 0}
    assert report["seed"] == 7
    assert {*report["builds"]} == {"Python", "numpy"}
    assert report["machine"]["processors"] >= report["machine"]["cores"] >= 1
    html = page.read_text("utf-8")
    assert weights in html
    assert report["data"]["sha256"] in html
    assert report["builds"]["numpy"] in html
    (kept,) = kept_runs()
    assert (kept.model_sha256, kept.data_sha256) == (weights, report["data"]["sha256"])
    assert (kept.seed, kept.settings["task"], kept.settings["calibrate"]) == (7, "sentiment", False)
    assert kept.confusion is not None
    assert sum(map(sum, kept.confusion.counts)) == 2
    figures = {one["name"]: one["value"] for one in report["models"][0]["figures"]}
    assert figures.items() <= kept.figures.items()
    assert [one.name for one in kept.measures][:1] == ["accuracy"]
    assert report["machine"]["system"] in html


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
    assert model["sha256"] == hashlib.sha256(starter_model.read_bytes()).hexdigest()
    assert model["facts"]["build"].startswith("llama-cpp-python ")
