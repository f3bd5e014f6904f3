"""`lampblack models prune` and `distill` through the real child: the table, faults, resuming."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from app.cli.main import run_cli
from app.core.errors import CancelledError, LampblackError, ModelCrashedError
from app.core.models.model_file import inspect
from app.core.runs.record import RunRecords
from app.core.system.paths import Paths
from app.core.training.orders import TrainingPlan, TrainingStep
from app.core.training.pages import read_pages
from app.core.training.smaller_orders import AtWork, HealingSettings, PruneOrder
from app.engine.learning.child import TrainingChild, trainer_command
from app.engine.learning.smaller import SmallerLearning
from tests.host.tiny_llama import write_tiny

PAGES = "the lamp burned low and the wind came in over the sill of the old house. " * 140
SMALL = ["--rank", "4", "--epochs", "1", "--length", "64", "--rate", "0.01", "--seed", "3"]


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny.gguf", "F32")


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    path = tmp_path / "pages.md"
    path.write_text(PAGES, "utf-8")
    return path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_model_loses_a_layer_and_is_told_from_both_engines(
    tiny: Path, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = digest(tiny)
    words = ["models", "prune", str(tiny), "--layers", "1", "--pages", str(pages), *SMALL]
    assert run_cli([*words, "--to", "Short", "--gguf"]) == 0
    out, err = said(capsys)
    assert "2,240 words in 1 file;" in err
    lines = out.splitlines()
    table = [line for line in lines if line.startswith(("perplexity", "tokens per", "4-grams"))]
    assert [len(line.split("  ")[-3:]) for line in table] == [3, 3, 3]
    assert lines[2].split() == ["before", "cut", "healed"]
    assert lines[1].startswith("Taken: layers ")
    paths = Paths.here()
    folder = paths.models / "Short"
    assert (inspect(folder).kind, inspect(folder).architecture) == ("transformers", "llama")
    assert "Made out of tiny" in (folder / "README.md").read_text("utf-8")
    assert sorted(path.name for path in paths.models.iterdir()) == ["Short", "Short-F16.gguf"]
    (record,) = RunRecords(paths.runs).list()
    assert (record.kind, record.state, record.made) == ("prune", "done", str(folder))
    figures = record.figures
    assert figures["perplexity_healed"] < figures["perplexity_cut"]
    assert figures["parameters_healed"] == figures["parameters_cut"] < figures["parameters_before"]
    assert figures["speed_healed"] > 0
    assert [one.name for one in (paths.runs / record.id).iterdir()] == ["run.json"]
    assert run_cli(["runs", "show", record.id]) == 0
    assert "layers 1" in said(capsys)[0]
    assert run_cli(["models", "list", "--json"]) == 0
    names = {one["name"] for one in json.loads(said(capsys)[0])}
    assert {"Short", "Short-F16"} <= names
    for name, engine in (("Short", "torch"), ("Short-F16", "llama.cpp")):
        asked = ["generate", "the lamp", "--model", name, "--max-tokens", "4", "--json"]
        assert run_cli(asked) == 0
        assert json.loads(said(capsys)[0])["engine"] == engine
    assert digest(tiny) == before
    held = {path: digest(path) for path in paths.models.rglob("*") if path.is_file()}
    assert run_cli([*words, "--to", "Short"]) == 2
    assert "already a model Short" in said(capsys)[1]
    assert run_cli(["models", "prune", "--resume", record.id]) == 2
    assert "is over" in said(capsys)[1]
    assert {path: digest(path) for path in paths.models.rglob("*") if path.is_file()} == held


def test_a_student_learns_and_the_teacher_is_asked_once(
    tiny: Path, pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    student = write_tiny(tmp_path / "student.gguf", "F32", seed=2)
    names = [str(tiny), str(student), "--pages", str(pages)]
    words = ["models", "distill", *names, *SMALL, "--top", "16"]
    assert run_cli([*words, "--json"]) == 0
    out, _err = said(capsys)
    found = json.loads(out)
    assert [one["title"] for one in found["prices"]] == ["teacher", "student", "taught"]
    assert found["figures"]["loss_after"] < found["figures"]["loss_before"]
    assert found["model"] == "student taught"
    assert not found["taken"]
    assert run_cli([*words, "--to", "Again", "--epochs", "2"]) == 0
    assert "of it there already" in said(capsys)[1]
    other = write_tiny(tmp_path / "other.gguf", "F32", named={40: "<other>"})
    assert run_cli(["models", "distill", str(tiny), str(other), *names[2:], *SMALL]) != 0
    err = said(capsys)[1]
    assert "different vocabularies" in err
    assert "Traceback" not in err


def test_what_cannot_be_asked_is_refused_at_once(
    tiny: Path, pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = tmp_path / "short.md"
    short.write_text("Too short.", "utf-8")
    on = ["--pages", str(pages)]
    prune, folder = ["models", "prune", str(tiny)], tmp_path / "folder"
    for words, sentence in (
        (prune, "either --pages or --resume"),
        ([*prune, *on], "either --layers or --heads"),
        ([*prune, "--layers", "1", "--heads", "1", *on], "either --layers or --heads"),
        ([*prune, "--layers", "-1", *on], "either --layers or --heads"),
        ([*prune, "--layers", "2", *on], "has 2 layers; 2 cannot be taken"),
        (
            [*prune, "--layers", "1", "--pages", str(short)],
            "To make a model smaller takes 2,000 words",
        ),
        ([*prune, "--layers", "1", *on, "--rank", "0"], "rank"),
        ([*prune, "--layers", "1", *on, "--to", "../x"], "cannot be called"),
        (["models", "prune", "--layers", "1", *on], "No model is named"),
        (["models", "distill", str(tiny), *on], "a teacher and a student"),
        (["models", "distill", str(tiny), str(tiny), *on, "--hard", "2"], "hard"),
        (["models", "distill", str(tiny), str(folder), *on], "There is no model named"),
        (["models", "prune", "--resume", "prune-20260101-000000"], "There is no run"),
    ):
        assert run_cli(words) != 0, words
        err = said(capsys)[1]
        assert sentence in err, words
        assert err.startswith("lampblack: ")
    assert not Paths.here().models.exists()
    assert run_cli([*prune, "--heads", "4", *on, *SMALL]) == 2
    assert "has 4 heads in a layer; 4 cannot be taken" in said(capsys)[1]


def test_stopped_and_killed_it_goes_on_to_the_same_model(
    tiny: Path, pages: Path, tmp_path: Path
) -> None:
    records, home = RunRecords(tmp_path / "runs"), tmp_path / "models"
    found = read_pages([pages])
    order = PruneOrder(
        model=str(tiny),
        name="Whole",
        texts=found.texts,
        folder="",
        settings=HealingSettings(rank=4, epochs=1, rate=0.01, length=64),
        layers=1,
        threads=1,
    )

    def learning() -> tuple[SmallerLearning, TrainingChild]:
        child = TrainingChild(trainer_command(()))
        return SmallerLearning(child, records, home, "prune"), child

    def run(begun: Any, one: SmallerLearning, child: TrainingChild, end: Any = None) -> Any:
        def tell(news: Any) -> None:
            if isinstance(news, TrainingPlan):
                child.begin()
            if end is not None:
                end(news)

        return one.run(begun, tell)

    whole, child = learning()
    run(whole.begin(inspect(tiny), found, order), whole, child)

    parts, child = learning()
    begun = parts.begin(inspect(tiny), found, PruneOrder(**{**_fields(order), "name": "Parts"}))
    pages.unlink()

    def stop(news: Any) -> None:
        if isinstance(news, TrainingStep) and news.step == 3:
            child.stop()

    with pytest.raises(CancelledError):
        run(begun, parts, child, stop)
    identity = parts.record.id
    assert records.read(identity).state == "stopped"

    def kill(news: Any) -> None:
        if isinstance(news, AtWork) and news.what == "writing the model":
            child.kill()

    parts, child = learning()
    with pytest.raises((CancelledError, ModelCrashedError)):
        run(parts.take_up(identity), parts, child, kill)
    assert [one.name for one in home.iterdir()] == ["Whole"]
    parts, child = learning()
    made = run(parts.take_up(identity), parts, child)
    assert whole.record.facts == {"taken": made.taken[0]}
    weights = "model.safetensors"
    assert (home / "Parts" / weights).read_bytes() == (home / "Whole" / weights).read_bytes()
    with pytest.raises(LampblackError, match="is over"):
        parts.take_up(identity)


def _fields(order: PruneOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__struct_fields__}
