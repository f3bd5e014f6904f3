"""`lampblack train style` and `lampblack runs` on a tiny model, through the real child."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.main import run_cli
from app.core.runs.record import RunRecords
from app.core.system.paths import Paths
from app.core.training.cards import learned_adapters
from app.engine.learning.child import TrainingChild
from tests.host.tiny_llama import write_tiny

PAGES = "the lamp burned low and the wind came in over the sill of the old house. " * 140
SMALL = ["--rank", "2", "--epochs", "1", "--length", "64", "--rate", "0.01", "--seed", "3"]


def said(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    found = capsys.readouterr()
    return found.out, found.err


def test_pages_become_an_adapter_with_a_card_and_a_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", "F32")
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "a.md").write_text(PAGES, "utf-8")
    words = ["train", "style", "--pages", str(pages), "--model", str(model), *SMALL]
    assert run_cli([*words, "--plan", "--json"]) == 0
    plan = json.loads(said(capsys)[0])
    assert plan["words"] == 2240
    assert plan["steps"] > 10
    assert plan["seconds"] > 0
    paths = Paths.here()
    assert not paths.runs.exists()
    assert run_cli([*words, "--name", "My voice", "--attach"]) == 0
    out, err = said(capsys)
    assert "2,240 words in 1 file;" in err
    assert "writes with it from now on" in out
    (learned,) = learned_adapters(paths.adapters)
    card = learned.card
    assert card.loss_after < card.loss_before
    assert (card.words, card.pages, len(card.pairs)) == (2240, ("a.md",), 10)
    assert sorted(path.name for path in learned.folder.iterdir()) == [
        "My voice.gguf",
        "adapter_config.json",
        "adapter_model.safetensors",
        "lampblack-card.json",
    ]
    assert run_cli(["runs", "list", "--json"]) == 0
    (run,) = json.loads(said(capsys)[0])
    assert run["state"] == "done"
    assert run["model_sha256"] == card.base_sha256
    assert run["data_sha256"] == card.digest
    assert run_cli(["runs", "show", run["id"]]) == 0
    assert "held-out loss" in said(capsys)[0]
    assert run_cli([*words, "--name", "My voice"]) == 2
    assert "already an adapter" in said(capsys)[1]
    assert run_cli(["train", "style", "--resume", run["id"]]) == 2
    assert "is over" in said(capsys)[1]
    assert run_cli(["runs", "compare", run["id"], run["name"]]) == 2
    assert "two runs at least" in said(capsys)[1]


def test_what_cannot_be_asked_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", "F32")
    short = tmp_path / "short.md"
    short.write_text("Too short.", "utf-8")
    words = ["train", "style", "--pages", str(short), "--model", str(model)]
    for more, sentence in (
        ([], "takes 2,000 words"),
        (["--rank", "1000"], "rank"),
        (["--resume", "style-20260101-000000"], "either"),
    ):
        assert run_cli([*words, *more]) == 2
        assert sentence in said(capsys)[1]
    assert run_cli(["train", "style"]) == 2
    assert run_cli(["runs", "compare", "x"]) == 2
    assert not Paths.here().adapters.exists()


def test_a_stopped_training_says_how_to_go_on_and_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", "F32")
    pages = tmp_path / "a.md"
    pages.write_text(PAGES, "utf-8")
    begin = TrainingChild.begin
    with monkeypatch.context() as stopping:
        stopping.setattr(TrainingChild, "begin", lambda child: (begin(child), child.stop()))
        words = ["train", "style", "--pages", str(pages), "--model", str(model), *SMALL]
        assert run_cli(words) == 1
    (record,) = RunRecords(Paths.here().runs).list()
    assert record.state == "stopped"
    assert f"--resume {record.id}" in said(capsys)[1]
    pages.write_text(PAGES + "More.", "utf-8")
    assert run_cli(["train", "style", "--resume", record.id]) == 2
    assert "changed since" in said(capsys)[1]
    pages.write_text(PAGES, "utf-8")
    assert run_cli(["train", "style", "--resume", record.id, "--json"]) == 0
    assert json.loads(said(capsys)[0])["run"] == record.id
    (done,) = RunRecords(Paths.here().runs).list()
    assert (done.state, done.curve[0][0], done.curve[-1][0]) == ("done", 1, len(done.curve))
