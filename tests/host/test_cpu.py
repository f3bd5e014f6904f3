"""How much of the processors others take, whichever of them are switched on."""

from __future__ import annotations

from types import SimpleNamespace

import psutil
import pytest

from app.host import cpu
from app.host.cpu import OtherPrograms, busy_cores


@pytest.mark.parametrize(
    ("allowed", "counted"),
    [
        ({0, 1, 2, 3}, 4),
        ({1, 2}, 2),
        ({0, 2, 4, 6}, 4),  # every second one is switched off: the system lists four rows
    ],
)
def test_every_processor_that_may_be_used_is_counted(
    monkeypatch: pytest.MonkeyPatch, allowed: set[int], counted: int
) -> None:
    worked = 0.0

    class Row(SimpleNamespace):
        def _asdict(self) -> dict[str, float]:
            return {"user": worked, "idle": 1000.0}

    monkeypatch.setattr(psutil, "cpu_times", lambda *, percpu: [Row() for _ in range(4)])
    monkeypatch.setattr(cpu, "allowed_processors", lambda: allowed)
    monkeypatch.setattr(cpu, "process_time", lambda: 0.0)
    clock = iter((0.0, 2.0))
    monkeypatch.setattr(cpu, "perf_counter", lambda: next(clock))
    watched = OtherPrograms()
    worked = 2.0  # two seconds of each one's time: all of it
    assert watched.cores == counted


@pytest.mark.parametrize(("processors", "busy"), [(1, 0.2), (2, 0.2), (4, 0.2), (16, 0.8)])
def test_what_a_desktop_always_does_keeps_no_large_machine_from_being_measured(
    monkeypatch: pytest.MonkeyPatch, processors: int, busy: float
) -> None:
    monkeypatch.setattr(cpu, "allowed_processors", lambda: set(range(processors)))
    assert busy_cores() == pytest.approx(busy)
