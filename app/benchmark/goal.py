"""What a goal is: what is compared, in which unit, and the limit that counts as met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from app.benchmark.session import GoalSession

Better = Literal["higher", "lower"]
Values = Mapping[str, float]
Sample = Callable[[], Values]
"""Measures once and names what came out; times in seconds."""


TURNS = 4
"""How often samples are taken by turns within one round."""


def by_turns(samples: Mapping[str, Sample], turns: int = TURNS) -> Sample:
    """One sample of several, each taken `turns` times and averaged, in alternating order.

    A machine's speed changes within seconds: the closer two sides are together, the less of that
    is in their ratio. As a machine that was idle is slow at first, the first sample is taken once
    before, and not counted.
    """

    def sample() -> Values:
        taken: dict[str, list[float]] = {}
        next(iter(samples.values()))()
        for turn in range(turns):
            for one in list(samples.values())[:: -1 if turn % 2 else 1]:
                for name, value in one().items():
                    taken.setdefault(name, []).append(value)
        return {name: fmean(values) for name, values in taken.items()}

    return sample


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a goal: its `limit`, which side of it is better, and what is judged.

    `judged_by` is the median of the rounds, their worst, or nothing where the number is only
    shown.
    """

    key: str
    title: str
    limit: float
    better: Better = "higher"
    unit: str = "ratio"
    judged_by: Literal["median", "worst", "nothing"] = "median"

    def meets(self, value: float) -> bool:
        """Whether the value is on the good side of the limit."""
        return value >= self.limit if self.better == "higher" else value <= self.limit


@dataclass(frozen=True, slots=True)
class Experiment:
    """How a goal is measured: each round takes every sample once, in order: A B A B.

    `values` turns what the samples of one round named into the goal's measures; a measure that it
    leaves out was not taken in that round.
    """

    samples: Mapping[str, Sample]
    values: Callable[[Values], Values]


@dataclass(frozen=True, slots=True)
class Goal:
    """One numbered goal; `about` says in a plain sentence what is done and compared.

    `open` prepares the experiment in a session; it may raise NotMeasuredError. One that is
    `optional` needs what the program does not install, and may be left out of a run that passes.
    """

    number: int
    title: str
    about: str
    measures: tuple[Measure, ...]
    open: Callable[[GoalSession], Experiment]
    optional: bool = False
