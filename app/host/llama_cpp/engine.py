"""The llama.cpp engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence as ListOf
from contextlib import ExitStack, closing, contextmanager

import numpy as np
import numpy.typing as npt

from app.core.memory_fit.demand import OUTPUTS
from app.engine.messages import Generate, ModelInfo
from app.host.base_engine import BaseEngine, LogitRows
from app.host.generation.decode_loop import Times, Writer
from app.host.generation.prompt_lookup import Costs
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.decoding import LlamaDecoder, LlamaPromptReader, LlamaTake
from app.host.llama_cpp.model import LlamaModel
from app.host.llama_cpp.prefix_cache import LlamaPrefixCache, Sequence
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain
from app.host.llama_cpp.thread_adaptation import ThreadAdaptation
from app.host.llama_cpp.tuning.tuning_file import Tuning
from app.host.llama_cpp.vocabulary import LlamaVocabulary
from app.host.prompt_cache.disk_cache import SavedPrompts

_ROWS_COST = (1.45, 2.0, 2.6)  # of 2, 3 and 4 tokens, in steps of one: the dearest measured
_AHEAD = 128
"""How many tokens are read ahead at a time: what a stop cuts off is at most lost."""


class LlamaCppEngine(BaseEngine):
    """A model with its context and prefix cache."""

    _context: Context
    _cache: LlamaPrefixCache
    _vocabulary: LlamaVocabulary

    def __init__(
        self,
        model: LlamaModel,
        info: ModelInfo,
        saved: SavedPrompts | None = None,
        *,
        drafts: bool = True,
    ) -> None:
        context = model.context
        cache = LlamaPrefixCache(context, partial=model.can_forget_part, saved=saved)
        costs = _costs(model) if drafts else ()
        super().__init__(model.vocabulary, model.template, context, cache, info, saved, costs)
        self._model = model
        self._reader = LlamaPromptReader(context, cache)
        self._pace = _pace(model, info)
        context.adapt(self._pace, limits=model.can_forget_part)

    @property
    def tuning(self) -> Tuning | None:
        """What was measured of the model on this machine; None if nothing was."""
        return self._model.tuning

    @property
    def threads(self) -> int:
        """How many threads the last batch was computed with: fewer while others need the cores."""
        return self._pace.threads

    @property
    def position_bytes(self) -> int:
        """The memory of one position of the context."""
        return sum(placed.cache for placed in self._info.placement) // self._context.size

    def _free(self) -> None:
        self._model.close()

    @contextmanager
    def _watching(self, job: Job, *, exact: bool = False) -> Iterator[None]:
        """Let the job's cancel stop what is computed.

        With flash attention the number of threads changes the last bits of a step, so that an exact
        request keeps them all; without it never.
        """
        self._pace.is_fixed = exact and self._info.settings.flash_attention
        with super()._watching(job):
            yield

    def _read_ahead(self, prompt: Ids, job: Job, times: Times) -> None:
        sequence = self._cache.begin(prompt)
        times.reused = sequence.length
        try:
            self._reader.read(sequence, prompt, job, block=_AHEAD)
        finally:
            self._cache.keep(sequence, prompt[: sequence.length])

    def _write(
        self, request: Generate, job: Job, prompt: Ids, seeds: ListOf[int], times: Times
    ) -> list[LlamaTake]:
        with ExitStack() as stack:
            chains = [stack.enter_context(self._chain(request, prompt, seed)) for seed in seeds]
            return self._run(request, job, prompt, chains, times)

    @contextmanager
    def _chain(self, request: Generate, prompt: Ids, seed: int) -> Iterator[LlamaSamplerChain]:
        chain = LlamaSamplerChain(request.sampling, self._vocabulary, self._context.size, seed)
        with closing(chain):
            chain.remember(prompt)
            yield chain

    def _run(
        self,
        request: Generate,
        job: Job,
        prompt: Ids,
        chains: list[LlamaSamplerChain],
        times: Times,
    ) -> list[LlamaTake]:
        first = self._cache.cleared() if request.exact else self._cache.begin(prompt)
        times.reused = first.length
        steps = LlamaDecoder(self._context, self._reader, job)
        writer = Writer(steps, self._vocabulary, request, job, self._costs_of(request))
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
        finally:
            for take in takes:
                self._cache.keep(take.sequence, take.known(prompt))
        return takes

    def _take(
        self, index: int, sequence: Sequence, chain: LlamaSamplerChain, request: Generate
    ) -> LlamaTake:
        transcript = Transcript(request.sampling.stop, request.sampling.banned_phrases)
        return LlamaTake(index, sequence, chain, transcript)

    def _rows(self, tokens: Ids, job: Job, first: int = 0) -> LogitRows:
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
