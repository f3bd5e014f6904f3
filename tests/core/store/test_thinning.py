"""Thinning: what must stay stays, and nothing else, whenever it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from app.core.store.thinning import HOURLY_DAYS, kept

DAY, HOUR = 86_400.0, 3600.0
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]

times = st.lists(st.floats(NOON - 40 * DAY, NOON), max_size=80)
zones = st.sampled_from(ZONES)


def day(moment: float, zone: timezone) -> object:
    return datetime.fromtimestamp(moment, zone).date()


@given(times=times, zone=zones)
def test_every_day_and_every_hour_of_the_week_keep_their_last(
    times: list[float], zone: timezone
) -> None:
    stay = kept(times, NOON, zone)
    left = [times[place] for place in stay]
    for moment in times:
        assert max(t for t in times if day(t, zone) == day(moment, zone)) in left
        if day(moment, zone) == day(NOON, zone):
            assert moment in left
        elif NOON - moment < HOURLY_DAYS * DAY:
            same = {t for t in times if t // HOUR == moment // HOUR}
            assert max(t for t in same if day(t, zone) != day(NOON, zone)) in left


@given(times=times, zone=zones)
def test_old_days_keep_one_each(times: list[float], zone: timezone) -> None:
    left = [times[place] for place in kept(times, NOON, zone)]
    old = [day(t, zone) for t in left if NOON - t >= (HOURLY_DAYS + 1) * DAY]
    assert len(old) == len(set(old))


@given(times=times, zone=zones, later=st.lists(st.floats(0, 30 * DAY), min_size=1, max_size=5))
def test_thinning_often_is_thinning_once(
    times: list[float], zone: timezone, later: list[float]
) -> None:
    times = sorted(set(times))
    left = times
    for wait in sorted(later):
        stay = kept(left, NOON + wait, zone)
        left = [moment for place, moment in enumerate(left) if place in stay]
    once = kept(times, NOON + max(later), zone)
    assert left == [moment for place, moment in enumerate(times) if place in once]


@pytest.mark.parametrize("zone", ZONES)
def test_what_is_dated_tomorrow_stays(zone: timezone) -> None:
    assert kept([NOON + 2 * DAY, NOON + 2 * DAY + 1, NOON + 40 * DAY], NOON, zone) == {0, 1, 2}
    assert kept([], NOON, zone) == set()


@pytest.mark.parametrize("wrong", [-1e12, 1e18])
def test_a_clock_that_is_very_wrong_costs_nothing(wrong: float) -> None:
    assert kept([wrong], NOON) == kept([NOON], wrong) == {0}
