from __future__ import annotations

from app.core.system.throttle import Throttle


def test_time_passes_between_two_that_are_let_through() -> None:
    now = [5.0]
    throttle = Throttle(0.5, lambda: now[0])
    assert [throttle(), throttle()] == [True, False]
    now[0] = 5.5
    assert [throttle(), throttle()] == [True, False]
    assert throttle(always=True)
    now[0] = 5.9
    assert not throttle()
    now[0] = 6.0
    assert throttle()


def test_a_position_takes_the_place_of_time() -> None:
    throttle = Throttle(0.25)
    assert [at for at in (0.0, 0.1, 0.25, 0.3, 0.49, 0.5, 1.0) if throttle(at)] == [0, 0.25, 0.5, 1]
