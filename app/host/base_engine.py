"""What both engines do alike around their own reading and writing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TypeVar

import numpy as np

from app.core.errors import CancelledError, UnsupportedModelError
from app.engine.messages import (
    ChatMessage,
    ChoiceScore,
    ChoicesScored,
    Classified,
    Classify,
    Count,
    Counted,
    Detokenize,
    Detokenized,
    Done,
    Generate,
    Measured,
    ModelInfo,
    PromptsScored,
    Read,
    Score,
    ScoreChoices,
    Scored,
    ScorePrompts,
    Tokenize,
    Tokenized,
)
from app.engine.windows import WINDOW
from app.host.generation.batching import alone
from app.host.generation.chat_template import ChatTemplate
from app.host.generation.decode_loop import ContextFullError, RunningTake, Times
from app.host.generation.probabilities import Judge, ScoredText, perplexity, windows_behind
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.prompt_lookup import Costs
from app.host.generation.prompt_scores import PromptScores
from app.host.generation.request import (
    check_scored,
    choice_tokens,
    does_not_fit,
    prompt_tokens,
    reading,
    scored_tokens,
    seeds,
    statistics,
)
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Answer, Job, Rows, TokenizedPrompt, Work
from app.host.prompt_cache.disk_cache import SavedPrompts

R = TypeVar("R")


class _Context(Protocol):
    """What computes: `size` is how many positions it has, `watch` lets a job's cancel stop it."""

    @property
    def size(self) -> int: ...

    def watch(self, jobs: Sequence[Job]) -> None: ...


class _PrefixCache(Protocol):
    """What the engine still knows of earlier prompts."""

    def guest(self) -> AbstractContextManager[None]: ...

    def known(self, tokens: Ids) -> int: ...

    def settle(self, *, all_of_it: bool = False) -> None: ...


