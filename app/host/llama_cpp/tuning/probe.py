"""The probe: about two seconds of measuring that choose how a model runs on this machine.

It knows neither llama.cpp nor the clock on the wall: a subject gives it seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Protocol

from app.host.llama_cpp.tuning.tuning_file import Probed, Tuning

BUDGET_S = 2.0
"""How long a probe takes; a measurement is begun only when it is expected to fit."""

SLOW_STEP_S = 0.4
"""A model with slower steps is measured with the few that fit, and keeps the usual settings."""

_THREADS_UNTIL, _FLASH_UNTIL = 0.25, 0.6  # of the budget
_FLASH_S = 1.5  # flash attention is worth more than the budget: it costs every later token
_MOST = 9  # rounds of a phase
_TIE = 1.03  # what costs no more than this is as good
_FLASH_TIE = 1.02
_HOPELESS = 1.5  # times the best: such a number of threads is not sampled again
_WIDE = 0.25  # spread of samples beyond which the machine was busy
_DEEPER = 1.4  # a step at depth in near-empty ones, roughly
_ROWS = (2, 3, 4, 8)
_ROWS_ROUNDS = 3
_PROMPT_ROWS = 64
_BATCHES = (512, 256, 128)
_TOKENS = 512  # read to compare batches


class Subject(Protocol):
    """What is measured. Each measurement raises CancelledError when the load is stopped."""

    def step(self, threads: int, *, flash: bool) -> float:
        """The seconds of a single step."""

    def rows(self, count: int, threads: int, *, flash: bool) -> float:
        """The seconds of one batch of `count` rows, with logits for each as far as there can be."""

    def prompt(self, tokens: int, block: int, threads: int, *, flash: bool) -> float:
        """The seconds of reading this many tokens, `block` at a time, into an empty context."""

    def deepen(self) -> bool:
        """Fill the context to a depth of about 2,000 with and without flash attention.

        False where only one of the two can be had.
        """

    def empty(self) -> None:
        """Empty the context again."""


@dataclass(frozen=True, slots=True)
class Defaults:
    """What is taken where nothing better was measured; `levels` are numbers of threads to try.

    The first level is the usual one. `flash_free` says whether flash attention is to be chosen.
    """

    levels: tuple[int, ...]
    flash_attention: bool
    flash_free: bool = True
    batch: int = 512


def thread_levels(cores: int) -> tuple[int, ...]:
    """The numbers of threads to try on this many physical cores, the usual one first."""
    return tuple(dict.fromkeys(max(1, level) for level in (cores, cores - 1, cores // 2, 1)))


def probe(
    subject: Subject,
    defaults: Defaults,
    *,
    budget_s: float = BUDGET_S,
    clock: Callable[[], float] = perf_counter,
) -> Probed:
    """Measure and choose. Raises CancelledError, or the LampblackError of a failed step."""
    return _Probe(subject, defaults, budget_s, clock).run()


class _Probe:
    """One run, with the samples so far."""

    def __init__(
        self, subject: Subject, defaults: Defaults, budget_s: float, clock: Callable[[], float]
    ) -> None:
        self._subject = subject
        self._defaults = defaults
        self._budget_s = budget_s
        self._clock = clock
        self._begun = clock()
        self._threads = defaults.levels[0]
        self._flash = defaults.flash_attention
        self._steps: dict[int, list[float]] = {}

    def run(self) -> Probed:
        """All phases, as far as the time allows."""
        self._step(self._threads)  # the first touches every page
        self._steps.clear()
        if self._step(self._threads) > SLOW_STEP_S:
            return self._slow()
        self._choose_threads()
        is_steady = _spread(self._steps[self._threads]) <= _WIDE
        ratios = self._flash_ratios() if self._defaults.flash_free else []
        is_settled = bool(ratios) and self._choose_flash(ratios)
        costs = self._rows_cost()
        row_s = self._row_s(costs)
        return Probed(
            tuning=self._tuning(self._choose_batch(row_s), row_s, costs),
            is_flash_settled=is_settled,
            is_steady=is_steady and (is_settled or not ratios),
        )

    def _slow(self) -> Probed:
        """One step of each number of threads that fits; the usual settings stay.

        Fewer threads that are faster mean that another program keeps the processor busy, so that
        the next lower number is tried unless that might take too long.
        """
        usual = self._steps[self._threads][0]
        lower = self._defaults.levels[1:2]
        if lower and usual * self._threads / lower[0] <= self._budget_s:
            self._step(lower[0])
        self._try_levels(1.0)
        return Probed(
            tuning=self._tuning(self._defaults.batch, 0.0, ()),
            is_flash_settled=False,
            is_steady=all(median(samples) >= usual / _TIE for samples in self._steps.values()),
        )

    def _tuning(self, batch: int, row_s: float, costs: Sequence[float]) -> Tuning:
        return Tuning(
            threads=self._threads,
            flash_attention=self._flash,
            batch=batch,
            ubatch=batch,
            step_s={level: median(samples) for level, samples in sorted(self._steps.items())},
            row_s=row_s,
            rows_cost=tuple(costs),
        )

    def _step(self, level: int) -> float:
        seconds = self._subject.step(level, flash=self._flash)
        self._steps.setdefault(level, []).append(seconds)
        return seconds

    def _try_levels(self, share: float) -> None:
        """A first step of every other number of threads, if it can be expected to fit."""
        first = self._steps[self._threads][0]
        for level in self._defaults.levels[1:]:
            if level not in self._steps and first * self._threads / level <= self._left(share):
                self._step(level)

    def _choose_threads(self) -> None:
        self._try_levels(_THREADS_UNTIL)
        usual = {level: samples[0] for level, samples in self._steps.items()}
        for _ in range(_MOST - 1):
            hopeful = [one for one in usual if usual[one] <= _HOPELESS * min(usual.values())]
            if sum(usual[level] for level in hopeful) > self._left(_THREADS_UNTIL):
                break
            for level in hopeful:
                self._step(level)
            usual = {level: median(samples) for level, samples in self._steps.items()}
        tied = _tied(usual)
        if len(tied) > 1:  # what is bound by memory in a step may not be in a prompt
            tied = _tied({level: self._small_prompt(level) for level in tied})
        self._threads = min(tied)

    def _small_prompt(self, level: int) -> float:
        return min(self._subject.rows(_ROWS[-1], level, flash=self._flash) for _ in range(2))

    def _flash_ratios(self) -> list[float]:
        """Steps at depth with flash attention against steps without, measured by turns."""
        pair = 2 * _DEEPER * self._usual()
        if 3 * pair > _FLASH_S or not self._subject.deepen():
            self._subject.empty()
            return []
        ratios: list[float] = []
        while len(ratios) < _MOST and (len(ratios) < 2 or pair <= self._left(_FLASH_UNTIL)):
            seconds = {}
            for flash in (False, True) if len(ratios) % 2 else (True, False):
                seconds[flash] = self._subject.step(self._threads, flash=flash)
            ratios.append(seconds[True] / seconds[False])
        self._subject.empty()
        return ratios

    def _choose_flash(self, ratios: Sequence[float]) -> bool:
        """Decoding at depth decides; what makes no difference stays as usual.

        False where the middle half of the ratios does not agree on which is faster.
        """
        low, high = _middle(ratios)
        if low >= 1 / _FLASH_TIE and high <= _FLASH_TIE:
            return True
        if low <= 1 <= high:
            return False
        self._flash = high < 1
        return True

    def _rows_cost(self) -> list[float]:
        """The costs of 2, 3, 4, … rows in single steps; nothing where the time is up."""
        threads, flash = self._threads, self._flash
        rounds: dict[int, list[float]] = {count: [] for count in _ROWS}
        for _ in range(_ROWS_ROUNDS):
            if sum(_ROWS) * self._usual() > self._left(1.0):
                break
            step = self._subject.step(threads, flash=flash)
            for count, costs in rounds.items():
                costs.append(self._subject.rows(count, threads, flash=flash) / step)
        return _filled_up({count: median(costs) for count, costs in rounds.items() if costs})

    def _row_s(self, costs: Sequence[float]) -> float:
        """The seconds per row of a prompt, out of the small batches where time is up."""
        if not costs:
            return 0.0
        estimate = costs[-1] / _ROWS[-1] * self._usual()
        if _PROMPT_ROWS * estimate > self._left(1.0):
            return estimate
        taken = self._subject.rows(_PROMPT_ROWS, self._threads, flash=self._flash)
        return taken / _PROMPT_ROWS

    def _usual(self) -> float:
        return median(self._steps[self._threads])

    def _choose_batch(self, row_s: float) -> int:
        """The largest batch that none beats, where there is time to compare."""
        if not row_s or self._left(1.0) < len(_BATCHES) * _TOKENS * row_s:
            return self._defaults.batch
        seconds = {
            batch: self._subject.prompt(_TOKENS, batch, self._threads, flash=self._flash)
            for batch in _BATCHES
        }
        return max(_tied(seconds))

    def _left(self, share: float) -> float:
        """The seconds until that share of the budget is used up."""
        return self._begun + share * self._budget_s - self._clock()


def _tied(seconds: dict[int, float]) -> list[int]:
    """The keys of the shortest times, and of those that cost hardly more."""
    best = min(seconds.values())
    return [key for key, taken in seconds.items() if taken <= _TIE * best]


def _spread(samples: Sequence[float]) -> float:
    """How far the middle half of the samples lies apart, against their median."""
    low, high = _middle(samples)
    return (high - low) / median(samples)


def _middle(samples: Sequence[float]) -> tuple[float, float]:
    """The ends of the middle half."""
    ordered = sorted(samples)
    quarter = len(ordered) // 4
    return ordered[quarter], ordered[-1 - quarter]


def _filled_up(costs: dict[int, float]) -> list[float]:
    """The costs of 2, 3, 4, … rows without a gap, in straight lines between the measured ones."""
    counts = sorted(costs)
    found: list[float] = []
    if not counts:
        return found
    for low, high in zip(counts, [*counts[1:], counts[-1] + 1], strict=True):
        slope = (costs[high] - costs[low]) / (high - low) if high in costs else 0.0
        found += [costs[low] + slope * (count - low) for count in range(low, high)]
    return found
