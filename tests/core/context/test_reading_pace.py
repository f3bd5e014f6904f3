"""The wait that reading will cost, foreseen by what was measured."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.context.reading_pace import LEAST, ReadingPace


def cost(tokens, known, each=0.002, growth=4e-7):
    return sum(each + growth * place for place in range(known, tokens))


def test_nothing_is_foreseen_before_anything_was_measured():
    pace = ReadingPace()
    assert pace.wait(500, 0) is None
    pace.learn(500, 500 - LEAST + 1, 1.0)
    pace.learn(500, 0, 0.0)
    assert pace.wait(500, 0) is None
    pace.learn(500, 0, 1.0)
    assert pace.wait(500, 0) == pytest.approx(1.0)
    assert pace.wait(500, 250) == pytest.approx(0.5)
    pace.forget()
    assert pace.wait(500, 0) is None


def test_what_a_longer_text_costs_more_is_learnt():
    pace = ReadingPace()
    for tokens, known in ((400, 0), (3000, 0), (3200, 3000), (900, 700)):
        pace.learn(tokens, known, cost(tokens, known))
    for tokens, known in ((6000, 0), (6000, 5000), (300, 0), (2000, 1900)):
        assert pace.wait(tokens, known) == pytest.approx(cost(tokens, known), rel=0.02)


def test_a_machine_that_has_become_slower_is_followed():
    pace = ReadingPace()
    for _ in range(10):
        pace.learn(500, 0, 1.0)
    for _ in range(10):
        pace.learn(500, 0, 2.0)
    wait = pace.wait(500, 0)
    assert wait is not None
    assert 1.5 < wait <= 2.0


@given(
    st.lists(
        st.tuples(st.integers(40, 9000), st.floats(0, 0.9), st.floats(0.001, 100)),
        min_size=1,
        max_size=40,
    ),
    st.integers(1, 9000),
    st.floats(0, 1),
)
def test_it_is_never_below_nothing(measured, tokens, share):
    pace = ReadingPace()
    for size, known, seconds in measured:
        pace.learn(size, int(size * known), seconds)
    wait = pace.wait(tokens, int(tokens * share))
    assert wait is None or wait >= 0
