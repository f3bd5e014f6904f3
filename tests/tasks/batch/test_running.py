"""A batch that is begun, broken off in every way, gone on with, and done again."""

from __future__ import annotations

import errno
import os
import threading
import tracemalloc
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.core.errors import DocumentError, GenerationError, UsageError
from app.tasks.batch.ordered import Do, RowResult
from app.tasks.batch.output import (
    BatchHeader,
    BatchModel,
    OutputFile,
    OutputLock,
    header_path,
    header_store,
)
from app.tasks.batch.rows import InputRow
from app.tasks.batch.running import BatchPlan, BatchProgress, BatchRun, prepare
from app.tasks.batch.source import open_source
from tests.tasks.batch.conftest import lines_of

ROWS = 20


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "in.txt"
    path.write_text("".join(f"text {n}\n" for n in range(1, ROWS + 1)))
    return path


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out.jsonl"


def made(source: Path, out: Path, *, task: str = "sentiment", **more: bool) -> BatchPlan:
    opened = open_source(source)
    header = BatchHeader(
        task=task,
        options={},
        seed=1,
        model=BatchModel(name="m", size_bytes=3),
        version="1",
        source=str(source),
        input=opened.facts,
    )
    return prepare(opened, out, header, seed_given=False, **more)


def echo(row: InputRow) -> RowResult:
    return RowResult({"text": row.text.upper()})


def failing(*numbers: int) -> Do:
    def do(row: InputRow) -> RowResult:
        if row.number in numbers:
            raise GenerationError("It failed.", "Try again.")
        return echo(row)

    return do


def whole(out: Path) -> bool:
    """Whether every row is there once, in order, with its own result."""
    return lines_of(out) == [
        {"row": n, "input": f"text {n}", "result": {"text": f"TEXT {n}"}}
        for n in range(1, ROWS + 1)
    ]


def test_every_row_is_written_and_the_header_says_how(source: Path, out: Path) -> None:
    progress = BatchRun(made(source, out), echo, 3).run()
    assert whole(out)
    assert (progress.rows, progress.done, progress.failed, progress.fraction) == (ROWS, ROWS, 0, 1)
    header = header_store(out).read().content
    assert header is not None
    assert header.finished
    assert (header.rows, header.seed, header.model.name) == (ROWS, 1, "m")
    assert made(source, out).is_done


@pytest.mark.parametrize("size", [0, 1, 30, 57, 58, 59, 700])
def test_an_output_cut_anywhere_is_gone_on_with(source: Path, out: Path, size: int) -> None:
    BatchRun(made(source, out), echo, 3).run()
    os.truncate(out, size)
    BatchRun(made(source, out), echo, 3).run()
    assert whole(out)


@pytest.mark.parametrize("end", [b"\0" * 99, b"\0\0\n\0\0", b'{"row":4,"inp\n', b"\n"])
def test_an_end_that_a_power_cut_left_is_cut(source: Path, out: Path, end: bytes) -> None:
    BatchRun(made(source, out), echo, 3).run()
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:3]) + end)
    BatchRun(made(source, out), echo, 3).run()
    assert whole(out)


def test_a_line_that_another_wrote_into_it_is_told(source: Path, out: Path) -> None:
    BatchRun(made(source, out), echo, 3).run()
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    with pytest.raises(DocumentError, match="Line 4"):
        made(source, out)


def test_failed_rows_are_done_again_in_their_places(source: Path, out: Path) -> None:
    progress = BatchRun(made(source, out), failing(2, 20), 3).run()
    assert progress.failed == 2
    assert lines_of(out)[1]["error"] == {
        "kind": "generation_failed",
        "message": "It failed. Try again.",
    }
    assert made(source, out).is_done
    asked: list[int] = []

    def do(row: InputRow) -> RowResult:
        asked.append(row.number)
        return failing(20)(row)

    again = BatchRun(made(source, out, retries=True), do, 3).run()
    assert (sorted(asked), again.failed, again.done) == ([2, 20], 1, 2)
    BatchRun(made(source, out, retries=True), echo, 3).run()
    assert whole(out)
    assert made(source, out, retries=True).is_done
    assert not list(out.parent.glob("*.retry"))


def test_a_retry_of_an_unfinished_run_does_the_rest_too(source: Path, out: Path) -> None:
    BatchRun(made(source, out), failing(2), 3).run()
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:6]))
    asked: list[int] = []
    BatchRun(
        made(source, out, retries=True), lambda row: (asked.append(row.number), echo(row))[1], 1
    ).run()
    assert asked == [2, *range(7, ROWS + 1)]
    assert whole(out)


def test_a_retry_that_was_broken_off_goes_on(source: Path, out: Path) -> None:
    BatchRun(made(source, out), failing(2, 9, 15), 3).run()
    before = out.read_bytes()
    batch = made(source, out, retries=True)

    def broken(row: InputRow) -> RowResult:
        if row.number == 9:
            raise RuntimeError("the end of the world")
        return echo(row)

    with pytest.raises(RuntimeError):
        BatchRun(batch, broken, 1).run()
    assert out.read_bytes() == before
    asked: list[int] = []
    BatchRun(
        made(source, out, retries=True), lambda row: (asked.append(row.number), echo(row))[1], 1
    ).run()
    assert asked == [9, 15]
    assert whole(out)


