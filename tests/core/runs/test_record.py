"""Run records: kept, listed the newest first, compared; what is damaged is not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from app.core.errors import HousekeepingError, ParameterError
from app.core.runs.comparing import compared, shown
from app.core.runs.record import RunRecord, RunRecords


def record(run: str, **changes: Any) -> RunRecord:
    whole = RunRecord(
        id=run,
        kind="style",
        state="done",
        begun_at=1.0,
        name="Mine",
        model="starter",
        model_path="/m.gguf",
        data_sha256="1",
        settings={"rank": 8},
        seed=1,
        figures={"loss_after": 2.5},
        curve=((1, 3.0, 0.001),),
    )
    return replace(whole, **changes)


def test_runs_come_back_the_newest_first(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    assert [*records.list()] == []
    first, second = records.new_id("style"), records.new_id("style")
    assert first != second
    records.write(record(first, begun_at=1.0))
    records.write(record(second, begun_at=2.0))
    assert [one.id for one in records.list()] == [second, first]
    assert records.read(first) == record(first, begun_at=1.0)
    (records.folder(first) / "run.json").write_text("{", "utf-8")
    assert [one.id for one in records.list()] == [second]
    with pytest.raises(ParameterError, match="no run"):
        records.read(first)


@pytest.mark.parametrize("run", ["", "..", "../x", "style", "style-1-1/.."])
def test_what_is_no_id_is_refused(tmp_path: Path, run: str) -> None:
    with pytest.raises(ParameterError, match="no run"):
        RunRecords(tmp_path).folder(run)


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(HousekeepingError):
        RunRecords(tmp_path / "file").new_id("style")


def test_two_runs_beside_each_other() -> None:
    rows = dict(
        compared(
            [
                record("style-20260101-000000"),
                record("style-20260101-000001", data_sha256="2", figures={"seconds": 7}),
            ]
        )
    )
    assert rows["same pages"] == ("yes", "no")
    assert rows["rank"] == ("8", "8")
    assert rows["loss after"] == ("2.5", "")
    assert rows["seconds"] == ("", "7")
    assert (shown(12345.6), shown(0.00012345), shown(2.0)) == ("12,345.6", "0.0001234", "2")
