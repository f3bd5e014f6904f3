"""Trials: single requests to an engine, each within the time that is left for all of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.core.errors import CancelledError, PromptTooLongError
from app.core.options.sampling import Sampling
from app.engine.messages import ChatMessage, Generate, HostEvent, Prefill
from app.host.interface import Engine, Job

Clock = Callable[[], float]

LIMIT_S = 25.0
"""How long all trials together may take."""

SEED = 1
_SHARE = 3  # one trial may take at most this part (1/3) of what is left of the time
_LEAST_TOKENS = 8  # fewer say nothing


class Trial(Job):
    """The job of one trial: it ends with the examination's own, or when its time is up."""

    def __init__(self, whole: Job, deadline: float, clock: Clock) -> None:
        self._whole = whole
        self._deadline = deadline
        self._clock = clock
        self.read = 0
        super().__init__(whole.number, self._note)
        self.begun = self.noted = clock()

    @property
    def cancelled(self) -> bool:
        """Whether to stop."""
        return self._whole.cancelled or self._clock() >= self._deadline

    @cancelled.setter
    def cancelled(self, value: bool) -> None:
        self._whole.cancelled = self._whole.cancelled or value

    def _note(self, event: HostEvent) -> None:
        """Its events are not sent."""
        if isinstance(event, Prefill):
            self.read, self.noted = event.done - event.reused, self._clock()


@dataclass(frozen=True)
class TrialText:
    """What a model wrote, and whether it ended by itself or was cut short for lack of time."""

    text: str
    stopped: bool
    cut: bool
    tokens: int


class Trials:
    """Tries an engine; raises CancelledError as soon as the whole job is stopped.

    Speeds are those of the trials so far, None before there were any.
    """

    def __init__(self, engine: Engine, job: Job, clock: Clock = time.perf_counter) -> None:
        self._engine = engine
        self._job = job
        self._clock = clock
        self.begun = clock()
        self.tokens = 0
        self.tokens_per_s: float | None = None
        self.prompt_tokens_per_s: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has gone on."""
        return self._clock() - self.begun

    def answer(self, text: str, most: int) -> TrialText | None:
        """What it answers, always taking the likeliest token; None if there is no time for it."""
        return self._write("", (ChatMessage(role="user", content=text),), most, temperature=0.0)

    def go_on(self, text: str, most: int, *, temperature: float = 0.0) -> TrialText | None:
        """How it goes on with a text; None if there is no time for it."""
        return self._write(text, (), most, temperature)

    def check(self) -> None:
        """Raise CancelledError if the whole job was stopped."""
        if self._job.cancelled:
            raise CancelledError("Stopped.")

    def _write(
        self, prompt: str, messages: tuple[ChatMessage, ...], most: int, temperature: float
    ) -> TrialText | None:
        self.check()
        left = (LIMIT_S - self.seconds) / _SHARE
        most = min(most, int(left * (self.tokens_per_s or most)))
        if left <= 0 or most < _LEAST_TOKENS:
            return None
        job = Trial(self._job, self._clock() + left, self._clock)
        sampling = Sampling(temperature=temperature, max_tokens=most, seed=SEED)
        request = Generate(
            job=job.number,
            prompt=prompt,
            messages=messages,
            sampling=sampling,
            exact=True,
            overflow="drop_head",
        )
        try:
            done = self._engine.generate(request, job)
        except PromptTooLongError:  # the context is tiny
            return None
        self.check()
        self._learn(done.stats.prefill_s, done.stats.decode_s, done.stats.completion_tokens, job)
        take = done.takes[0]
        self.tokens += done.stats.completion_tokens
        return TrialText(
            text=take.text,
            stopped=take.finish_reason == "stop",
            cut=take.finish_reason == "cancelled",
            tokens=done.stats.completion_tokens,
        )

    def _learn(self, prefill_s: float, decode_s: float, written: int, job: Trial) -> None:
        """Take the speeds of the longest reading and of the last long enough writing."""
        seconds = prefill_s or job.noted - job.begun
        if job.read >= _LEAST_TOKENS and seconds > 0:
            self.prompt_tokens_per_s = job.read / seconds
        if written >= _LEAST_TOKENS and decode_s > 0:
            self.tokens_per_s = written / decode_s
