"""The training child as the app sees it: started, followed, paused, stopped."""

from __future__ import annotations

import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from app.core.errors import CancelledError, EngineStoppedError, ModelCrashedError, error_from
from app.core.runs.record import RunRecord
from app.core.system.processes import end_child, host_environment, program_command, start_child
from app.core.training.classifier_orders import ClassifierTrained, HeldOutScores
from app.core.training.orders import (
    WORD,
    AnyOrder,
    HeldOutLoss,
    Interrupted,
    Trained,
    TrainingFailed,
    TrainingNews,
    TrainingOrder,
    TrainingPlan,
    TrainingStep,
    TrainingWish,
    line_of,
    read_news,
)
from app.core.training.smaller_orders import SmallerMade

_LOG_LINES = 40
MOST_STEPS = 20_000
"""Of a longer training, steps that lie evenly between are recorded: its record stays a small file.
"""
_ENDS = (Trained, ClassifierTrained, SmallerMade, Interrupted, TrainingFailed)

End = TypeVar("End", Trained, ClassifierTrained, SmallerMade)

WAITING = {"OMP_WAIT_POLICY": "passive"}
"""PyTorch's threads sleep while they wait: those of low priority would spin away the time of the
one that they wait for."""


def trainer_command(pack: Sequence[str]) -> list[str]:
    """What starts the child; `pack` is the command of the Torch engine's pack, empty for none."""
    return [*pack[:-1], WORD] if pack else program_command(WORD)


def with_news(record: RunRecord, news: TrainingNews) -> RunRecord:
    """The record of a training with one piece of news in it.

    A loss that is no number any more has no place in JSON, nor on a curve.
    """
    if isinstance(news, TrainingPlan):
        figures = {
            "tokens": news.tokens,
            "held_out_tokens": news.held_out,
            "foreseen_seconds": round(news.seconds, 1),
            "parameters": news.parameters,
        }
        # What was done after the last checkpoint is done again.
        return replace(
            record,
            figures=record.figures | figures,
            curve=tuple(row for row in record.curve if row[0] <= news.done),
            held_out=tuple(row for row in record.held_out if row[0] <= news.done),
            scores=tuple(row for row in record.scores if row[0] <= news.done),
        )
    if isinstance(news, TrainingStep) and isfinite(news.loss):
        apart = max(1, -(-news.steps // MOST_STEPS))
        if news.step % apart and news.step < news.steps:
            return record
        row = news.step, round(news.loss, 6), news.rate
        return replace(record, curve=(*record.curve, row))
    if isinstance(news, HeldOutLoss | HeldOutScores) and isfinite(news.loss):
        tested = news.step, round(news.loss, 6)
        record = replace(record, held_out=(*record.held_out, tested))
        if isinstance(news, HeldOutScores):
            scored = news.step, round(news.macro_f1, 6)
            record = replace(record, scores=(*record.scores, scored))
        return record
    return record


class TrainingChild:
    """One training; `run` is called once, the rest from any thread."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def run(self, order: TrainingOrder, tell: Callable[[TrainingNews], None]) -> Trained:
        """Learn a style; as `carry_out`."""
        return self.carry_out(order, tell, Trained)

    def carry_out(
        self, order: AnyOrder, tell: Callable[[TrainingNews], None], wanted: type[End]
    ) -> End:
        """Train to an end of the `wanted` kind, and tell all news.

        Once the plan is told, `begin` lets it go on.

        Raises CancelledError when it was stopped, the error that the child met, or
        ModelCrashedError where it died. A checkpoint is in the order's folder in any case.
        """
        with self._started(order) as child:
            log: deque[str] = deque(maxlen=_LOG_LINES)
            reader = threading.Thread(target=_keep, args=(child, log), name="training-log")
            reader.start()
            try:
                self._send(line_of(order))
                end = _followed(child, tell)
            finally:
                with self._lock:
                    self._child = None
                with suppress(OSError):
                    assert child.stdin is not None
                    child.stdin.close()
                end_child(child)
                reader.join()
        if isinstance(end, TrainingFailed):
            raise error_from(end.kind, end.message, end.hint)
        if isinstance(end, Interrupted) or (self._is_stopped and end is None):
            raise CancelledError("The training was stopped; it can be resumed.")
        if not isinstance(end, wanted):
            hint = "Resume it; if it happens again, choose a shorter length or a smaller model."
            last = next((line.strip() for line in reversed(log) if line.strip()), "")
            if last:
                raise ModelCrashedError(f"The training broke off: {last[:200]}.", hint)
            raise ModelCrashedError("The training broke off without a word.", hint)
        return end

    @property
    def pid(self) -> int | None:
        """The child's process number, while there is one."""
        with self._lock:
            return self._child.pid if self._child is not None else None

    def begin(self) -> None:
        """Agree to the plan."""
        self._wish("begin")

    def pause(self) -> None:
        """Hold the training before its next row."""
        self._wish("pause")

    def go_on(self) -> None:
        """Let a paused training go on."""
        self._wish("go on")

    def stop(self) -> None:
        """End it with a checkpoint; what is running is finished first, for some seconds."""
        self._is_stopped = True
        self._wish("stop")

    def kill(self) -> None:
        """End it at once; what came after the last checkpoint is lost."""
        self._is_stopped = True
        with self._lock:
            if self._child is not None:
                self._child.kill()

    def _started(self, order: AnyOrder) -> subprocess.Popen[bytes]:
        # PyTorch makes a folder for its compiler as it is imported: not among temporary files.
        compiled = Path(order.cache or order.folder) / "inductor"
        around = host_environment() | WAITING | {"TORCHINDUCTOR_CACHE_DIR": str(compiled)}
        try:
            child = start_child(self._command, log=subprocess.PIPE, environ=around)
        except OSError as error:
            raise EngineStoppedError(
                f"The training could not be started: {error.strerror}.",
                "Close other programs, or install Lampblack again.",
            ) from error
        with self._lock:
            self._child = child
        if self._is_stopped:
            child.kill()
        return child

    def _wish(self, wish: str) -> None:
        self._send(line_of(TrainingWish(wish=wish)))

    def _send(self, line: bytes) -> None:
        with self._lock, suppress(OSError, ValueError):  # it has ended, which `run` sees
            if self._child is not None and self._child.stdin is not None:
                self._child.stdin.write(line)
                self._child.stdin.flush()


def _followed(
    child: subprocess.Popen[bytes], tell: Callable[[TrainingNews], None]
) -> TrainingNews | None:
    """Pass the news on until the last; None where there was no last one."""
    assert child.stdout is not None
    for line in child.stdout:
        try:
            news = read_news(line)
        except msgspec.MsgspecError:
            return None
        if isinstance(news, _ENDS):
            return news
        tell(news)
    return None


def _keep(child: subprocess.Popen[bytes], log: deque[str]) -> None:
    assert child.stderr is not None
    for line in child.stderr:
        log.append(line.decode("utf-8", "replace").rstrip())
