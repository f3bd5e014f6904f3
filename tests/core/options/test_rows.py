from __future__ import annotations

import contextlib
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, strategies as st

from app.core.errors import ParameterError
from app.core.options.rows import Row, check_all, checked, limit_text, rows, rows_by_name


class Table(msgspec.Struct, frozen=True, kw_only=True):
    whole: Annotated[int, Row(label="Whole", help="A number.", low=-1, high=10, neutral=0)] = 5
    real: Annotated[float, Row(label="Real", help="A number.", low=0, high=1.5)] = 0.5
    switch: Annotated[bool, Row(label="Switch", help="On or off.")] = True
    word: Annotated[str, Row(label="Word", help="A text.", max_length=5)] = "ab"
    choice: Annotated[str, Row(label="Choice", help="One.", choices=("a", "b"))] = "a"
    many: Annotated[tuple[str, ...], Row(label="Many", help="Texts.", max_length=2)] = ()
    steps: Annotated[tuple[str, ...], Row(label="Steps", help="Steps.", choices=("x", "y"))] = ()
    bias: Annotated[dict[str, float], Row(label="Bias", help="Bias.", low=-1, high=1)] = {}
    luck: Annotated[int | None, Row(label="Luck", help="A number or none.", low=0, high=9)] = None
    plain: int = 3


BY_NAME = rows_by_name(Table)


def test_rows_keep_the_order_and_leave_plain_fields_out() -> None:
    assert [bound.name for bound in rows(Table)] == [
        *("whole", "real", "switch", "word", "choice", "many", "steps", "bias", "luck")
    ]
    kinds = [bound.kind for bound in rows(Table)]
    assert kinds == ["int", "float", "bool", "text", "text", "texts", "texts", "bias", "int"]
    assert BY_NAME["luck"].optional
    assert not BY_NAME["whole"].optional


@pytest.mark.parametrize(
    ("name", "value", "result"),
    [
        ("whole", -1, -1),
        ("whole", 10, 10),
        ("whole", 3.0, 3),
        ("real", 1, 1.0),
        ("real", 1.5, 1.5),
        ("switch", False, False),
        ("word", "abcde", "abcde"),
        ("many", ["a", "b"], ("a", "b")),
        ("steps", ("y", "x"), ("y", "x")),
        ("bias", {"a": 1}, {"a": 1.0}),
        ("luck", None, None),
        ("luck", 9, 9),
    ],
)
def test_a_value_within_its_limits_is_returned_in_its_type(
    name: str, value: Any, result: Any
) -> None:
    found = BY_NAME[name].check(value)
    assert found == result
    assert type(found) is type(result)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whole", -2),
        ("whole", 11),
        ("whole", 1.5),
        ("whole", True),
        ("whole", "3"),
        ("whole", None),
        ("real", float("nan")),
        ("real", float("inf")),
        ("real", 1.51),
        ("switch", 1),
        ("word", "abcdef"),
        ("word", 3),
        ("word", "\ud800"),
        ("choice", "c"),
        ("many", "ab"),
        ("many", ["a", "b", "c"]),
        ("many", [""]),
        ("many", [1]),
        ("many", ["\udfff"]),
        ("steps", ["z"]),
        ("steps", ["x", "x"]),
        ("bias", {"a": 2}),
        ("bias", {"": 1}),
        ("bias", {1: 1}),
        ("bias", [("a", 1)]),
        ("bias", {"a": True}),
        ("luck", -1),
    ],
)
def test_anything_else_is_a_short_sentence_with_the_label(name: str, value: Any) -> None:
    with pytest.raises(ParameterError) as caught:
        BY_NAME[name].check(value)
    message = str(caught.value)
    assert message.startswith(BY_NAME[name].row.label)
    assert message.endswith(".")
    assert len(message) < 250


@pytest.mark.parametrize(
    ("name", "typed", "result"),
    [
        ("whole", "7", 7),
        ("real", "1e-1", 0.1),
        ("switch", "Off", False),
        ("switch", "yes", True),
        ("word", "a b", "a b"),
        ("many", "", ()),
        ("many", "a, b", ("a, b",)),
        ("many", '["a", "b"]', ("a", "b")),
        ("many", "[sic", ("[sic",)),
        ("bias", "a=b=0.5", {"a=b": 0.5}),
        ("bias", '{"a": 1, "b": -1}', {"a": 1.0, "b": -1.0}),
        ("luck", "random", None),
        ("luck", "", None),
        ("luck", "4", 4),
    ],
)
def test_typed_text_becomes_a_value(name: str, typed: str, result: Any) -> None:
    assert BY_NAME[name].parse(typed) == result


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("whole", "7.5"),
        ("real", "many"),
        ("real", "nan"),
        ("switch", "maybe"),
        ("bias", "a"),
        ("bias", "=1"),
        ("bias", "{"),
        ("many", '["a", 1]'),
        ("whole", "random"),
    ],
)
def test_typed_nonsense_is_a_sentence(name: str, typed: str) -> None:
    with pytest.raises(ParameterError) as caught:
        BY_NAME[name].parse(typed)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("name", ["whole", "real"])
def test_a_number_of_any_length_is_refused_in_one_short_sentence(name: str, digits: int) -> None:
    for refused in (
        lambda: BY_NAME[name].check(10**digits),
        lambda: BY_NAME[name].check(-(10**digits)),
        lambda: BY_NAME[name].parse("1" * digits),
    ):
        with pytest.raises(ParameterError) as caught:
            refused()
        assert len(str(caught.value)) < 250


def test_a_deep_nest_is_refused_in_a_sentence() -> None:
    with pytest.raises(ParameterError, match="not valid JSON"):
        BY_NAME["bias"].parse('{"a":' * 100_000)


def test_a_text_that_only_looks_like_a_deep_list_is_a_text() -> None:
    assert BY_NAME["many"].parse("[" * 100_000) == ("[" * 100_000,)


@given(
    st.sampled_from(sorted(BY_NAME)),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=5,
    ),
)
def test_no_value_raises_anything_but_a_parameter_error(name: str, value: Any) -> None:
    try:
        once = BY_NAME[name].check(value)
    except ParameterError:
        return
    assert BY_NAME[name].check(once) == once


@given(st.sampled_from(sorted(BY_NAME)), st.text())
def test_no_typed_text_raises_anything_but_a_parameter_error(name: str, typed: str) -> None:
    with contextlib.suppress(ParameterError):
        BY_NAME[name].parse(typed)


def test_a_table_is_built_only_from_known_and_sound_values() -> None:
    assert checked(Table, {"whole": 3, "many": ["x"]}) == Table(whole=3, many=("x",))
    with pytest.raises(ParameterError, match="no parameter named 'wholly'"):
        checked(Table, {"wholly": 3})
    with pytest.raises(ParameterError, match="Whole"):
        check_all(Table(whole=99))


def test_neutral_and_limits_are_written_as_people_do() -> None:
    assert BY_NAME["whole"].is_neutral(0)
    assert not BY_NAME["whole"].is_neutral(5)
    assert BY_NAME["many"].is_neutral(())
    assert BY_NAME["whole"].flag == "--whole"
    assert [limit_text(limit) for limit in (None, 2.0, 0.5)] == ["any", "2", "0.5"]
