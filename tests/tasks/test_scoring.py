"""Perplexity by token and by byte, also of texts longer than a window."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from app.core.errors import ParameterError
from app.engine.messages import Score
from app.engine.windows import WINDOW, spans
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import task
from tests.tasks.stand_in import StandIn, pieces


@given(st.integers(2, 300), st.integers(2, 40))
def test_every_token_but_the_first_is_judged_once(total: int, size: int) -> None:
    judged: list[int] = []
    for start, end, first in spans(total, size):
        assert 2 <= end - start <= size
        judged += range(start + first + 1, end)
    assert judged == list(range(1, total))


def test_the_measures_of_even_odds(runner: TaskRunner) -> None:
    text = "Half of it is certain."
    found = runner.run(task("score"), text, TaskOptions()).value
    count = len(pieces(text))
    assert found["perplexity"] == pytest.approx(2)
    assert (found["tokens"], found["bytes"]) == (count, len(text))
    assert found["log_probability"] == pytest.approx(-count * math.log(2))
    assert found["byte_perplexity"] == pytest.approx(2 ** (count / len(text)))
    assert len(found["probabilities"]) == count


def test_a_long_text_is_read_in_windows_that_each_begin_as_a_text_does() -> None:
    stand_in = StandIn(context=4096)
    text = "word " * 5000
    result = TaskRunner(stand_in).run(task("score"), text, TaskOptions())
    asked = stand_in.of(Score)
    assert len(result.value["probabilities"]) == len(pieces(text))
    assert all(len(command.tokens) <= WINDOW and command.tokens[0] == 0 for command in asked)
    assert f"read in {len(asked)} windows" in result.notes[0]


def test_a_text_of_nothing_to_foresee_is_refused(stand_in: StandIn, runner: TaskRunner) -> None:
    with pytest.raises(ParameterError):
        runner.run(task("score"), " ", TaskOptions())
