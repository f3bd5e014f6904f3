"""What a training says on a terminal, whatever it learns."""

from __future__ import annotations

from collections.abc import Callable

from app.cli import output
from app.cli.long_task import LongTask
from app.core.training.classifier_orders import HeldOutScores
from app.core.training.orders import (
    HeldOutLoss,
    SamplesWritten,
    TrainingNews,
    TrainingPlan,
    TrainingStep,
    TrainingWaits,
)
from app.core.training.smaller_orders import AnswersPlanned, AtWork
from app.core.units import duration_text, size_text
from app.engine.learning.child import TrainingChild


class TrainingTeller:
    """Shows the news of a training, and lets it begin once its plan is told.

    `plan_line` makes the sentence of the plan; `unit` is that of the speed, which is not shown
    without one.
    """

    def __init__(
        self,
        task: LongTask,
        child: TrainingChild,
        plan_line: Callable[[TrainingPlan], str],
        *,
        quiet: bool,
        unit: str = "",
    ) -> None:
        self._task, self._child, self._plan_line = task, child, plan_line
        self._quiet, self._unit = quiet, unit
        self._tested = ""

    def __call__(self, news: TrainingNews) -> None:
        """One piece of news."""
        if isinstance(news, TrainingPlan):
            self._note(self._plan_line(news))
            self._child.begin()
        elif isinstance(news, TrainingStep):
            speed = f"{news.speed:.0f} {self._unit}, " if self._unit else ""
            self._task.line.show(
                f"step {news.step:,} of {news.steps:,}, loss {news.loss:.3f}{self._tested}, "
                f"{speed}{duration_text(news.left)} left"
            )
        elif isinstance(news, HeldOutLoss):
            self._tested = f", held out {news.loss:.3f}"
            self._note(f"Step {news.step:,}: held-out loss {news.loss:.4f}.")
        elif isinstance(news, HeldOutScores):
            self._tested = f", macro F1 {news.macro_f1:.3f} (best {news.best:.3f})"
        elif isinstance(news, SamplesWritten):
            self._task.line.show(f"writing samples: {news.fraction:.0%}")
        elif isinstance(news, AtWork):
            share = f": {news.fraction:.0%}" if news.fraction else ""
            self._task.line.show(news.what + share)
        elif isinstance(news, AnswersPlanned):
            there = f", {size_text(news.present)} of it there already" if news.present else ""
            self._note(f"The teacher's answers take {size_text(news.size)} on the disk{there}.")
        elif isinstance(news, TrainingWaits):
            self._task.line.show("waiting while a text is written here")

    def _note(self, line: str) -> None:
        if not self._quiet:
            self._task.line.clear()
            output.note(line)
