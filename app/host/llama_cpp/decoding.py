"""Reading a prompt and writing after it: the loop around `llama_decode`."""

from __future__ import annotations

import time
from collections.abc import Sequence as ListOf
from dataclasses import dataclass, field

import numpy as np

from app.core.errors import LampblackError
from app.engine.messages import FinishReason, Generate, Prefill, Take, TokenDetail, Tokens
from app.host.base import Job
from app.host.llama_cpp.cache import PrefixCache, Sequence
from app.host.llama_cpp.chain import Chain
from app.host.llama_cpp.context import AbortedError, Context, ContextFullError
from app.host.llama_cpp.probabilities import token_detail
from app.host.llama_cpp.vocabulary import Ids, Vocabulary
from app.host.stops import Transcript

MAX_RETREATS = 256
"""How often a variant may go back for banned phrases without getting anywhere."""


@dataclass
class Times:
    """When things happened, and how many of the prompt's tokens were known already."""

    start: float = field(default_factory=time.perf_counter)
    read: float = 0.0
    first: float = 0.0
    reused: int = 0


class Variant:
    """One take while it is written.

    Its sequence holds the prompt and all its tokens but the last, or fewer after a retreat. `row`
    is the batch row whose logits come next.
    """

    def __init__(
        self, index: int, sequence: Sequence, chain: Chain, transcript: Transcript
    ) -> None:
        self.index = index
        self.sequence = sequence
        self.chain = chain
        self.transcript = transcript
        self.row = -1
        self.ids: list[int] = []
        self.details: list[TokenDetail] = []
        self.text: list[str] = []
        self.reported = 0
        self.finish: FinishReason | None = None
        self.forbidden: dict[int, set[int]] = {}
        self.retreats = 0

    def token_at(self, position: int, prompt: Ids) -> int:
        """The token at a position of prompt and answer."""
        written = position - len(prompt)
        return self.ids[written] if written >= 0 else int(prompt[position])

    def known(self, prompt: Ids) -> Ids:
        """The tokens that its sequence holds and that belong to the take."""
        tokens = np.concatenate((prompt, np.array(self.ids, np.int32)))
        return tokens[: self.sequence.length]

    def take(self) -> Take:
        """The finished take."""
        return Take(
            variant=self.index,
            text="".join(self.text),
            finish_reason=self.finish or "length",
            token_ids=tuple(self.ids),
        )


class Reader:
    """Reads prompts into sequences, in blocks that can be aborted."""

    def __init__(self, context: Context, cache: PrefixCache) -> None:
        self._context = context
        self._cache = cache

    def read(self, sequence: Sequence, tokens: Ids, job: Job, *, report: bool = True) -> bool:
        """Read what `sequence` lacks of `tokens`, emitting `Prefill`; False if cancelled."""
        reused, total = sequence.length, len(tokens)
        while True:
            done = sequence.length
            if report:
                job.emit(Prefill(job=job.number, done=done, total=total, reused=reused))
            if done >= total or job.cancelled:
                return not job.cancelled
            block = tokens[done : done + self._context.chunk]
            self._context.batch.fill(block, done, sequence.id)
            if not self.decode(len(block), [sequence]):
                return False
            sequence.length += len(block)

    def decode(self, rows: int, sequences: ListOf[Sequence]) -> bool:
        """Compute the batch, forgetting cached sequences to make room; False if cancelled.

        A failed or aborted batch leaves each of `sequences` as it was. Raises ContextFullError
        when nothing is left to forget.
        """
        while True:
            try:
                self._context.decode(rows)
            except ContextFullError:
                self._cache.make_room()
            except AbortedError:
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


