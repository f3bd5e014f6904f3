"""Continuous batching: several jobs computed side by side, new ones joining between two steps.

A job is a generator that yields the rows it wants computed next and is sent whether they were. The
scheduler gives the engine the rows of all jobs whose turn it is as one batch (Yu et al. 2022,
"Orca: A Distributed Serving System for Transformer-Based Generative Models"); a job for which there
is no room any more gives its memory back and computes it again later, as in vLLM.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from app.core.system.throttle import Throttle
from app.host.generation.decode_loop import ContextFullError
from app.host.interface import Answer, Job, PreemptedError, R, Rows, Work

SHARE = 0.3
"""What jobs in the background may add to the time of the others' steps: those keep 1 / 1.3 of
their speed."""


SHOWN_EACH_S = 0.05
"""Text is sent at most so often: each event wakes the app, on a core that the engine may need."""

SHOWN_TOGETHER_S = 0.1
"""The same where several jobs write: their texts are sent together."""

Compute = Callable[[Sequence[Rows]], Sequence[Answer]]
"""Computes rows, those of the most important job first, and answers each."""


def alone(work: Work[R], compute: Compute, clock: Callable[[], float] = time.perf_counter) -> R:
    """Do a job to its end with nothing beside it."""
    is_time = Throttle(SHOWN_EACH_S, clock)
    try:
        rows = next(work)
        while True:
            (answer,) = compute([rows])
            rows.job.shows = is_time()
            rows = rows if answer is None else _resume(work, answer)
    except StopIteration as end:
        result: R = end.value
        return result
    finally:
        work.close()


def _resume(work: Work[Any], answer: bool | Exception) -> Rows:
    return work.throw(answer) if isinstance(answer, Exception) else work.send(answer)


@dataclass(eq=False)
class _Member:
    """A job that runs: the rows that it waits for, and whether others have its memory."""

    job: Job
    work: Work[Any]
    rows: Rows
    background: bool
    is_paused: bool = False
    owes_text: bool = False  # it had no part in a step after which texts were shown


@dataclass(eq=False)
class _Shares:
    """Decides when jobs in the background may take part in a step of the others.

    The time that they add is paid for by a part of the time that the others take alone.
    """

    saved_s: float = 0.0
    alone_s: dict[int, float] = field(default_factory=dict)

    def allow(self, kind: int) -> bool:
        """Whether they may, beside others whose step is of this kind."""
        return self.saved_s > 0 and kind in self.alone_s

    def took(self, kind: int, seconds: float, *, together: bool) -> None:
        """Take up what a step took."""
        usual = self.alone_s.get(kind, seconds)
        if together:
            self.saved_s -= max(0.0, seconds - usual)
        else:
            self.alone_s[kind] = usual + (seconds - usual) / 4
            self.saved_s = min(self.saved_s + SHARE * seconds, _MOST_SAVED_S)


_MOST_SAVED_S = 0.1


class Scheduler:
    """Runs jobs side by side; each step computes rows of as many as possible.

    `ended` is called with a job and what its work returned or raised, `release` with the rows of
    one whose memory others need; what jobs send while `together` is entered is sent at once.
    """

    def __init__(
        self,
        compute: Compute,
        watch: Callable[[Sequence[Job]], None],
        ended: Callable[[Job, Any], None],
        release: Callable[[Rows], None] = lambda _rows: None,
        clock: Callable[[], float] = time.perf_counter,
        together: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self._compute = compute
        self._watch = watch
        self._ended = ended
        self._release = release
        self._clock = clock
        self._together = together
        self._is_time = Throttle(SHOWN_EACH_S, clock)
        self._members: list[_Member] = []
        self._shares = _Shares()

    @property
    def is_busy(self) -> bool:
        """Whether any job runs."""
        return bool(self._members)

    @property
    def has_foreground(self) -> bool:
        """Whether a job runs that is not in the background."""
        return any(not member.background for member in self._members)

    def add(self, job: Job, work: Work[Any], *, background: bool) -> None:
        """Begin a job; it takes part from the next step on."""
        try:
            rows = next(work)
        except StopIteration as end:
            self._ended(job, end.value)
        except Exception as error:  # noqa: BLE001 - what a job raises is its own end only
            self._ended(job, error)
        else:
            self._members.append(_Member(job, work, rows, background))
            self._members.sort(key=lambda member: member.background)
            self.watch()

    def step(self) -> None:
        """Compute the next rows and let their jobs go on."""
        for member in [one for one in self._members if one.job.cancelled]:
            self._go_on(member, False)
        members = self._turn()
        if not members:
            return
        others = [member for member in members if not member.background]
        kind = sum(member.rows.count for member in others).bit_length()
        begun = self._clock()
        answers: Sequence[Answer]
        try:
            answers = self._compute([member.rows for member in members])
        except Exception as error:  # noqa: BLE001 - a library's own bug must not end the host
            answers = [error] * len(members)
        if others:
            together = len(others) < len(members)
            self._shares.took(kind, self._clock() - begun, together=together)
        with self._together():
            self._answer(members, answers)

    def _answer(self, members: Sequence[_Member], answers: Sequence[Answer]) -> None:
        """Let jobs go on with what they were answered; whether their texts are sent is the same
        for all, so that the app is woken once.
        """
        shows = self._is_time(step=SHOWN_TOGETHER_S if len(members) > 1 else SHOWN_EACH_S)
        for member in self._members if shows else ():
            member.owes_text = True
        for member, answer in zip(members, answers, strict=True):
            member.job.shows, member.owes_text = member.owes_text, False
            if isinstance(answer, ContextFullError) and self._took_from_absent(members):
                continue
            if answer is not None:
                member.is_paused = isinstance(answer, PreemptedError)
                self._go_on(member, answer)

    def pause(self) -> None:
        """Free the memory of all jobs; they compute what it held again with the next step."""
        for member in [*self._members]:
            self._release(member.rows)
            self._go_on(member, PreemptedError())

    def _took_from_absent(self, present: Sequence[_Member]) -> bool:
        """Free the memory of a job that has no part in this step; False if there is none."""
        absent = [one for one in self._members if one not in present and not one.is_paused]
        if not absent:
            return False
        self._release(absent[-1].rows)
        absent[-1].is_paused = True
        self._go_on(absent[-1], PreemptedError())
        return True

    def end(self, error: Exception) -> None:
        """End every job with `error`."""
        for member in [*self._members]:
            self._go_on(member, error)
            if member in self._members:  # it took the error for something that it can mend
                member.work.close()
                self._remove(member)
                self._ended(member.job, error)

    def _turn(self) -> list[_Member]:
        """Those that take part in the next step, the most important first."""
        active = [member for member in self._members if not member.is_paused]
        active = active or [*self._members]  # never the list itself, which a step changes
        others = [member for member in active if not member.background]
        if not others or len(others) == len(active):
            return active
        kind = sum(member.rows.count for member in others).bit_length()
        return active if self._shares.allow(kind) else others

    def _go_on(self, member: _Member, answer: bool | Exception) -> None:
        try:
            member.rows = _resume(member.work, answer)
        except StopIteration as end:
            self._remove(member)
            self._ended(member.job, end.value)
        except Exception as error:  # noqa: BLE001 - what a job raises is its own end only
            self._remove(member)
            self._ended(member.job, error)

    def _remove(self, member: _Member) -> None:
        self._members.remove(member)
        for other in self._members:  # there may be room for it now
            other.is_paused = False
        self.watch()

    def watch(self) -> None:
        """Let the jobs' cancels stop what is computed, after another job was watched alone."""
        self._watch([member.job for member in self._members])
