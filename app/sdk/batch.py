"""One task with many texts, side by side, and how far that is."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator, Sized
from contextlib import aclosing, closing

from app.core.errors import CancelledError, LampblackError, ParameterError
from app.core.units import duration_text
from app.sdk.progress import Progress, ShownProgress
from app.sdk.requests import plain_text
from app.tasks.batch.ordered import Ordered, Outcome as RowOutcome, RowResult
from app.tasks.batch.rows import InputRow
from app.tasks.options import TaskOptions, TaskResult
from app.tasks.running import TaskRunner, check_model, check_options
from app.tasks.table import task

MOST_PARALLEL = 256

Outcome = TaskResult | LampblackError


class TaskBatch:
    """A task with each of many texts, checked and not yet begun; one of the two is called, once.

    `owner` is the model, which ends its engine when it is dropped. Raises UsageError for an unknown
    task and ParameterError for what it or the model cannot do.
    """

    def __init__(
        self,
        owner: object,
        runner: TaskRunner,
        name: str,
        texts: Iterable[str],
        parallel: int,
        progress: Progress,
        options: TaskOptions,
    ) -> None:
        self._owner = owner
        self._task, self._options, self._texts = task(name), options, texts
        check_options(self._task, options)
        if runner.model is not None:
            check_model(self._task, options, runner.model)
        self._progress = progress
        self._runner = runner
        self._count = _Count(texts)
        self._rows = Ordered(
            self._row,
            _checked_parallel(parallel),
            cancel=self._runner.cancel,
            on_tick=self._count.tell,
        )

    def outcomes(self) -> Generator[Outcome, None, None]:
        """What comes of each text, in order; closing it ends those that are going on."""
        with ShownProgress(self._progress) as shown:
            self._count.begin(shown)
            with closing(self._rows.outcomes(self._inputs())) as found:
                for one in found:
                    self._count.add()
                    yield _outcome(one)
        self._check_end()

    async def outcomes_async(self) -> AsyncGenerator[Outcome, None]:
        """The same for asyncio."""
        with ShownProgress(self._progress) as shown:
            self._count.begin(shown)
            async with aclosing(self._rows.outcomes_async(self._inputs())) as found:
                async for one in found:
                    self._count.add()
                    yield _outcome(one)
        self._check_end()

    def _inputs(self) -> Iterator[InputRow]:
        for number, text in enumerate(self._texts, 1):
            try:
                yield InputRow(number=number, text=plain_text(text))
            except ParameterError as error:
                yield InputRow(number=number, problem=error.message)

    def _row(self, row: InputRow) -> RowResult:
        result = self._runner.run(self._task, row.text, self._options)
        if result.finish_reason == "cancelled":
            raise CancelledError("Stopped.")
        return RowResult(result)

    def _check_end(self) -> None:
        """What was stopped from elsewhere has not come to its last text."""
        if self._rows.is_stopped:
            raise CancelledError("Stopped before the last text.")


def _checked_parallel(parallel: int) -> int:
    is_whole = isinstance(parallel, int) and not isinstance(parallel, bool)
    if not is_whole or not 1 <= parallel <= MOST_PARALLEL:
        raise ParameterError(
            f"parallel is a whole number from 1 to {MOST_PARALLEL}, not {parallel!r}."
        )
    return parallel


def _outcome(found: RowOutcome) -> Outcome:
    if found.error is not None:
        return found.cause or ParameterError(found.row.problem)
    assert found.result is not None
    result: TaskResult = found.result.value
    return result


class _Count:
    """How many texts of a batch are done, which its line says while one is waited for."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._total = len(texts) if isinstance(texts, Sized) else 0
        self._shown: ShownProgress | None = None
        self._done = 0
        self._begin = 0.0

    def begin(self, shown: ShownProgress) -> None:
        """Show it there from now on."""
        self._shown, self._begin = shown, time.monotonic()
        self.tell()

    def add(self) -> None:
        """One more is done."""
        self._done += 1
        self.tell()

    def tell(self) -> None:
        """Show it."""
        speed = self._done / max(1e-9, time.monotonic() - self._begin)
        left = (self._total - self._done) / speed if self._done and self._total else 0
        of = f" of {self._total:,}" if self._total else ""
        more = f", {duration_text(left)} left" if left else ""
        fraction = self._done / self._total if self._total else 0.0
        if self._shown is not None:
            self._shown.tell(fraction, f"{self._done:,}{of} done, {speed:.1f} per second{more}")