class Writer:
    """Writes all variants of a request side by side, one batch per step."""

    def __init__(
        self, context: Context, vocabulary: Vocabulary, reader: Reader, request: Generate, job: Job
    ) -> None:
        self._context = context
        self._vocabulary = vocabulary
        self._reader = reader
        self._job = job
        self._alternatives = request.probabilities
        limit = request.sampling.max_tokens
        self._limit = context.size if limit < 0 else limit

    def write(self, variants: ListOf[Variant], prompt: Ids, times: Times) -> None:
        """Write until every variant has finished."""
        running = list(variants)
        if self._limit == 0:
            self.finish(running, "length")
        while running := [variant for variant in running if variant.finish is None]:
            for variant in running:
                self._advance(variant, prompt)
            times.first = times.first or time.perf_counter()
            self._step([variant for variant in running if variant.finish is None], prompt)

    def finish(self, variants: ListOf[Variant], reason: FinishReason) -> None:
        """End variants and show what was held back; a torn character only after a real end."""
        for variant in variants:
            variant.finish = reason
            variant.transcript.finish(keep_torn=reason == "stop")
            if variant.transcript.stopped:
                del variant.ids[variant.transcript.kept_tokens() :]
            self._report(variant, last=True)

    def _step(self, running: list[Variant], prompt: Ids) -> None:
        if not running:
            return
        if self._job.cancelled:
            self.finish(running, "cancelled")
            return
        self._fill(running, prompt)
        try:
            done = self._reader.decode(len(running), [variant.sequence for variant in running])
        except ContextFullError:
            self.finish(running, "length")
            return
        if not done:
            self.finish(running, "cancelled")
            return
        for row, variant in enumerate(running):
            variant.row = row
            variant.sequence.length += 1

    def _fill(self, running: list[Variant], prompt: Ids) -> None:
        batch = self._context.batch
        for row, variant in enumerate(running):
            batch.token[row] = variant.token_at(variant.sequence.length, prompt)
            batch.position[row] = variant.sequence.length
            batch.sequence[row] = variant.sequence.id
            batch.output[row] = 1

    def _advance(self, variant: Variant, prompt: Ids) -> None:
        """Choose a variant's next token; again and again while it runs into banned phrases."""
        retreated = True
        while retreated and variant.finish is None:
            forbidden = variant.forbidden.get(len(variant.ids), ())
            token = variant.chain.draw(
                self._context.handle, variant.row, self._context.logits, forbidden
            )
            if token is None or token in self._vocabulary.ends:
                self.finish([variant], "stop")
                return
            self._append(variant, token)
            retreated = variant.transcript.banned_at >= 0
            if retreated and not self._retreat(variant, prompt):
                return
        self._settle(variant, prompt)

    def _append(self, variant: Variant, token: int) -> None:
        variant.ids.append(token)
        if self._alternatives:
            logits = self._context.logits(variant.row)
            detail = token_detail(self._vocabulary, logits, token, self._alternatives)
            variant.details.append(detail)
        variant.transcript.feed(self._vocabulary.piece(token))

    def _settle(self, variant: Variant, prompt: Ids) -> None:
        if variant.finish is not None:
            return
        if variant.transcript.stopped:
            self.finish([variant], "stop")
        elif len(variant.ids) >= self._limit or self._is_full(variant, prompt):
            self.finish([variant], "length")
        else:
            self._report(variant)

    def _is_full(self, variant: Variant, prompt: Ids) -> bool:
        return len(prompt) + len(variant.ids) >= self._context.size

    def _retreat(self, variant: Variant, prompt: Ids) -> bool:
        """Go back to where a banned phrase began and forbid the token there.

        True when that was the newest token, so that its logits are still at hand; else the next
        step computes them again. Generators are not set back: the draws after a retreat are new
        ones, and as the same seed always meets the same retreats, it still gives the same text.
        """
        place = variant.transcript.banned_at
        newest = place == len(variant.ids) - 1
        bad = variant.ids[place]
        del variant.ids[place:], variant.details[place:]
        variant.forbidden = {at: bans for at, bans in variant.forbidden.items() if at <= place}
        variant.forbidden.setdefault(place, set()).add(bad)
        variant.transcript.cut([self._vocabulary.piece(token) for token in variant.ids])
        variant.chain.remember(prompt, variant.ids)
        variant.retreats += 1
        if variant.retreats > MAX_RETREATS:
            self.finish([variant], "stop")
        elif not newest:
            self._cut_memory(variant, prompt)
        return newest

    def _cut_memory(self, variant: Variant, prompt: Ids) -> None:
        variant.sequence.length = len(prompt) + len(variant.ids) - 1
        tokens = variant.known(prompt)
        if not self._context.truncate(variant.sequence.id, len(tokens)):
            variant.sequence.length = 0
            if not self._reader.read(variant.sequence, tokens, self._job, report=False):
                self.finish([variant], "cancelled")

    def _report(self, variant: Variant, *, last: bool = False) -> None:
        transcript = variant.transcript
        text = transcript.take()
        if text:
            variant.text.append(text)
            variant.retreats = 0
        certain = len(variant.ids) if last else transcript.certain_tokens()
        details = tuple(variant.details[variant.reported : certain])
        if text or details:
            self._job.emit(
                Tokens(
                    job=self._job.number,
                    variant=variant.index,
                    text=text,
                    tokens=certain - variant.reported,
                    details=details,
                )
            )
            variant.reported = certain
