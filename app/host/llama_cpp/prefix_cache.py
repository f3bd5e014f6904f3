"""Which prompts the engine still knows, and which of them a new one can go on from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import psutil

from app.core.memory_fit.demand import SEQUENCES
from app.host.generation.decode_loop import ContextFullError
from app.host.generation.vocabulary import Ids, common_prefix
from app.host.llama_cpp.context import Context, State
from app.host.prompt_cache.disk_cache import WORTH, SavedPrompts
from app.host.prompt_cache.prefix_index import PrefixIndex
from app.host.prompt_cache.state_file import MOST_STATE

_NEAR = 64
"""The part of the context (1/64 of its cells) that kept sequences may take beside the running one:
llama.cpp computes attention over all cells, so that foreign ones slow every token down."""

_MEMORY_SHARE = 4
"""Copies of prompts take at most this part (1/4) of the free memory."""

_MOST_COPIES = 32
"""How many copies are kept: a writer goes back to fewer texts, and a batch to none of its rows."""

_CHANGING = 8
"""The end of a text that may still change: 1/8 of its tokens, a sliding window at most."""

_NOTHING = np.empty(0, np.int32)


@dataclass(eq=False)
class Sequence:
    """One sequence in the context's memory (KV cache).

    `length` is how many positions it holds. Of a kept one, `tokens` are those positions' tokens
    and `used` orders them by age.
    """

    id: int
    length: int = 0
    tokens: Ids = field(default_factory=lambda: np.empty(0, np.int32))
    used: int = 0


@dataclass(eq=False)
class _Copy:
    """A sequence copied out of the context's memory."""

    tokens: Ids
    state: State
    used: int


