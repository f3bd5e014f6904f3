"""Blind tests: fair orders, honest chances, and a result that is kept."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from app.core.errors import HousekeepingError
from app.core.training.blind_test import (
    FILE,
    BlindResult,
    blind_pairs,
    read_result,
    write_result,
)
from app.core.training.orders import SamplePair

PAIRS = [SamplePair(prompt=f"p{n}", before=f"before {n}", after=f"after {n}") for n in range(12)]


def test_ten_pairs_come_in_an_order_that_tells_nothing() -> None:
    hits = [0, 0]
    for seed in range(200):
        found = blind_pairs(PAIRS, random.Random(seed))
        assert len({pair.prompt for pair in found}) == 10
        for pair in found:
            assert pair.texts[pair.learned] == f"after {pair.prompt[1:]}"
            assert pair.texts[1 - pair.learned] == f"before {pair.prompt[1:]}"
            hits[pair.learned] += 1
    assert abs(hits[0] - hits[1]) < 200


def test_pairs_that_are_the_same_are_left_out() -> None:
    same = SamplePair(prompt="p", before="one\ntwo", after="one two ")
    assert blind_pairs([same], random.Random(1)) == ()


@pytest.mark.parametrize(("hits", "chance"), [(8, 56 / 1024), (10, 1 / 1024), (0, 1.0)])
def test_the_chance_is_that_of_a_coin(hits: int, chance: float) -> None:
    assert BlindResult(pairs=10, hits=hits, at=0.0).chance == pytest.approx(chance)


def test_the_result_is_kept_beside_the_card(tmp_path: Path) -> None:
    assert read_result(tmp_path) is None
    result = BlindResult(pairs=10, hits=8, at=5.0)
    write_result(tmp_path, result)
    assert read_result(tmp_path) == result
    (tmp_path / FILE).write_text("{", "utf-8")
    assert read_result(tmp_path) is None
    with pytest.raises(HousekeepingError):
        write_result(tmp_path / "nowhere", result)
