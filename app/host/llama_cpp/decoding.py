"""Reading prompts and computing the steps after them: what a job wants of the context's batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence as ListOf

import numpy as np
import numpy.typing as npt

from app.core.memory_fit.demand import OUTPUTS
from app.engine.messages import Prefill
from app.host.generation.decode_loop import RunningTake
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job, PreemptedError, Rows, Work
from app.host.llama_cpp.context import Batch, Context, Slices
from app.host.llama_cpp.prefix_cache import Sequence
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


class LlamaRows(Rows):
    """Rows of a batch; `sequences` are those that they lengthen.

    `outputs` says whether all of them give logits, or only the last, `has_drafts` whether some are
    guesses. Once computed, `first` is the number of their first row, whose logits are valid until
    the next batch, and `done` how many of them there were.
    """

    def __init__(self, job: Job, sequences: ListOf[Sequence]) -> None:
        super().__init__(job)
        self.sequences = sequences
        self.outputs = True
        self.has_drafts = False
        self.first = self.done = 0

    @property
    def is_whole(self) -> bool:
        """Whether all of them belong into the same batch."""
        return True

    def most(self, slices: Slices) -> int:
        """How many of them a batch takes that holds no others."""
        del slices
        return self.count

    def fill(self, batch: Batch, row: int, count: int) -> None:
        """Write the first `count` of them into the batch from `row` on."""
        raise NotImplementedError

    def take_up(self, row: int, count: int) -> None:
        """They were computed."""
        self.first, self.done = row, count


class PromptRows(LlamaRows):
    """What a sequence lacks of some tokens; with `outputs` each row gives logits, else the last."""

    def __init__(
        self,
        job: Job,
        sequence: Sequence,
        tokens: Ids,
        *,
        outputs: bool = False,
        exact: bool = False,
        block: int = 0,
    ) -> None:
        super().__init__(job, [sequence])
        self._tokens = tokens
        self.outputs = outputs
        self._exact = exact
        self._block = block

    @property
    def count(self) -> int:
        """How many tokens are lacking."""
        return len(self._tokens) - self.sequences[0].length

    @property
    def last(self) -> int:
        """The number of the last row that was computed."""
        return self.first + self.done - 1

    @property
    def is_whole(self) -> bool:
        """They may be read in several batches."""
        return False

    def most(self, slices: Slices) -> int:
        """A slice, or a block where that is less."""
        most = slices.rows(exact=self._exact)
        return min(self.count, most, self._block or most, OUTPUTS if self.outputs else most)

    def fill(self, batch: Batch, row: int, count: int) -> None:
        """Write the next `count` of them into the batch."""
        (sequence,) = self.sequences
        part = self._tokens[sequence.length : sequence.length + count]
        batch.fill(part, sequence.length, sequence.id, row)
        if self.outputs:
            batch.output[row : row + count] = 1

    def take_up(self, row: int, count: int) -> None:
        """The sequence is longer now."""
        super().take_up(row, count)
        self.sequences[0].length += count


class StepRows(LlamaRows):
    """The next token of each take, then a single one's drafts."""

    def __init__(
        self, job: Job, takes: ListOf[LlamaTake], prompt: Ids, drafts: ListOf[int]
    ) -> None:
        super().__init__(job, [take.sequence for take in takes])
        self._takes = takes
        self._prompt = prompt
        self._drafts = drafts
        self.has_drafts = bool(drafts)

    @property
    def count(self) -> int:
        """A row for each token."""
        return len(self._takes) + len(self._drafts)

    def fill(self, batch: Batch, row: int, count: int) -> None:
        """Write them into the batch."""
        del count
        for take in self._takes:
            batch.token[row] = take.token_at(take.sequence.length, self._prompt)
            batch.position[row] = take.sequence.length
            batch.sequence[row] = take.sequence.id
            batch.output[row] = 1
            row += 1
        if self._drafts:
            end = row + len(self._drafts)
            last = batch.position[row - 1]
            batch.token[row:end] = self._drafts
            batch.position[row:end] = np.arange(last + 1, last + 1 + len(self._drafts))
            batch.sequence[row:end] = batch.sequence[row - 1]
            batch.output[row:end] = 1

    def take_up(self, row: int, count: int) -> None:
        """Each take knows its row and is longer by a token."""
        super().take_up(row, count)
        for place, take in enumerate(self._takes):
            take.row = row + place
            take.sequence.length += 1


