"""Which prompts the engine still knows, and which of them a new one can go on from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import psutil

from app.host.llama_cpp.context import SEQUENCES, Context, State
from app.host.vocabulary import Ids, common_prefix
from app.host.writing import ContextFullError

_NEAR = 16
"""The part of the context (one in so many cells) that kept sequences may take beside the running
one: llama.cpp computes attention over all cells, so that foreign ones slow every token down."""

_MEMORY_SHARE = 4
"""Put-aside prompts take at most one in so many bytes of the free memory."""


@dataclass(eq=False)
class Sequence:
    """One line of tokens in the context's memory.

    `length` is how many positions it holds. Of a kept one, `tokens` are those positions' tokens
    and `used` orders them by age.
    """

    id: int
    length: int = 0
    tokens: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    used: int = 0


@dataclass(eq=False)
class _Aside:
    """A sequence copied out of the context's memory."""

    tokens: Ids
    state: State
    used: int


class PrefixCache:
    """Lends out sequences and keeps the finished ones, until room is needed.

    Sequences share the cells of a common beginning, so that keeping a take costs only its own
    tokens. Whole other prompts are put aside into ordinary memory, whence they come back in
    milliseconds. The one that was not used for the longest goes first. `partial` says whether the
    model can forget a part of a sequence.
    """

    def __init__(self, context: Context, *, partial: bool) -> None:
        self._context = context
        self._partial = partial
        self._free = list(range(SEQUENCES - 1, -1, -1))
        self._kept: list[Sequence] = []
        self._aside: list[_Aside] = []
        self._clock = 0

    def anew(self) -> Sequence:
        """An empty sequence in a memory that is empty, too; nothing may be lent out."""
        self._context.clear()
        self._kept.clear()
        self._free = list(range(SEQUENCES - 1, -1, -1))
        return self._lend()

    def begin(self, tokens: Ids) -> Sequence:
        """A sequence that holds the longest known beginning of `tokens`, but not all of them.

        The last token is left out because its logits are needed.
        """
        self._bring_back(tokens)
        found = max(self._kept, key=lambda kept: self._reusable(kept.tokens, tokens), default=None)
        length = self._reusable(found.tokens, tokens) if found is not None else 0
        if found is not None and length:
            found.used = self._tick()
        sequence = self._lend()
        if found is not None and length:
            self._context.copy(found.id, sequence.id, length)
            sequence.length = length
        self._put_aside(tokens)
        return sequence

    def empty(self) -> Sequence:
        """A sequence that holds nothing."""
        return self._lend()

    def fork(self, source: Sequence) -> Sequence:
        """Another sequence that goes on from where `source` is."""
        sequence = self._lend()
        self._context.copy(source.id, sequence.id, -1)
        sequence.length = source.length
        return sequence

    def keep(self, sequence: Sequence, tokens: Ids) -> None:
        """Take a sequence back that holds `tokens`; what it knows can be reused.

        Kept ones that are wholly its beginning are dropped, since it serves their prompts too.
        """
        if sequence.length > len(tokens) and not self._context.truncate(sequence.id, len(tokens)):
            tokens = tokens[:0]
        if not len(tokens):
            self.release(sequence)
            return
        sequence.tokens, sequence.used, sequence.length = tokens, self._tick(), len(tokens)
        for other in [other for other in self._kept if self._covers(tokens, other.tokens)]:
            self._drop(other)
        self._aside = [aside for aside in self._aside if not self._covers(tokens, aside.tokens)]
        self._kept.append(sequence)

    def release(self, sequence: Sequence) -> None:
        """Take a sequence back and forget it."""
        self._context.truncate(sequence.id, 0)
        self._free.append(sequence.id)

    def make_room(self) -> None:
        """Forget the oldest kept sequence; raises ContextFullError when there is none."""
        if not self._kept:
            raise ContextFullError
        self._drop(min(self._kept, key=lambda kept: kept.used))

    def _bring_back(self, tokens: Ids) -> None:
        """Restore the put-aside prompt that helps more than all that are at hand."""
        best = max(
            self._aside, key=lambda aside: self._reusable(aside.tokens, tokens), default=None
        )
        if best is None:
            return
        gain = self._reusable(best.tokens, tokens)
        if gain <= max((self._reusable(kept.tokens, tokens) for kept in self._kept), default=0):
            return
        self._aside.remove(best)
        sequence = self._lend()
        while not self._context.restore(best.state, sequence.id):
            if not self._kept:
                self.release(sequence)
                return
            self._leave(min(self._kept, key=lambda kept: kept.used), best.tokens)
        sequence.length = len(best.tokens)
        self.keep(sequence, best.tokens)

    def _put_aside(self, tokens: Ids) -> None:
        """Clear away old sequences that would slow the running one down."""
        budget = self._context.size // _NEAR
        for kept in sorted(self._kept, key=lambda kept: -kept.used):
            own = len(kept.tokens) - common_prefix(kept.tokens, tokens)
            budget -= own
            if budget < 0 and own:
                self._leave(kept, tokens)

    def _leave(self, kept: Sequence, tokens: Ids) -> None:
        """Drop a kept sequence; if most of it is its own, put a copy aside first."""
        others = [tokens, *(aside.tokens for aside in self._aside)]
        known = max(common_prefix(kept.tokens, other) for other in others)
        if known < len(kept.tokens) / 2:
            state = self._context.save(kept.id)
            if state is not None:
                self._aside.append(_Aside(kept.tokens, state, kept.used))
                self._trim()
        self._drop(kept)

    def _trim(self) -> None:
        """Keep what is put aside within the context's own size and the free memory."""
        self._aside.sort(key=lambda aside: aside.used)
        room = psutil.virtual_memory().available // _MEMORY_SHARE
        while self._aside and (
            sum(len(aside.tokens) for aside in self._aside) > self._context.size
            or sum(len(aside.state) for aside in self._aside) > room
        ):
            del self._aside[0]

    def _reusable(self, known: Ids, tokens: Ids) -> int:
        """How much of `known` serves `tokens`."""
        length = min(common_prefix(known, tokens), len(tokens) - 1)
        return length if self._partial or length == len(known) else 0

    def _covers(self, tokens: Ids, other: Ids) -> bool:
        return self._partial and common_prefix(tokens, other) == len(other)

    def _lend(self) -> Sequence:
        if not self._free:
            self.make_room()
        return Sequence(self._free.pop())

    def _drop(self, sequence: Sequence) -> None:
        self._kept.remove(sequence)
        self.release(sequence)

    def _tick(self) -> int:
        self._clock += 1
        return self._clock
