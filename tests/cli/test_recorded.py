"""The record of a measurement: its first end is the one that counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.evaluation.recording import builds
from app.cli.recorded import RecordedRun
from app.core.runs.record import RunRecords


def begun(records: RunRecords) -> RecordedRun:
    return RecordedRun(
        records, "benchmark", name="Benchmark", model="m", model_path="/m", versions=builds()
    )


def test_what_goes_wrong_after_the_end_takes_no_result_away(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    run = begun(records)
    assert records.read(run.id).state == "running"
    run.end("done", figures={"seconds": 3.5})
    run.end("failed", "The engine could not be closed.")
    found = records.read(run.id)
    assert (found.state, found.problem, found.figures) == ("done", "", {"seconds": 3.5})
    assert [path.name for path in records.folder(run.id).iterdir()] == ["run.json"]


def test_where_nothing_can_be_recorded_that_is_said_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "runs").write_text("no folder", "utf-8")
    run = begun(RunRecords(tmp_path / "runs"))
    assert run.id == ""
    assert "can be made in" in capsys.readouterr().err
    run.end("done")
    assert capsys.readouterr().err == ""
