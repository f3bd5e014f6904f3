"""Our side: the real engine client and host, timed where the text arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from time import perf_counter, sleep

from app.core.errors import CancelledError, NotMeasuredError
from app.core.options.load_options import LoadOptions
from app.core.options.sampling import Sampling
from app.engine.client import EngineClient
from app.engine.messages import (
    Count,
    Counted,
    Done,
    EngineName,
    EngineSettings,
    Event as EngineEvent,
    Generate,
    Load,
    Loaded,
    Prefill,
    Quantize,
    Read,
    Tokens,
)


@dataclass(frozen=True, slots=True)
class TimedGeneration:
    """One generation as the client saw it: seconds since it was asked for.

    `arrived` holds, for every arrival of text, the time and the tokens written by then, all takes
    together.
    """

    arrived: tuple[tuple[float, int], ...]
    ended: float
    done: Done

    @property
    def first(self) -> float:
        """When the first text was there."""
        return self.arrived[0][0] if self.arrived else self.ended

    @property
    def tokens(self) -> int:
        """How many tokens were written."""
        return self.done.stats.completion_tokens

    def cold(self) -> float:
        """When the first text was there; raises NotMeasuredError if the prompt was known."""
        stats = self.done.stats
        if stats.reused_tokens > stats.prompt_tokens / 10:
            raise NotMeasuredError("A prompt that should have been new was known already.")
        return self.first

    def step(self, start: int = 0) -> float:
        """Seconds per token from the count of tokens `start` on.

        Raises NotMeasuredError where too little was written.
        """
        return _step([each for each in self.arrived if each[1] >= start])

    def step_within(self, begun: float, over: float) -> float:
        """Seconds per token between two times; raises NotMeasuredError where too little arrived."""
        return _step([each for each in self.arrived if begun <= each[0] <= over])

    def step_since(self, seconds: float) -> float:
        """Seconds per token from `seconds` after the first text to the end."""
        within = [arrival for arrival in self.arrived if arrival[0] >= self.first + seconds]
        if len(within) < 2:  # not even two steps: one takes all that time
            return self.ended - self.first - seconds
        (begun, before), (over, after) = within[0], within[-1]
        return (over - begun) / max(1, after - before)


def _step(within: Sequence[tuple[float, int]]) -> float:
    if len(within) < 2 or within[-1][1] == within[0][1]:
        raise NotMeasuredError("The model ended its text too early to be timed.")
    (begun, before), (over, after) = within[0], within[-1]
    return (over - begun) / (after - before)


class OurEngine:
    """One client with its host and a loaded model; the host starts with `load`."""

    def __init__(self, path: Path, cache: Path, log: Path, *, engine: EngineName) -> None:
        self._path, self._cache, self._engine = path, cache, engine
        self._bans: dict[str, float] = {}
        self.client = EngineClient(log=log, cache=cache)
        self.settings = EngineSettings()
        self.draft = ""

    def close(self) -> None:
        """End the host."""
        self.client.close()

    def load(self, options: LoadOptions) -> None:
        """Load the model and note what it really runs with."""
        loaded = self.client.run(
            Load(
                job=self.client.next_job(),
                path=str(self._path),
                engine=self._engine,
                options=options,
                cache=str(self._cache),
            ),
            lambda _event: None,
        )
        assert isinstance(loaded, Loaded)
        self.settings, self.draft = loaded.model.settings, loaded.model.draft

    def quantize(self, target: Path, kind: str) -> None:
        """Write a copy of the model in another quantization."""
        job, source = self.client.next_job(), str(self._path)
        command = Quantize(job=job, source=source, target=str(target), type_name=kind)
        self.client.run(command, lambda _event: None)

    def never_write(self, tokens: list[int]) -> None:
        """Keep every text going: these tokens, which would end it, are banned from now on."""
        self._bans = {f"token:{token}": -100.0 for token in tokens}

    def greedy(self, tokens: int) -> Sampling:
        """Always the likeliest token, every other step off."""
        return Sampling(temperature=0, max_tokens=tokens, logit_bias=self._bans)

    def drawn(self, tokens: int, seed: int) -> Sampling:
        """The program's default sampling."""
        return Sampling(max_tokens=tokens, seed=seed, logit_bias=self._bans)

    def write(
        self, prompt: str, sampling: Sampling, *, n: int = 1, probabilities: int = 0
    ) -> TimedGeneration:
        """Generate, timing every arrival."""
        return self._generate(prompt, sampling, n, probabilities, lambda _event, _job: None)

    @contextmanager
    def writing(
        self, prompts: Sequence[str], sampling: Sampling, *, background: bool = False
    ) -> Iterator[None]:
        """Other clients that write all the while; entered once each has its first text."""
        jobs = [self.client.next_job() for _prompt in prompts]
        begun = [Event() for _prompt in prompts]

        def write(job: int, prompt: str, first: Event) -> None:
            request = Generate(job=job, prompt=prompt, sampling=sampling, background=background)
            try:
                self.client.run(
                    request, lambda event: first.set() if isinstance(event, Tokens) else None
                )
            finally:
                first.set()

        with ThreadPoolExecutor(len(jobs)) as pool:
            writers = [pool.submit(write, *each) for each in zip(jobs, prompts, begun, strict=True)]
            for first in begun:
                first.wait()
            try:
                yield
                if any(writer.done() for writer in writers):
                    raise NotMeasuredError("A client ended its text too early to be beside.")
            finally:
                for job in jobs:
                    self.client.cancel(job)
                for writer in writers:
                    writer.result()

    def together(self, prompts: Sequence[str], sampling: Sampling) -> list[TimedGeneration]:
        """What several clients write at once, each a prompt of its own."""
        with ThreadPoolExecutor(len(prompts)) as pool:
            return list(pool.map(lambda prompt: self.write(prompt, sampling), prompts))

    def write_for(
        self, prompt: str, sampling: Sampling, seconds: float, on_first: Callable[[], object]
    ) -> TimedGeneration:
        """Generate, call `on_first` at the first text, and stop `seconds` after it."""
        return self._cancelled(prompt, sampling, Tokens, seconds, on_first)[0]

    def known(self, prompt: str) -> tuple[int, int]:
        """The tokens of a prompt, and how many of them the engine need not read."""
        command = Count(job=self.client.next_job(), prompt=prompt, seeks=True)
        counted = self.client.run(command, lambda _event: None)
        assert isinstance(counted, Counted)
        return counted.tokens, counted.known

    def read_for(self, prompt: str, seconds: float) -> None:
        """Read ahead as the window does while the writer pauses for `seconds`."""
        job = self.client.next_job()
        over = perf_counter() + seconds
        timer = Timer(seconds, self.client.cancel, (job,))
        timer.start()
        try:
            with suppress(CancelledError):  # the pause was over before the prompt was read
                self.client.run(Read(job=job, prompt=prompt), lambda _event: None)
        finally:
            timer.cancel()
            timer.join()
        sleep(max(0.0, over - perf_counter()))

    def cancel_after(
        self, prompt: str, sampling: Sampling, delay: float, *, reading: bool
    ) -> float:
        """Cancel `delay` seconds into reading or writing; the seconds until the last event."""
        kind = Prefill if reading else Tokens
        text, waited = self._cancelled(prompt, sampling, kind, delay, lambda: None)
        if not waited or text.done.takes[0].finish_reason != "cancelled":
            raise NotMeasuredError("The work was done before it could be cancelled.")
        return waited

    def _cancelled(
        self,
        prompt: str,
        sampling: Sampling,
        kind: type[EngineEvent],
        delay: float,
        on_first: Callable[[], object],
    ) -> tuple[TimedGeneration, float]:
        """Generate, and cancel `delay` seconds after the first event of a kind.

        The second result is the seconds from the cancel to the end, 0 where it ended before.
        """
        timers: list[Timer] = []
        asked: list[float] = []

        def cancel(job: int) -> None:
            asked.append(perf_counter())
            self.client.cancel(job)

        def cancel_later(event: EngineEvent, job: int) -> None:
            if isinstance(event, kind) and not timers:
                on_first()
                timers.append(Timer(delay, cancel, (job,)))
                timers[0].start()

        try:
            text = self._generate(prompt, sampling, 1, 0, cancel_later)
            over = perf_counter()
        finally:
            for timer in timers:
                timer.cancel()
                timer.join()
        return text, over - asked[0] if asked else 0.0

    def _generate(
        self,
        prompt: str,
        sampling: Sampling,
        n: int,
        probabilities: int,
        hear: Callable[[EngineEvent, int], None],
    ) -> TimedGeneration:
        arrived: list[tuple[float, int]] = []
        job = self.client.next_job()

        def on_event(event: EngineEvent) -> None:
            if isinstance(event, Tokens):
                before = arrived[-1][1] if arrived else 0
                arrived.append((perf_counter() - begun, before + event.tokens))
            hear(event, job)

        request = Generate(
            job=job, prompt=prompt, sampling=sampling, n=n, probabilities=probabilities
        )
        begun = perf_counter()
        done = self.client.run(request, on_event)
        ended = perf_counter() - begun
        assert isinstance(done, Done)
        return TimedGeneration(tuple(arrived), ended, done)
