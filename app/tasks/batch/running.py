"""A batch from its header to its last row: begun, gone on with, or with its failed rows again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain, islice
from pathlib import Path

import msgspec
from msgspec.structs import replace

from app.core.errors import UsageError
from app.core.system.files import is_folder
from app.core.system.throttle import Throttle
from app.tasks.batch.ordered import TICK_S, Do, Ordered, Outcome
from app.tasks.batch.output import (
    BatchHeader,
    OutputFile,
    Written,
    former_lines,
    has_failed,
    header_store,
    not_written,
    write_header,
)
from app.tasks.batch.rows import InputRow
from app.tasks.batch.source import BatchSource


class BatchProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a batch is: rows in the output, failed ones, those done in this run.

    `fraction` is the part of the input that is done, at the beginning of this run `begun_at`.
    """

    rows: int
    failed: int
    done: int
    seconds: float
    fraction: float
    begun_at: float

    @property
    def rows_per_s(self) -> float:
        """The speed of this run."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """How many seconds are left if it goes on like this; None where that is not known."""
        gained = self.fraction - self.begun_at
        return self.seconds * (1 - self.fraction) / gained if gained > 0 else None


class BatchPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that can be run; `header` has the seed of the run that it goes on with.

    `written` is what the output holds; with `retries` its failed rows are done again.
    """

    source: BatchSource
    out: Path
    header: BatchHeader
    written: Written = Written()
    retries: bool = False

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self.header.finished and not (self.retries and self.written.failed)

    @property
    def target(self) -> Path:
        """The file that is written: the output, or one beside it that replaces it at the end."""
        return _retry_path(self.out) if self.retries else self.out


def prepare(
    source: BatchSource,
    out: Path,
    header: BatchHeader,
    *,
    seed_given: bool,
    restart: bool = False,
    retries: bool = False,
) -> BatchPlan:
    """The batch, begun now or by an earlier run; the output must be locked.

    Raises UsageError where the output is another run's, DocumentError where it is damaged.
    """
    _check_place(source, out)
    found = header_store(out).read(keep_damaged=False)
    known = found.content
    size = _size_of(out)
    if known is None and (size or found.fault not in ("missing", "damaged")):
        raise _foreign(out, found.reason)
    if restart and known is not None:
        _remove(out)
        known = None
    if known is None:
        _remove(out)  # what a retry of a run that is gone has left
        batch = BatchPlan(source=source, out=out, header=header, retries=retries)
        write_header(out, header)
        return batch
    header = header if seed_given else replace(header, seed=known.seed)
    if differences := known.differences(header):
        raise UsageError(
            f"{out} is of another run: {'; '.join(differences[:3])}.",
            "Use --restart to replace it, or choose another --out.",
        )
    written = OutputFile(out).written
    finished = known.finished and written.rows == known.rows
    header = replace(header, finished=finished, rows=written.rows, failed=written.failed)
    return BatchPlan(source=source, out=out, header=header, written=written, retries=retries)


def _check_place(source: BatchSource, out: Path) -> None:
    if is_folder(out) or not is_folder(out.parent):
        raise UsageError(f"{out} is no file that can be written.", "Name a file with --out.")
    inside = source.facts.kind == "folder" and out.parent.samefile(source.path)
    if inside or (out.exists() and out.samefile(source.path)):
        raise UsageError(f"{out} is part of the input.", "Write the output to another place.")


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise not_written(path, error) from error


def _foreign(out: Path, reason: str) -> UsageError:
    because = f", or its header cannot be used: {reason}" if reason else ""
    return UsageError(
        f"{out} is there already, and no batch wrote it{because}.",
        "Move it away, or choose another --out.",
    )


def _remove(out: Path) -> None:
    """Remove an output, its header last, so that a kill leaves no output without one."""
    try:
        for path in (_retry_path(out), out, header_store(out).path):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise not_written(out, error) from error


def _retry_path(out: Path) -> Path:
    """Where the lines of a retry are until all are there."""
    return out.with_name(out.name + ".retry")


class BatchRun:
    """One run of a batch; `stop` may be called from any thread.

    `cancel` ends the calls of `do` that go on.
    """

    def __init__(
        self,
        batch: BatchPlan,
        do: Do,
        parallel: int,
        *,
        cancel: Callable[[], None] = lambda: None,
        on_progress: Callable[[BatchProgress], None] = lambda _progress: None,
    ) -> None:
        self._batch = batch
        self._on_progress = on_progress
        self._ordered = Ordered(do, parallel, cancel=cancel, on_tick=self._tick)
        self._file: OutputFile | None = None
        self._is_due = Throttle(TICK_S / 2)
        self._begin = time.monotonic()
        self._progress = BatchProgress(rows=0, failed=0, done=0, seconds=0, fraction=0, begun_at=0)

    def stop(self) -> None:
        """End soon; what is done stays, and a later run goes on there."""
        self._ordered.stop()

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._ordered.is_stopped

    @property
    def rows(self) -> int:
        """How many rows the output has."""
        return self._progress.rows

    def run(self) -> BatchProgress:
        """Do the rows that are left; raises LampblackError where that cannot go on."""
        with OutputFile(self._batch.target) as self._file:
            written = self._file.written
            self._progress = replace(self._progress, rows=written.rows, failed=written.failed)
            self._write(self._file, self._rows(written.rows))
        if not self.is_stopped:
            self._finish()
        return self._progress

    def _write(self, file: OutputFile, rows: Iterator[InputRow | Outcome]) -> None:
        for outcome in self._ordered.outcomes(rows):
            file.add(outcome.line)
            progress = self._progress
            self._progress = replace(
                progress,
                rows=progress.rows + 1,
                failed=progress.failed + outcome.failed,
                done=progress.done + outcome.is_new,
                fraction=self._fraction(outcome.row),
            )
            self._tick()

    def _rows(self, written: int) -> Iterator[InputRow | Outcome]:
        """What is left of the input; with a retry the rows that did not fail as they were."""
        rows = self._batch.source.read()
        for row in islice(rows, written):
            self._progress = replace(self._progress, fraction=self._fraction(row))
            self._tick()
            if self.is_stopped:
                return iter(())
        self._begin = time.monotonic()
        self._progress = replace(self._progress, begun_at=self._progress.fraction)
        if not self._batch.retries:
            return rows
        return _with_former(rows, self._former(written))

    def _former(self, begin: int) -> Iterator[bytes]:
        """The lines of the output from `begin` on, without an end that is torn."""
        return islice(former_lines(self._batch.out), begin, self._batch.written.rows)

    def _fraction(self, row: InputRow) -> float:
        return min(1.0, row.position / max(1, self._batch.source.size))

    def _tick(self) -> None:
        if self._file is not None:
            self._file.sync()
        seconds = time.monotonic() - self._begin
        self._progress = replace(self._progress, seconds=seconds)
        if self._is_due():
            self._on_progress(self._progress)

    def _finish(self) -> None:
        """Put a retry in the output's place, and say in the header that all is done."""
        batch, progress = self._batch, self._progress
        if batch.retries:
            try:
                batch.target.replace(batch.out)
            except OSError as error:
                raise not_written(batch.out, error) from error
        header = replace(batch.header, finished=True, rows=progress.rows, failed=progress.failed)
        write_header(batch.out, header)


def _with_former(rows: Iterator[InputRow], lines: Iterator[bytes]) -> Iterator[InputRow | Outcome]:
    for row, line in zip(rows, chain(lines, _forever()), strict=False):
        yield row if not line or has_failed(line) else Outcome(row, former=line)


def _forever() -> Iterator[bytes]:
    while True:
        yield b""
