"""`lampblack runs`: listed, shown, drawn, compared, reported, removed; what is damaged is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from app.core.runs.record import RunRecords
from app.core.system.paths import Paths
from tests.core.runs.made import evaluation, record, training

ONE, TWO, THREE = "style-20260101-000001", "style-20260101-000002", "evaluation-20260101-000003"


@pytest.fixture
def records() -> RunRecords:
    made = RunRecords(Paths.here().runs)
    for one in (training(ONE), training(TWO, name="Yours", begun_at=9.0), evaluation(THREE)):
        (made.path / one.id).mkdir(parents=True)
        made.write(one)
    return made


@pytest.mark.usefixtures("records")
def test_what_is_known_is_shown(run: Any) -> None:
    listed = run("runs", "list")
    assert listed.code == 0
    assert listed.out.splitlines()[0].startswith(THREE)
    assert "held-out loss 3.170 before, 2.930 after" in listed.out
    assert "accuracy 0.91" in listed.out
    shown = run("runs", "show", "Yours")
    assert "memory 1.2 GB" in shown.out
    shown = run("runs", "show", THREE)
    assert "accuracy: 0.910 (interval of 95 %: 0.870 to 0.950)" in shown.out
    assert "Right label in lines" in shown.out
    assert json.loads(run("runs", "show", ONE, "--json").out)["id"] == ONE
    compared = run("runs", "compare", ONE, TWO)
    lines = compared.out.splitlines()
    assert any(line.startswith("* name") for line in lines)
    assert any(line.startswith("  rank") for line in lines)


def test_what_is_damaged_is_named_and_removed(
    run: Any, records: RunRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    (records.folder(ONE) / "run.json").write_text("{", "utf-8")
    listed = run("runs", "list")
    assert listed.code == 0
    assert listed.err == f"The record of {ONE} cannot be read: it is damaged.\n"
    assert len(listed.out.splitlines()) == 2
    assert "it is damaged" in run("runs", "show", ONE).err
    assert run("runs", "path", ONE).out == f"{records.folder(ONE)}\n"
    assert run("runs", "path").out == f"{records.path}\n"
    refused = run("runs", "remove", ONE, stdin=b"")
    assert refused.code == 2
    assert "Say --yes" in refused.err
    gone: list[str] = []
    monkeypatch.setattr("app.core.runs.record.to_trash", gone.append)
    removed = run("runs", "remove", ONE, "Yours", "--yes", "--json")
    assert json.loads(removed.out) == {"removed": [ONE, TWO]}
    assert gone == [str(records.folder(ONE)), str(records.folder(TWO))]


@pytest.mark.usefixtures("records")
def test_runs_are_drawn_and_reported(run: Any, tmp_path: Path) -> None:
    image, page = tmp_path / "a.svg", tmp_path / "a.html"
    assert run("runs", "show", ONE, "--svg", str(image)).code == 0
    assert ElementTree.fromstring(image.read_text("utf-8")).tag.endswith("svg")
    assert run("runs", "compare", ONE, TWO, "--svg", str(image)).code == 0
    assert "Yours" in image.read_text("utf-8")
    done = run("runs", "report", ONE, TWO, THREE, "--to", str(page), "--json")
    assert json.loads(done.out)["runs"] == [ONE, TWO, THREE]
    assert page.read_text("utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("show", "nothing"), "There is no run 'nothing'."),
        (("show", ONE, "--svg", "x.png"), "'x.png' does not end in .svg."),
        (("report", ONE, "--to", "no/x.html"), "There is no folder for 'no/x.html'."),
        (("report", ONE, "--to", "x.pdf"), "'x.pdf' does not end in .html."),
        (("report", ONE), "The following arguments are required: --to."),
        (("compare", ONE), "To compare takes two runs at least."),
        (("compare", ONE, "Mine"), "To compare takes two runs at least."),
        (("remove", "nothing", "--yes"), "There is no run 'nothing'."),
    ],
)
def test_what_cannot_be_is_a_sentence(
    words: tuple[str, ...], complaint: str, run: Any, records: RunRecords, one_sentence: Any
) -> None:
    done = run("runs", *words)
    assert done.code == 2
    assert complaint in done.err
    assert one_sentence(done.err)
    assert len([*records.list()]) == 3


def test_where_there_is_nothing_to_draw(run: Any, records: RunRecords, tmp_path: Path) -> None:
    records.write(record(ONE, curve=()))
    done = run("runs", "show", ONE, "--svg", str(tmp_path / "a.svg"))
    assert done.code == 1
    assert "There is nothing to draw" in done.err
    assert not (tmp_path / "a.svg").exists()
