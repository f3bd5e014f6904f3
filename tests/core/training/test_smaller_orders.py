"""Orders for smaller models: limits, how they travel, and the memory they take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.core.errors import ParameterError
from app.core.memory_fit.layout import layout
from app.core.training.memory import smaller_memory, training_memory
from app.core.training.orders import AnyOrder, line_of, read_news
from app.core.training.smaller_orders import (
    AnswersPlanned,
    AtWork,
    DistillOrder,
    DistillSettings,
    HealingSettings,
    PruneOrder,
    check_healing,
)


@pytest.mark.parametrize(
    "changes",
    [{"temperature": 0.1}, {"hard": 1.5}, {"top": 0}, {"rank": 0}, {"epochs": 0}, {"length": 8}],
)
def test_a_setting_beyond_its_limits_is_a_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=next(iter(changes))):
        check_healing(DistillSettings(**changes))
    assert check_healing(DistillSettings()) == DistillSettings()
    assert check_healing(HealingSettings()) == HealingSettings()


def test_orders_and_news_arrive_as_they_were_sent() -> None:
    prune = PruneOrder(
        model="m", name="n", texts=("a",), folder="f", settings=HealingSettings(), heads=3
    )
    distill = DistillOrder(
        model="m",
        name="n",
        texts=("a",),
        folder="f",
        settings=DistillSettings(top=3),
        teacher="t",
        teacher_sha256="0",
        answers="a",
    )
    for order in (prune, distill):
        assert msgspec.json.decode(line_of(order), type=AnyOrder) == order
    for news in (AtWork(what="x", fraction=0.5), AnswersPlanned(size=3, present=1)):
        assert read_news(line_of(news)) == news


def test_the_memory_comes_near_to_what_was_measured(starter_model: Path) -> None:
    starter = layout(starter_model, "torch")
    found = smaller_memory(starter, starter, HealingSettings(), 2)
    assert found == pytest.approx(2_000_000_000, rel=0.15)
    assert found > training_memory(starter, 256, 16, 2)
