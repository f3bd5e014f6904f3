"""What of a training's news comes into its record."""

from __future__ import annotations

import math

import pytest

from app.core.runs.record import RunRecord
from app.core.training.orders import TrainingStep
from app.engine.learning.child import MOST_STEPS, with_news
from tests.core.runs.made import record


def followed(steps: int, seen: range, loss: float = 2.0) -> RunRecord:
    found = record("style-20260101-000001", curve=())
    for step in seen:
        news = TrainingStep(step=step, steps=steps, loss=loss, rate=1e-4, speed=1.0, left=0.0)
        found = with_news(found, news)
    return found


@pytest.mark.parametrize("steps", [1, 300, MOST_STEPS])
def test_each_step_is_in_the_record(steps: int) -> None:
    first = max(1, steps - 300)
    found = followed(steps, range(first, steps + 1)).curve
    assert [step for step, _loss, _rate in found] == [*range(first, steps + 1)]


def test_of_a_very_long_training_steps_are_in_it_that_lie_evenly() -> None:
    steps = 3 * MOST_STEPS + 1
    early, late = followed(steps, range(1, 101)), followed(steps, range(steps - 9, steps + 1))
    assert [step for step, _loss, _rate in early.curve] == [*range(4, 101, 4)]
    assert [step for step, _loss, _rate in late.curve] == [59_992, 59_996, 60_000, 60_001]


def test_a_loss_that_is_no_number_is_left_out() -> None:
    assert followed(10, range(1, 5), math.nan).curve == ()
