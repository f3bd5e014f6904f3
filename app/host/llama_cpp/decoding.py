"""Reading a prompt and computing the steps after it: the loop around `llama_decode`."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence as ListOf

import numpy as np
import numpy.typing as npt

from app.core.errors import LampblackError
from app.engine.messages import Prefill
from app.host.generation.decode_loop import ContextFullError, RunningTake
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.llama_cpp.context import BatchAbortedError, Context, StalledError
from app.host.llama_cpp.prefix_cache import LlamaPrefixCache, Sequence
from app.host.llama_cpp.sampler_chain import LlamaSamplerChain


class LlamaTake(RunningTake):
    """A take with its samplers and its sequence; the next logits are those of batch row `row`.

    While drafts are read along, the sequence is longer in the context's memory than `length` says.
    """

    def __init__(
        self, index: int, sequence: Sequence, chain: LlamaSamplerChain, transcript: Transcript
    ) -> None:
        super().__init__(index, transcript)
        self.sequence = sequence
        self.chain = chain
        self.row = -1

    @property
    def length(self) -> int:
        """How many tokens its sequence holds."""
        return self.sequence.length


class LlamaPromptReader:
    """Reads prompts into sequences, in blocks that can be aborted."""

    def __init__(self, context: Context, cache: LlamaPrefixCache) -> None:
        self._context = context
        self._cache = cache

    def read(
        self,
        sequence: Sequence,
        tokens: Ids,
        job: Job,
        *,
        report: bool = True,
        block: int | None = None,
        exact: bool = False,
    ) -> bool:
        """Read what `sequence` lacks of `tokens`, emitting `Prefill`; False if cancelled.

        It is read in slices, or in `block` tokens where that is less; `exact` keeps them the same.
        """
        slices = self._context.slices
        most = block or self._context.chunk
        reused, total = sequence.length, len(tokens)
        while True:
            done = sequence.length
            if report:
                job.emit(Prefill(job=job.number, done=done, total=total, reused=reused))
            if done >= total or job.cancelled:
                return not job.cancelled
            part = tokens[done : done + min(most, slices.rows(exact=exact))]
            self._context.batch.fill(part, done, sequence.id)
            begun = time.perf_counter()
            if not self.decode(len(part), [sequence]):
                return False
            sequence.length += len(part)
            if slices.on_gpu:
                self._context.wait()
                slices.learn(len(part), time.perf_counter() - begun)

    def decode(self, rows: int, sequences: ListOf[Sequence], *, forgetting: bool = True) -> bool:
        """Compute the batch, forgetting cached sequences to make room; False if cancelled.

        A failed or aborted batch leaves each of `sequences` as it was. Raises ContextFullError
        when nothing is left to forget, or nothing may be.
        """
        while True:
            try:
                self._context.decode(rows)
            except ContextFullError:
                if not forgetting:
                    raise
                self._cache.make_room()
            except StalledError:
                self._repair(sequences)
            except BatchAbortedError:
                self._repair(sequences)
                return False
            except LampblackError:
                self._repair(sequences)
                raise
            else:
                return True

    def _repair(self, sequences: ListOf[Sequence]) -> None:
        for sequence in sequences:
            if not self._context.truncate(sequence.id, sequence.length):
                sequence.length = 0


class LlamaDecoder:
    """Computes the writer's steps, all takes in one batch; a `Decoder`."""

    def __init__(self, context: Context, reader: LlamaPromptReader, job: Job) -> None:
        self._context = context
        self._reader = reader
        self._job = job

    @property
    def size(self) -> int:
        """The context's positions."""
        return self._context.size

    def draw(self, take: LlamaTake, forbidden: Collection[int]) -> int | None:
        """Let the take's chain choose."""
        context = self._context
        return take.chain.draw(context.handle, take.row, context.logits, forbidden)

    def logits(self, take: LlamaTake) -> npt.NDArray[np.float32]:
        """A view of the take's row."""
        return self._context.logits(take.row)

    def step(self, running: ListOf[LlamaTake], prompt: Ids, drafts: ListOf[int] = ()) -> bool:
        """Read each take's next token, then a single one's drafts; False if cancelled.

        The drafts only take room that is free: for them no other prompt is forgotten.
        """
        self._fill(running, prompt)
        self._add(drafts, len(running))
        sequences = [take.sequence for take in running]
        rows = len(running) + len(drafts)
        if not self._reader.decode(rows, sequences, forgetting=not drafts):
            return False
        for row, take in enumerate(running):
            take.row = row
            take.sequence.length += 1
        return True

    def follow(self, take: LlamaTake) -> None:
        """Go on to the row after the draft that was drawn."""
        take.row += 1
        take.sequence.length += 1

    def settle(self, take: LlamaTake) -> None:
        """Cut off the drafts that were not drawn; only models that can do so are given drafts."""
        self._context.truncate(take.sequence.id, take.sequence.length)

    def forget(self, take: LlamaTake, prompt: Ids) -> bool:
        """Cut the sequence back, or read it again where the model cannot forget a part."""
        take.sequence.length = len(prompt) + len(take.ids) - 1
        tokens = take.known(prompt)
        if self._context.truncate(take.sequence.id, len(tokens)):
            return True
        take.sequence.length = 0
        return self._reader.read(take.sequence, tokens, self._job, report=False)

    def remember(self, take: LlamaTake, prompt: Ids) -> None:
        """Set the samplers' history again."""
        take.chain.remember(prompt, take.ids)

    def _fill(self, running: ListOf[LlamaTake], prompt: Ids) -> None:
        batch = self._context.batch
        for row, take in enumerate(running):
            batch.token[row] = take.token_at(take.sequence.length, prompt)
            batch.position[row] = take.sequence.length
            batch.sequence[row] = take.sequence.id
            batch.output[row] = 1

    def _add(self, drafts: ListOf[int], row: int) -> None:
        """Add the drafts to the batch as rows from `row` on, after the row before."""
        batch, end = self._context.batch, row + len(drafts)
        if drafts:
            last = batch.position[row - 1]
            batch.token[row:end] = drafts
            batch.position[row:end] = np.arange(last + 1, last + 1 + len(drafts))
            batch.sequence[row:end] = batch.sequence[row - 1]
            batch.output[row:end] = 1
