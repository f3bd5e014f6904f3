"""The Torch engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager

import numpy as np
import numpy.typing as npt

from app.engine.messages import (
    ChatMessage,
    Done,
    Generate,
    Measured,
    ModelInfo,
    Read,
    TokenDetail,
)
from app.host.generation.decode_loop import Times, Writer
from app.host.generation.probabilities import perplexity, token_detail
from app.host.generation.prompt import Prompter
from app.host.generation.request import check_scored, prompt_tokens, reading, seeds, statistics
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job, TokenizedPrompt
from app.host.prompt_cache.disk_cache import SavedPrompts
from app.host.torch_engine.decoding import FIXED, TorchDecoder, TorchPromptReader, TorchTake
from app.host.torch_engine.kv_cache import Lane
from app.host.torch_engine.model import ForwardAbortedError, TorchModel
from app.host.torch_engine.prefix_cache import TorchPrefixCache
from app.host.torch_engine.sampling.chain import TorchSamplerChain
from app.host.torch_engine.sampling.penalties import BreakerTable

_ROWS_COST = (1.4, 1.6, 1.7)  # of 2, 3 and 4 tokens, in steps of one: measured on a processor


class TorchEngine:
    """A model in memory with its prefix cache; implements `app.host.interface.Engine`."""

    def __init__(
        self,
        model: TorchModel,
        info: ModelInfo,
        saved: SavedPrompts | None = None,
        *,
        drafts: bool = True,
    ) -> None:
        self._info = info
        self._model = model
        self._vocabulary = model.vocabulary
        self._cache = TorchPrefixCache(model.lanes, model.size, model.device, saved)
        self._saved = saved
        self._costs = _ROWS_COST if drafts else ()
        self._reader = TorchPromptReader(model, info.settings.batch)
        self._prompter = Prompter(model.vocabulary, model.template)
        self._breakers = BreakerTable(model.vocabulary)

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        return self._info

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`; see `Generate` for what is asked."""
        times = Times()
        size = self._model.size
        prompt, dropped = prompt_tokens(request, self._prompter, self._vocabulary, size)
        numbers = seeds(request)
        chains = [self._chain(request, prompt, number) for number in numbers]
        self._model.watch(job)
        try:
            takes = self._run(request, job, prompt, chains, times)
        finally:
            self._model.watch(None)
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
        size = self._model.size
        prompt, dropped = prompt_tokens(request, self._prompter, self._vocabulary, size)
        lane = self._cache.begin(prompt, len(prompt))
        times.reused = lane.length
        self._model.watch(job)
        try:
            self._reader.read(lane, prompt, job)
        finally:
            self._model.watch(None)
            self._cache.keep(lane, prompt[: lane.length])
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
        check_scored(len(tokens), alternatives, self._model.size)
        self._model.watch(job)
        try:
            return tuple(self._scored(tokens, alternatives, job))
        finally:
            self._model.watch(None)

    def perplexity(self, text: str, job: Job) -> Measured:
        """How well the model foresees the text; raises CancelledError."""
        tokens = self._prompter.tokens(text, ())

        def rows(window: Ids, first: int) -> Iterator[npt.NDArray[np.float32]]:
            return self._rows(window, job, first)

        self._model.watch(job)
        try:
            return perplexity(tokens, self._vocabulary.bos, self._model.size, rows, job)
        finally:
            self._model.watch(None)

    def lay_out(self, prompt: str, messages: tuple[ChatMessage, ...]) -> TokenizedPrompt:
        """The prompt as `generate` would read it."""
        return self._prompter.lay_out(prompt, messages)

    def guest(self) -> AbstractContextManager[None]:
        """While it is entered, nothing that is read is kept, and what is kept stays."""
        return self._cache.guest()

    @property
    def position_bytes(self) -> int:
        """The memory of one position of the context; 0 before anything was read."""
        return self._cache.position_bytes

    def close(self) -> None:
        """Save what is new, then free the model and all its memory."""
        saved, self._saved = self._saved, None
        try:
            if saved is not None:
                saved.close()
                self._cache.settle(all_of_it=True)
                saved.close()
        finally:
            self._cache.clear()
            self._model.close()

    def _chain(self, request: Generate, prompt: Ids, seed: int) -> TorchSamplerChain:
        size = self._model.size
        chain = TorchSamplerChain(request.sampling, self._vocabulary, size, seed, self._breakers)
        chain.remember(prompt)
        return chain

    def _run(
        self,
        request: Generate,
        job: Job,
        prompt: Ids,
        chains: list[TorchSamplerChain],
        times: Times,
    ) -> list[TorchTake]:
        room = self._room(request, prompt)
        lane = self._cache.empty(room) if request.exact else self._cache.begin(prompt, room)
        times.reused = lane.length
        steps = TorchDecoder(self._model)
        takes: list[TorchTake] = []
        try:
            logits = self._reader.read(lane, prompt, job, fixed=request.exact)
            times.read = time.perf_counter()
            takes = self._takes(request, chains, lane, prompt, room)
            costs = () if request.exact or not request.sampling.temperature else self._costs
            writer = Writer(steps, self._vocabulary, request, job, costs)
            if logits is None:
                writer.finish(takes, "cancelled")
            else:
                for take in takes:
                    take.logits = logits
                writer.write(takes, prompt, times)
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

    def _scored(self, tokens: Ids, alternatives: int, job: Job) -> Iterator[TokenDetail]:
        rows = self._rows(tokens, job)
        for token, logits in zip(tokens[1:], rows, strict=False):  # fewer after a cancel
            yield token_detail(self._vocabulary, logits, int(token), alternatives)

    def _rows(self, tokens: Ids, job: Job, first: int = 0) -> Iterator[npt.NDArray[np.float32]]:
        """The logits after each token but the last, from number `first` on, until a cancel."""
        lane = self._cache.empty(len(tokens))
        while lane.length < len(tokens) - 1 and not job.cancelled:
            start = lane.length
            end = len(tokens) - 1 if start >= first else first
            block = tokens[start : min(start + FIXED, end)]
            try:
                logits = self._model.read(lane, block[None], keep=len(block))[0]
            except ForwardAbortedError:
                return
            if start >= first:
                yield from logits
