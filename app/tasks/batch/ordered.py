"""Rows done side by side, their results in the order of the rows, in bounded memory."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from typing import Any

import msgspec

from app.core.errors import (
    CancelledError,
    EngineMissingError,
    EngineStoppedError,
    LampblackError,
    ModelCrashedError,
    ModelLoadError,
    ModelNotFoundError,
    NoModelLoadedError,
    ProtocolError,
    ServerLostError,
    ServerUnreachableError,
    UnsupportedError,
)
from app.tasks.batch.output import result_line
from app.tasks.batch.rows import InputRow

TICK_S = 0.2
"""How often a wait for a row is interrupted, in seconds, for progress and for Ctrl+C."""

WINDOW_BYTES = 16_000_000
"""The most text that is taken in before the oldest row of it is done."""

_WINDOW_ROWS = 16  # for each slot
_NOT_THE_ROWS = (
    CancelledError,
    EngineMissingError,
    EngineStoppedError,
    ModelLoadError,
    ModelNotFoundError,
    NoModelLoadedError,
    ProtocolError,
    ServerUnreachableError,
    UnsupportedError,
)
_ENDED = (ModelCrashedError, ServerLostError)
_CRASHES = 5  # in a row: then it is the model's fault and not the rows'


class RowResult(msgspec.Struct, frozen=True):
    """What came of a row: a value that can be written as JSON, and sentences on it."""

    value: Any
    notes: tuple[str, ...] = ()


Do = Callable[[InputRow], RowResult]
"""Does one row; raises LampblackError for one that fails."""


class RowError(msgspec.Struct, frozen=True):
    """Why a row has no result; `kind` is a name out of `app.core.errors`."""

    kind: str
    message: str


class Outcome(msgspec.Struct, frozen=True):
    """What came of a row: its result or its error, or else the line that an earlier run wrote.

    `cause` is what raised the error, unless the row could not be read.
    """

    row: InputRow
    result: RowResult | None = None
    error: RowError | None = None
    cause: LampblackError | None = None
    former: bytes = b""

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.error is not None

    @property
    def is_new(self) -> bool:
        """Whether no earlier run did the row."""
        return not self.former

    @property
    def line(self) -> bytes:
        """The row's line of the output."""
        if self.former:
            return self.former
        if self.result is None:
            return result_line(self.row, error=self.error)
        notes = {"notes": self.result.notes} if self.result.notes else {}
        return result_line(self.row, result=self.result.value, **notes)


class _Pending(msgspec.Struct, frozen=True):
    size: int
    outcome: Future[Outcome]


class _Gate:
    """Many threads beside each other, or one alone; `check` may raise while they wait."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check = check
        self._changed = threading.Condition()
        self._beside = 0
        self._wish_to_be_alone = 0
        self._is_alone = False

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Beside others, after those who wish to be alone."""
        with self._changed:
            self._wait(lambda: not self._is_alone and not self._wish_to_be_alone)
            self._beside += 1
        try:
            yield
        finally:
            with self._changed:
                self._beside -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """With none beside."""
        with self._changed:
            self._wish_to_be_alone += 1
            try:
                self._wait(lambda: not self._is_alone and not self._beside)
                self._is_alone = True
            finally:
                self._wish_to_be_alone -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._is_alone = False
                self._changed.notify_all()

    def _wait(self, may: Callable[[], bool]) -> None:
        while not self._changed.wait_for(may, TICK_S):
            self._check()


