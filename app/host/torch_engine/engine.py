"""The Torch engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from app.core.errors import OutOfMemoryError
from app.engine.messages import Generate, ModelInfo
from app.host.base_engine import BaseEngine
from app.host.generation.decode_loop import Times, Writer
from app.host.generation.draft_memory import ChainReader
from app.host.generation.partner import Partner
from app.host.generation.probabilities import Judge, log_probability, log_sum
from app.host.generation.prompt_scores import PromptScores
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import CHOICES_AT_ONCE, Answer, Job, Rows, Work
from app.host.prompt_cache.disk_cache import SavedPrompts
from app.host.torch_engine.batching import TorchBatcher
from app.host.torch_engine.decoding import (
    FIXED,
    TorchDecoder,
    TorchPromptReader,
    TorchRows,
    TorchTake,
)
from app.host.torch_engine.drafting import TorchDraftModel
from app.host.torch_engine.kv_cache import Lane
from app.host.torch_engine.model import TorchModel
from app.host.torch_engine.prefix_cache import TorchPrefixCache
from app.host.torch_engine.sampling.chain import TorchSamplerChain
from app.host.torch_engine.sampling.penalties import BreakerTable
from app.host.torch_engine.vocabulary import TorchVocabulary

_ROWS_COST = (1.4, 1.6, 1.7)  # of 2, 3 and 4 tokens, in steps of one: measured on a processor


class TorchEngine(BaseEngine):
    """A model in memory with its prefix cache."""

    _cache: TorchPrefixCache
    _vocabulary: TorchVocabulary

    def __init__(
        self,
        model: TorchModel,
        info: ModelInfo,
        saved: SavedPrompts | None = None,
        *,
        drafts: bool = True,
        draft: TorchDraftModel | None = None,
    ) -> None:
        cache = TorchPrefixCache(model.lanes, model.size, model.device, saved)
        costs = _ROWS_COST if drafts else ()
        super().__init__(model.vocabulary, model.template, model, cache, info, saved, costs)
        self._model = model
        self._draft = draft
        self._batcher = TorchBatcher(model)
        self._reader = TorchPromptReader(info.settings.batch, lambda: self._jobs > 1)
        self._breakers = BreakerTable(model.vocabulary)

    @property
    def position_bytes(self) -> int:
        """The memory of one position of the context; 0 before anything was read."""
        return self._cache.position_bytes

    def _free(self) -> None:
        self._cache.clear()
        if self._draft is not None:
            self._draft.close()
        self._model.close()

    def watch(self, jobs: Sequence[Job], *, exact: bool = False) -> None:
        """Stop what is computed once all `jobs` are cancelled, by the draft model, too."""
        super().watch(jobs, exact=exact)
        if self._draft is not None:
            self._draft.watch(jobs)

    def compute(self, rows: Sequence[Rows]) -> list[Answer]:
        """Compute rows, the next tokens of all jobs together."""
        return self._batcher.compute(rows)

    def release(self, rows: Rows) -> None:
        """Nothing is shared: each job keeps its memory."""

    def _read_ahead(self, prompt: Ids, job: Job, times: Times) -> Work[None]:
        lane = self._cache.begin(prompt, len(prompt))
        times.reused = lane.length
        try:
            yield from self._reader.read(lane, prompt, job)
        finally:
            self._cache.keep(lane, prompt[: lane.length])

    def _chain(self, request: Generate, prompt: Ids, seed: int) -> TorchSamplerChain:
        size = self._model.size
        chain = TorchSamplerChain(request.sampling, self._vocabulary, size, seed, self._breakers)
        chain.keeps_left = request.sampled
        chain.remember(prompt)
        return chain

    def _write(
        self, request: Generate, job: Job, prompt: Ids, seeds: Sequence[int], times: Times
    ) -> Work[list[TorchTake]]:
        chains = [self._chain(request, prompt, seed) for seed in seeds]
        room = self._room(request, prompt)
        lane = self._cache.empty(room) if request.exact else self._cache.begin(prompt, room)
        times.reused = lane.length
        steps = TorchDecoder(self._model, job, may_draft=lambda: self._jobs < 2)
        takes: list[TorchTake] = []
        try:
            logits = yield from self._reader.read(lane, prompt, job, fixed=request.exact)
            times.read = time.perf_counter()
            takes = self._takes(request, chains, lane, prompt, room)
            costs, partner = self._costs_of(request), None
            if costs and self._draft is not None and len(chains) == 1:
                reader = ChainReader(self._draft, chains[0])
                partner = Partner(reader, self._draft.costs, prompt, self._model.size)
            writer = Writer(steps, self._vocabulary, request, job, costs, partner)
            if logits is None:
                writer.finish(takes, "cancelled")
            else:
                for take in takes:
                    take.logits = logits
                yield from writer.write(takes, prompt, times)
                if partner is not None:
                    times.kept, times.gain = partner.kept, partner.gain
        finally:
            self._keep(takes, lane, prompt)
        return takes

    def _takes(
        self, request: Generate, chains: list[TorchSamplerChain], lane: Lane, prompt: Ids, room: int
    ) -> list[TorchTake]:
        """The takes, each in a row that holds what was read of the prompt."""
        if len(chains) > 1 and lane.length == len(prompt):
            lane = lane.copied(lane.length, room, len(chains))
        sampling = request.sampling
        takes = []
        for index, chain in enumerate(chains):
            transcript = Transcript(sampling.stop, sampling.banned_phrases)
            row = index if lane.rows > 1 else 0
            takes.append(TorchTake(index, lane, row, chain, transcript))
        return takes

    def _keep(self, takes: list[TorchTake], lane: Lane, prompt: Ids) -> None:
        """Keep what was read and written for the next request."""
        if not takes or (takes[0].lane is lane and len(takes) > 1):
            self._cache.keep(lane, prompt[: lane.length])
            return
        for take in takes:
            self._cache.keep(take.own_lane(), take.known(prompt))

    def _room(self, request: Generate, prompt: Ids) -> int:
        """How many positions the memory is made for at first; it grows where more are written."""
        wanted = request.sampling.max_tokens
        more = max(0, wanted) if wanted >= 0 else len(prompt)
        return min(self._model.size, len(prompt) + more)

    def _judged(self, tokens: Ids, job: Job, judge: Judge, first: int = 0) -> Work[None]:
        """Tell `judge` of each token but the last, from number `first` on, until a cancel."""
        lane = self._cache.empty(len(tokens))
        if first:
            yield from self._rows_judged(lane, tokens[:first], job, None)
        yield from self._rows_judged(lane, tokens[:-1], job, judge)

    def _rows_judged(self, lane: Lane, part: Ids, job: Job, judge: Judge | None) -> Work[None]:
        """Read what the memory lacks of `part` and tell `judge` of it."""
        while lane.length < len(part) and not job.cancelled:
            start = lane.length
            block = part[start : start + FIXED]
            rows = TorchRows(job, lane, block[None], len(block))
            if not (yield rows):
                return
            if judge is not None:
                for place, logits in enumerate(rows.logits[0], start):
                    judge(place, logits)

    def _judged_behind(self, prompt: Ids, tokens: Ids, job: Job, judge: Judge) -> Work[None]:
        """Read the prompt as for writing, then tell `judge` of each token behind it."""
        lane = self._cache.begin(prompt, len(tokens))
        try:
            logits = yield from self._reader.read(lane, prompt, job)
            if logits is not None:
                judge(len(prompt) - 1, logits)
                yield from self._rows_judged(lane, tokens[:-1], job, judge)
        finally:
            self._cache.keep(lane, tokens[: lane.length])

    def _judged_in_turn(self, scores: PromptScores, job: Job) -> Work[None]:
        """Read the texts one after the other, each from where it is new, until a cancel."""
        begun = scores.texts[0]
        lane = self._cache.begin(begun.tokens[: begun.first], len(begun.tokens))
        scores.begin(lane.length)
        for text in scores.texts:
            if text is not begun:
                lane.cut(text.shared)
            told = partial(scores.reading, text)
            try:
                prompt = text.tokens[: text.first - 1]
                yield from self._reader.read(lane, prompt, job, told=told)
                yield from self._rows_judged(lane, text.tokens[:-1], job, text.judge)
            finally:
                if text is begun:  # the others only cut it
                    lane = self._kept_apart(lane, text.tokens[: text.first])
            if job.cancelled or not text.is_whole:
                return
            scores.finish(text)

    def _kept_apart(self, lane: Lane, prompt: Ids) -> Lane:
        """A copy of a memory of which the prompt is kept; itself where there is no room for one."""
        length = lane.length
        try:
            copy = lane.copied(length, length)
        except OutOfMemoryError:
            return lane
        self._cache.keep(lane, prompt[:length])
        return copy

    def _choices(self, texts: list[Ids], shared: int, job: Job) -> Work[list[list[float]]]:
        """Read what is shared once, then what each text has of its own behind it."""
        prompt = texts[0][:shared]
        lane = self._cache.begin(prompt, shared)
        found: list[list[float]] = [[] for _text in texts]
        try:
            logits = yield from self._reader.read(lane, prompt, job)
            if logits is not None:
                total = log_sum(logits)
                for text, one in zip(texts, found, strict=True):
                    one.append(float(logits[text[shared]]) - total)
                own = [text[shared:] for text in texts]
                longer = [place for place, tokens in enumerate(own) if len(tokens) > 1]
                count = self._rows_behind(shared + max(map(len, own)))
                for start in range(0, len(longer), count):
                    group = longer[start : start + count]
                    parts = [(own[place], found[place]) for place in group]
                    yield from self._read_group(lane, shared, parts, job)
        finally:
            self._cache.keep(lane, prompt[: lane.length])
        return found

    def _rows_behind(self, length: int) -> int:
        """How many texts are read at once: their copies of the prompt fill at most a context."""
        return max(1, min(CHOICES_AT_ONCE, self._model.size // length))

    def _read_group(
        self, lane: Lane, shared: int, parts: list[tuple[Ids, list[float]]], job: Job
    ) -> Work[None]:
        """Read tokens behind the prompt, each part's in a row; what fills up a row is ignored."""
        if job.cancelled:
            return
        tokens = np.zeros((len(parts), max(len(own) for own, _one in parts) - 1), np.int32)
        for row, (own, _one) in zip(tokens, parts, strict=True):
            row[: len(own) - 1] = own[:-1]
        if len(parts) > 1:
            lane = lane.copied(shared, shared + tokens.shape[1], len(parts))
        rows = TorchRows(job, lane, tokens, tokens.shape[1])
        if not (yield rows):
            return
        lane.cut(shared)
        for (own, one), logits in zip(parts, rows.logits, strict=True):
            pairs = zip(logits[: len(own) - 1], own[1:], strict=True)
            one += [log_probability(after, int(token)) for after, token in pairs]
