"""What a JSON schema may hold, and the sentences for what it may not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.core.errors import ParameterError
from app.core.options.json_schema import read_schema

UNIQUE = {"type": "array", "items": {"enum": ["a", "b"]}, "uniqueItems": True}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({key: {}}, f"#/{key}")
    for key in ("not", "if", "contains", "propertyNames", "unevaluatedItems", "nullable")
]
REFUSED += [
    ({"properties": {"not": {"uniqueItems": True}}}, "#/properties/not/uniqueItems"),
    ({"uniqueItems": True, "items": {"enum": ["a", "b"]}}, "#/uniqueItems"),
    (UNIQUE | {"items": {"enum": ["a", 1]}}, "#/uniqueItems"),
    (UNIQUE | {"items": {"enum": 3}}, "#/items/enum"),
    (UNIQUE | {"minItems": 3}, "#/minItems"),
    ({"dependentRequired": {"a": ["b"]}}, "#/dependentRequired"),
    ({"$defs": {"a/b~": {"not": {}}}}, "#/$defs/a~1b~0/not"),
    ({"minProperties": 2}, "#/minProperties"),
    ({"format": "color"}, "#/format"),
    ({"format": ["date"]}, "#/format"),
    ({"type": 7}, "#/type"),
    ({"type": ["text"]}, "#/type"),
    ({"type": [{}]}, "#/type"),
    ({"minLenght": 3}, "#/minLenght"),
    ({"maxLength": 1.5}, "#/maxLength"),
    ({"maxLength": 1e300}, "#/maxLength"),
    ({"minItems": 10**9}, "#/minItems"),
    ({"exclusiveMinimum": True}, "#/exclusiveMinimum"),
    ({"minimum": 2**53 + 1}, "#/minimum"),
    ({"enum": [0, {"a": [2**60]}]}, "#/enum/1/a/0"),
    ({"multipleOf": 0}, "#/multipleOf"),
    ({"multipleOf": 99999}, "#/multipleOf"),
    ({"allOf": [{"multipleOf": 333}, {"multipleOf": 1.01}]}, "#/allOf/0/multipleOf"),
    ({"$ref": "http://x/y"}, "#/\\$ref"),
    ({"$ref": "#/nowhere"}, "#/\\$ref"),
    ({"items": {"$id": "x"}}, "#/items/\\$id"),
    ({"properties": {"a": 3}}, "#/properties/a"),
    ({"properties": []}, "#/properties"),
    ({"anyOf": []}, "#/anyOf"),
    ({"required": [1]}, "#/required"),
    ({"required": 5, "minProperties": 1}, "#/required"),
    ({"pattern": 3}, "#/pattern"),
    ({"pattern": "^(a{9999}){9999}$"}, "#/pattern"),
    ({"x-guidance": {"lenient": True}}, "#/x-guidance"),
]


@pytest.mark.parametrize(("schema", "place"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_no_grammar_holds_is_refused_by_name_and_place(schema: Any, place: str) -> None:
    with pytest.raises(ParameterError) as caught:
        read_schema(json.dumps(schema))
    assert f": {place.replace(chr(92), '')} in the JSON schema" in caught.value.message
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "not valid JSON: .*line 1, column 2"),
        ('{"minimum": NaN}', "NaN"),
        ('{"minimum": 1, "minimum": 2}', "'minimum' twice"),
        ('{"const": "\\ud800"}', "half a surrogate"),
        ('{"const": ' + "9" * 5000 + "}", "number too long"),
        ('{"items":' * 7000 + "{}" + "}" * 7000, "too deeply"),
        ('{"const":' + "[" * 30_000 + "]" * 30_000 + "}", "too deeply"),
        ('{"minimum": 1e999}', "#/minimum"),
    ],
)
def test_what_is_no_json_is_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        read_schema(text)


def test_annotations_are_left_out_and_lengths_made_whole() -> None:
    read = read_schema('{"title": "t", "x-a": 1, "maxLength": 5.0, "items": [true]}')
    assert read.value == {"maxLength": 5, "prefixItems": [True], "items": True}


def test_an_object_is_closed_where_nothing_is_merged() -> None:
    made: dict[str, Any] = {"properties": {"a": {"type": "integer", "minimum": 3}}}
    closed = read_schema(json.dumps(made)).value
    assert closed["additionalProperties"] is False
    assert closed["properties"]["a"]["maximum"] == 2**53
    for other in (
        {"oneOf": [made]},
        {"allOf": [made]},
        {"$ref": "#/$defs/a", "$defs": {"a": made}},
    ):
        merged = read_schema(json.dumps({**other, "maxProperties": 3})).value
        assert "additionalProperties" not in json.dumps(merged)