class Ordered:
    """Does rows on `parallel` threads; `outcomes` gives them in their order.

    `cancel` ends the rows that run, soon after `stop` was called; what is done before the first
    row that is not is given all the same.
    """

    def __init__(
        self,
        do: Do,
        parallel: int,
        *,
        cancel: Callable[[], None] = lambda: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._do = do
        self._parallel = parallel
        self._cancel = cancel
        self._on_tick = on_tick
        self._stopped = threading.Event()
        self._crashes = 0
        self._gate = _Gate(self._check)

    @property
    def is_stopped(self) -> bool:
        """Whether it was told to stop."""
        return self._stopped.is_set()

    def stop(self) -> None:
        """Begin no other row and end those that run; from any thread."""
        self._stopped.set()
        self._cancel()

    def outcomes(self, rows: Iterator[InputRow | Outcome]) -> Generator[Outcome, None, None]:
        """The rows' outcomes in order, and those that are known already among them.

        Raises the error that is not of one row alone.
        """
        pending: deque[_Pending] = deque()
        with ThreadPoolExecutor(self._parallel, "batch row") as pool:
            try:
                while self._fill(pool, pending, rows) or pending:
                    while not wait((pending[0].outcome,), TICK_S).done:
                        self._tick()
                    if _is_stopped(pending[0].outcome):
                        return
                    yield pending.popleft().outcome.result()
            finally:
                self._end(pending)

    async def outcomes_async(
        self, rows: Iterator[InputRow | Outcome]
    ) -> AsyncGenerator[Outcome, None]:
        """The same for asyncio; the rows are taken in by the thread of the loop."""
        pending: deque[_Pending] = deque()
        pool = ThreadPoolExecutor(self._parallel, "batch row")
        try:
            while self._fill(pool, pending, rows) or pending:
                first = asyncio.wrap_future(pending[0].outcome)
                first.add_done_callback(_heed)
                while not (await asyncio.wait((first,), timeout=TICK_S))[0]:
                    self._tick()
                if _is_stopped(pending[0].outcome):
                    return
                yield pending.popleft().outcome.result()
        finally:
            await asyncio.to_thread(self._end, pending)
            pool.shutdown()

    def _fill(
        self,
        pool: ThreadPoolExecutor,
        pending: deque[_Pending],
        rows: Iterator[InputRow | Outcome],
    ) -> bool:
        """Take in rows until the window is full; whether there is any to wait for."""
        size = sum(one.size for one in pending)
        while (
            not self.is_stopped
            and len(pending) < _WINDOW_ROWS * self._parallel
            and (size < WINDOW_BYTES or not pending)
            and not self._has_enough(pending)
        ):
            row = next(rows, None)
            if row is None:
                break
            length = len(row.former) if isinstance(row, Outcome) else len(row.text)
            size += length
            pending.append(_Pending(length, pool.submit(self._outcome, row)))
        return bool(pending)

    def _outcome(self, row: InputRow | Outcome) -> Outcome:
        """What comes of a row, on a thread of the pool."""
        if isinstance(row, Outcome):
            return row
        if row.problem:
            return Outcome(row, error=RowError("row", f"The row cannot be read: {row.problem}."))
        try:
            with self._gate.beside():
                return self._done(row)
        except (*_ENDED, EngineStoppedError):
            self._check()  # the engine ended, by this row or by one beside it
        with self._gate.alone():
            try:
                return self._done(row)
            except _ENDED as error:
                self._check()
                return self._crashed(row, error)

    def _done(self, row: InputRow) -> Outcome:
        self._check()
        try:
            result = self._do(row)
        except (*_NOT_THE_ROWS, *_ENDED):
            raise
        except LampblackError as error:
            self._check()
            return _failed(row, error)
        self._crashes = 0
        return Outcome(row, result)

    def _check(self) -> None:
        if self.is_stopped:
            raise CancelledError("Stopped.")

    def _crashed(self, row: InputRow, error: LampblackError) -> Outcome:
        """A row that ends the engine alone fails; raises the error where every row does."""
        self._crashes += 1
        if self._crashes >= _CRASHES:
            raise error
        return _failed(row, error)

    def _has_enough(self, pending: deque[_Pending]) -> bool:
        """Whether a result can be given before the next row is asked for, which may take long."""
        ahead = 2 * self._parallel
        return (
            len(pending) > ahead
            and pending[0].outcome.done()
            and not any(one.outcome.done() for one in islice(reversed(pending), ahead))
        )

    def _tick(self) -> None:
        self._on_tick()
        if self.is_stopped:
            self._cancel()

    def _end(self, pending: deque[_Pending]) -> None:
        """Leave nothing running: the rest is done by a later run."""
        if pending:
            self._stopped.set()
        running = [one.outcome for one in pending if not one.outcome.cancel()]
        while running and wait(running, 0).not_done:
            self._cancel()
            wait(running, TICK_S)


def _heed(outcome: asyncio.Future[Outcome]) -> None:
    """Look at its error, which asyncio complains of otherwise; it is raised by the first one."""
    if not outcome.cancelled():
        outcome.exception()


def _is_stopped(outcome: Future[Outcome]) -> bool:
    return outcome.cancelled() or isinstance(outcome.exception(), CancelledError)


def _failed(row: InputRow, error: LampblackError) -> Outcome:
    return Outcome(row, error=RowError(error.kind, str(error)), cause=error)
