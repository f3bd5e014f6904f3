"""The llama.cpp engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import numpy.typing as npt

from app.core.memory_fit.demand import OUTPUTS
from app.engine.messages import (
    ChatMessage,
    Done,
    Generate,
    Measured,
    ModelInfo,
    Read,
    TokenDetail,
)
from app.host.generation.decode_loop import ContextFullError, Times, Writer
from app.host.generation.probabilities import perplexity, token_detail
from app.host.generation.prompt import Prompter, too_long
from app.host.generation.prompt_lookup import Costs
from app.host.generation.request import (
    check_scored,
    does_not_fit,
    prompt_tokens,
    reading,
    seeds,
    statistics,
)
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job, TokenizedPrompt
from app.host.llama_cpp.decoding import LlamaDecoder, LlamaPromptReader, LlamaTake
from app.host.llama_cpp.model import LlamaModel
from app.host.llama_cpp.prefix_cache import LlamaPrefixCache, Sequence
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain
from app.host.llama_cpp.thread_adaptation import ThreadAdaptation
from app.host.llama_cpp.tuning.tuning_file import Tuning
from app.host.prompt_cache.disk_cache import SavedPrompts

_ROWS_COST = (1.45, 2.0, 2.6)  # of 2, 3 and 4 tokens, in steps of one: the dearest measured
_AHEAD = 128
"""How many tokens are read ahead at a time: what a stop cuts off is at most lost."""


class LlamaCppEngine:
    """A model with its context and prefix cache; implements `app.host.interface.Engine`."""

    def __init__(
        self,
        model: LlamaModel,
        info: ModelInfo,
        saved: SavedPrompts | None = None,
        *,
        drafts: bool = True,
    ) -> None:
        self._info = info
        self._model = model
        self._context = model.context
        self._vocabulary = model.vocabulary
        self._cache = LlamaPrefixCache(model.context, partial=model.can_forget_part, saved=saved)
        self._saved = saved
        self._costs = _costs(model) if drafts else ()
        self._reader = LlamaPromptReader(model.context, self._cache)
        self._prompter = Prompter(model.vocabulary, model.template)
        self._pace = _pace(model, info)
        model.context.adapt(self._pace, limits=model.can_forget_part)

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        return self._info

    @property
    def tuning(self) -> Tuning | None:
        """What was measured of the model on this machine; None if nothing was."""
        return self._model.tuning

    @property
    def threads(self) -> int:
        """How many threads the last batch was computed with: fewer while others need the cores."""
        return self._pace.threads

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`; see `Generate` for what is asked.

        With flash attention the number of threads changes the last bits of a step, so that an exact
        request keeps them all; without it never.
        """
        self._pace.is_fixed = request.exact and self._info.settings.flash_attention
        times = Times()
        size = self._context.size
        prompt, dropped = prompt_tokens(request, self._prompter, self._vocabulary, size)
        numbers = seeds(request)
        chains: list[LlamaSamplerChain] = []
        self._context.watch(job)
        try:
            for number in numbers:
                chains.append(self._chain(request, prompt, number))
            takes = self._run(request, job, prompt, chains, times)
        finally:
            self._context.watch(None)
            for chain in chains:
                chain.close()
        return Done(
            job=job.number,
            takes=tuple(take.finished() for take in takes),
            stats=statistics(takes, times, len(prompt), dropped),
            seed=numbers[0],
            settings=self._info.settings,
        )

    def read(self, request: Read, job: Job) -> Done:
        """Read the prompt as `generate` would and keep what was read; says how much that was."""
        self._pace.is_fixed = False
        times = Times()
        size = self._context.size
        prompt, dropped = prompt_tokens(request, self._prompter, self._vocabulary, size)
        sequence = self._cache.begin(prompt)
        times.reused = sequence.length
        self._context.watch(job)
        try:
            self._reader.read(sequence, prompt, job, block=_AHEAD)
        except ContextFullError as error:
            raise does_not_fit(prompt) from error
        finally:
            self._context.watch(None)
            self._cache.keep(sequence, prompt[: sequence.length])
        return Done(job=job.number, stats=reading(times, len(prompt), dropped))

    def settle(self) -> None:
        """Save the prompt used last, for the next time."""
        self._cache.settle()

    def count(self, prompt: str, messages: tuple[ChatMessage, ...]) -> int:
        """The tokens of the prompt as `generate` would read it."""
        return len(self._prompter.tokens(prompt, messages))

    def score(self, text: str, alternatives: int, job: Job) -> tuple[TokenDetail, ...]:
        """Each token's probability after the ones before it; what is done so far when cancelled."""
        tokens = self._prompter.tokens(text, ())
        check_scored(len(tokens), alternatives, self._context.size)
        with self._judging(tokens, job):
            return tuple(self._scored(tokens, alternatives, job))

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
        """While it is entered, nothing that is read is kept, and what is kept comes back."""
        return self._cache.guest()

    @property
    def position_bytes(self) -> int:
        """The memory of one position of the context."""
        return sum(placed.cache for placed in self._info.placement) // self._context.size

    def close(self) -> None:
        """Save what is new, then free the model and all its memory."""
        saved, self._saved = self._saved, None
        try:
            if saved is not None:
                saved.close()
                self._cache.settle(all_of_it=True)
                saved.close()
        finally:
            self._model.close()

    def _chain(self, request: Generate, prompt: Ids, seed: int) -> LlamaSamplerChain:
        chain = LlamaSamplerChain(request.sampling, self._vocabulary, self._context.size, seed)
        chain.remember(prompt)
        return chain

    def _run(
        self,
        request: Generate,
        job: Job,
        prompt: Ids,
        chains: list[LlamaSamplerChain],
        times: Times,
    ) -> list[LlamaTake]:
        first = self._cache.anew() if request.exact else self._cache.begin(prompt)
        times.reused = first.length
        steps = LlamaDecoder(self._context, self._reader, job)
        costs = () if request.exact or not request.sampling.temperature else self._costs
        writer = Writer(steps, self._vocabulary, request, job, costs)
        takes = [self._take(0, first, chains[0], request)]
        try:
            read = self._reader.read(first, prompt, job, exact=request.exact)
            times.read = time.perf_counter()
            for index in range(1, request.n):
                sequence = self._cache.fork(first) if read else self._cache.empty()
                takes.append(self._take(index, sequence, chains[index], request))
            if read:
                writer.write(takes, prompt, times)
            else:
                writer.finish(takes, "cancelled")
        except ContextFullError as error:
            raise does_not_fit(prompt) from error
        finally:
            for take in takes:
                self._cache.keep(take.sequence, take.known(prompt))
        return takes

    def _take(
        self, index: int, sequence: Sequence, chain: LlamaSamplerChain, request: Generate
    ) -> LlamaTake:
        transcript = Transcript(request.sampling.stop, request.sampling.banned_phrases)
        return LlamaTake(index, sequence, chain, transcript)

    @contextmanager
    def _judging(self, tokens: Ids, job: Job) -> Iterator[None]:
        """For a text that the model only judges: what is known of others stays known."""
        self._pace.is_fixed = False
        with self._cache.guest():
            self._context.watch(job)
            try:
                yield
            except ContextFullError as error:
                raise too_long(len(tokens), self._context.size) from error
            finally:
                self._context.watch(None)

    def _scored(self, tokens: Ids, alternatives: int, job: Job) -> Iterator[TokenDetail]:
        rows = self._rows(tokens, job)
        for token, logits in zip(tokens[1:], rows, strict=False):  # fewer after a cancel
            yield token_detail(self._vocabulary, logits, int(token), alternatives)

    def _rows(self, tokens: Ids, job: Job, first: int = 0) -> Iterator[npt.NDArray[np.float32]]:
        """The logits after each token but the last, from number `first` on, until a cancel."""
        sequence = self._cache.empty()
        try:
            yield from self._read_rows(sequence, tokens, job, first)
        finally:
            self._cache.release(sequence)

    def _read_rows(
        self, sequence: Sequence, tokens: Ids, job: Job, first: int
    ) -> Iterator[npt.NDArray[np.float32]]:
        batch, end = self._context.batch, len(tokens) - 1
        while sequence.length < end and not job.cancelled:
            start = sequence.length
            needed = start >= first
            most = min(OUTPUTS, self._context.chunk) if needed else self._context.chunk
            block = tokens[start : min(start + most, end if needed else first)]
            batch.fill(block, start, sequence.id)
            batch.output[: len(block)] = needed
            batch.output[len(block) - 1] = True
            if not self._reader.decode(len(block), [sequence]):
                return
            sequence.length += len(block)
            if needed:
                yield from (self._context.logits(row) for row in range(len(block)))


def _pace(model: LlamaModel, info: ModelInfo) -> ThreadAdaptation:
    """Adapts the threads, unless no layer is left for the processor."""
    settings, tuning = info.settings, model.tuning
    threads = settings.threads if settings.gpu_layers <= info.layers else 1
    if tuning is None:
        return ThreadAdaptation(model.context.set_threads, threads)
    row_s = tuning.row_s if tuning.threads == threads else 0.0
    return ThreadAdaptation(model.context.set_threads, threads, tuning.step_s, row_s)


def _costs(model: LlamaModel) -> Costs:
    """What rows of guesses cost; nothing is guessed where the wrong ones could not be forgotten."""
    if not model.can_forget_part:
        return ()
    return (model.tuning and model.tuning.rows_cost) or _ROWS_COST