def test_what_a_retry_of_another_run_has_left_is_no_part_of_this_one(
    source: Path, out: Path
) -> None:
    BatchRun(made(source, out), failing(2, 9), 3).run()

    def broken(row: InputRow) -> RowResult:
        if row.number == 9:
            raise RuntimeError("the end of the world")
        return RowResult("of another model")

    with pytest.raises(RuntimeError):
        BatchRun(made(source, out, retries=True), broken, 1).run()
    out.unlink()
    header_path(out).unlink()
    BatchRun(made(source, out, retries=True), echo, 3).run()
    assert whole(out)
    assert b"another model" not in out.read_bytes()


def test_a_retry_after_a_power_cut_does_what_is_torn(source: Path, out: Path) -> None:
    BatchRun(made(source, out), failing(2), 3).run()
    lines = out.read_bytes().splitlines(keepends=True)
    out.write_bytes(b"".join(lines[:6]) + b"\0\0\0\n")
    BatchRun(made(source, out, retries=True), echo, 1).run()
    assert whole(out)


def test_another_run_is_not_gone_on_with(source: Path, out: Path) -> None:
    BatchRun(made(source, out), echo, 3).run()
    with pytest.raises(UsageError, match='the task was "sentiment" and is "score"'):
        made(source, out, task="score")
    source.write_text("changed\n")
    with pytest.raises(UsageError, match=r"the input's .* --restart"):
        made(source, out)
    BatchRun(made(source, out, restart=True), echo, 3).run()
    assert [line["input"] for line in lines_of(out)] == ["changed"]


def test_a_file_that_no_batch_wrote_stays(source: Path, out: Path) -> None:
    out.write_text("mine\n")
    for restart in (False, True):
        with pytest.raises(UsageError, match="no batch wrote it"):
            made(source, out, restart=restart)
    assert out.read_text() == "mine\n"
    with pytest.raises(UsageError, match="part of the input"):
        made(source, source)


@pytest.mark.parametrize("lines", ["", '{"row":1}\n'])
def test_a_batch_of_a_newer_version_stays(source: Path, out: Path, lines: str) -> None:
    """Also where it is to be begun again."""
    header = out.with_name(out.name + ".header.json")
    header.write_text('{"format": 2, "batch": {"novel": 1}}')
    out.write_text(lines)
    before = header.read_bytes(), out.read_bytes()
    for restart in (False, True):
        with pytest.raises(UsageError, match="a newer version of Lampblack wrote it"):
            made(source, out, restart=restart)
    assert (header.read_bytes(), out.read_bytes()) == before


def test_two_programs_do_not_write_one_output(out: Path) -> None:
    with OutputLock(out), pytest.raises(UsageError, match="Another program"), OutputLock(out):
        pass
    with OutputLock(out):
        pass
    assert list(out.parent.iterdir()) == []


class _FullDisk:
    """A file that has room for `room` bytes."""

    def __init__(self, file: object, room: int) -> None:
        self._file, self._room = file, room

    def write(self, data: memoryview) -> int:
        if self._room <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        part = data[: self._room]
        self._room -= len(part)
        return int(self._file.write(part))  # type: ignore[attr-defined]  # a file

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)

    def __enter__(self) -> object:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()  # type: ignore[attr-defined]  # a file


def test_a_full_disk_is_a_sentence_and_leaves_whole_lines(
    source: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter = OutputFile.__enter__

    def full(self: OutputFile) -> OutputFile:
        enter(self)
        self._file = _FullDisk(self._file, 200)  # type: ignore[assignment]  # stands for it
        return self

    with monkeypatch.context() as patched:
        patched.setattr(OutputFile, "__enter__", full)
        with pytest.raises(DocumentError, match="Make room on the disk"):
            BatchRun(made(source, out), echo, 3).run()
    assert [line["row"] for line in lines_of(out)] == [1, 2, 3]
    BatchRun(made(source, out), echo, 3).run()
    assert whole(out)


def test_stop_leaves_a_run_that_goes_on(source: Path, out: Path) -> None:
    reached, cancelled = threading.Event(), threading.Event()

    def do(row: InputRow) -> RowResult:
        if row.number <= 7:
            return echo(row)
        reached.set()
        assert cancelled.wait(10)
        raise GenerationError("cut")

    run = BatchRun(made(source, out), do, 2, cancel=cancelled.set)
    stopper = threading.Thread(target=lambda: (reached.wait(10), run.stop()))
    stopper.start()
    progress = run.run()
    stopper.join()
    assert run.is_stopped
    assert progress.rows == 7
    assert not made(source, out).is_done
    asked: list[int] = []
    BatchRun(made(source, out), lambda row: (asked.append(row.number), echo(row))[1], 1).run()
    assert asked == list(range(8, ROWS + 1))
    assert whole(out)


def test_the_time_left_is_of_this_run() -> None:
    progress = BatchProgress(rows=60, failed=0, done=10, seconds=5, fraction=0.6, begun_at=0.5)
    assert progress.rows_per_s == 2
    assert progress.left_s == pytest.approx(20)
    assert replace(progress, fraction=0.5).left_s is None


def test_memory_is_flat_over_200_megabytes(tmp_path: Path, out: Path) -> None:
    source = tmp_path / "in.csv"
    with source.open("w") as file:
        file.write("id,text\n")
        for number in range(4000):
            file.write(f'{number},"{"word " * 10_000}"\n')
    assert source.stat().st_size > 200_000_000
    batch = made(source, out)
    tracemalloc.start()
    try:
        progress = BatchRun(batch, lambda row: RowResult(len(row.text)), 4).run()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert progress.rows == 4000
    print(f"peak {peak:,} bytes")  # noqa: T201 - shown where it fails
    assert peak < 30_000_000
