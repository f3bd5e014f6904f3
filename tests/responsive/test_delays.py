"""The arithmetic of delays: a long one is many waits, and a starved machine is not our doing."""

from __future__ import annotations

import pytest

from tests.responsive.delays import Delay, Span, excess, figures, within

SPAN = Span("part", 10.0, 20.0)


def test_who_was_never_late_waited_for_nothing() -> None:
    quiet = figures([], SPAN)
    assert (quiet.worst, quiet.stalls, quiet.own) == (0.0, 0, 0)
    assert quiet.p99 <= 0.002


def test_one_long_delay_is_as_many_waits_as_it_is_long() -> None:
    found = figures([Delay(11.0, 0.2)], SPAN)
    assert (found.worst, found.stalls) == (0.2, 1)
    assert found.p99 == pytest.approx(0.1)  # ten thousand asked, and a hundred waited longer


def test_only_what_ended_in_the_span_counts() -> None:
    delays = [Delay(9.9, 1.0), Delay(10.0, 0.1), Delay(20.0, 1.0)]
    assert within(delays, SPAN) == [Delay(10.0, 0.1)]


def test_what_the_machine_did_is_not_the_windows_own() -> None:
    computing = Delay(11.0, 0.06, busy=0.06, starved=0.0)
    starved = Delay(12.0, 0.3, busy=0.01, starved=0.29)
    unknown = Delay(13.0, 0.07)
    window = figures([computing, starved, unknown], SPAN)
    assert (window.stalls, window.own) == (3, 2)
    calm, rough = figures([], SPAN), figures([Delay(11.0, 0.06), Delay(12.0, 0.1)], SPAN)
    assert (excess(window, calm), excess(window, rough)) == (2, 0)
