"""The llama.cpp engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence as ListOf
from contextlib import ExitStack, closing, contextmanager
from functools import partial

from app.core.memory_fit.demand import OUTPUTS
from app.engine.messages import Generate, ModelInfo
from app.host.base_engine import BaseEngine
from app.host.generation.decode_loop import Times, Writer
from app.host.generation.draft_memory import ChainReader
from app.host.generation.partner import Partner
from app.host.generation.probabilities import Judge, log_probability, log_sum
from app.host.generation.prompt_lookup import Costs
from app.host.generation.prompt_scores import PromptScores
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import CHOICES_AT_ONCE, Answer, Job, PreemptedError, Rows, Work
from app.host.llama_cpp.batching import LlamaBatcher
from app.host.llama_cpp.context import Context
from app.host.llama_cpp.decoding import ChoiceRows, LlamaDecoder, LlamaTake, PromptRows, read
from app.host.llama_cpp.drafting.model import DraftModel
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
        draft: DraftModel | None = None,
    ) -> None:
        context = model.context
        cache = LlamaPrefixCache(context, partial=model.can_forget_part, saved=saved)
        costs = _costs(model) if drafts else ()
        super().__init__(model.vocabulary, model.template, context, cache, info, saved, costs)
        self._model = model
        self._draft = draft
        self._batcher = LlamaBatcher(context, cache)
        self._pace = _pace(model, info)
        context.adapt(self._pace, limits=model.can_forget_part)
        if draft is not None:
            draft.threads = lambda: self.threads

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
        if self._draft is not None:
            self._draft.close()
        self._model.close()

    def watch(self, jobs: ListOf[Job], *, exact: bool = False) -> None:
        """Stop what is computed once all `jobs` are cancelled.

        With flash attention the number of threads changes the last bits of a step, so that an exact
        request keeps them all; without it never.
        """
        self._pace.is_fixed = exact and self._info.settings.flash_attention
        super().watch(jobs)
        if self._draft is not None:
            self._draft.watch(jobs)

    def compute(self, rows: ListOf[Rows]) -> list[Answer]:
        """Compute rows in one batch."""
        return self._batcher.compute(rows)

    def release(self, rows: Rows) -> None:
        """Free the sequences that `rows` lengthen."""
        self._batcher.release(rows)

    def _read_ahead(self, prompt: Ids, job: Job, times: Times) -> Work[None]:
        sequence = self._cache.begin(prompt)
        times.reused = sequence.length
        try:
            yield from read(sequence, prompt, job, block=_AHEAD)
        finally:
            self._cache.keep(sequence, prompt[: sequence.length])

    def _write(
        self, request: Generate, job: Job, prompt: Ids, seeds: ListOf[int], times: Times
    ) -> Work[list[LlamaTake]]:
        with ExitStack() as stack:
            chains = [stack.enter_context(self._chain(request, prompt, seed)) for seed in seeds]
            return (yield from self._run(request, job, prompt, chains, times))

    @contextmanager
    def _chain(self, request: Generate, prompt: Ids, seed: int) -> Iterator[LlamaSamplerChain]:
        chain = LlamaSamplerChain(request.sampling, self._vocabulary, self._context.size, seed)
        with closing(chain):
            chain.keeps_left = request.sampled
            chain.remember(prompt)
            yield chain

    def _run(
        self,
        request: Generate,
        job: Job,
        prompt: Ids,
        chains: list[LlamaSamplerChain],
        times: Times,
    ) -> Work[list[LlamaTake]]:
        first = self._cache.cleared() if request.exact else self._cache.begin(prompt)
        times.reused = first.length
        steps = LlamaDecoder(self._context, job, may_draft=lambda: self._jobs < 2)
        costs, partner = self._costs_of(request), None
        if costs and self._draft is not None and request.n == 1:
            reader = ChainReader(self._draft, chains[0])
            partner = Partner(reader, self._draft.costs, prompt, self._context.size)
        writer = Writer(steps, self._vocabulary, request, job, costs, partner)
        takes = [self._take(0, first, chains[0], request)]
        try:
            rows = yield from read(first, prompt, job, exact=request.exact)
            times.read = time.perf_counter()
            for index in range(1, request.n):
                sequence = self._cache.fork(first) if rows else self._cache.empty()
                takes.append(self._take(index, sequence, chains[index], request))
            if rows:
                for take in takes:
                    take.row = rows.last
                yield from writer.write(takes, prompt, times)
                if partner is not None:
                    times.kept, times.gain = partner.kept, partner.gain
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

    def _judged(self, tokens: Ids, job: Job, judge: Judge, first: int = 0) -> Work[None]:
        """Tell `judge` of each token but the last, from number `first` on, until a cancel."""
        sequence = self._cache.empty()
        parts = [tokens[:first], tokens[:-1]] if first else [tokens[:-1]]
        try:
            for part in parts:
                outputs = part is parts[-1]
                yield from self._rows_judged(sequence, part, job, judge if outputs else None, first)
        finally:
            self._cache.release(sequence)

    def _rows_judged(
        self,
        sequence: Sequence,
        part: Ids,
        job: Job,
        judge: Judge | None,
        told: int,
        heard: Callable[[int], object] = bool,
    ) -> Work[None]:
        """Read what the sequence lacks of `part` and tell `judge` of what was not told before.

        `heard` is told how long the sequence is.
        """
        rows = PromptRows(job, sequence, part, outputs=judge is not None)
        while sequence.length < len(part) and not job.cancelled:
            start = sequence.length
            try:
                if not (yield rows):
                    return
            except PreemptedError:
                continue
            if judge is not None:
                for place in range(max(start, told), sequence.length):
                    judge(place, self._context.logits(rows.first + place - start))
                told = max(told, sequence.length)
            heard(sequence.length)

    def _judged_behind(self, prompt: Ids, tokens: Ids, job: Job, judge: Judge) -> Work[None]:
        """Read the prompt as for writing, then tell `judge` of each token behind it."""
        sequence = self._cache.begin(prompt)
        try:
            rows = yield from read(sequence, prompt, job)
            if rows is not None:
                judge(len(prompt) - 1, self._context.logits(rows.last))
                yield from self._rows_judged(sequence, tokens[:-1], job, judge, len(prompt))
        finally:
            self._cache.keep(sequence, tokens[: sequence.length])

    def _judged_in_turn(self, scores: PromptScores, job: Job) -> Work[None]:
        """Read the texts one after the other, each from where it is new, until a cancel."""
        first = scores.texts[0]
        sequence = self._cache.begin(first.tokens[: first.first])
        scores.begin(sequence.length)
        try:
            for text in scores.texts:
                if sequence.length > text.shared and text is not first:
                    is_cut = self._context.truncate(sequence.id, text.shared)
                    sequence.length = text.shared if is_cut else 0
                told, place = partial(scores.reading, text), text.first - 1
                for part, judge in ((text.tokens[:place], None), (text.tokens[:-1], text.judge)):
                    yield from self._rows_judged(sequence, part, job, judge, place, told)
                if job.cancelled or not text.is_whole:
                    return
                scores.finish(text)
        finally:
            self._cache.release(sequence)

    def _choices(self, texts: list[Ids], shared: int, job: Job) -> Work[list[list[float]]]:
        """Read what is shared once, then what each text has of its own behind it."""
        prompt = texts[0][:shared]
        sequence = self._cache.begin(prompt)
        found: list[list[float]] = [[] for _text in texts]
        try:
            rows = yield from read(sequence, prompt, job)
            if rows is not None:
                logits = self._context.logits(rows.last)
                total = log_sum(logits)
                for text, one in zip(texts, found, strict=True):
                    one.append(float(logits[text[shared]]) - total)
                for group in _groups(texts, shared):
                    yield from self._read_group(sequence, prompt, group, found, job)
        finally:
            self._cache.keep(sequence, prompt[: sequence.length])
        return found

    def _read_group(
        self,
        prompt_sequence: Sequence,
        prompt: Ids,
        group: list[tuple[int, Ids]],
        found: list[list[float]],
        job: Job,
    ) -> Work[None]:
        """Read some choices, by their numbers and own tokens, each behind the prompt."""
        while not job.cancelled:
            forks = [self._cache.fork(prompt_sequence) for _choice in group]
            parts = [(fork, own[:-1]) for fork, (_number, own) in zip(forks, group, strict=True)]
            rows = ChoiceRows(job, parts, prompt_sequence)
            try:
                if not (yield rows):
                    return
            except PreemptedError:
                pass
            else:
                self._take_up(rows.first, group, found)
                return
            finally:
                for fork in forks:
                    self._cache.release(fork)
            yield from read(prompt_sequence, prompt, job, report=False)

    def _take_up(self, row: int, group: list[tuple[int, Ids]], found: list[list[float]]) -> None:
        for number, own in group:
            for token in own[1:]:
                found[number].append(log_probability(self._context.logits(row), int(token)))
                row += 1


def _groups(texts: list[Ids], shared: int) -> Iterator[list[tuple[int, Ids]]]:
    """The numbers and own tokens of choices with more than one token, as many as a batch takes."""
    group: list[tuple[int, Ids]] = []
    room = OUTPUTS
    for number, text in enumerate(texts):
        own = text[shared:]
        if len(own) < 2:
            continue
        if group and (len(own) - 1 > room or len(group) == CHOICES_AT_ONCE):
            yield group
            group, room = [], OUTPUTS
        group.append((number, own))
        room -= len(own) - 1
    if group:
        yield group


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
