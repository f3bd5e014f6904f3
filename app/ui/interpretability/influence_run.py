"""Has the engine score a sentence without each part of its prompt, in the background."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

import msgspec
from PySide6.QtCore import QObject, Signal

from app.core.errors import LampblackError
from app.core.interpretability.influence import InfluencePlan, plan_of
from app.core.interpretability.influence_parts import PromptPart
from app.engine.messages import (
    Event,
    ModelInfo,
    Prefill,
    PromptPiece,
    PromptScored,
    ScorePrompts,
)
from app.engine.worker import LocalEngine
from app.ui.background import BackgroundTasks
from app.ui.generation.token_counts import EngineCounter

_MARGIN = 16  # tokens of a beginning and of a chat's template, and what joining pieces changes
_TEMPLATE = 64


class InfluenceQuestion(msgspec.Struct, frozen=True):
    """A sentence as it follows the prompt, and the prompt's parts.

    `places` are where each part stands on the page, in UTF-16 units, None for what is not there;
    `from_take` says that the prompt is the one that a take was written from, and
    `is_other_model` that another model wrote it.
    """

    sentence: str
    text: str
    parts: tuple[PromptPart, ...]
    places: tuple[tuple[int, int] | None, ...]
    from_take: bool = False
    is_other_model: bool = False


class InfluenceRun(QObject):
    """Counts, then scores; everything is told on the window's thread.

    `planned` carries the plan, `scored` the number of a part (-1 for none, the whole prompt) and
    the sentence's log probability without it, `moved` the tokens that were read and all of them.
    `ended` tells why it is over: None when all was done, else an error.
    """

    planned = Signal(object)
    scored = Signal(int, float)
    moved = Signal(int, int)
    ended = Signal(object)

    def __init__(self, engine: LocalEngine, model: ModelInfo, parent: QObject) -> None:
        super().__init__(parent)
        self._engine, self._model = engine, model
        self._tasks = BackgroundTasks(self.ended.emit, self)
        self._queue, self._is_closed = self._tasks.queue, False
        self._job = 0
        self.begun_at = 0.0

    @property
    def is_running(self) -> bool:
        """Whether a sentence is being scored."""
        return bool(self._job)

    def plan(self, question: InfluenceQuestion) -> None:
        """Count the parts' tokens."""
        self._tasks.run(partial(self._planned, question), self.planned.emit)

    def start(self, plan: InfluencePlan, numbers: Sequence[int]) -> None:
        """Score the sentence with all parts, and without each of these."""
        self._job = job = self._engine.next_job()
        self.begun_at = time.monotonic()
        command = ScorePrompts(
            job=job,
            pieces=tuple(PromptPiece(part.text, part.role or None) for part in plan.parts),
            text=plan.text,
            without=((), *((number,) for number in numbers)),
            background=True,
        )
        order = (-1, *numbers)
        listener = partial(self._hear, job, order)
        self._tasks.run(
            lambda: self._engine.run(command, listener),
            lambda _finished: self._end(job, None),
            lambda error: self._end(job, error),
        )

    def stop(self) -> None:
        """Score no more; `ended` follows."""
        if self._job:
            self._engine.cancel(self._job)

    def close(self) -> None:
        """Nothing is told any more."""
        self.stop()
        self._job = 0
        self._is_closed = True
        self._tasks.close(wait=False)

    def wait(self) -> None:
        """Wait for what was closed to be over."""
        self._queue.wait()

    @property
    def is_over(self) -> bool:
        """Whether it was closed and its thread has ended."""
        return self._is_closed and self._queue.is_idle

    @property
    def is_idle(self) -> bool:
        """Whether all was told."""
        return self._tasks.is_idle

    def _planned(self, question: InfluenceQuestion) -> InfluencePlan:
        counter = EngineCounter(self._engine, self._model)
        *counts, tokens = counter.texts((*(one.text for one in question.parts), question.text))
        has_turns = any(part.role for part in question.parts)
        room = self._model.context - _MARGIN - _TEMPLATE * has_turns
        return plan_of(question.parts, counts, question.text, tokens, room)

    def _hear(self, job: int, order: tuple[int, ...], event: Event) -> None:
        """On the engine's thread."""
        call: Callable[[], object] | None = None
        if isinstance(event, PromptScored):
            call = partial(self.scored.emit, order[event.number], event.log_probability)
        elif isinstance(event, Prefill):
            call = partial(self.moved.emit, event.done, event.total)
        if call is not None:
            self._tasks.tell(partial(self._tell, job, call))

    def _tell(self, job: int, call: Callable[[], object]) -> None:
        if job == self._job:
            call()

    def _end(self, job: int, error: LampblackError | None) -> None:
        if job == self._job:
            self._job = 0
            self.ended.emit(error)
