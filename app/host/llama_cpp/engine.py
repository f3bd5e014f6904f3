"""The llama.cpp engine: one loaded model, generating, counting and scoring."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from collections.abc import Sequence as ListOf

import numpy as np

from app.core.errors import ParameterError, PromptTooLongError
from app.engine.messages import ChatMessage, Done, Generate, ModelInfo, Stats, TokenDetail
from app.host.base import Job
from app.host.llama_cpp.cache import PrefixCache, Sequence
from app.host.llama_cpp.chain import Chain
from app.host.llama_cpp.context import SEQUENCES, ContextFullError
from app.host.llama_cpp.decoding import Reader, Times, Variant, Writer
from app.host.llama_cpp.model import Model
from app.host.llama_cpp.probabilities import token_detail
from app.host.llama_cpp.prompting import Prompter, too_long
from app.host.llama_cpp.vocabulary import Ids
from app.host.stops import Transcript

MAX_VARIANTS = SEQUENCES // 2
"""Room is left for as many cached sequences."""

_SCORED = 64  # tokens scored at a time: each needs a row of logits as wide as the vocabulary
_MOST_ALTERNATIVES = 200_000  # they travel in one frame
_SEEDS = 2**32


class LlamaCppEngine:
    """A model in memory with its context and prefix cache; implements `app.host.base.Engine`."""

    def __init__(self, model: Model, info: ModelInfo) -> None:
        self._info = info
        self._model = model
        self._context = model.context
        self._vocabulary = model.vocabulary
        self._cache = PrefixCache(model.context, partial=model.can_forget_part)
        self._reader = Reader(model.context, self._cache)
        self._prompter = Prompter(model.vocabulary, model.template)

    @property
    def info(self) -> ModelInfo:
        """The loaded model, with the settings that it really runs with."""
        return self._info

    def generate(self, request: Generate, job: Job) -> Done:
        """Emit `Prefill` and `Tokens`, then return `Done`; see `Generate` for what is asked."""
        if not 1 <= request.n <= MAX_VARIANTS:
            raise ParameterError(f"There can be 1 to {MAX_VARIANTS} variants, not {request.n}.")
        times = Times()
        prompt, dropped = self._prompt(request)
        seed = request.sampling.seed
        seed = secrets.randbelow(_SEEDS) if seed is None else seed
        chains: list[Chain] = []
        self._context.watch(job)
        try:
            for index in range(request.n):
                chains.append(self._chain(request, prompt, (seed + index) % _SEEDS))
            variants = self._run(request, job, prompt, chains, times)
        finally:
            self._context.watch(None)
            for chain in chains:
                chain.close()
        return Done(
            job=job.number,
            takes=tuple(variant.take() for variant in variants),
            stats=_stats(variants, times, len(prompt), dropped),
            seed=seed,
            settings=self._info.settings,
        )

    def count(self, prompt: str, messages: tuple[ChatMessage, ...]) -> int:
        """The tokens of the prompt as `generate` would read it."""
        return len(self._prompter.tokens(prompt, messages))

    def score(self, text: str, alternatives: int, job: Job) -> tuple[TokenDetail, ...]:
        """Each token's probability after the ones before it; what is done so far when cancelled."""
        tokens = self._prompter.tokens(text, ())
        if len(tokens) > self._context.size:
            raise too_long(len(tokens), self._context.size)
        if len(tokens) * alternatives > _MOST_ALTERNATIVES:
            raise ParameterError(
                f"{alternatives} alternatives for each of {len(tokens):,} tokens are too many.",
                "Ask for fewer alternatives or score a shorter text.",
            )
        sequence = self._cache.empty()
        self._context.watch(job)
        try:
            return tuple(self._scored(sequence, tokens, alternatives, job))
        except ContextFullError as error:
            raise too_long(len(tokens), self._context.size) from error
        finally:
            self._context.watch(None)
            self._cache.release(sequence)

    def close(self) -> None:
        """Free the model and all its memory."""
        self._model.close()

    def _prompt(self, request: Generate) -> tuple[Ids, int]:
        size = self._context.size
        if request.overflow == "fail":
            tokens, dropped = self._prompter.tokens(request.prompt, request.messages), 0
            if len(tokens) >= size:
                raise too_long(len(tokens), size - 1)
        else:
            limit = size - _room(request, size)
            tokens, dropped = self._prompter.fitted(request.prompt, request.messages, limit)
        if not len(tokens):
            tokens = self._beginning()
        return tokens, dropped

    def _beginning(self) -> Ids:
        """What stands for an empty prompt: models need one token to go on from."""
        start = self._vocabulary.start
        if start is None:
            raise ParameterError(
                "The prompt is empty, and this model has no token to begin with.",
                "Write a few words for it to go on from.",
            )
        return np.array([start], np.int32)

    def _chain(self, request: Generate, prompt: Ids, seed: int) -> Chain:
        chain = Chain(request.sampling, self._vocabulary, self._context.size, seed)
        chain.remember(prompt)
        return chain

    def _run(
        self, request: Generate, job: Job, prompt: Ids, chains: list[Chain], times: Times
    ) -> list[Variant]:
        first = self._cache.anew() if request.exact else self._cache.begin(prompt)
        times.reused = first.length
        writer = Writer(self._context, self._vocabulary, self._reader, request, job)
        variants = [self._variant(0, first, chains[0], request)]
        try:
            read = self._reader.read(first, prompt, job)
            times.read = time.perf_counter()
            for index in range(1, request.n):
                sequence = self._cache.fork(first) if read else self._cache.empty()
                variants.append(self._variant(index, sequence, chains[index], request))
            if read:
                writer.write(variants, prompt, times)
            else:
                writer.finish(variants, "cancelled")
        except ContextFullError as error:
            raise _does_not_fit(prompt) from error
        finally:
            for variant in variants:
                self._cache.keep(variant.sequence, variant.known(prompt))
        return variants

    def _variant(self, index: int, sequence: Sequence, chain: Chain, request: Generate) -> Variant:
        sampling = request.sampling
        return Variant(index, sequence, chain, Transcript(sampling.stop, sampling.banned_phrases))

    def _scored(
        self, sequence: Sequence, tokens: Ids, alternatives: int, job: Job
    ) -> Iterator[TokenDetail]:
        batch = self._context.batch
        chunk = min(_SCORED, self._context.chunk)
        while sequence.length < len(tokens) - 1 and not job.cancelled:
            start = sequence.length
            block = tokens[start : min(start + chunk, len(tokens) - 1)]
            batch.fill(block, start, sequence.id)
            batch.output[: len(block)] = 1
            if not self._reader.decode(len(block), [sequence]):
                return
            sequence.length += len(block)
            for row in range(len(block)):
                logits = self._context.logits(row)
                token = int(tokens[start + row + 1])
                yield token_detail(self._vocabulary, logits, token, alternatives)


def _room(request: Generate, size: int) -> int:
    """How many positions a prompt that is cut to fit leaves for the answer."""
    wanted = request.sampling.max_tokens
    quarter = size // 4
    return max(1, quarter if wanted < 0 else min(wanted * request.n, quarter))


def _does_not_fit(prompt: Ids) -> PromptTooLongError:
    return PromptTooLongError(
        f"There is no room in the model's context for the prompt's {len(prompt):,} tokens.",
        "Shorten it or load the model with a larger context.",
    )


def _stats(variants: ListOf[Variant], times: Times, prompt: int, dropped: int) -> Stats:
    now = time.perf_counter()
    written = sum(len(variant.ids) for variant in variants)
    stepped = any(len(variant.ids) > 1 for variant in variants)
    return Stats(
        prompt_tokens=prompt,
        reused_tokens=times.reused,
        dropped_tokens=dropped,
        completion_tokens=written,
        prefill_s=times.read - times.start,
        first_token_s=(times.first or now) - times.start,
        decode_s=now - times.read if stepped else 0.0,
    )
