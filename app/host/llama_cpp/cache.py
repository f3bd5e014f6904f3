"""Which sequences the context's memory holds, and which of them a new prompt can go on from."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from app.host.llama_cpp.context import SEQUENCES, Context, ContextFullError
from app.host.llama_cpp.vocabulary import Ids


@dataclass(eq=False)
class Sequence:
    """One line of tokens in memory.

    `length` is how many positions it holds. Of a kept one, `tokens` are those positions' tokens
    and `used` orders them by age.
    """

    id: int
    length: int = 0
    tokens: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    used: int = 0


class PrefixCache:
    """Lends out sequences and keeps the finished ones, until room is needed.

    Sequences share the cells of a common beginning, so that keeping a take costs only its own
    tokens. The one that was not used for the longest goes first.
    """

    def __init__(self, context: Context, *, partial: bool) -> None:
        self._context = context
        self._partial = partial
        self._free = list(range(SEQUENCES - 1, -1, -1))
        self._kept: list[Sequence] = []
        self._clock = 0

    def clear(self) -> None:
        """Forget everything that is not lent out; ids that are lent must be given back first."""
        self._context.clear()
        self._kept.clear()
        self._free = list(range(SEQUENCES - 1, -1, -1))

    def begin(self, tokens: Ids) -> Sequence:
        """A sequence that holds the longest known beginning of `tokens`, but not all of them.

        The last token is left out because its logits are needed.
        """
        source, length = self._longest(tokens)
        if source is None:
            return self._lend()
        source.used = self._tick()
        sequence = self._lend()
        self._context.copy(source.id, sequence.id, length)
        sequence.length = length
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
        sequence.tokens, sequence.used, sequence.length = tokens, self._tick(), len(tokens)
        for other in [other for other in self._kept if self._covers(sequence, other)]:
            self._drop(other)
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

    def _longest(self, tokens: Ids) -> tuple[Sequence | None, int]:
        best, most = None, 0
        for kept in self._kept:
            length = min(common_prefix(kept.tokens, tokens), len(tokens) - 1)
            if not self._partial and length < len(kept.tokens):
                continue
            if length > most:
                best, most = kept, length
        return best, most

    def _covers(self, sequence: Sequence, other: Sequence) -> bool:
        shared = common_prefix(sequence.tokens, other.tokens)
        return self._partial and shared == len(other.tokens)

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


def common_prefix(first: Ids, second: Ids) -> int:
    """How many tokens both begin with."""
    count = min(len(first), len(second))
    different = np.flatnonzero(first[:count] != second[:count])
    return int(different[0]) if len(different) else count
