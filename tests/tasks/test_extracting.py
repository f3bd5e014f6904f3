"""Merging the data of parts by the stated rule."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.errors import GenerationError
from app.tasks.extracting import Merger
from app.tasks.options import TaskOptions
from app.tasks.running import TaskRunner
from app.tasks.table import task
from tests.tasks.stand_in import StandIn


@pytest.mark.parametrize(
    ("first", "second", "merged", "notes"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}, 0),
        ({"a": [1, 2]}, {"a": [2, 3]}, {"a": [1, 2, 3]}, 0),
        ({"a": [1]}, {"a": [True]}, {"a": [1, True]}, 0),
        ({"a": ""}, {"a": "x"}, {"a": "x"}, 0),
        ({"a": None}, {"a": "x"}, {"a": "x"}, 0),
        ({"a": "x"}, {"a": None}, {"a": "x"}, 0),
        ({"a": "x"}, {"a": "x"}, {"a": "x"}, 0),
        ({"a": "x"}, {"a": "y"}, {"a": "x"}, 1),
        ({"a": 0}, {"a": 0}, {"a": 0}, 0),
        ({"a": {"b": [1]}}, {"a": {"b": [2], "c": 3}}, {"a": {"b": [1, 2], "c": 3}}, 0),
        ([{"n": 1}], [{"n": 1}, {"n": 2}], [{"n": 1}, {"n": 2}], 0),
        ({"a": None}, {"a": None}, {"a": None}, 0),
        ({"a": False}, {"a": ""}, {"a": False}, 0),
    ],
)
def test_the_rule(first: Any, second: Any, merged: Any, notes: int) -> None:
    merger = Merger()
    found = merger.merge(first, second, "")
    assert found == merged
    assert repr(found) == repr(merged)  # true is not 1
    assert len(merger.notes) == notes


def test_a_difference_is_told_with_its_place() -> None:
    merger = Merger()
    merger.merge({"who": {"age": 3}}, {"who": {"age": 4}}, "")
    assert merger.notes == ["The parts differ at /who/age: the first value was kept."]


def test_a_bounded_list_stays_within_the_schema() -> None:
    schema = {"properties": {"a": {"type": "array", "maxItems": 2}}}
    merger = Merger()
    assert merger.bounded({"a": [1, 2, 3], "b": [1, 2, 3]}, schema, "") == {
        "a": [1, 2],
        "b": [1, 2, 3],
    }
    assert merger.notes == ["The schema bounds the list at /a: 1 left out."]


def test_data_without_an_end_are_no_result(runner: TaskRunner, stand_in: StandIn) -> None:
    stand_in.answer = lambda _command: '{"a": "and so on and so on'
    with pytest.raises(GenerationError, match="not finished"):
        runner.run(task("extract"), "text", TaskOptions(schema='{"type": "object"}'))
