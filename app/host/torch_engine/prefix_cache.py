"""Which prompts the engine still knows, and which of them a new one can go on from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
import psutil
import safetensors.torch
import torch
from safetensors import SafetensorError

from app.core.errors import OutOfMemoryError
from app.host.generation.vocabulary import Ids, common_prefix
from app.host.prompt_cache.disk_cache import WORTH, SavedPrompts
from app.host.prompt_cache.state_file import MOST_STATE, State
from app.host.torch_engine.kv_cache import Lane, Lanes


def pack(lane: Lane) -> State:
    """The bytes of a memory with one row."""
    with torch.inference_mode():
        return np.frombuffer(safetensors.torch.save(lane.tensors()), np.uint8)


def unpack(state: State, lanes: Lanes, length: int, room: int, device: torch.device) -> Lane:
    """The memory of `length` positions out of its bytes; raises ValueError where it is none."""
    try:
        tensors = safetensors.torch.load(state.tobytes())
    except SafetensorError as error:
        raise ValueError(str(error)) from error
    with torch.inference_mode():
        return lanes.holding(tensors, length, room, device)


_MEMORY_SHARE = 4  # kept prompts leave this part (1/4) of the memory free
_MOST = 32
_SLACK = 3  # how many contexts may lie in buffers, of which two are kept


@dataclass(eq=False)
class _Kept:
    """A memory with the tokens that it holds; the list of them is ordered by age."""

    tokens: Ids
    lane: Lane


class TorchPrefixCache:
    """Lends out memories and keeps the finished ones; the oldest goes first.

    Those of earlier sessions come from the disk, where `saved` keeps them.
    """

    def __init__(
        self, lanes: Lanes, size: int, device: torch.device, saved: SavedPrompts | None = None
    ) -> None:
        self._lanes = lanes
        self._size = size
        self._device = device
        self._saved = saved
        self._kept: list[_Kept] = []
        self._is_guest = False
        self.position_bytes = 0

    @contextmanager
    def guest(self) -> Iterator[None]:
        """While it is entered, nothing is kept or known; what was kept stays."""
        former, self._is_guest = self._is_guest, True
        try:
            yield
        finally:
            self._is_guest = former

    def begin(self, tokens: Ids, room: int) -> Lane:
        """A memory that holds the longest known beginning of `tokens`, but not all of them.

        The last token is left out because its logits are needed. A kept memory that loses less
        than half by it is cut and lent out itself, of another a copy is made if there is room.
        """
        if self._is_guest:
            return self.empty(room)
        best = max(self._kept, key=lambda kept: common_prefix(kept.tokens, tokens), default=None)
        length = 0 if best is None else common_prefix(best.tokens, tokens)
        length = min(length, len(tokens) - 1)
        fetched = self._fetch(tokens[:-1], length, room)
        if fetched is not None:
            return fetched
        if best is None or not length:
            return self.empty(room)
        if length * 2 < len(best.tokens):
            with suppress(OutOfMemoryError):
                return best.lane.copied(length, room)
        self._kept.remove(best)
        best.lane.cut(length)
        return best.lane

    def known(self, tokens: Ids) -> int:
        """How many tokens `begin` would find at hand or saved."""
        if self._is_guest:
            return 0
        known = max((common_prefix(kept.tokens, tokens) for kept in self._kept), default=0)
        saved = self._saved.best(tokens)[1] if self._saved is not None else 0
        return saved if saved >= known + WORTH else known

    def empty(self, room: int) -> Lane:
        """A memory that holds nothing."""
        return self._lanes.empty(room)

    def keep(self, lane: Lane, tokens: Ids) -> None:
        """Take a memory of one row back that begins with `tokens`."""
        if not len(tokens):
            return
        self.position_bytes = lane.size // max(1, lane.length)
        if self._is_guest:
            return
        lane.cut(len(tokens))
        self._kept = [
            kept for kept in self._kept if common_prefix(kept.tokens, tokens) < len(kept.tokens)
        ]
        self._kept.append(_Kept(tokens, lane))
        self._trim()

    def settle(self, *, all_of_it: bool = False) -> None:
        """Have the prompt that was used last saved, if that is worth it; see `SavedPrompts`."""
        if not self._kept or self._saved is None:
            return
        last = self._kept[-1]
        room = psutil.virtual_memory().available // _MEMORY_SHARE
        if last.lane.size < min(MOST_STATE, room) and self._saved.wants(
            last.tokens, all_of_it=all_of_it
        ):
            with suppress(RuntimeError, MemoryError):  # there is no room for a copy of it
                self._saved.save(last.tokens, pack(last.lane))

    def _fetch(self, tokens: Ids, known: int, room: int) -> Lane | None:
        """A saved memory, cut to fit, if it is longer by enough than what is `known` here."""
        if self._saved is None:
            return None
        saved, length = self._saved.best(tokens)
        if saved is None or length < known + WORTH:
            return None
        state = self._saved.load(saved)
        if state is None:
            return None
        try:
            lane = unpack(state, self._lanes, len(saved.tokens), room, self._device)
        except ValueError:
            self._saved.drop(saved)
            return None
        except (RuntimeError, MemoryError):  # there is no room for it now
            return None
        lane.cut(length)
        return lane

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    def _trim(self) -> None:
        """Keep no more positions than two contexts, and leave memory to others."""
        while len(self._kept) > 1 and self._is_too_much():
            del self._kept[0]
        buffers = dict(kept.lane.taken for kept in self._kept)
        if sum(buffers.values()) > _SLACK * self._size:
            self._pack()

    def _pack(self) -> None:
        """Give each memory buffers of its own: one row would keep those of all takes alive."""
        try:
            for kept in self._kept:
                kept.lane = kept.lane.copied(len(kept.tokens), len(kept.tokens))
        except OutOfMemoryError:
            self.clear()

    def _is_too_much(self) -> bool:
        memory = psutil.virtual_memory()
        positions = sum(len(kept.tokens) for kept in self._kept)
        crowded = memory.available * _MEMORY_SHARE < memory.total
        return positions > 2 * self._size or len(self._kept) > _MOST or crowded
