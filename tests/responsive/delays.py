"""How late an event loop, or a thread that only sleeps, was woken.

Times are seconds of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

TICK_S = 0.001
"""How often a wake-up is asked for."""

WORTH_S = 0.002
"""Shorter delays are not reported one by one: every system has them."""

STALL_S = 0.05
"""A longer delay is seen."""


@dataclass(frozen=True)
class Delay:
    """One late wake-up: at `at`, `late` seconds too late.

    `busy` is how long the thread computed meanwhile, `starved` how long it was ready to and had no
    processor; -1 where the system does not tell.
    """

    at: float
    late: float
    busy: float = 0.0
    starved: float = -1.0
    doing: str = ""
    stack: str = ""


@dataclass(frozen=True)
class Span:
    """A part of the run."""

    name: str
    begun: float
    ended: float


@dataclass(frozen=True)
class Figures:
    """What a part of the run was like, in seconds."""

    worst: float
    p99: float
    stalls: int
    own: int
    """Those that would be one if there had always been a processor; of the control, none."""


def within(delays: Iterable[Delay], span: Span) -> list[Delay]:
    """Those that ended in the span."""
    return [delay for delay in delays if span.begun <= delay.at < span.ended]


def figures(delays: Sequence[Delay], span: Span) -> Figures:
    """The worst, the 99th percentile and the number of stalls.

    Who asks to be woken every millisecond and is kept for forty has asked forty times: all of
    these waited, each a millisecond less than the one before.
    """
    asked = max(1, round((span.ended - span.begun) / TICK_S))
    waits = sorted(
        (delay.late - TICK_S * step for delay in delays for step in range(_steps(delay.late))),
        reverse=True,
    )
    rank = asked // 100
    return Figures(
        worst=max((delay.late for delay in delays), default=0.0),
        p99=waits[rank] if rank < len(waits) else WORTH_S,
        stalls=sum(delay.late > STALL_S for delay in delays),
        own=sum(delay.late - max(0.0, delay.starved) > STALL_S for delay in delays),
    )


def excess(window: Figures, control: Figures) -> int:
    """The stalls that are the window's own.

    Those with a processor are, beyond as many as the control had, which never holds itself up.
    """
    return max(0, window.own - control.stalls)


def _steps(late: float) -> int:
    return max(1, int(late / TICK_S))
