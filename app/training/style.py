"""Learning a style: steps over the rows, tests on the held-out ones, checkpoints, the best kept.

AdamW (Loshchilov and Hutter 2019), whose rate rises over the first tenth of the steps and falls
along a cosine; gradients are added up over the rows of a step and clipped to length 1.
"""

from __future__ import annotations

import hashlib
import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import torch

from app.core.errors import CancelledError
from app.core.system.network import network_state
from app.core.training.orders import (
    STEP_ROWS,
    HeldOutLoss,
    StyleSettings,
    TrainingNews,
    TrainingPlan,
    TrainingStep,
)
from app.core.training.smaller_orders import HealingSettings
from app.training.checkpoint import TrainingState, read_checkpoint, save_checkpoint
from app.training.lora import Adapters
from app.training.loss import loss_of, require_finite
from app.training.packing import Packed, TokenRow

CLIP = 1.0
WARMING = 0.1
TESTS = 4
"""How often a pass over the pages is tested on the held-out ones."""

PATIENCE = 4
"""After so many tests without a better one the training ends."""

CHECKPOINT_S = 30.0
_LEAST_GAIN = 1e-4


@dataclass
class Control:
    """What is asked of the training from outside: `wait` returns when it may go on.

    It raises CancelledError where it must stop.
    """

    wait: Callable[[], None] = field(default=lambda: None)


def numbers_for(network: Any) -> torch.dtype:
    """bfloat16 where the processor multiplies it by itself; on a card it is loaded so already."""
    if network.device.type != "cpu" or network.dtype != torch.float32:
        return network.dtype
    has_them = (
        torch.cpu._is_avx512_bf16_supported()
        if hasattr(torch.cpu, "_is_avx512_bf16_supported")
        else False
    )
    return torch.bfloat16 if has_them else torch.float32


