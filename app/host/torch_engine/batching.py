"""Rows of several jobs: what is computed in one batch, and what waits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np

from app.core.errors import LampblackError, OutOfMemoryError
from app.host.interface import Answer, Rows
from app.host.torch_engine.decoding import Logits, TorchRows
from app.host.torch_engine.model import ForwardAbortedError, TorchModel

_ROUNDING = {4: 1e-3, 2: 0.03}
"""By the bytes of a number, how far logits may lie apart, as a part of their range."""


class TorchBatcher:
    """Computes the next tokens of all jobs together, then one block of a prompt.

    Whether the model goes along with that is seen at the first steps of memories that are not
    equally long: they are computed both ways and compared. Else each is computed by itself.
    """

    def __init__(self, model: TorchModel) -> None:
        self._model = model
        self.joins: bool | None = None if model.may_join else False

    def compute(self, wanted: Sequence[Rows]) -> list[Answer]:
        """Compute rows and answer each; None is the answer for prompts whose turn comes later."""
        rows = cast("list[TorchRows]", [*wanted])
        steps = [one for one in rows if one.is_step]
        found: dict[TorchRows, Answer] = {}
        if steps:
            found |= self._steps(steps)
        others = [one for one in rows if not one.is_step]
        if others:
            first = max(others, key=lambda one: one.waited)
            found[first] = self._alone(first)
            for one in others:
                one.waited += 1
        return [found.get(one) for one in rows]

    def _steps(self, steps: list[TorchRows]) -> dict[TorchRows, Answer]:
        if len(steps) == 1 or self.joins is False:
            return {one: self._alone(one) for one in steps}
        if self.joins is None:
            return self._tried(steps)
        try:
            self._give(steps, self._together(steps))
        except ForwardAbortedError:
            return dict.fromkeys(steps, False)
        except LampblackError:  # one by one they may still find the memory
            return {one: self._alone(one) for one in steps}
        return dict.fromkeys(steps, True)

    def _tried(self, steps: list[TorchRows]) -> dict[TorchRows, Answer]:
        """Compute steps together and by themselves, and see whether that is the same."""
        before = [one.lane.length for one in steps]
        together: Logits | None = None
        try:
            together = self._together(steps)
        except ForwardAbortedError:
            return dict.fromkeys(steps, False)
        except OutOfMemoryError:
            pass  # that says nothing of the model
        # A model's own code fails in ways of its own where it does not take what it is given.
        except Exception:  # noqa: BLE001
            self.joins = False
        for one, length in zip(steps, before, strict=True):
            one.lane.cut(length)
        found = {one: self._alone(one) for one in steps}
        if together is not None and all(answer is True for answer in found.values()):
            alone = np.concatenate([one.logits for one in steps])
            is_same = _is_same(together, alone, self._model.width)
            if len({*before}) > 1 or not is_same:
                self.joins = is_same
        return found

    def _together(self, steps: list[TorchRows]) -> Logits:
        tokens = np.concatenate([one.tokens for one in steps])
        return self._model.read_together([one.lane for one in steps], tokens)

    def _alone(self, rows: TorchRows) -> Answer:
        try:
            return rows.compute(self._model)
        except LampblackError as error:
            return error

    @staticmethod
    def _give(steps: list[TorchRows], logits: Logits) -> None:
        row = 0
        for one in steps:
            one.logits = logits[row : row + one.lane.rows]
            row += one.lane.rows


def _is_same(one: Logits, other: Logits, width: int) -> bool:
    """Whether logits differ by no more than rounding to numbers of `width` bytes does."""
    reach = float(np.ptp(other))
    return bool(np.abs(one - other).max() <= _ROUNDING.get(width, 0.0) * reach)
