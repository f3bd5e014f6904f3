"""How the event loop is listened to: late turns make every event wait that is posted meanwhile."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject

from app.ui.benchmark.measure_window import Ticks, latencies


class Clock:
    def __init__(self) -> None:
        self.now = 10.0

    def __call__(self) -> float:
        return self.now


def test_a_turn_in_time_makes_no_event_wait(qapp) -> None:
    clock, parent = Clock(), QObject()
    ticks = Ticks(parent, clock)
    ticks.begin()
    clock.now += 0.001
    ticks.tick()
    ticks.end()
    assert ticks.late == pytest.approx([0.0])


def test_one_long_event_keeps_all_that_come_meanwhile(qapp) -> None:
    clock, parent = Clock(), QObject()
    ticks = Ticks(parent, clock)
    ticks.begin()
    clock.now += 0.0045
    ticks.tick()
    ticks.end()
    assert ticks.late == pytest.approx([0.0035, 0.0025, 0.0015, 0.0005])


def test_the_percentile_counts_all_but_one_in_a_hundred() -> None:
    found = latencies([index / 1000 for index in range(200)])
    assert found["p99"] == pytest.approx(197)
    assert found["worst"] == pytest.approx(199)
    assert found["p50"] == pytest.approx(99)
    assert found["samples"] == 200
    assert latencies([0.002])["p99"] == pytest.approx(2)


def test_the_loop_is_calm_after_enough_events_in_time(qapp) -> None:
    clock, parent = Clock(), QObject()
    ticks = Ticks(parent, clock)
    ticks.begin()

    def is_calm_after(seconds: float, times: int) -> bool:
        for _ in range(times):
            clock.now += seconds
            ticks.tick()
        return ticks.is_calm

    assert not is_calm_after(0.0011, 19)
    assert is_calm_after(0.0011, 1)
    assert not is_calm_after(0.004, 1)
    assert is_calm_after(0.0011, 20)
    ticks.begin()
    assert not ticks.late
    ticks.end()
