"""Rounds: samples of two sides by turns, each begun only while the machine is idle."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import psutil

from app.bench.goal import Experiment, Values

IDLE = 0.93
"""The share of the processors that must be free before a sample begins."""

PATIENCE_S = 30.0
"""How long a sample waits for that; after the first refusal only `SHORT_PATIENCE_S`."""

SHORT_PATIENCE_S = 5.0
_LOOK_S = 0.25


@dataclass(frozen=True, slots=True)
class Load:
    """How much of all processors is in use, from 0 to 1, and by which program most."""

    busy: float
    program: str = ""


class BusyError(Exception):
    """The machine did not become idle; nothing that is measured now could be judged."""

    def __init__(self, load: Load) -> None:
        by = f" by {load.program}" if load.program else ""
        super().__init__(f"the machine was busy ({load.busy:.0%}{by})")


class Machine(Protocol):
    """Says how busy the machine is; looking takes a moment."""

    def load(self) -> Load:
        """The load over the next moment."""
        ...


class RealMachine:
    """The machine it runs on, as the system counts it, our own children included."""

    def load(self) -> Load:
        """The load over the next quarter of a second; if it is high, it is looked into."""
        busy = psutil.cpu_percent(_LOOK_S) / 100
        if busy <= 1 - IDLE:
            return Load(busy)
        before = _used()
        busy = psutil.cpu_percent(_LOOK_S) / 100
        return Load(busy, _busiest(before))


def _used() -> dict[int, float]:
    """Seconds of processor time by process."""
    used = {}
    for process in psutil.process_iter(["cpu_times"]):
        times = process.info["cpu_times"]
        if times is not None:
            used[process.pid] = times.user + times.system
    return used


def _busiest(before: dict[int, float]) -> str:
    """The name of the process that used the most since then; empty if it cannot be told."""
    gone = {pid: used - before.get(pid, 0.0) for pid, used in _used().items()}
    pid = max(gone, key=lambda number: gone[number], default=0)
    try:
        return str(psutil.Process(pid).name()) if gone.get(pid, 0.0) > 0 else ""
    except psutil.Error:
        return ""


class IdleWatch:
    """Waits for an idle machine, and loses its patience after it was disappointed once."""

    def __init__(
        self,
        machine: Machine,
        *,
        clock: Callable[[], float] = monotonic,
        on_wait: Callable[[Load], None] = lambda _load: None,
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._on_wait = on_wait
        self._patience = PATIENCE_S

    def wait(self) -> None:
        """Return once the machine is idle; raises BusyError when that takes too long."""
        deadline = self._clock() + self._patience
        while (load := self._machine.load()).busy > 1 - IDLE:
            if self._clock() >= deadline:
                self._patience = SHORT_PATIENCE_S
                raise BusyError(load)
            self._on_wait(load)


class NoWatch:
    """Begins at once, whatever the machine does; what comes out says nothing about speed."""

    def wait(self) -> None:
        """Do not wait."""


class Watch(Protocol):
    """Decides when a sample may begin."""

    def wait(self) -> None:
        """Return when it may; raises BusyError."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave: the goal's measures, and what the samples named."""

    measures: Values
    samples: Values


def run_rounds(
    experiment: Experiment, rounds: int, watch: Watch, on_round: Callable[[Round, int], None]
) -> None:
    """Take every sample of the experiment once per round, passing each whole round on.

    Raises BusyError; what was passed on before stays true.
    """
    for number in range(rounds):
        taken: dict[str, float] = {}
        for sample in experiment.samples.values():
            watch.wait()
            taken |= sample()
        on_round(Round(experiment.values(taken), taken), number)
