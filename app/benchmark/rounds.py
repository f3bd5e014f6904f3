"""Rounds: samples of two sides by turns, each begun only while the machine is idle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Protocol

import psutil

from app.benchmark.goal import Experiment, Sample, Values

IDLE = 0.93
"""The share of the processors that must be free before a sample begins."""

WAIT_S = 30.0
"""How long a sample waits for that, and after the first refusal."""

SHORT_WAIT_S = 5.0
_LOOK_S = 0.25
_TICKS_S = 0.05
"""Processor time that a system's counters may be wrong by."""

_TRIES = 3
"""How often a sample is taken that others disturbed."""


@dataclass(frozen=True, slots=True)
class ProcessorUse:
    """How much of all processors is in use, from 0 to 1, and by which program most."""

    busy: float
    program: str = ""


class BusyError(Exception):
    """The machine did not become idle; a sample taken now could not be judged."""

    def __init__(self, load: ProcessorUse) -> None:
        by = f" by {load.program}" if load.program else ""
        super().__init__(f"the machine was busy ({load.busy:.0%}{by})")


class ProcessorMonitor(Protocol):
    """Says how busy the machine is."""

    def load(self) -> ProcessorUse:
        """The load over the next moment."""
        ...

    def foreign(self) -> float:
        """Seconds of processor time that other programs had, since some moment in the past."""
        ...

    @property
    def processors(self) -> int:
        """How many there are."""
        ...


class SystemMonitor:
    """The machine it runs on, as the system counts it, our own children included."""

    def load(self) -> ProcessorUse:
        """The load over the next quarter of a second, and if it is high the busiest program."""
        busy = psutil.cpu_percent(_LOOK_S) / 100
        if busy <= 1 - IDLE:
            return ProcessorUse(busy)
        before = _used()
        busy = psutil.cpu_percent(_LOOK_S) / 100
        return ProcessorUse(busy, _busiest(before))

    def foreign(self) -> float:
        """All processor time since the system's start except ours and our children's.

        Only Linux counts what children had that have ended; elsewhere it is always 0.
        """
        if sys.platform != "linux":
            return 0.0
        times = psutil.cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        own = psutil.Process()
        return float(sum(times) - guests - idle - sum(map(_had, [own, *_children(own)])))

    @property
    def processors(self) -> int:
        """How many processors the system has."""
        return psutil.cpu_count() or 1


def _children(process: psutil.Process) -> list[psutil.Process]:
    return list(process.children(recursive=True))


def _had(process: psutil.Process) -> float:
    """The processor time of a process and of its children that have ended."""
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    ended = getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return float(times.user + times.system + ended)


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


class IdleFilter:
    """Waits for an idle machine; after the first refusal only for a short time."""

    def __init__(
        self,
        machine: ProcessorMonitor,
        *,
        clock: Callable[[], float] = monotonic,
        on_wait: Callable[[ProcessorUse], None] = lambda _load: None,
    ) -> None:
        self._machine = machine
        self._clock = clock
        self._on_wait = on_wait
        self._wait_s = WAIT_S

    def take(self, sample: Sample) -> Values:
        """Take the sample on an idle machine, and again if others came between."""
        foreign = ProcessorUse(0.0)
        for _ in range(_TRIES):
            self._wait()
            begun, before = self._clock(), self._machine.foreign()
            taken = sample()
            foreign = self._disturbance(self._clock() - begun, self._machine.foreign() - before)
            if foreign.busy <= 1 - IDLE:
                return taken
        raise BusyError(foreign)

    def _wait(self) -> None:
        """Return once the machine is idle; raises BusyError when that takes too long."""
        deadline = self._clock() + self._wait_s
        while (load := self._machine.load()).busy > 1 - IDLE:
            if self._clock() >= deadline:
                self._wait_s = SHORT_WAIT_S
                raise BusyError(load)
            self._on_wait(load)

    def _disturbance(self, elapsed: float, used: float) -> ProcessorUse:
        """The share of all processors that others had during a sample."""
        if used <= _TICKS_S or elapsed <= 0:
            return ProcessorUse(0.0)
        return ProcessorUse(used / (elapsed * self._machine.processors), "other programs")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round gave: the goal's measures, and what the samples named."""

    measures: Values
    samples: Values


def run_rounds(
    experiment: Experiment,
    rounds: int,
    take: Callable[[Sample], Values],
    on_round: Callable[[Round, int], None],
) -> None:
    """Take every sample of the experiment once per round, passing each whole round on.

    Raises BusyError; the rounds that were passed on before count.
    """
    for number in range(rounds):
        taken: dict[str, float] = {}
        for sample in experiment.samples.values():
            taken |= take(sample)
        on_round(Round(experiment.values(taken), taken), number)
