"""Learning labels: steps over the texts, a test after each pass, checkpoints, the best kept.

Cross-entropy with a weight for each label; AdamW (Loshchilov and Hutter 2019), whose rate rises
over the first twentieth of the steps and falls to nothing; gradients are clipped to length 1.
"""

from __future__ import annotations

import hashlib
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import torch

from app.core.errors import CancelledError
from app.core.training.classifier_orders import ClassifierOrder, HeldOutScores
from app.core.training.label_figures import scores
from app.core.training.labelled_texts import HeldOutSplit, class_weights
from app.core.training.orders import TrainingNews, TrainingStep
from app.training.checkpoint import TrainingState, read_checkpoint, save_checkpoint
from app.training.classifier_models import Learner
from app.training.loss import require_finite

CHECKPOINT_S = 30.0
_CLIP = 1.0
_WARMING = 0.05
_TELL_S = 0.2
_TESTED_AT_ONCE = 32
_DECAY = 0.01
_LIKE = 1e-12


class ClassifierState(TrainingState, frozen=True, kw_only=True):
    """Where the learning of labels is; `tests` are in the order of their steps."""

    tests: tuple[HeldOutScores, ...] = ()


class ClassifierTraining:
    """One training of a learner on the texts of an order."""

    def __init__(
        self,
        learner: Learner,
        order: ClassifierOrder,
        parts: HeldOutSplit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.learner, self._order, self.parts, self._clock = learner, order, parts, clock
        settings = order.settings
        self.steps_each = math.ceil(len(parts.learned) / settings.batch)
        self.steps = self.steps_each * settings.epochs
        self._targets = torch.tensor(order.targets)
        learned = [order.targets[place] for place in parts.learned]
        self._weights = torch.tensor(class_weights(learned, len(order.labels)))
        self._optimizer = torch.optim.AdamW(learner.learning, lr=settings.rate, weight_decay=_DECAY)
        self._best = [one.detach().clone() for one in learner.learning]
        self.state = ClassifierState(digest=_digest(order))
        self.right = tuple(order.targets[place] for place in parts.held_out)

    @property
    def stopped_early(self) -> bool:
        """Whether it ended before its last step."""
        return self.state.step < self.steps

    def resume(self) -> bool:
        """Go on from the checkpoint in the folder; False where there is none of this order."""
        found = read_checkpoint(Path(self._order.folder), self.state.digest, ClassifierState)
        if found is None:
            return False
        state, tensors = found
        for at, one in enumerate(self.learner.learning):
            if tensors[f"now.{at}"].shape != one.shape:
                return False
        self.state = state
        for at, one in enumerate(self.learner.learning):
            one.data.copy_(tensors[f"now.{at}"])
            self._best[at].copy_(tensors[f"best.{at}"])
            self._optimizer.state[one] = {
                "step": tensors[f"step.{at}"],
                "exp_avg": tensors[f"mean.{at}"],
                "exp_avg_sq": tensors[f"square.{at}"],
            }
        return True

    def save(self) -> None:
        """Write a checkpoint; raises HousekeepingError."""
        tensors: dict[str, torch.Tensor] = {}
        for at, one in enumerate(self.learner.learning):
            kept = self._optimizer.state.get(one) or {}
            tensors |= {
                f"now.{at}": one.detach().contiguous(),
                f"best.{at}": self._best[at].contiguous(),
                f"step.{at}": torch.as_tensor(kept.get("step", 0.0), dtype=torch.float32),
                f"mean.{at}": kept.get("exp_avg", torch.zeros_like(one.data)).contiguous(),
                f"square.{at}": kept.get("exp_avg_sq", torch.zeros_like(one.data)).contiguous(),
            }
        save_checkpoint(Path(self._order.folder), self.state, tensors)

    def probe(self, wait: Callable[[], None]) -> float:
        """About how many seconds are left, measured on two batches; nothing is changed."""
        self._learn(0)  # the first is slower: memory is asked for
        wait()
        begun = self._clock()
        self._learn(self.steps_each - 1 if self.steps_each > 1 else 0)
        each = self._clock() - begun
        begun = self._clock()
        places = self.parts.held_out[:_TESTED_AT_ONCE]
        self._logits(places)
        test = (self._clock() - begun) * len(self.parts.held_out) / len(places)
        self._optimizer.zero_grad(set_to_none=True)
        left = self.steps - self.state.step
        return each * left + test * (left / self.steps_each + 1)

    def run(self, tell: Callable[[TrainingNews], None], wait: Callable[[], None]) -> None:
        """Train to the end, or until macro F1 no longer rises; the best numbers are put in place.

        Raises CancelledError when it is stopped, after a checkpoint was written, GenerationError
        where the numbers run away, and HousekeepingError where no checkpoint can be written.
        """
        begun, before, first = self._clock(), self.state.seconds, self.state.step
        saved = told = begun
        try:
            while (self._is_test_due or self.state.step < self.steps) and not self.state.is_over:
                if self._is_test_due:  # also where it was stopped before this test
                    self._look(tell, wait)
                    continue
                wait()
                loss = self._step()
                now = self._clock()
                step = self.state.step + 1
                self.state = msgspec.structs.replace(
                    self.state, step=step, seconds=before + now - begun
                )
                if self._is_test_due or now - told >= _TELL_S:
                    tell(self._news(loss, now - begun, first))
                    told = now
                if now - saved >= CHECKPOINT_S:
                    self.save()
                    saved = self._clock()
        except CancelledError:
            self.save()
            raise
        self.state = msgspec.structs.replace(self.state, is_over=True)
        self.save()
        for one, best in zip(self.learner.learning, self._best, strict=True):
            one.data.copy_(best)

    def rate(self, step: int) -> float:
        """The rate of a step."""
        warm = max(1, round(self.steps * _WARMING))
        falls = (self.steps - step) / max(1, self.steps - warm)
        return self._order.settings.rate * min((step + 1) / warm, falls, 1.0)

    def chosen(self, wait: Callable[[], None] = lambda: None) -> tuple[int, ...]:
        """The labels' places that it chooses for the texts held out."""
        return self._chosen(wait)[0]

    @property
    def _is_test_due(self) -> bool:
        step, tests = self.state.step, self.state.tests
        return step > 0 and step % self.steps_each == 0 and (not tests or tests[-1].step < step)

    def _step(self) -> float:
        for group in self._optimizer.param_groups:
            group["lr"] = self.rate(self.state.step)
        loss = self._learn(self.state.step)
        torch.nn.utils.clip_grad_norm_(self.learner.learning, _CLIP)
        self._optimizer.step()
        return loss

    def _learn(self, step: int) -> float:
        """The loss of a step's texts, with its gradients."""
        seed, batch = self._order.settings.seed, self._order.settings.batch
        epoch, at = divmod(step, self.steps_each)
        order = [*self.parts.learned]
        random.Random(f"{seed}-{epoch}").shuffle(order)
        places = order[at * batch : (at + 1) * batch]
        torch.manual_seed(seed * 1_000_003 + step)  # a resumed training drops the same numbers
        self.learner.train(is_on=True)
        self._optimizer.zero_grad(set_to_none=True)
        loss = torch.nn.functional.cross_entropy(
            self.learner.logits(places), self._targets[places], weight=self._weights
        )
        require_finite(float(loss.detach()))
        loss.backward()
        return float(loss.detach())

    def _logits(self, places: tuple[int, ...]) -> torch.Tensor:
        self.learner.train(is_on=False)
        with torch.no_grad():
            return self.learner.logits(places)

    def _chosen(self, wait: Callable[[], None]) -> tuple[tuple[int, ...], float]:
        """The choices for the texts held out, and their mean loss without weights."""
        held = sorted(self.parts.held_out, key=lambda place: self.learner.tokens[place])
        found: dict[int, int] = {}
        loss = 0.0
        for at in range(0, len(held), _TESTED_AT_ONCE):
            wait()
            places = tuple(held[at : at + _TESTED_AT_ONCE])
            logits = self._logits(places)
            loss += float(
                torch.nn.functional.cross_entropy(logits, self._targets[[*places]], reduction="sum")
            )
            found |= dict(zip(places, logits.argmax(1).tolist(), strict=True))
        return tuple(found[place] for place in self.parts.held_out), loss / len(held)

    def _look(self, tell: Callable[[TrainingNews], None], wait: Callable[[], None]) -> None:
        """Test, and keep the numbers where macro F1 is the best, or the loss at the same one."""
        chosen, loss = self._chosen(wait)
        require_finite(loss)
        found = scores(self.right, chosen)
        tests = self.state.tests
        former = next((one for one in tests if one.step == self.state.best_step), None)
        is_better = former is None or found.macro_f1 > former.macro_f1 + _LIKE
        if former is not None and abs(found.macro_f1 - former.macro_f1) <= _LIKE:
            is_better = loss < former.loss
        if is_better:
            for best, one in zip(self._best, self.learner.learning, strict=True):
                best.copy_(one.detach())
        best_step = self.state.step if is_better else self.state.best_step
        test = HeldOutScores(
            step=self.state.step,
            loss=loss,
            accuracy=found.accuracy,
            macro_f1=found.macro_f1,
            best=max([found.macro_f1, *(one.macro_f1 for one in tests)]),
        )
        passes = (self.state.step - best_step) // self.steps_each
        self.state = msgspec.structs.replace(
            self.state,
            tests=(*tests, test),
            best_step=best_step,
            is_over=passes >= self._order.settings.patience,
        )
        tell(test)

    def _news(self, loss: float, passed: float, first: int) -> TrainingStep:
        step = self.state.step
        done = step - first
        mean = sum(self.learner.tokens) / len(self.learner.tokens) * self._order.settings.batch
        return TrainingStep(
            step=step,
            steps=self.steps,
            loss=loss,
            rate=self.rate(step - 1),
            speed=mean * done / max(passed, 1e-9),
            left=passed / done * (self.steps - step),
        )


def _digest(order: ClassifierOrder) -> str:
    """Of everything that decides the numbers."""
    same = msgspec.structs.replace(order, folder="", resumes=False, threads=0)
    return hashlib.sha256(msgspec.json.encode(same)).hexdigest()
