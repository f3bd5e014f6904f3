"""What both engines do alike around their own reading and writing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Protocol

import numpy as np
import numpy.typing as npt

from app.core.errors import CancelledError
from app.engine.messages import (
    ChatMessage,
    ChoiceScore,
    ChoicesScored,
    Detokenize,
    Detokenized,
    Done,
    Generate,
    Measured,
    ModelInfo,
    Read,
    Score,
    ScoreChoices,
    Scored,
    Tokenize,
    Tokenized,
)
from app.host.generation.chat_template import ChatTemplate
from app.host.generation.decode_loop import ContextFullError, RunningTake, Times
from app.host.generation.probabilities import log_sum, perplexity, token_detail
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.prompt_lookup import Costs
from app.host.generation.request import (
    check_scored,
    choice_tokens,
    does_not_fit,
    prompt_tokens,
    reading,
    seeds,
    statistics,
)
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Job, TokenizedPrompt
from app.host.prompt_cache.disk_cache import SavedPrompts

LogitRows = Generator[npt.NDArray[np.float32], None, None]


class _Context(Protocol):
    """What computes: `size` is how many positions it has, `watch` lets a job's cancel stop it."""

    @property
    def size(self) -> int: ...

    def watch(self, job: Job | None) -> None: ...


class _PrefixCache(Protocol):
    """What the engine still knows of earlier prompts."""

    def guest(self) -> AbstractContextManager[None]: ...

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

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        return self._info

    @property
    @abstractmethod
    def position_bytes(self) -> int:
        """The memory of one position of the context; 0 as long as that is not known."""

    @abstractmethod
    def _write(
        self, request: Generate, job: Job, prompt: Ids, seeds: Sequence[int], times: Times
    ) -> Sequence[RunningTake]:
        """Read the prompt and write a take for each seed."""

    @abstractmethod
    def _read_ahead(self, prompt: Ids, job: Job, times: Times) -> None:
        """Read the prompt and keep what was read."""

    @abstractmethod
    def _rows(self, tokens: Ids, job: Job, first: int = 0) -> LogitRows:
        """The logits after each token but the last, from number `first` on, until a cancel."""

    @abstractmethod
    def _free(self) -> None:
        """Free the model and all its memory."""

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`; see `Generate` for what is asked."""
        times = Times()
        prompt, dropped = self._tokens(request)
        numbers = seeds(request)
        with self._watching(job, exact=request.exact):
            try:
                takes = self._write(request, job, prompt, numbers, times)
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
                self._read_ahead(prompt, job, times)
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
        tokens = self._scored_tokens(request)
        alternatives = request.probabilities
        check_scored(len(tokens), alternatives, self._context.size)
        # What was read is forgotten first, to leave room for what comes back after it.
        with self._judging(tokens, job), closing(self._rows(tokens, job)) as rows:
            details = tuple(  # fewer after a cancel
                token_detail(self._vocabulary, logits, int(token), alternatives)
                for token, logits in zip(tokens[1:], rows, strict=False)
            )
        return Scored(job=job.number, details=details)

    def score_choices(self, request: ScoreChoices, job: Job) -> ChoicesScored:
        """The probability of each choice after the prompt; raises CancelledError."""
        texts, shared = choice_tokens(request, self._prompter, self._context.size)
        scores = []
        for tokens in texts:
            with self._judging(tokens, job), closing(self._rows(tokens, job, shared - 1)) as rows:
                found = [
                    float(logits[token]) - log_sum(logits)
                    for token, logits in zip(tokens[shared:], rows, strict=False)
                ]
            if job.cancelled:
                raise CancelledError("Stopped.")
            scores.append(ChoiceScore(log_probability=sum(found), tokens=len(found)))
        return ChoicesScored(job=job.number, choices=tuple(scores), prompt_tokens=shared)

    def perplexity(self, text: str, job: Job) -> Measured:
        """How well the model foresees the text; raises CancelledError."""
        tokens = self._prompter.tokens(text, ())

        def rows(window: Ids, first: int) -> Iterator[npt.NDArray[np.float32]]:
            return self._rows(window, job, first)

        with self._judging(tokens, job):
            return perplexity(tokens, self._vocabulary.bos, self._context.size, rows, job)

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

    def _scored_tokens(self, request: Score) -> Ids:
        if request.tokens:
            return self._prompter.checked(request.tokens)
        return self._prompter.tokens(request.text, special=request.special)

    def _tokens(self, request: Generate | Read) -> tuple[Ids, int]:
        return prompt_tokens(request, self._prompter, self._vocabulary, self._context.size)

    def _costs_of(self, request: Generate) -> Costs:
        """None where guesses could change the text, or hardly any of them would be right."""
        return () if request.exact or not request.sampling.temperature else self._costs

    @contextmanager
    def _watching(self, job: Job, *, exact: bool = False) -> Iterator[None]:
        """Let the job's cancel stop what is computed."""
        del exact
        self._context.watch(job)
        try:
            yield
        finally:
            self._context.watch(None)

    @contextmanager
    def _judging(self, tokens: Ids, job: Job) -> Iterator[None]:
        """For a text that the model only judges: what is known of others stays known."""
        with self._cache.guest(), self._watching(job):
            try:
                yield
            except ContextFullError as error:
                raise too_long(len(tokens), self._context.size) from error