class LlamaPrefixCache:
    """Lends out sequences and keeps the finished ones, until room is needed.

    Sequences share the cells of a common beginning, so that keeping a take costs only its own
    tokens. Other prompts are copied into ordinary memory, from which they are restored in
    milliseconds; those of earlier sessions come from the disk, where `saved` keeps them. The least
    recently used one goes first. `partial` says whether the model can forget a part
    of a sequence. A copy made of a model with sliding windows is only good as a whole, and so it
    leaves the end of the text out, which is what changes.
    """

    def __init__(
        self, context: Context, *, partial: bool, saved: SavedPrompts | None = None
    ) -> None:
        self._context = context
        self._partial = partial
        self._whole_copies = not partial or context.window > 0
        self._free = list(range(SEQUENCES - 1, -1, -1))
        self._saved = saved
        self._kept: PrefixIndex[Sequence] = PrefixIndex()
        self._copies: PrefixIndex[_Copy] = PrefixIndex()
        self._clock = 0
        self._is_guest = False

    @contextmanager
    def guest(self) -> Iterator[None]:
        """While it is entered, nothing is kept or known; what was kept is there again afterwards.

        In between it is copied out as far as it is in the way. A guest may have guests.
        """
        if self._is_guest:
            yield
            return
        last = max(self._kept, key=lambda kept: kept.used, default=None)
        if last is not None and len(last.tokens) > self._context.size // _NEAR:
            self._copy_out(last)  # all of it, however much of it another one has
            self._drop(last)
        self._clear_away(_NOTHING)
        self._is_guest = True
        try:
            yield
        finally:
            self._is_guest = False
            if last is not None:
                self._bring_back(last.tokens)

    def cleared(self) -> Sequence:
        """An empty sequence in a memory that is empty, too, as far as jobs that wait leave it so.

        Those gave their memory back, but for takes that are finished.
        """
        if self._is_guest:
            return self._lend()
        kept = {one.id: one for one in self._kept}
        lent = set(range(SEQUENCES)) - set(self._free) - set(kept)
        if any(self._context.holds(one) for one in lent):
            for one in kept.values():
                self._drop(one)
        else:
            self._context.clear()
            self._kept.clear()
            self._free = [one for one in range(SEQUENCES - 1, -1, -1) if one not in lent]
        return self._lend()

    def begin(self, tokens: Ids) -> Sequence:
        """A sequence that holds the longest known beginning of `tokens`, but not all of them.

        The last token is left out because its logits are needed.
        """
        if self._is_guest:
            return self._lend()
        self._bring_back(tokens[:-1])
        found, length = self._at_hand(tokens[:-1])
        if found is not None:
            found.used = self._tick()
        sequence = self._lend()
        if found is not None:
            self._context.copy(found.id, sequence.id, length)
            sequence.length = length
        self._clear_away(tokens)
        return sequence

    def known(self, tokens: Ids) -> int:
        """How many tokens `begin` would find at hand, copied or saved."""
        if self._is_guest:
            return 0
        whole = self._whole_copies
        known = max(self._at_hand(tokens)[1], self._copies.best(tokens, whole=whole)[1])
        saved = self._saved.best(tokens, whole=whole)[1] if self._saved is not None else 0
        return saved if saved >= known + WORTH else known

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
        if self._is_guest or not len(tokens):
            self.release(sequence)
            return
        sequence.tokens, sequence.used, sequence.length = tokens, self._tick(), len(tokens)
        for other in [other for other in self._kept if self._covers(tokens, other.tokens)]:
            self._drop(other)
        for copy in [copy for copy in self._copies if self._covers(tokens, copy.tokens)]:
            self._copies.remove(copy)
        self._kept.add(sequence, tokens)

    def release(self, sequence: Sequence) -> None:
        """Take a sequence back and forget it."""
        self._context.truncate(sequence.id, 0)
        self._free.append(sequence.id)

    def make_room(self) -> None:
        """Forget the oldest kept sequence; raises ContextFullError when there is none."""
        if not len(self._kept):
            raise ContextFullError
        oldest = min(self._kept, key=lambda kept: kept.used)
        if self._is_guest:
            self._leave(oldest, _NOTHING)
        else:
            self._drop(oldest)

    def settle(self, *, all_of_it: bool = False) -> None:
        """Have the prompt that was used last saved, if that is worth it; see `SavedPrompts`."""
        last = max(self._kept, key=lambda kept: kept.used, default=None)
        if last is None or self._saved is None:
            return
        length = self._lasting(last)
        if self._saved.wants(last.tokens[:length], all_of_it=all_of_it):
            state = self._state(last, length, min(MOST_STATE, _room()))
            if state is not None:
                self._saved.save(last.tokens[:length], state)

    def _at_hand(self, tokens: Ids) -> tuple[Sequence | None, int]:
        """The kept sequence with the longest beginning of `tokens` that can be gone on from."""
        found, length = self._kept.best(tokens, whole=not self._partial)
        if found is not None and not self._context.sees(found.id, length):
            found, length = self._kept.best(tokens, whole=True)
        return found, length

    def _bring_back(self, tokens: Ids) -> None:
        """Restore the copied or saved prompt that helps more than all that are at hand."""
        whole = self._whole_copies
        known = (self._at_hand(tokens)[1], self._copies.best(tokens, whole=whole)[1])
        if self._fetch(tokens, max(known)):
            return
        _, at_hand = self._at_hand(tokens)  # a vain try may have made room
        copy, length = self._copies.best(tokens, whole=whole)
        if copy is not None and length > at_hand:
            self._copies.remove(copy)
            self._restore(copy.state, copy.tokens)

    def _fetch(self, tokens: Ids, known: int) -> bool:
        """Restore a saved prompt, if one is longer by enough than what is `known` here."""
        if self._saved is None:
            return False
        saved, length = self._saved.best(tokens, whole=self._whole_copies)
        if saved is None or length < known + WORTH or saved.header.size > _available() // 2:
            return False
        state = self._saved.load(saved)
        if state is None:
            return False
        if self._restore(state, saved.tokens, length):
            return True
        self._saved.drop(saved)
        return False

    def _restore(self, state: State, tokens: Ids, length: int | None = None) -> bool:
        """Keep a copied sequence again, or the first `length` tokens of it."""
        sequence = self._lend()
        while not self._context.restore(state, sequence.id):
            if not len(self._kept):
                self.release(sequence)
                return False
            self._leave(min(self._kept, key=lambda kept: kept.used), tokens)
        sequence.length = self._context.holds(sequence.id)
        if sequence.length != len(tokens):
            self.release(sequence)
            return False
        self.keep(sequence, tokens[:length] if self._partial else tokens)
        return True

    def _clear_away(self, tokens: Ids) -> None:
        """Remove old sequences that would slow the running one down."""
        budget = self._context.size // _NEAR
        for kept in sorted(self._kept, key=lambda kept: -kept.used):
            own = len(kept.tokens) - common_prefix(kept.tokens, tokens)
            budget -= own
            if budget < 0 and own:
                self._leave(kept, tokens)

    def _leave(self, kept: Sequence, tokens: Ids) -> None:
        """Drop a kept sequence; if most of it is its own, copy it out first."""
        others = [tokens, *(copy.tokens for copy in self._copies)]
        known = max(common_prefix(kept.tokens, other) for other in others)
        if known < len(kept.tokens) / 2:
            self._copy_out(kept)
        self._drop(kept)

    def _copy_out(self, kept: Sequence) -> None:
        length = self._lasting(kept)
        state = self._state(kept, length, _room())
        if state is not None:
            tokens = kept.tokens[:length]
            self._copies.add(_Copy(tokens, state, kept.used), tokens)
            self._trim()

    def _lasting(self, kept: Sequence) -> int:
        """How many of its tokens a copy has: those that a retry or an undo would leave."""
        return kept.length - min(self._context.window, kept.length // _CHANGING)

    def _state(self, kept: Sequence, length: int, most: int) -> State | None:
        """A copy of its first `length` positions; None where it cannot be had."""
        if length == kept.length:
            return self._context.save(kept.id, most)
        if not self._free or not self._context.sees(kept.id, length):
            return None
        part = self._lend()
        self._context.copy(kept.id, part.id, length)
        state = self._context.save(part.id, most)
        self.release(part)
        return state

    def _trim(self) -> None:
        """Keep the copies few, and within the context's own size and the free memory."""
        oldest_first = sorted(self._copies, key=lambda copy: copy.used)
        room = _room()
        tokens = sum(len(copy.tokens) for copy in oldest_first)
        size = sum(len(copy.state) for copy in oldest_first)
        for place, copy in enumerate(oldest_first):
            few = len(oldest_first) - place <= _MOST_COPIES
            if few and tokens <= self._context.size and size <= room:
                return
            tokens, size = tokens - len(copy.tokens), size - len(copy.state)
            self._copies.remove(copy)

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


def _room() -> int:
    """The bytes that copies of prompts may take now."""
    return _available() // _MEMORY_SHARE


def _available() -> int:
    """The free memory in bytes."""
    available: int = psutil.virtual_memory().available
    return available
