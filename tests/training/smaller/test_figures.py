"""The price: perplexity, what is said again, and a speed that is measured by turns."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch

from app.core.errors import CancelledError
from app.training.packing import pack
from app.training.smaller.figures import TURNS, WRITTEN, perplexity, repeated_grams, speeds
from tests.training.conftest import tiny_network


def test_who_knows_nothing_is_as_perplexed_as_there_are_words() -> None:
    network = tiny_network().eval()
    torch.nn.init.zeros_(network.lm_head.weight)
    rows = pack([[*range(3, 60)]], 16, 1, None).rows
    assert perplexity(network, rows, lambda: None) == pytest.approx(64, rel=1e-5)
    assert math.isfinite(perplexity(tiny_network(), rows, lambda: None))


def test_what_is_said_again_is_counted_within_each_text() -> None:
    assert repeated_grams([[1, 2, 3, 4, 5, 6]]) == 0
    assert repeated_grams([[1, 1, 1, 1, 1, 1]]) == pytest.approx(2 / 3)
    assert repeated_grams([[1, 2, 3, 4], [1, 2, 3, 4]]) == 0
    assert repeated_grams([[1, 2, 3, 4, 1, 2, 3, 4], [1, 2]]) == pytest.approx(1 / 5)
    assert repeated_grams([[1, 2]]) == 0


def test_models_take_turns_and_the_median_counts() -> None:
    order: list[str] = []

    class Named:
        def __init__(self, name: str) -> None:
            self.network, self.name, self.device = tiny_network().eval(), name, "cpu"

        def __call__(self, **given: Any) -> Any:
            order.append(self.name)
            return self.network(**given)

    ticks = iter(range(1000))
    models = [Named("a"), Named("b")]
    found = speeds(models, [5, 6, 7], lambda: None, clock=lambda: float(next(ticks)))
    assert found == [WRITTEN, WRITTEN]
    each = WRITTEN + 1
    assert "".join(order) == ("a" * each + "b" * each) * (TURNS + 1)


def test_it_can_be_stopped_while_it_measures() -> None:
    def stop() -> None:
        raise CancelledError("Stopped.")

    with pytest.raises(CancelledError):
        speeds([tiny_network().eval()], [5, 6], stop)