def read(
    sequence: Sequence,
    tokens: Ids,
    job: Job,
    *,
    report: bool = True,
    block: int = 0,
    exact: bool = False,
) -> Work[PromptRows | None]:
    """Read what `sequence` lacks of `tokens`, emitting `Prefill`; None if cancelled.

    It is read in slices, or in `block` tokens where that is less; `exact` keeps them the same.
    """
    reused, total = sequence.length, len(tokens)
    rows = PromptRows(job, sequence, tokens, exact=exact, block=block)
    while True:
        done = sequence.length
        if report:
            job.emit(Prefill(job=job.number, done=done, total=total, reused=min(reused, done)))
        if done >= total or job.cancelled:
            return None if job.cancelled else rows
        try:
            if not (yield rows):
                return None
        except PreemptedError:
            continue


class LlamaDecoder:
    """Computes the writer's steps, all takes in one batch; a `Decoder`."""

    def __init__(self, context: Context, job: Job, *, may_draft: Callable[[], bool]) -> None:
        self._context = context
        self._job = job
        self._may_draft = may_draft

    @property
    def size(self) -> int:
        """The context's positions."""
        return self._context.size

    @property
    def may_draft(self) -> bool:
        """Whether no other job runs."""
        return self._may_draft()

    def draw(self, take: LlamaTake, forbidden: Collection[int]) -> int | None:
        """Let the take's chain choose."""
        context = self._context
        return take.chain.draw(context.handle, take.row, context.logits, forbidden)

    def logits(self, take: LlamaTake) -> npt.NDArray[np.float32]:
        """A view of the take's row, or what its chain keeps of it."""
        left = take.chain.left
        return self._context.logits(take.row) if left is None else left

    def step(self, running: ListOf[LlamaTake], prompt: Ids, drafts: ListOf[int] = ()) -> Work[bool]:
        """Read each take's next token, then a single one's drafts; False if cancelled.

        The drafts only take room that is free: for them no other prompt is forgotten.
        """
        while True:
            for take in running:
                if take.sequence.length >= len(prompt) + len(take.ids) - 1:
                    continue
                tokens = np.concatenate((prompt, np.array(take.ids[:-1], np.int32)))
                rows = yield from read(take.sequence, tokens, self._job, report=False)
                if rows is None:
                    return False
            try:
                return (yield StepRows(self._job, running, prompt, drafts))
            except PreemptedError:
                continue

    def follow(self, take: LlamaTake) -> None:
        """Go on to the row after the draft that was drawn."""
        take.row += 1
        take.sequence.length += 1

    def settle(self, take: LlamaTake) -> None:
        """Cut off the drafts that were not drawn; only models that can do so are given drafts."""
        self._context.truncate(take.sequence.id, take.sequence.length)

    def forget(self, take: LlamaTake, prompt: Ids) -> None:
        """Cut the sequence back; where the model cannot forget a part, it is read again."""
        length = len(prompt) + len(take.ids) - 1
        take.sequence.length = length if self._context.truncate(take.sequence.id, length) else 0

    def remember(self, take: LlamaTake, prompt: Ids) -> None:
        """Set the samplers' history again."""
        take.chain.remember(prompt, take.ids)


class ChoiceRows(LlamaRows):
    """The tokens of several choices, each behind the same prompt in a sequence of its own."""

    def __init__(self, job: Job, choices: ListOf[tuple[Sequence, Ids]], prompt: Sequence) -> None:
        super().__init__(job, [*(sequence for sequence, _tokens in choices), prompt])
        self._choices = choices

    @property
    def count(self) -> int:
        """A row for each token."""
        return sum(len(tokens) for _sequence, tokens in self._choices)

    def fill(self, batch: Batch, row: int, count: int) -> None:
        """Write them into the batch."""
        del count
        for sequence, tokens in self._choices:
            batch.fill(tokens, sequence.length, sequence.id, row)
            batch.output[row : row + len(tokens)] = 1
            row += len(tokens)
