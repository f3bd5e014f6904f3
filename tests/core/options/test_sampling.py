"""Walks every row of the tables: a wrong row is found here and not by a writer."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from app.core.errors import ParameterError
from app.core.options.load_options import LOAD_OPTIONS, LoadOptions
from app.core.options.rows import BoundRow, rows_by_name
from app.core.options.sampling import DEFAULT_ORDER, GROUPS, PARAMETERS, Sampling
from app.core.options.settings import SETTINGS

EVERY_ROW = [*PARAMETERS, *LOAD_OPTIONS, *SETTINGS]

NEWLINE_AND_MARKS = ("\n", ":", '"', "*")
# name: default, neutral, low, high, slider low, slider high, slider step
FACTS: dict[str, tuple[Any, ...]] = {
    "temperature": (0.8, 1, 0, 5, 0, 2, 0.05),
    "dynatemp_range": (0, 0, 0, 5, 0, 2, 0.05),
    "dynatemp_exponent": (1, 1, 0.01, 10, 0.1, 4, 0.1),
    "top_k": (40, 0, 0, 1_000_000, 0, 200, 1),
    "top_p": (0.95, 1, 0, 1, 0, 1, 0.01),
    "min_p": (0.05, 0, 0, 1, 0, 0.5, 0.005),
    "typical_p": (1, 1, 0, 1, 0, 1, 0.01),
    "top_n_sigma": (0, 0, 0, 10, 0, 5, 0.1),
    "xtc_probability": (0, 0, 0, 1, 0, 1, 0.05),
    "xtc_threshold": (0.1, None, 0, 0.5, 0, 0.5, 0.01),
    "repetition_penalty": (1.0, 1, 0.5, 3, 1, 2, 0.01),
    "repetition_window": (64, 0, -1, 1_000_000, 0, 4096, 16),
    "frequency_penalty": (0, 0, -2, 2, -2, 2, 0.05),
    "presence_penalty": (0, 0, -2, 2, -2, 2, 0.05),
    "dry_multiplier": (0, 0, 0, 10, 0, 5, 0.05),
    "dry_base": (1.75, None, 1, 8, 1, 4, 0.05),
    "dry_allowed_length": (2, None, 1, 100, 1, 20, 1),
    "dry_window": (-1, 0, -1, 1_000_000, None, None, None),
    "dry_breakers": (NEWLINE_AND_MARKS, None, None, None, None, None, None),
    "max_tokens": (256, -1, -1, 1_000_000, 16, 2048, 16),
    "stop": ((), None, None, None, None, None, None),
    "seed": (None, None, 0, 2**32 - 1, None, None, None),
    "banned_phrases": ((), None, None, None, None, None, None),
    "logit_bias": ({}, None, -100, 100, None, None, None),
    "logit_bias_forms": (False, False, None, None, None, None, None),
    "grammar": ("", None, None, None, None, None, None),
    "mirostat": (0, 0, 0, 2, None, None, None),
    "mirostat_tau": (5, None, 0, 20, 0, 10, 0.1),
    "mirostat_eta": (0.1, None, 0, 1, 0, 1, 0.01),
    "order": (DEFAULT_ORDER, None, None, None, None, None, None),
}


@pytest.fixture(params=EVERY_ROW, ids=lambda bound: bound.name)
def bound(request: pytest.FixtureRequest) -> BoundRow:
    found: BoundRow = request.param
    return found


@pytest.fixture(params=PARAMETERS, ids=lambda bound: bound.name)
def parameter(request: pytest.FixtureRequest) -> BoundRow:
    found: BoundRow = request.param
    return found


def test_the_table_of_facts_and_the_table_have_the_same_rows() -> None:
    assert set(FACTS) == {bound.name for bound in PARAMETERS}


def test_a_row_states_the_facts(parameter: BoundRow) -> None:
    row, slider = parameter.row, parameter.row.slider
    ends = (slider.low, slider.high, slider.step) if slider else (None, None, None)
    found = (parameter.default, row.neutral, row.low, row.high, *ends)
    assert found == FACTS[parameter.name]


def test_a_default_is_allowed(bound: BoundRow) -> None:
    assert bound.check(bound.default) == bound.default


def test_a_default_survives_being_written_and_typed(bound: BoundRow) -> None:
    default = bound.default
    written = json.dumps(default) if isinstance(default, tuple | dict) else str(default)
    assert bound.parse(written) == default


def test_a_neutral_value_is_allowed_and_is_neutral(parameter: BoundRow) -> None:
    if parameter.row.neutral is not None:
        assert parameter.is_neutral(parameter.check(parameter.row.neutral))


def test_a_slider_lies_within_the_limits_and_can_show_the_default(bound: BoundRow) -> None:
    slider, row = bound.row.slider, bound.row
    if slider is None:
        return
    assert row.low is not None
    assert row.high is not None
    assert row.low <= slider.low < slider.high <= row.high
    assert 0 < slider.step <= slider.high - slider.low
    positions = (slider.high - slider.low) / slider.step
    assert positions == pytest.approx(round(positions)), "the last step must reach the end"
    assert slider.low <= bound.default <= slider.high
    steps = (bound.default - slider.low) / slider.step
    assert steps == pytest.approx(round(steps)), "no position would be the default"


def test_a_number_has_both_limits(bound: BoundRow) -> None:
    if bound.kind in ("int", "float"):
        assert bound.row.low is not None
        assert bound.row.high is not None
        assert bound.row.low < bound.row.high


def test_label_and_help_can_be_shown(bound: BoundRow) -> None:
    assert bound.row.label.strip() == bound.row.label
    assert bound.row.label[0].isupper()
    assert not bound.row.label.endswith(".")
    assert bound.row.help.endswith(".")
    assert bound.row.help[0].isupper()
    assert "\n" not in bound.row.help


def test_every_engine_does_it_or_says_why_not(parameter: BoundRow) -> None:
    assert parameter.row.llama_cpp
    assert bool(parameter.row.torch) != bool(parameter.row.torch_missing)
    assert parameter.missing("llama.cpp") == ""
    assert parameter.missing("torch") == parameter.row.torch_missing
    assert parameter.row.torch_missing == "" or parameter.row.torch_missing.endswith(".")


def test_every_parameter_has_a_group_that_exists(parameter: BoundRow) -> None:
    assert parameter.row.group in GROUPS


def test_groups_names_and_labels_are_there_once() -> None:
    for table in (PARAMETERS, LOAD_OPTIONS, SETTINGS):
        labels = [bound.row.label for bound in table]
        assert len(set(labels)) == len(labels)
    assert {bound.row.group for bound in PARAMETERS} == set(GROUPS)
    fields = [bound.row.openai for bound in PARAMETERS if bound.row.openai]
    assert len(set(fields)) == len(fields)


def test_the_order_names_every_step_in_the_way_of_llama_cpp() -> None:
    assert (
        *("penalties", "dry", "top_n_sigma", "top_k", "typical_p"),
        *("top_p", "min_p", "xtc", "temperature"),
    ) == DEFAULT_ORDER


def test_tables_survive_json_and_refuse_unknown_fields() -> None:
    for table in (Sampling(seed=7, stop=("a",), logit_bias={"b": 2.0}), LoadOptions(context=512)):
        assert msgspec.json.decode(msgspec.json.encode(table), type=type(table)) == table
        with pytest.raises(msgspec.ValidationError, match="unknown field"):
            msgspec.json.decode(b'{"temprature": 1}', type=type(table))


@pytest.mark.parametrize("name", ["stop", "banned_phrases", "dry_breakers", "logit_bias"])
def test_the_texts_of_a_list_are_bounded_together(name: str) -> None:
    """The engines keep tables of every character, and compare them with the whole vocabulary."""
    found = rows_by_name(Sampling)[name]
    texts = {letter * 32_768: 1.0 for letter in "abcd"}
    value: Any = texts if name == "logit_bias" else tuple(texts)
    assert found.check(value) == value
    longer: Any = texts | {"e": 1.0} if name == "logit_bias" else (*texts, "e")
    with pytest.raises(ParameterError, match="131,072 characters in all"):
        found.check(longer)
