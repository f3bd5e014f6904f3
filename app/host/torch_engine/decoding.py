"""Reading a prompt and computing the steps after it with PyTorch."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from app.engine.messages import Prefill
from app.host.generation.decode_loop import RunningTake
from app.host.generation.transcript import Transcript
from app.host.generation.vocabulary import Ids
from app.host.interface import Job, Rows, Work
from app.host.torch_engine.kv_cache import Lane
from app.host.torch_engine.model import ForwardAbortedError, TorchModel
from app.host.torch_engine.sampling.chain import TorchSamplerChain

Logits = npt.NDArray[np.float32]

FIXED = 32
"""How many tokens are read at a time where the same request must give the same bits."""

_LEAST = 16
_BLOCK_S = 0.3  # how long a block may take: progress shows after each
_BESIDE = 2  # beside other jobs it is that part (1/2) of it: they stand still meanwhile


class TorchTake(RunningTake):
    """A take with its chain and its row in a memory.

    `logits` are those after the last step; those after the drafts that were read along are in
    `more`, and the memory is then longer than `length` says.
    """

    def __init__(
        self, index: int, lane: Lane, row: int, chain: TorchSamplerChain, transcript: Transcript
    ) -> None:
        super().__init__(index, transcript)
        self.lane = lane
        self.row = row
        self.chain = chain
        self.logits: Logits = np.empty(0, np.float32)
        self.more: list[Logits] = []
        self.held = lane.length

    @property
    def length(self) -> int:
        """How many tokens of it its memory holds; a finished row's neighbours go on."""
        return self.held

    def own_lane(self) -> Lane:
        """Its row alone, in the same memory."""
        return self.lane if self.lane.rows == 1 else self.lane.part(self.row, self.row)


class TorchRows(Rows):
    """Tokens for the rows of one memory; `logits` are those of each row's last `keep`.

    `seconds` is how long they took alone, `waited` how often others were computed before them.
    """

    def __init__(self, job: Job, lane: Lane, tokens: npt.NDArray[np.int32], keep: int = 1) -> None:
        super().__init__(job)
        self.lane = lane
        self.tokens = tokens
        self._keep = keep
        self.logits: Logits = np.empty(0, np.float32)
        self.waited = 0
        self.seconds = 0.0

    @property
    def count(self) -> int:
        """How many tokens there are."""
        return int(self.tokens.size)

    @property
    def is_step(self) -> bool:
        """Whether there is one token for each row."""
        return self.count == len(self.tokens)

    def compute(self, model: TorchModel) -> bool:
        """Compute them; False if all jobs were cancelled."""
        begun = time.perf_counter()
        try:
            self.logits = model.read(self.lane, self.tokens, self._keep)
        except ForwardAbortedError:
            return False
        self.seconds = time.perf_counter() - begun
        return True


class TorchPromptReader:
    """Reads prompts in blocks; a cancel is seen between a block's layers.

    `has_others` says whether other jobs wait for a block's end.
    """

    def __init__(self, most: int, has_others: Callable[[], bool]) -> None:
        self._most = most
        self._has_others = has_others
        self._block = min(2 * FIXED, most)

    def read(
        self,
        lane: Lane,
        tokens: Ids,
        job: Job,
        *,
        fixed: bool = False,
        told: Callable[[int], object] | None = None,
    ) -> Work[Logits | None]:
        """Read what `lane` lacks of `tokens`, emitting `Prefill` unless `told` hears of it.

        Returns the logits after the last one, or None if cancelled.
        """
        reused, total = lane.length, len(tokens)
        logits: Logits = np.empty(0, np.float32)
        while True:
            done = lane.length
            if told is not None:
                told(done)
            else:
                job.emit(Prefill(job=job.number, done=done, total=total, reused=reused))
            if done >= total or job.cancelled:
                return None if job.cancelled else logits
            size = min(FIXED, self._most) if fixed else self._size()
            block = tokens[done : done + size]
            rows = TorchRows(job, lane, block[None])
            if not (yield rows):
                return None
            logits = rows.logits[0, -1]
            if len(block) >= self._size():
                self._learn(len(block), rows.seconds)

    def _size(self) -> int:
        """How long a block is now."""
        shorter = max(self._block // _BESIDE, min(_LEAST, self._most))
        return shorter if self._has_others() else self._block

    def _learn(self, count: int, seconds: float) -> None:
        """Choose the next blocks' length by how long this one took."""
        fitting = int(count * _BLOCK_S / max(seconds, 1e-6))
        self._block = max(min(_LEAST, self._most), min(fitting, 2 * self._block, self._most))


class TorchDecoder:
    """Computes the writer's steps; a `Decoder`.

    Takes that are equally long lie in the rows of one memory and are computed together. One that
    went back for a banned phrase gets a memory of its own.
    """

    def __init__(self, model: TorchModel, job: Job, *, may_draft: Callable[[], bool]) -> None:
        self._model = model
        self._job = job
        self._may_draft = may_draft

    @property
    def size(self) -> int:
        """The context's positions."""
        return self._model.size

    @property
    def may_draft(self) -> bool:
        """Whether no other job runs."""
        return self._may_draft()

    def draw(self, take: TorchTake, forbidden: Collection[int]) -> int | None:
        """Let the take's chain choose."""
        return take.chain.choose(take.logits, forbidden)

    def logits(self, take: TorchTake) -> Logits:
        """The logits of the take's last step, or what its chain keeps of them."""
        return take.logits if take.chain.left is None else take.chain.left

    def step(
        self, running: Sequence[TorchTake], prompt: Ids, drafts: Sequence[int] = ()
    ) -> Work[bool]:
        """Read each take's next token, then a single one's drafts; False if cancelled."""
        for together in _by_lane(running):
            lane, first = _narrowed(together)
            tokens = np.zeros((lane.rows, 1 + len(drafts)), np.int32)
            tokens[:, 1:] = drafts
            for take in together:
                tokens[take.row - first, 0] = take.token_at(take.held, prompt)
            rows = TorchRows(self._job, lane, tokens, 1 + len(drafts))
            if not (yield rows):
                return False
            for take in together:
                take.lane, take.row = lane, take.row - first
                take.held = lane.length - len(drafts)
                take.logits, *take.more = rows.logits[take.row]
        return True

    def follow(self, take: TorchTake) -> None:
        """Go on to the logits after the draft that was drawn."""
        take.logits = take.more.pop(0)
        take.held += 1

    def settle(self, take: TorchTake) -> None:
        """Cut off the drafts that were not drawn."""
        take.more.clear()
        take.lane.cut(take.held)

    def forget(self, take: TorchTake, prompt: Ids) -> None:
        """Give the take a memory of its own that ends before its last token."""
        take.held = len(prompt) + len(take.ids) - 1
        if take.lane.rows > 1:
            own = take.own_lane()
            take.lane, take.row = own.copied(take.held, own.length), 0
        take.lane.cut(take.held)

    def remember(self, take: TorchTake, prompt: Ids) -> None:
        """Set the chain's history again."""
        take.chain.remember(prompt, take.ids)


def _by_lane(running: Sequence[TorchTake]) -> Iterator[list[TorchTake]]:
    lanes = {id(take.lane): take.lane for take in running}
    for lane in lanes.values():
        yield [take for take in running if take.lane is lane]


def _narrowed(together: Sequence[TorchTake]) -> tuple[Lane, int]:
    """The memory without the finished rows at both ends, and the first row that is left."""
    lane = together[0].lane
    first = min(take.row for take in together)
    last = max(take.row for take in together)
    if last - first + 1 == lane.rows:
        return lane, 0
    return lane.part(first, last), first
