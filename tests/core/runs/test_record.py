"""Run records: kept, listed the newest first, removed; what is damaged or newer is named."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from app.core.errors import HousekeepingError, ParameterError
from app.core.runs.hold import RunHold
from app.core.runs.keeping import RunKeeper
from app.core.runs.record import RunConfusion, RunMeasure, RunRecord, RunRecords
from app.core.system.files import lock_open_file, write_atomically
from tests.core.runs.made import record

RUN = "style-20200102-030405"


def test_runs_come_back_the_newest_first(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    assert [*records.list()] == []
    first, second = records.new_id("style"), records.new_id("style")
    assert first != second
    records.write(record(first, begun_at=1.0))
    records.write(record(second, begun_at=2.0))
    assert [one.id for one in records.list()] == [second, first]
    assert records.read(first) == record(first, begun_at=1.0)


def test_all_of_a_record_comes_back(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    run = records.new_id("evaluation")
    whole = record(
        run,
        settings={"task": "sentiment", "parallel": 2, "rate": 0.5, "exact": True},
        measures=(RunMeasure(name="accuracy", value=0.5, low=0.4, high=0.6),),
        confusion=RunConfusion(labels=("好", "b"), counts=((1, 2), (3, 4))),
        facts={"engine": "torch"},
        scores=((1, 0.5),),
    )
    records.write(whole)
    assert records.read(run) == whole


HUGE = "1" + "0" * 400


def with_field(name: str, value: str) -> bytes:
    """A record that is whole but for one field."""
    fields = msgspec.json.decode(msgspec.json.encode(record(RUN)))
    fields[name] = msgspec.Raw(value.encode())
    return msgspec.json.encode(fields)


DAMAGES = {
    "cut": (b'{"lampblack_run":1,"id":"', "it is damaged"),
    "empty": (b"", "it is damaged"),
    "list": (b"[1, 2]", "it is damaged"),
    "bytes": (bytes(range(256)), "it is damaged"),
    "nested": (b"[" * 100_000, "it is damaged"),
    "fields": (b'{"lampblack_run":1,"id":5}', "it is damaged"),
    "nan": (b'{"lampblack_run":1,"curve":[[1,NaN,0]]}', "it is damaged"),
    "beyond numbers": (with_field("seed", HUGE), "it is damaged"),
    "beyond steps": (with_field("curve", f"[[{HUGE},1.0,0.1]]"), "it is damaged"),
    "beyond figures": (with_field("figures", f'{{"steps":{HUGE}}}'), "it is damaged"),
    "beyond time": (with_field("begun_at", "1e18"), "it is damaged"),
    "before time": (with_field("begun_at", "-1e18"), "it is damaged"),
    "no square": (
        with_field("confusion", '{"labels":["a","b"],"counts":[[1,2],[3]]}'),
        "it is damaged",
    ),
    "below nothing": (with_field("confusion", '{"labels":["a"],"counts":[[-1]]}'), "it is damaged"),
    "newer": (b'{"lampblack_run":99,"other":[]}', "a newer version of Lampblack wrote it"),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_what_cannot_be_read_is_named_and_left_as_it_is(tmp_path: Path, name: str) -> None:
    records = RunRecords(tmp_path)
    good, bad = records.new_id("style"), records.new_id("style")
    records.write(record(good))
    data, reason = DAMAGES[name]
    path = records.folder(bad) / "run.json"
    path.write_bytes(data.replace(RUN.encode(), bad.encode()))
    data = path.read_bytes()
    found = records.look()
    assert [one.id for one in found.records] == [good]
    ((run, why),) = [(one.id, one.reason) for one in found.problems]
    assert (run, why) == (bad, reason)
    with pytest.raises(ParameterError, match="cannot be read"):
        records.read(bad)
    assert path.read_bytes() == data


def test_a_training_that_ran_away_keeps_its_record(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    run = records.new_id("style")
    records.write(
        record(
            run,
            settings={"rank": 8, "limit": math.inf},
            curve=((1, 3.0, 0.001), (2, math.nan, 0.001)),
            held_out=((1, 3.0), (2, math.inf)),
            scores=((1, math.nan), (2, 0.5)),
            figures={"loss_after": math.nan, "perplexity": math.inf, "steps": 2},
            measures=(RunMeasure(name="F1", value=0.5, low=math.nan, high=math.inf),),
        )
    )
    found = records.read(run)
    assert found.curve == ((1, 3.0, 0.001),)
    assert (found.held_out, found.scores) == (((1, 3.0),), ((2, 0.5),))
    assert (found.figures, found.measures) == ({"steps": 2}, ())
    assert found.settings == {"rank": 8, "limit": "inf"}


def test_other_troubles_are_named(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    named = {}
    other, folder, gone = (records.new_id("style") for _time in range(3))
    (records.folder(other) / "run.json").write_bytes(
        msgspec.json.encode(record("style-20200101-000000"))
    )
    (records.folder(folder) / "run.json").mkdir()
    os.utime(records.folder(gone), (1, 1))
    begins = records.new_id("style")  # a moment ago, so that nothing is wrong yet
    named = {one.id: one.reason for one in records.look().problems}
    assert named == {
        other: "it is that of another run",
        folder: "it is a folder",
        gone: "it is not there",
    }
    assert begins not in named
    (tmp_path / "style-20200101-000000").write_text("a file", "utf-8")
    (tmp_path / "notes").mkdir()
    assert len(records.look().problems) == 3


@pytest.mark.parametrize("run", ["", "..", "../x", "style", "style-1-1/.."])
def test_what_is_no_id_is_refused(tmp_path: Path, run: str) -> None:
    with pytest.raises(ParameterError, match="no run"):
        RunRecords(tmp_path).folder(run)


def test_a_run_is_meant_by_its_name_where_one_has_it(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    first, second = records.new_id("style"), records.new_id("style")
    records.write(record(first, name="Mine"))
    records.write(record(second, name="雨"))
    assert records.meant("雨").id == second
    assert records.meant(first).name == "Mine"
    records.write(record(second, name="Mine"))
    with pytest.raises(ParameterError, match="Several runs are called Mine"):
        records.meant("Mine")
    with pytest.raises(ParameterError, match="no run"):
        records.meant("Yours")


def test_a_folder_that_cannot_be_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(HousekeepingError):
        RunRecords(tmp_path / "file").new_id("style")


# A run that goes on


def begun(records: RunRecords) -> RunKeeper:
    run = records.new_id("style")
    return RunKeeper(records, record(run, state="running"))


def test_one_that_goes_on_is_running_until_its_end(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    keeper = begun(records)
    run = keeper.record.id
    assert records.read(run).state == "running"
    with pytest.raises(HousekeepingError, match="goes on"):
        records.remove(run, lambda _path: None)
    keeper.end("failed", "It broke.", figures={"loss_after": 1.0})
    ended = records.read(run)
    assert (ended.state, ended.problem, ended.figures) == (
        "failed", "It broke.", {"loss_after": 1.0},
    )  # fmt: skip
    assert ended.ended_at > 0
    assert [one.name for one in records.folder(run).iterdir()] == ["run.json"]


def test_no_two_work_on_one_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.core.runs.record._TRY_S", 0.0)
    records = RunRecords(tmp_path)
    keeper = begun(records)
    with pytest.raises(HousekeepingError, match="in another window or terminal"):
        RunKeeper(records, keeper.record)
    keeper.end("stopped")
    RunKeeper(records, records.read(keeper.record.id)).end("done")


def test_a_run_that_ends_while_another_waits_for_it_stays_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = RunRecords(tmp_path)
    run = records.new_id("style")
    keeper = RunKeeper(records, record(run, state="running"))
    ends = [lambda: keeper.end("done", figures={"loss_after": 1.5})]
    monkeypatch.setattr("app.core.runs.record.time.sleep", lambda _seconds: ends.pop()())
    with pytest.raises(HousekeepingError, match="came to its end"):
        RunKeeper(records, record(run, state="running", figures={}))
    assert not ends
    found = records.read(run)
    assert (found.state, found.figures) == ("done", {"loss_after": 1.5})


@pytest.mark.skipif(sys.platform == "win32", reason="no open file is removed there")
def test_a_hold_on_a_removed_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "running.lock"
    first = RunHold(path)

    def wait(handle: int) -> None:  # the other one ends between the opening and the lock
        first.remove()
        lock_open_file(handle)

    monkeypatch.setattr("app.core.runs.hold.lock_open_file", wait)
    with pytest.raises(BlockingIOError):
        RunHold(path)
    assert not path.exists()
    with pytest.raises(FileNotFoundError):
        RunHold(path, makes=False)


def test_one_whose_process_was_killed_broke_off(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from app.core.runs.keeping import RunKeeper\n"
        "from app.core.runs.record import RunRecord, RunRecords\n"
        "records = RunRecords(Path(sys.argv[1]))\n"
        "run = records.new_id('style')\n"
        "keeper = RunKeeper(records, RunRecord(id=run, kind='style', state='running', begun_at=1,"
        " name='Mine', model='m', model_path='/m', curve=((1, 2.0, 0.1),)))\n"
        "print(run, flush=True)\n"
        "sys.stdin.read()\n"
    )
    words = [sys.executable, "-c", code, str(tmp_path)]
    records = RunRecords(tmp_path)
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        run = child.stdout.readline().strip()
        assert records.read(run).state == "running"
        child.kill()
    found = records.read(run)
    assert (found.state, found.curve) == ("stopped", ((1, 2.0, 0.1),))
    assert "ended without a word" in found.problem


def test_a_full_disk_ends_no_run_and_hides_no_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = RunRecords(tmp_path)
    keeper, other = begun(records), begun(records)

    def refuse(_path: Path, _data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.core.runs.record.write_atomically", refuse)
    keeper.follow(record(keeper.record.id, state="running", curve=((1, 1.0, 0.1),)))
    assert keeper.record.curve
    keeper.end("stopped")
    with pytest.raises(HousekeepingError, match="no space left"):
        other.end("done")
    assert not records.is_running(other.record.id)


def test_a_file_that_is_being_read_is_written_a_moment_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = RunRecords(tmp_path)
    run = records.new_id("style")
    tries: list[Path] = []

    def refuse(path: Path, data: bytes) -> None:  # as Windows does while another process reads it
        tries.append(path)
        if len(tries) < 3:
            raise PermissionError(13, "Permission denied")
        write_atomically(path, data)

    monkeypatch.setattr("app.core.runs.record.write_atomically", refuse)
    monkeypatch.setattr("app.core.runs.record._TRY_S", 0)
    records.write(record(run))
    assert records.read(run).name == "Mine"
    monkeypatch.setattr("app.core.runs.record._TRIES", 2)
    tries.clear()
    with pytest.raises(HousekeepingError, match="permission denied"):
        records.write(record(run))


# Removing


def test_a_run_goes_to_the_trash_with_all_it_has(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    run, broken = records.new_id("style"), records.new_id("style")
    records.write(record(run))
    (records.folder(broken) / "run.json").write_text("{", "utf-8")
    gone: list[str] = []
    for one in (run, broken):
        records.remove(one, gone.append)
    assert gone == [str(records.folder(run)), str(records.folder(broken))]
    with pytest.raises(ParameterError, match="no run"):
        records.remove("style-20200101-000000", gone.append)
    (tmp_path / "style-20200101-000000").symlink_to(tmp_path.parent, target_is_directory=True)
    with pytest.raises(ParameterError, match="no run"):
        records.remove("style-20200101-000000", gone.append)

    def refuse(_path: str) -> None:
        raise OSError(13, "Permission denied")

    with pytest.raises(HousekeepingError, match="permission denied"):
        records.remove(run, refuse)


def test_a_change_is_seen_by_the_stamp(tmp_path: Path) -> None:
    records = RunRecords(tmp_path / "none")
    assert records.stamp() == ()
    run = records.new_id("style")
    records.write(record(run))
    first = records.stamp()
    assert first == records.stamp()
    records.write(record(run, name="Another"))
    assert records.stamp() != first


def test_a_record_of_before_is_read(tmp_path: Path) -> None:
    records = RunRecords(tmp_path)
    run = records.new_id("style")
    former = {
        "lampblack_run": 1, "id": run, "kind": "style", "state": "done", "begun_at": 1.0,
        "name": "Mine", "model": "m", "model_path": "/m", "settings": {"rank": 8, "rate": 0.1},
        "curve": [[1, 2.0, 0.1]], "held_out": [[0, 2.5]], "figures": {"loss_after": 2},
    }  # fmt: skip
    (records.folder(run) / "run.json").write_bytes(msgspec.json.encode(former))
    assert isinstance(records.read(run), RunRecord)
