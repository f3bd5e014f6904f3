"""A smaller network that guesses for a larger one: its memory, its draws, and whether it pays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

from app.core.errors import CancelledError, LampblackError
from app.host.generation.draft_costs import STRIDE, DraftCosts, Timer, timed
from app.host.generation.draft_memory import (
    DraftMemory,
    DraftStoppedError,
    Logits,
    check_worth,
    same_words,
)
from app.host.generation.vocabulary import Ids
from app.host.interface import Job
from app.host.torch_engine.model import ForwardAbortedError, TorchModel

_ROOM = 256  # positions that its memory is made for at first
_CHUNK = 256


class TorchDraftModel(DraftMemory):
    """Owns a second network; `logits` are those after what it read last, one for each of `size`."""

    def __init__(
        self, name: str, model: TorchModel, costs: DraftCosts, words: int, size: int
    ) -> None:
        super().__init__(name, costs, words, model.vocabulary.ends, model.size)
        self._model = model
        self._lane = model.lanes.empty(_ROOM)
        self._logits: Logits = np.full(size, -np.inf, np.float32)

    @property
    def chunk(self) -> int:
        """A block."""
        return _CHUNK

    @property
    def logits(self) -> Logits:
        """A view, valid until it reads on."""
        return self._logits

    def close(self) -> None:
        """Let go of the network; it may be closed twice."""
        self._lane = self._model.lanes.empty(0)
        self._model.close()

    def watch(self, jobs: Sequence[Job]) -> None:
        """Let a cancel stop the network, too."""
        super().watch(jobs)
        self._model.watch(jobs)

    def _compute(self, tokens: Ids, length: int) -> None:
        assert self._lane.length == length
        try:
            found = self._model.read(self._lane, tokens[None])[0, -1]
        except ForwardAbortedError as error:
            raise DraftStoppedError from error
        self._logits[: self._words] = found[: self._words]

    def _cut(self, length: int) -> bool:
        self._lane.cut(length)
        return True

    def _clear(self) -> None:
        self._lane.cut(0)


def load_draft(
    path: Path, larger: TorchModel, read: Callable[[Path], TorchModel], notes: list[str]
) -> TorchDraftModel | None:
    """The model at `path`, which `read` loads, to guess for the `larger` one.

    None where it cannot, or where that would not be faster here; a note says why. Only a cancel
    raises.
    """
    try:
        return _checked(read(path), larger, path.name if path.is_dir() else path.stem)
    except CancelledError:
        larger.close()
        raise
    except LampblackError as error:
        notes.append(f"No draft model is used: {error}")
        return None


def _checked(model: TorchModel, larger: TorchModel, name: str) -> TorchDraftModel:
    try:
        words = same_words(larger.vocabulary, model.vocabulary, name)
        costs = measured(larger, model, words)
        check_worth(costs, name)
        return TorchDraftModel(name, model, costs, words, larger.vocabulary.size)
    except BaseException:
        model.close()
        raise


def measured(larger: TorchModel, smaller: TorchModel, words: int) -> DraftCosts:
    """Compare both on empty memories."""
    for model in (larger, smaller):
        model.watch(())  # which sets the threads
    return timed(_timer(larger, words), _timer(smaller, words))


def _timer(model: TorchModel, words: int) -> Timer:
    def seconds(count: int) -> float:
        lane = model.lanes.empty(count)
        tokens = (np.arange(1, count + 1) * STRIDE % words).astype(np.int32)
        begun = perf_counter()
        model.read(lane, tokens[None], count)
        return perf_counter() - begun

    return seconds
