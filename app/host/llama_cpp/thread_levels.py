"""Choosing among numbers of threads by trying them: a ladder of levels, all threads at the top.

No model of the machine is trusted: what looks slow is only a reason to try fewer threads, and what
was measured side by side decides. So batches that got slower for another reason, a longer context
above all, cost a short trial at most.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

Clock = Callable[[], float]

STEP_LIMIT_S = 0.4
"""A batch of a known kind is given up after five times its usual time, but never sooner."""

SHORTEST_LIMIT_S = 0.15
"""No other batch is given up sooner."""

_STALLED, _CHUNK_STALLED = 5.0, 3.0  # times the usual, and the batch is given up
_SLOW = 3.0  # times the usual: two such batches in a row are enough for a trial
_DRASTIC, _DRASTIC_S = 8.0, 0.25  # times the usual and seconds: one such batch is enough
_WORTH = 1.1  # times what fewer threads should take; less is not worth a trial
_BETTER = 0.95  # of the time before, for a trial to be a success

_DOWN_STEPS, _UP_STEPS, _MOST_STEPS = 4, 8, 32  # how many make a trial; the most if they differ
_TRIAL_S = 0.25  # but no longer
_WINDOW = 8  # batches that a mean is taken of
_WINDOW_S = 0.25

_AGAIN_S, _MOST_AGAIN_S = 2.0, 32.0  # before more threads are tried again
_HIGHER_S = 0.5  # before still more are tried after a success
_SETTLED_S = 8.0  # after which falling back again is a new matter
_LOWER_S, _MOST_LOWER_S = 0.5, 1.5  # before fewer threads are tried again

_FAR = 256  # positions that no two neighbouring batches are apart
_SLOPE = 1500  # positions that double a batch's time at most, seen with the smallest models


class RunningQuantile:
    """A running low quantile of what a kind of batch takes: bad times hardly raise it.

    It follows a growing context by itself, as that takes hundreds of batches. Where the context is
    suddenly longer, it takes the most for granted that a model was seen to need.
    """

    def __init__(self, seconds: float, depth: int = 0) -> None:
        self.seconds = seconds
        self._depth = depth

    def move(self, depth: int) -> None:
        """Go to another length of the context."""
        if depth > self._depth + _FAR:
            self.seconds *= (_SLOPE + depth) / (_SLOPE + self._depth)
        if abs(depth - self._depth) > _FAR:
            self._depth = depth

    def learn(self, seconds: float, depth: int) -> None:
        """Take one more time into account."""
        self._depth = depth
        if seconds < self.seconds:
            self.seconds += (seconds - self.seconds) / 4
        else:
            self.seconds = min(seconds, self.seconds * 1.01)


@dataclass
class _Trial:
    """A visit on another level; `before` are the mean times by kind on the one it came from."""

    origin: int
    before: dict[int, float]
    end: float
    steps: int = 0
    ratios: list[float] = field(default_factory=list)


class ThreadLevels:
    """One kind of work on one of several numbers of threads, `levels`, most first.

    Batches of one `kind` cost the same: a step's number of rows, or a negative number for chunks of
    about one length, whose times are given by the row. `usual_s` are known times of `kind` by
    number of threads. A `curious` ladder tries fewer threads once without need, so that it finds
    out when it began on a busy machine.
    """

    def __init__(
        self,
        levels: Sequence[int],
        clock: Clock,
        *,
        kind: int = 0,
        usual_s: Mapping[int, float] | None = None,
        curious: bool = False,
    ) -> None:
        self._levels = levels
        self._clock = clock
        known = (usual_s or {}).items()
        self._usual = {
            (threads, kind): RunningQuantile(seconds) for threads, seconds in known if seconds > 0
        }
        self._curious = curious
        self._at = 0
        self._depth = 0
        self._recent: dict[int, deque[float]] = {}
        self._streak = 0
        self._trial: _Trial | None = None
        self._up_wait, self._next_up, self._risen = _AGAIN_S, 0.0, -_SETTLED_S
        self._down_wait, self._next_down = _LOWER_S, 0.0

    @property
    def threads(self) -> int:
        """How many to use now."""
        return self._levels[self._at]

    @property
    def is_lowest(self) -> bool:
        """Whether there is nothing to fall back to."""
        return self._at == len(self._levels) - 1

    def usual_s(self, kind: int) -> float:
        """The usual time of a kind of batch on this level; 0 while it is unknown."""
        usual = self._usual.get((self.threads, kind))
        return usual.seconds if usual is not None else 0.0

    def limit(self, kind: int, depth: int) -> float:
        """How long a batch may take before it should be given up; 0 if its time is unknown."""
        usual = self._usual.get((self.threads, kind))
        if usual is None:
            return 0.0
        usual.move(depth)
        trial = self._trial
        if trial is not None and self._at < trial.origin and kind in trial.before:
            return _SLOW * trial.before[kind]
        if kind < 0:
            return _CHUNK_STALLED * usual.seconds
        return max(STEP_LIMIT_S, _STALLED * usual.seconds)

    def took(self, kind: int, depth: int, seconds: float) -> None:
        """Learn from a batch, and choose the level of the next one."""
        now = self._clock()
        if kind > 0 and abs(depth - self._depth) > _FAR:
            self._begin_anew()
        self._depth = depth
        expected = self._learn(kind, depth, seconds)
        self._recent.setdefault(kind, deque(maxlen=_WINDOW)).append(seconds)
        if self._trial is not None:
            self._judge(self._trial, kind, seconds, now)
        elif not self._fell(kind, seconds, expected, now) and self._at and now >= self._next_up:
            self._try(self._at - 1, self._typical(), now)

    def stalled(self, kind: int) -> None:
        """Leave the level, for a batch of `kind` was given up on it."""
        now = self._clock()
        if usual := self._usual.get((self.threads, kind)):
            usual.seconds *= 2  # or a wrong one would have every batch given up
        if self._trial is not None and self._at < self._trial.origin:
            self._fail_up(self._trial.origin, now)
        elif not self.is_lowest:
            self._fall_back(now)
            self._go(self._far())

    def _begin_anew(self) -> None:
        """Compare nothing with what was elsewhere in the context."""
        if self._trial is not None:
            self._go(self._trial.origin)
        self._recent.clear()
        self._streak = 0

    def _learn(self, kind: int, depth: int, seconds: float) -> float:
        """What was to be expected before this batch."""
        usual = self._usual.get((self.threads, kind))
        if usual is None:
            usual = RunningQuantile(self._at_most(kind, seconds), depth)
            self._usual[self.threads, kind] = usual
        usual.move(depth)
        expected = usual.seconds
        usual.learn(seconds, depth)
        return expected

    def _at_most(self, kind: int, seconds: float) -> float:
        """A first time, unless other levels show that the machine was busy meanwhile."""
        known = (
            usual.seconds * max(1.0, threads / self.threads)
            for (threads, other), usual in self._usual.items()
            if other == kind
        )
        return min((seconds, *known))

    def _fell(self, kind: int, seconds: float, expected: float, now: float) -> bool:
        """Try fewer threads if there is a reason."""
        self._streak = self._streak + 1 if seconds > _SLOW * expected else 0
        if self.is_lowest or now < self._next_down:
            return False
        recent = self._recent[kind]
        if kind > 0 and seconds > max(_DRASTIC_S, _DRASTIC * expected):
            self._try(self._far(), {kind: seconds}, now)
        elif self._streak >= 2:
            self._try(self._at + 1, {kind: fmean(list(recent)[-2:])}, now)
        elif self._is_worth_a_trial(kind, expected):
            self._try(self._at + 1, self._typical(), now)
        return self._trial is not None

    def _is_worth_a_trial(self, kind: int, expected: float) -> bool:
        recent = self._recent[kind]
        few = len(recent) < _WINDOW and (len(recent) < 2 or sum(recent) < _WINDOW_S)
        if few and kind > 0:
            return False
        lower = self._levels[self._at + 1]
        if self._curious and (lower, kind) not in self._usual:
            return True
        return _mean(recent) > _WORTH * expected * self._cost_of(lower, kind)

    def _cost_of(self, lower: int, kind: int) -> float:
        """What a batch should take with fewer threads, as a multiple of its time with these."""
        here = self._usual.get((self.threads, kind))
        there = self._usual.get((lower, kind))
        share = self.threads / lower
        if here is None or there is None:
            return share
        there.move(self._depth)
        return min(max(there.seconds / here.seconds, 1.0), share)

    def _far(self) -> int:
        """The level to jump to in a collapse: half the threads."""
        half = self.threads // 2
        return next(at for at, threads in enumerate(self._levels) if threads <= max(1, half))

    def _typical(self) -> dict[int, float]:
        return {kind: _mean(recent) for kind, recent in self._recent.items()}

    def _try(self, target: int, before: dict[int, float], now: float) -> None:
        """Visit another level to compare it with the times `before`."""
        origin = self._at if self._trial is None else self._trial.origin
        self._go(target)
        self._trial = _Trial(origin, before, now + _TRIAL_S)

    def _go(self, target: int) -> None:
        self._at = target
        self._trial = None
        self._recent = {}
        self._streak = 0

    def _judge(self, trial: _Trial, kind: int, seconds: float, now: float) -> None:
        trial.steps += 1
        if kind in trial.before:
            trial.ratios.append(seconds / trial.before[kind])
        if not trial.ratios:
            if trial.steps >= _MOST_STEPS:
                self._go(trial.origin)
            return
        up = self._at < trial.origin
        if up and trial.ratios[-1] > _SLOW:
            self._fail_up(trial.origin, now)
        elif len(trial.ratios) >= (_UP_STEPS if up else _DOWN_STEPS) or now >= trial.end:
            (self._end_up if up else self._end_down)(trial, fmean(trial.ratios), now)

    def _end_up(self, trial: _Trial, ratio: float, now: float) -> None:
        if ratio > _BETTER:
            self._fail_up(trial.origin, now)
            return
        self._trial = None
        self._risen, self._next_up = now, now + _HIGHER_S

    def _fail_up(self, origin: int, now: float) -> None:
        self._up_wait = min(_MOST_AGAIN_S, self._up_wait * 2)
        self._next_up = now + self._up_wait
        self._go(origin)

    def _end_down(self, trial: _Trial, ratio: float, now: float) -> None:
        if ratio <= _BETTER:
            self._fall_back(now)
            self._trial = None
            return
        slow = any(
            mean > _SLOW * usual.seconds
            for kind, mean in trial.before.items()
            if (usual := self._usual.get((self._levels[trial.origin], kind)))
        )
        if slow and not self.is_lowest:
            self._try(self._at + 1, trial.before, now)
            return
        self._go(trial.origin)
        self._next_down = now + self._down_wait
        self._down_wait = min(_MOST_LOWER_S, self._down_wait * 2)

    def _fall_back(self, now: float) -> None:
        """Stay with fewer threads; the sooner they were needed again, the longer."""
        settled = now - self._risen >= _SETTLED_S
        self._up_wait = _AGAIN_S if settled else min(_MOST_AGAIN_S, self._up_wait * 2)
        self._next_up = now + self._up_wait
        self._down_wait = _LOWER_S


def _mean(recent: Sequence[float]) -> float:
    """The mean of some times; of many without the worst, as one slow batch means nothing."""
    return fmean(sorted(recent)[:-1] if len(recent) > _WINDOW // 2 else recent)
