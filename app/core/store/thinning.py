"""Which snapshots stay as they grow older: all of today, hourly for a week, then one a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo

HOURLY_DAYS = 7
"""For how many days before today the last snapshot of each hour stays."""

_HOUR_S = 3600
_DAY_S = 86_400
_LATEST = (
    250_000_000_000  # seconds since 1970; no calendar has later days, and a clock may be wrong
)


def kept(times: Sequence[float], now: float, zone: tzinfo | None = None) -> set[int]:
    """The places in `times`, seconds since 1970, of what stays: never nothing where there is any.

    Days are those of `zone`, by default the system's. What is dated after today stays, for a clock
    may have been set back. Thinning what was thinned before gives the same as thinning once.
    """
    last_of: dict[tuple[str, int], int] = {}
    stay = set[int]()
    today = _day(now, zone)
    for place in sorted(range(len(times)), key=lambda one: (times[one], one)):
        moment = times[place]
        day = _day(moment, zone)
        if day >= today:
            stay.add(place)
        elif now - moment < HOURLY_DAYS * _DAY_S:
            last_of["hour", int(moment // _HOUR_S)] = place
        last_of["day", day] = place
    return stay | set(last_of.values())


def _day(moment: float, zone: tzinfo | None) -> int:
    return datetime.fromtimestamp(min(max(moment, 0), _LATEST), zone).toordinal()
