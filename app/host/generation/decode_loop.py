"""Writing after a prompt: what both engines do with the tokens that they draw.

The engine computes and draws; here is decided what becomes of a token: shown, held back, taken
back for a banned phrase, or the end.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from app.engine.messages import FinishReason, Generate, Take, TokenDetail, Tokens
from app.host.generation.partner import Guesser, Together
from app.host.generation.probabilities import token_detail
from app.host.generation.prompt_lookup import Costs, Lookup
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids, Vocabulary
from app.host.interface import Job, Work

MAX_RETREATS = 256
"""How often a take may go back for banned phrases without getting anywhere; then it ends."""


class ContextFullError(Exception):
    """There is no room for the next tokens; the memory is as it was before."""


@dataclass
class Times:
    """When things happened, how many of the prompt's tokens were known already, and the guesses.

    `kept` and `gain` are what a draft model brought; see `Stats`.
    """

    start: float = field(default_factory=time.perf_counter)
    read: float = 0.0
    first: float = 0.0
    reused: int = 0
    drafted: int = 0
    accepted: int = 0
    kept: float = 0.0
    gain: float = 0.0


class RunningTake:
    """One take while it is written; an engine's own kind adds its chain and its memory."""

    def __init__(self, index: int, transcript: Transcript) -> None:
        self.index = index
        self.transcript = transcript
        self.ids: list[int] = []
        self.details: list[TokenDetail] = []
        self.text: list[str] = []
        self.reported = 0
        self.finish: FinishReason | None = None
        self.forbidden: dict[int, set[int]] = {}
        self.retreats = 0
        self.certain = 0

    @property
    def length(self) -> int:
        """How many tokens of prompt and answer its memory holds: all but the last, or fewer."""
        raise NotImplementedError

    def token_at(self, position: int, prompt: Ids) -> int:
        """The token at a position of prompt and answer."""
        written = position - len(prompt)
        return self.ids[written] if written >= 0 else int(prompt[position])

    def known(self, prompt: Ids) -> Ids:
        """The tokens that its memory holds and that belong to the take."""
        tokens = np.concatenate((prompt, np.array(self.ids, np.int32)))
        return tokens[: self.length]

    def finished(self) -> Take:
        """The take as it is told to the app."""
        return Take(
            index=self.index,
            text="".join(self.text),
            finish_reason=self.finish or "length",
            token_ids=tuple(self.ids),
            stop_text=self.transcript.stop_text,
        )


T = TypeVar("T", bound=RunningTake)
T_contra = TypeVar("T_contra", bound=RunningTake, contravariant=True)


class Decoder(Protocol[T_contra]):
    """What an engine computes for the writer."""

    @property
    def size(self) -> int:
        """The context's positions."""
        ...

    @property
    def may_draft(self) -> bool:
        """Whether reading guesses along is worth it: only while no other job runs."""
        ...

    def draw(self, take: T_contra, forbidden: Collection[int]) -> int | None:
        """The next token after the last step; None if nothing is allowed."""

    def logits(self, take: T_contra) -> npt.NDArray[np.float32]:
        """The model's logits for the token just drawn, or those left by the sampling steps."""

    def step(
        self, running: Sequence[T_contra], prompt: Ids, drafts: Sequence[int] = ()
    ) -> Work[bool]:
        """Read each take's next token; False if cancelled, ContextFullError if it is full.

        After the token of a single take its `drafts` may be read, too: then the logits at hand
        are those before the first of them, until `follow` goes on or `settle` forgets the rest.
        """

    def follow(self, take: T_contra) -> None:
        """The next draft was drawn: go on to the logits after it."""

    def settle(self, take: T_contra) -> None:
        """Forget the drafts that were not drawn."""

    def forget(self, take: T_contra, prompt: Ids) -> None:
        """After a retreat, hold all tokens but the last, or fewer until the next step."""

    def remember(self, take: T_contra, prompt: Ids) -> None:
        """Set the chain's history to the prompt and what is written."""