class BaseEngine(ABC):
    """A loaded model that implements `app.host.interface.Engine`.

    `costs` says what reading more rows costs; without it nothing is guessed ahead.
    """

    def __init__(
        self,
        vocabulary: Vocabulary,
        template: ChatTemplate | None,
        context: _Context,
        cache: _PrefixCache,
        info: ModelInfo,
        saved: SavedPrompts | None,
        costs: Costs,
    ) -> None:
        self._info = info
        self._context = context
        self._vocabulary = vocabulary
        self._prompter = Prompter(vocabulary, template)
        self._cache = cache
        self._saved = saved
        self._costs = costs
        self._jobs = 0

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        return self._info

    @property
    @abstractmethod
    def position_bytes(self) -> int:
        """The memory of one position of the context; 0 as long as that is not known."""

    @abstractmethod
    def compute(self, rows: Sequence[Rows]) -> Sequence[Answer]:
        """Compute rows of one job or of several, the most important first, and answer each."""

    @abstractmethod
    def release(self, rows: Rows) -> None:
        """Free the memory that the job of `rows` writes in; PreemptedError tells it."""

    @abstractmethod
    def _write(
        self, request: Generate, job: Job, prompt: Ids, seeds: Sequence[int], times: Times
    ) -> Work[Sequence[RunningTake]]:
        """Read the prompt and write a take for each seed."""

    @abstractmethod
    def _read_ahead(self, prompt: Ids, job: Job, times: Times) -> Work[None]:
        """Read the prompt and keep what was read."""

    @abstractmethod
    def _judged(self, tokens: Ids, job: Job, judge: Judge, first: int = 0) -> Work[None]:
        """Tell `judge` of each token but the last, from number `first` on, until a cancel."""

    @abstractmethod
    def _judged_behind(self, prompt: Ids, tokens: Ids, job: Job, judge: Judge) -> Work[None]:
        """The same of the tokens behind the `prompt` that they begin with; both are kept."""

    @abstractmethod
    def _choices(self, texts: list[Ids], shared: int, job: Job) -> Work[list[list[float]]]:
        """The log probabilities of each text's tokens after the shared ones, until a cancel."""

    @abstractmethod
    def _judged_in_turn(self, scores: PromptScores, job: Job) -> Work[None]:
        """Read the texts one after the other, each from where it is new, until a cancel."""

    @abstractmethod
    def _free(self) -> None:
        """Free the model and all its memory."""

    def watch(self, jobs: Sequence[Job], *, exact: bool = False) -> None:
        """Stop what is computed once all `jobs` are cancelled; without jobs nothing is watched."""
        del exact
        self._jobs = len(jobs)
        self._context.watch(jobs)

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`; see `Generate` for what is asked."""
        with self._watching(job, exact=request.exact):
            return alone(self.writing(request, job), self.compute)

    def writing(self, request: Generate, job: Job) -> Work[Done]:
        """What `generate` does, a step at a time."""
        times = Times()
        prompt, dropped = self._tokens(request)
        numbers = seeds(request)
        try:
            takes = yield from self._write(request, job, prompt, numbers, times)
        except ContextFullError as error:
            raise does_not_fit(prompt) from error
        return Done(
            job=job.number,
            takes=tuple(take.finished() for take in takes),
            stats=statistics(takes, times, len(prompt), dropped),
            seed=numbers[0],
            settings=self._info.settings,
        )

    def read(self, request: Read, job: Job) -> Done:
        """Read the prompt as `generate` would and keep what was read; says how much that was."""
        times = Times()
        prompt, dropped = self._tokens(request)
        with self._watching(job):
            try:
                alone(self._read_ahead(prompt, job, times), self.compute)
            except ContextFullError as error:
                raise does_not_fit(prompt) from error
        return Done(job=job.number, stats=reading(times, len(prompt), dropped))

    def settle(self) -> None:
        """Save the prompt used last, for the next time."""
        self._cache.settle()

    def count(
        self, prompt: str, messages: tuple[ChatMessage, ...] = (), *, special: bool = False
    ) -> int:
        """The tokens of the prompt as `generate` would read it."""
        return len(self._prompter.tokens(prompt, messages, special=special))

    def counted(self, request: Count) -> Counted:
        """The same, the tokens of texts, and how much of the prompt need not be read again."""
        asked, dropped = self._prompter.asked(request), 0
        if request.overflow:
            asked, dropped = self._tokens(request)
        texts = tuple(len(self._vocabulary.tokenize(text)) for text in request.texts)
        known = self._cache.known(asked[:-1]) if request.seeks else 0
        return Counted(
            job=request.job, tokens=len(asked), texts=texts, known=known, dropped=dropped
        )

    def tokenize(self, request: Tokenize) -> Tokenized:
        """The tokens of a text."""
        ids = self._prompter.tokenize(request.text, special=request.special, begins=request.begins)
        found = tuple(int(token) for token in ids)
        pieces = tuple(self._vocabulary.shown(token) for token in found)
        return Tokenized(job=request.job, ids=found, pieces=pieces)

    def detokenize(self, request: Detokenize) -> Detokenized:
        """The text of tokens."""
        pieces = (self._vocabulary.shown(int(one)) for one in self._prompter.checked(request.ids))
        return Detokenized(job=request.job, text=b"".join(pieces).decode("utf-8", "replace"))

    def score(self, request: Score, job: Job) -> Scored:
        """Each token's probability after the ones before it; those so far when cancelled."""
        # What was read is forgotten first, to leave room for what comes back after it.
        guest = nullcontext() if request.is_behind else self._cache.guest()
        with guest, self._watching(job):
            return alone(self.scoring(request, job), self.compute)

    def scoring(self, request: Score, job: Job) -> Work[Scored]:
        """What `score` does, a step at a time."""
        size = self._context.size
        before, own = scored_tokens(request, self._prompter, self._vocabulary, size)
        told = len(own) if request.told < 0 else min(request.told, len(own))
        check_scored(told, request.probabilities)
        found = ScoredText(self._vocabulary, request.probabilities, request.told)
        yield from self._checked(own, self._read_and_judged(before, own, job, found))
        return Scored(
            job=job.number,
            details=tuple(found.details),
            log_probability=found.log_probability,
            tokens=found.tokens,
        )

    def _read_and_judged(self, before: Ids, own: Ids, job: Job, found: ScoredText) -> Work[None]:
        """Judge a text by itself, behind a prompt, or in windows where it is too long."""
        size, tokens = self._context.size, np.concatenate((before, own))
        if len(tokens) > size:
            bos = self._vocabulary.bos
            for window, first in windows_behind(before, own, bos, min(size, WINDOW)):
                if not job.cancelled:
                    yield from self._judged(window, job, found.judge(window), first)
        elif len(before):
            yield from self._judged_behind(before, tokens, job, found.judge(tokens))
        else:
            yield from self._judged(own, job, found.judge(own))

    def score_choices(self, request: ScoreChoices, job: Job) -> ChoicesScored:
        """The probability of each choice after the prompt; raises CancelledError."""
        with self._watching(job):
            return alone(self.choosing(request, job), self.compute)

    def choosing(self, request: ScoreChoices, job: Job) -> Work[ChoicesScored]:
        """What `score_choices` does, a step at a time."""
        texts, shared = choice_tokens(request, self._prompter, self._context.size)
        found = yield from self._checked(texts[0], self._choices(texts, shared, job))
        if job.cancelled:
            raise CancelledError("Stopped.")
        scores = tuple(
            ChoiceScore(log_probability=sum(one), tokens=len(tokens) - shared)
            for one, tokens in zip(found, texts, strict=True)
        )
        return ChoicesScored(job=job.number, choices=scores, prompt_tokens=shared)

    def comparing(self, request: ScorePrompts, job: Job) -> Work[PromptsScored]:
        """How likely a text is after each of several prompts, a step at a time.

        Raises CancelledError; those that are done were told.
        """
        size = self._context.size
        scores = PromptScores(request, self._prompter, self._vocabulary, size, job)
        yield from self._checked(scores.texts[0].tokens, self._judged_in_turn(scores, job))
        if job.cancelled:
            raise CancelledError("Stopped.")
        return scores.answer()

    def classifying(self, _request: Classify, _job: Job) -> Work[Classified]:
        """It writes, and has no labels of its own."""
        raise UnsupportedModelError(f"{self._info.name} is no classifier: it has no labels.")

    def perplexity(self, text: str, job: Job) -> Measured:
        """How well the model foresees the text; raises CancelledError."""
        tokens = self._prompter.tokens(text, ())

        def judged(window: Ids, judge: Judge, first: int) -> Work[None]:
            return self._judged(window, job, judge, first)

        size = self._context.size
        work = perplexity(tokens, self._vocabulary.bos, size, judged, job)
        with self._cache.guest(), self._watching(job):
            return alone(self._checked(tokens, work), self.compute)

    def _checked(self, tokens: Ids, work: Work[R]) -> Work[R]:
        """The same, with a sentence where the context is full."""
        try:
            return (yield from work)
        except ContextFullError as error:
            raise too_long(len(tokens), self._context.size) from error

    def lay_out(self, prompt: str, messages: tuple[ChatMessage, ...]) -> TokenizedPrompt:
        """The prompt as `generate` would read it."""
        return self._prompter.lay_out(prompt, messages)

    def guest(self) -> AbstractContextManager[None]:
        """While it is entered, nothing is known or kept; what was kept is there again after it."""
        return self._cache.guest()

    def close(self) -> None:
        """Save what is new, then free the model and all its memory."""
        saved, self._saved = self._saved, None
        try:
            if saved is not None:
                saved.close()
                self._cache.settle(all_of_it=True)
                saved.close()
        finally:
            self._free()

    def _tokens(self, request: Generate | Read | Count) -> tuple[Ids, int]:
        return prompt_tokens(request, self._prompter, self._vocabulary, self._context.size)

    def _costs_of(self, request: Generate) -> Costs:
        """None where guesses could change the text, or hardly any of them would be right."""
        return () if request.exact or not request.sampling.temperature else self._costs

    @contextmanager
    def _watching(self, job: Job, *, exact: bool = False) -> Iterator[None]:
        """Let the job's cancel stop what is computed."""
        self.watch([job], exact=exact)
        try:
            yield
        finally:
            self.watch(())