class StyleTraining:
    """One training of a network that stays as it is, beside adapters that learn."""

    def __init__(
        self,
        network: Any,
        adapters: Adapters,
        packed: Packed,
        settings: StyleSettings | HealingSettings,
        folder: Path,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._network, self.adapters, self._packed = network, adapters, packed
        self._settings, self._folder, self._clock = settings, folder, clock
        self._device = adapters.flat.device
        self.steps_each = max(1, math.ceil(len(packed.rows) / STEP_ROWS))
        self.steps = self.steps_each * settings.epochs
        self._optimizer = torch.optim.AdamW(
            [adapters.flat], lr=settings.rate, betas=(0.9, 0.999), weight_decay=0.0
        )
        self._best = adapters.flat.detach().clone()
        self._held = 0.0  # seconds in which it was not allowed to go on
        self.state = TrainingState(digest=self._digest())

    def resume(self) -> bool:
        """Go on from the checkpoint in the folder; False where there is none of this order."""
        found = read_checkpoint(self._folder, self.state.digest, TrainingState)
        if found is None:
            return False
        self.state, tensors = found
        flat = self.adapters.flat
        flat.data.copy_(tensors["adapter"])
        self._best.copy_(tensors["best"])
        self._optimizer.state[flat] = {
            "step": tensors["step"],
            "exp_avg": tensors["mean"].to(flat.device),
            "exp_avg_sq": tensors["square"].to(flat.device),
        }
        return True

    def save(self) -> None:
        """Write a checkpoint; raises HousekeepingError."""
        flat = self.adapters.flat
        learned = self._optimizer.state.get(flat) or {}
        tensors = {
            "adapter": flat.detach().cpu(),
            "best": self._best.cpu(),
            "step": torch.as_tensor(learned.get("step", 0.0), dtype=torch.float32),
            "mean": learned.get("exp_avg", torch.zeros_like(flat.data)).cpu(),
            "square": learned.get("exp_avg_sq", torch.zeros_like(flat.data)).cpu(),
        }
        save_checkpoint(self._folder, self.state, tensors)

    def probe(self, wait: Callable[[], None], rows: int = 2) -> tuple[float, float]:
        """Seconds to learn from a token and to test one, measured; nothing is changed."""
        row = self._packed.rows[0]
        self._learn(row, row.targets)  # the first is slower: memory is asked for
        begun = self._clock() - self._held
        for _try in range(rows):
            self._wait(wait)
            self._learn(row, row.targets)
        learning = (self._clock() - self._held - begun) / (rows * row.targets)
        self.adapters.flat.grad.zero_()
        begun = self._clock()
        self._test(row)
        return learning, (self._clock() - begun) / row.targets

    def plan(self, wait: Callable[[], None], memory: int, beside: float = 0.0) -> TrainingPlan:
        """What a short probe foresees; `beside` are seconds of other work.

        `memory` are the bytes that the process has taken so far.
        """
        learning, testing = self.probe(wait)
        held_out = sum(row.targets for row in self._packed.held_out)
        left = self.steps - self.state.step
        tests = 1 + left / max(1, self.steps_each // TESTS)
        passes = left / self.steps_each
        return TrainingPlan(
            tokens=self._packed.tokens,
            held_out=held_out,
            steps=self.steps,
            done=self.state.step,
            seconds=passes * self._packed.tokens * learning + tests * held_out * testing + beside,
            memory=memory,
            numbers=str(self._network.dtype).removeprefix("torch."),
            parameters=self.adapters.flat.numel(),
            network_denied=network_state(),
        )

    def run(self, tell: Callable[[TrainingNews], None], control: Control) -> None:
        """Train to the end, or until the held-out loss no longer falls; the best is put in place.

        Raises CancelledError when it is stopped, after a checkpoint was written, GenerationError
        where the numbers run away, and HousekeepingError where no checkpoint can be written.
        """
        begun, before, saved = self._clock() - self._held, self.state.seconds, self._clock()
        seen, first = 0, self.state.step
        try:
            if self._is_test_due() and not self._is_tested():
                self._look(tell, control)
            while self.state.step < self.steps and not self.state.is_over:
                loss, targets = self.step(control)
                seen += targets
                passed = self._clock() - self._held - begun
                self.state = msgspec.structs.replace(
                    self.state, step=self.state.step + 1, seconds=before + passed
                )
                tell(self._news(loss, seen / max(passed, 1e-9), passed, first))
                if self._is_test_due():
                    self._look(tell, control)
                if self._clock() - saved >= CHECKPOINT_S:
                    self.save()
                    saved = self._clock()
        except CancelledError:
            self.save()
            raise
        self.state = msgspec.structs.replace(self.state, is_over=True)
        self.save()
        if self._packed.held_out:
            self.adapters.flat.data.copy_(self._best)

    @property
    def stopped_early(self) -> bool:
        """Whether it ended before its last step."""
        return self.state.step < self.steps

    def step(self, control: Control) -> tuple[float, int]:
        """One step of the optimizer: the mean loss, and how many tokens it learned from."""
        rows = self.rows_of(self.state.step)
        targets = sum(row.targets for row in rows)
        flat = self.adapters.flat
        flat.grad.zero_()
        loss = 0.0
        for row in rows:
            self._wait(control.wait)
            loss += self._learn(row, targets)
        require_finite(loss)
        torch.nn.utils.clip_grad_norm_([flat], CLIP)
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate(self.state.step)
        self._optimizer.step()
        return loss, targets

    def rows_of(self, step: int) -> list[TokenRow]:
        """The rows of a step, of which every pass over the pages has another order."""
        epoch, place = divmod(step, self.steps_each)
        order = list(range(len(self._packed.rows)))
        random.Random(f"{self._settings.seed}-{epoch}").shuffle(order)
        return [self._packed.rows[at] for at in order[place * STEP_ROWS : (place + 1) * STEP_ROWS]]

    def rate(self, step: int) -> float:
        """The rate of a step."""
        warm = max(1, round(self.steps * WARMING))
        if step < warm:
            return self._settings.rate * (step + 1) / warm
        share = (step - warm) / max(1, self.steps - warm)
        return self._settings.rate * 0.5 * (1 + math.cos(math.pi * share))

    def _wait(self, wait: Callable[[], None]) -> None:
        """Wait until it may go on; that takes no time of the training's."""
        begun = self._clock()
        wait()
        self._held += self._clock() - begun

    def _learn(self, row: TokenRow, targets: int) -> float:
        loss = self.loss(row) / targets
        loss.backward()
        return float(loss.detach())

    def loss(self, row: TokenRow) -> Any:
        """What learning makes smaller: the sum over the row's tokens."""
        given, aims = row.inputs(self._device)
        return loss_of(self._network, given, aims)

    def _test(self, row: TokenRow) -> float:
        given, aims = row.inputs(self._device)
        with torch.no_grad():
            return float(loss_of(self._network, given, aims))

    def _is_test_due(self) -> bool:
        step = self.state.step
        return step == self.steps or step % max(1, self.steps_each // TESTS) == 0

    def _is_tested(self) -> bool:
        return any(one.step == self.state.step for one in self.state.held_out)

    def _look(self, tell: Callable[[TrainingNews], None], control: Control) -> None:
        """Test on the held-out pages, and keep the best."""
        rows = self._packed.held_out
        if not rows:
            return
        loss = 0.0
        for row in rows:
            self._wait(control.wait)
            loss += self._test(row)
        loss /= sum(row.targets for row in rows)
        require_finite(loss)
        former = self.state.held_out
        best = former[-1].best if former else math.inf
        is_better = loss < best - _LEAST_GAIN
        if is_better:
            self._best.copy_(self.adapters.flat.detach())
        found = HeldOutLoss(step=self.state.step, loss=loss, best=min(best, loss))
        best_step = self.state.step if is_better else self.state.best_step
        tests_since = sum(1 for one in (*former, found) if one.step > best_step)
        self.state = msgspec.structs.replace(
            self.state,
            held_out=(*former, found),
            best_step=best_step,
            is_over=tests_since >= PATIENCE,
        )
        tell(found)

    def _news(self, loss: float, speed: float, passed: float, first: int) -> TrainingStep:
        step = self.state.step
        return TrainingStep(
            step=step,
            steps=self.steps,
            loss=loss,
            rate=self.rate(step - 1),
            speed=speed,
            left=passed / (step - first) * (self.steps - step),
        )

    def _digest(self) -> str:
        """Of everything that decides the numbers."""
        found = hashlib.sha256(msgspec.json.encode(self._settings))
        for rows in (self._packed.rows, self._packed.held_out):
            for row in rows:
                found.update(repr(row.pieces).encode())
        names = [(name, tuple(layer.down.shape)) for name, layer in self.adapters.layers.items()]
        found.update(repr((names, str(next(self._network.parameters()).dtype))).encode())
        return found.hexdigest()
