"""A training a step at a time, for the benchmark: the trainer's own parts, and its order.

It answers lines of JSON as the baselines of `app.host.baselines` do.
"""

from __future__ import annotations

from time import perf_counter
from typing import Any

import torch

from app.core.training.orders import Numbers, StyleSettings, TrainingOrder
from app.host.process_memory import peak_memory
from app.training.opening import open_training
from app.training.style import Control


class TimedTraining:
    """One training, whose first step is done again and again."""

    def open(
        self, *, path: str, text: str, length: int, numbers: Numbers, threads: int, folder: str
    ) -> dict[str, Any]:
        """Prepare to learn the text; the step's rows, the layers that learn, and the settings."""
        settings = StyleSettings(length=length)
        order = TrainingOrder(
            model=path,
            texts=(text,),
            settings=settings,
            folder=folder,
            numbers=numbers,
            threads=threads,
        )
        opened = open_training(order, lambda: None)
        self._training, self._control = opened.training, Control()
        rows = self._training.rows_of(0)
        layers = sorted({name.rpartition(".")[2] for name in opened.adapters.layers})
        return {
            "rows": [piece for row in rows for piece in row.pieces],
            "layers": layers,
            "rank": settings.rank,
            "alpha": opened.adapters.alpha,
            "rate": settings.rate,
            "steps": self._training.steps,
            "threads": torch.get_num_threads(),
            "numbers": str(opened.network.dtype).removeprefix("torch."),
        }

    def step(self) -> dict[str, Any]:
        """Seconds of a step of the optimizer, its loss, and the most memory taken so far."""
        begun = perf_counter()
        loss, targets = self._training.step(self._control)
        seconds = perf_counter() - begun
        return {"seconds": seconds, "loss": loss, "tokens": targets, "memory": peak_memory()}