class Writer(Generic[T]):
    """Writes all takes of a request side by side, one token of each per step.

    A single one may get several tokens out of a step: what it will probably repeat is guessed and
    read along, and every token is drawn as if it had been read alone. `costs` says what reading
    more rows costs; without it nothing is guessed. A `partner` guesses where nothing is repeated.
    """

    def __init__(
        self,
        decoder: Decoder[T],
        vocabulary: Vocabulary,
        request: Generate,
        job: Job,
        costs: Costs = (),
        partner: Guesser | None = None,
    ) -> None:
        self._decoder = decoder
        self._vocabulary = vocabulary
        self._job = job
        self._alternatives = request.probabilities
        limit = request.sampling.max_tokens
        self._limit = decoder.size if limit < 0 else limit
        self._costs = costs
        self._partner = partner
        self._guesser: Guesser | None = None
        self._drafts: list[int] = []
        self._shows = True  # whether this round's text is sent, or waits for a later one's

    def write(self, takes: Sequence[T], prompt: Ids, times: Times) -> Work[None]:
        """Write until every take has finished."""
        running = list(takes)
        if self._limit == 0:
            self.finish(running, "length")
        while running := [take for take in running if take.finish is None]:
            self._shows = self._job.shows or not times.first
            if self._drafts:
                self._advance_far(running[0], prompt, times)
            else:
                for take in running:
                    self._advance(take, prompt)
                if self._guesser is not None:
                    self._guesser.written(0, 0)
            times.first = times.first or time.perf_counter()
            running = [take for take in running if take.finish is None]
            self._drafts = self._guessed(running, prompt)
            yield from self._step(running, prompt)

    def finish(self, takes: Sequence[T], reason: FinishReason) -> None:
        """End takes and show what was held back; a torn character only after a real end."""
        for take in takes:
            take.finish = reason
            take.transcript.finish(keep_torn=reason == "stop")
            if take.transcript.stopped:
                del take.ids[take.transcript.kept_tokens() :]
            self._report(take, last=True)

    def _step(self, running: list[T], prompt: Ids) -> Work[None]:
        if not running:
            return
        if self._job.cancelled:
            self.finish(running, "cancelled")
            return
        try:
            done = yield from self._decoder.step(running, prompt, self._drafts)
        except ContextFullError:
            if self._drafts:  # there may still be room for the token alone
                self._drafts = []
                yield from self._step(running, prompt)
            else:
                self.finish(running, "length")
            return
        if not done:
            self.finish(running, "cancelled")

    def _guessed(self, running: Sequence[T], prompt: Ids) -> list[int]:
        """What a single take will probably go on with, as far as there is room for it."""
        if not self._costs or len(running) != 1 or not self._decoder.may_draft:
            return []
        if self._guesser is None:
            lookup = Lookup(prompt, self._costs)
            self._guesser = Together(lookup, self._partner) if self._partner else lookup
        ids = running[0].ids
        room = min(self._limit, self._decoder.size - len(prompt)) - len(ids) - 1
        found = self._guesser.draft(ids, room)
        return list(takewhile(lambda token: token not in self._vocabulary.ends, found))

    def _advance_far(self, take: T, prompt: Ids, times: Times) -> None:
        """Draw tokens as long as each is the next draft, and one more."""
        right, drafts = 0, self._drafts
        while self._drew(take, prompt, drafts[right] if right < len(drafts) else -1):
            self._decoder.follow(take)
            right += 1
        self._decoder.settle(take)
        assert self._guesser is not None
        self._guesser.written(len(drafts), right)
        times.drafted += len(drafts)
        times.accepted += right

    def _drew(self, take: T, prompt: Ids, draft: int) -> bool:
        """Advance by a token; whether it is the draft, and the take goes on after it."""
        count = len(take.ids) + 1
        self._advance(take, prompt)
        goes_on = take.finish is None and len(take.ids) == count
        return goes_on and take.ids[-1] == draft

    def _advance(self, take: T, prompt: Ids) -> None:
        """Choose a take's next token; again and again while it runs into banned phrases."""
        retreated = True
        while retreated and take.finish is None:
            forbidden = take.forbidden.get(len(take.ids), ())
            token = self._decoder.draw(take, forbidden)
            if token is None or token in self._vocabulary.ends:
                self.finish([take], "banned" if token is None and forbidden else "stop")
                return
            self._append(take, token)
            retreated = take.transcript.banned_at >= 0
            if retreated and not self._retreat(take, prompt):
                return
        self._settle(take, prompt)

    def _append(self, take: T, token: int) -> None:
        take.ids.append(token)
        if self._alternatives:
            logits = self._decoder.logits(take)
            detail = token_detail(self._vocabulary, logits, token, self._alternatives)
            take.details.append(detail)
        take.transcript.feed(self._vocabulary.piece(token))

    def _settle(self, take: T, prompt: Ids) -> None:
        if take.finish is not None:
            return
        if take.transcript.certain > take.certain:
            take.certain, take.retreats = take.transcript.certain, 0
        if take.transcript.stopped:
            self.finish([take], "stop")
        elif len(take.ids) >= self._limit or self._is_full(take, prompt):
            self.finish([take], "length")
        elif self._shows:
            self._report(take)

    def _is_full(self, take: T, prompt: Ids) -> bool:
        return len(prompt) + len(take.ids) >= self._decoder.size

    def _retreat(self, take: T, prompt: Ids) -> bool:
        """Go back to where a banned phrase began and forbid the token there.

        True when that was the newest token, so that its logits are still at hand; else the next
        step computes them again. Generators are not set back: the draws after a retreat are new
        ones, and as the same seed always meets the same retreats, it still gives the same text.
        """
        place = take.transcript.banned_at
        newest = place == len(take.ids) - 1
        bad = take.ids[place]
        del take.ids[place:], take.details[place:]
        take.forbidden = {at: bans for at, bans in take.forbidden.items() if at <= place}
        take.forbidden.setdefault(place, set()).add(bad)
        take.transcript.cut([self._vocabulary.piece(token) for token in take.ids])
        self._decoder.remember(take, prompt)
        take.retreats += 1
        if take.retreats > MAX_RETREATS:
            self.finish([take], "banned")
        elif not newest:
            self._decoder.forget(take, prompt)
        return newest

    def _report(self, take: T, *, last: bool = False) -> None:
        transcript = take.transcript
        text = transcript.take()
        if text:
            take.text.append(text)
        certain = len(take.ids) if last else transcript.certain_tokens()
        details = tuple(take.details[take.reported : certain])
        if text or details:
            self._job.emit(
                Tokens(
                    job=self._job.number,
                    take=take.index,
                    text=text,
                    tokens=certain - take.reported,
                    details=details,
                )
            )
            take.reported = certain
