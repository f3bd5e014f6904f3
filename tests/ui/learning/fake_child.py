"""A trainer that learns nothing and says what the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.errors import CancelledError, LampblackError
from app.core.training.orders import (
    HeldOutLoss,
    SamplePair,
    SamplesWritten,
    Trained,
    TrainingNews,
    TrainingOrder,
    TrainingPlan,
    TrainingStep,
)
from app.engine.learning.child import TrainingChild

PAIRS = tuple(
    SamplePair(prompt=f"The lamp {n}", before=f"It was dark {n}.", after=f"It burned low {n}.")
    for n in range(12)
)
PLAN = TrainingPlan(
    tokens=3000,
    held_out=300,
    steps=4,
    done=0,
    seconds=75.0,
    memory=10**9,
    numbers="float32",
    parameters=1000,
    network_denied="kernel",
)
DONE = Trained(
    steps=4,
    best_step=4,
    stopped_early=False,
    loss_before=3.0,
    loss_after=2.5,
    seconds=60.0,
    speed=200.0,
    memory=10**9,
    parameters=1000,
    pairs=PAIRS,
    samples=tuple(pair.after for pair in PAIRS),
    gguf_problem="",
    versions={"torch": "2"},
)


class FakeChild(TrainingChild):
    """Goes on when `step` is called; `wishes` are what it was asked for."""

    def __init__(self, end: Trained | LampblackError = DONE) -> None:
        super().__init__(())
        self._end = end
        self.wishes: list[str] = []
        self.orders: list[TrainingOrder] = []
        self._heard = threading.Condition()
        self._steps = 0

    def step(self) -> None:
        """Let it go on with one more thing."""
        with self._heard:
            self._steps += 1
            self._heard.notify()

    def carry_out(self, order: Any, tell: Callable[[TrainingNews], None], wanted: Any) -> Any:
        self.orders.append(order)
        tell(PLAN)
        self._wait(lambda: "begin" in self.wishes)
        folder = Path(order.folder)
        for number in range(1, 5):
            self._rest()
            loss = 3.0 - 0.1 * number
            tell(TrainingStep(step=number, steps=4, loss=loss, rate=1e-4, speed=200.0, left=30.0))
            tell(HeldOutLoss(step=number, loss=loss + 0.1, best=loss + 0.1))
        self._rest()
        tell(SamplesWritten(fraction=0.5))
        self._rest()
        if isinstance(self._end, LampblackError):
            raise self._end
        for name in ("adapter_config.json", "adapter_model.safetensors", "adapter.gguf"):
            (folder / name).write_bytes(b"{}")
        return self._end

    def kill(self) -> None:
        self.stop()

    def _wish(self, wish: str) -> None:
        with self._heard:
            self.wishes.append(wish)
            self._heard.notify()

    def _rest(self) -> None:
        """Wait for `step`."""
        self._wait(lambda: self._steps > 0)
        self._steps -= 1

    def _wait(self, is_there: Callable[[], bool]) -> None:
        with self._heard:
            self._heard.wait_for(lambda: is_there() or "stop" in self.wishes, 20)
        if "stop" in self.wishes:
            raise CancelledError("The training was stopped; it can be resumed.")
