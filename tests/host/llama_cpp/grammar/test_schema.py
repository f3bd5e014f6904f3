"""Every JSON schema that is taken is obeyed: what may be written validates with jsonschema."""

from __future__ import annotations

import gc
import json
import random
import re
import time
import weakref
from datetime import datetime
from decimal import Decimal, InvalidOperation, localcontext
from functools import partial
from typing import Any

import jsonschema
import llguidance
import pytest

from app.core.errors import ParameterError
from app.core.options.json_schema import read_schema
from app.host.llama_cpp.grammar.schema import SchemaGrammar, matcher
from tests.host.driving import Runner

BYTES = llguidance.LLTokenizer("byte")
CHECKER = jsonschema.Draft202012Validator.FORMAT_CHECKER
RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


@CHECKER.checks("date-time", ValueError)  # type: ignore[untyped-decorator]  # jsonschema has no types
def is_date_time(text: object) -> bool:
    if not isinstance(text, str):
        return True
    return bool(re.fullmatch(RFC3339, text, re.ASCII) and datetime.fromisoformat(text))


@CHECKER.checks("time", ValueError)  # type: ignore[untyped-decorator]  # jsonschema has no types
def is_time(text: object) -> bool:
    return not isinstance(text, str) or is_date_time("2000-01-01T" + text)


def walk(schema: dict[str, Any], rng: random.Random, longest: int = 2000) -> str:
    """A random text of the schema's language, byte by byte; empty if it got too long."""
    found = matcher(read_schema(json.dumps(schema)), BYTES)
    written = bytearray()
    while len(written) < longest:
        bits = found.compute_bitmask()
        assert not found.is_error(), found.get_error()
        ids = [i for i in range(BYTES.vocab_size) if bits[i >> 3] >> (i & 7) & 1]
        end = BYTES.eos_token in ids
        if end and (len(ids) == 1 or rng.random() < 0.3):
            return written.decode()
        ids = [token for token in ids if token < 256]
        closing = [token for token in ids if token in b'"]}']
        token = rng.choice(closing if closing and rng.random() < 0.3 else ids)
        assert found.consume_token(token)
        written.append(token)
    return ""


def real(text: str) -> Decimal | float:
    """Exactly the number; infinity for one whose exponent is endless."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return float(text)


def decimals(value: Any) -> Any:
    return json.loads(json.dumps(value), parse_float=real)


def validate(schema: dict[str, Any], text: str) -> None:
    value = json.loads(text, parse_float=real)
    with localcontext(prec=4000):
        jsonschema.Draft202012Validator(decimals(schema), format_checker=CHECKER).validate(value)


def number(rng: random.Random) -> dict[str, Any]:
    kind = rng.choice(["integer", "number"])
    low = rng.choice([rng.randint(-2000, 2000), rng.randint(-9, 9) / 4, 0])
    low = int(low) if kind == "integer" else low
    found: dict[str, Any] = {"type": kind}
    if rng.random() < 0.6:
        found[rng.choice(["minimum", "exclusiveMinimum"])] = low
    if rng.random() < 0.6:
        found[rng.choice(["maximum", "exclusiveMaximum"])] = low + rng.randint(9, 5000)
    if rng.random() < 0.3:
        found["multipleOf"] = rng.choice([2, 3, 7] if kind == "integer" else [0.5, 0.25, 0.01, 3])
    return found


PATTERNS = [r"^\d{4}$", r"^a\.b$", "^(foo|bar)+$", "x", r"^[^\\\"]{1,5}$", r"^\w\s\S$", "^é|😀$"]
FORMATS = ["date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"]
VALUES: list[Any] = [
    "😀",
    'a"b\\',
    "a\nb\t\r\x01\x7f",
    "",
    None,
    True,
    -0.5,
    7,
    1e-7,
    [1, {"é": []}],
    {},
]


def string(rng: random.Random) -> dict[str, Any]:
    least = rng.randint(0, 5)
    return rng.choice(
        [
            {"type": "string", "pattern": rng.choice(PATTERNS)},
            {"type": "string", "format": rng.choice(FORMATS)},
            {"type": "string", "minLength": float(least), "maxLength": least + rng.randint(0, 9)},
        ]
    )


def thing(rng: random.Random, depth: int) -> dict[str, Any]:
    names = rng.sample(["a", "b b", "ü", 'q"', "n\n", "not"], rng.randint(0, 4))
    found: dict[str, Any] = {
        "type": "object",
        "properties": {name: schema(rng, depth - 1) for name in names},
        "required": rng.sample([*names, "more"], rng.randint(0, len(names))),
    }
    if rng.random() < 0.7:
        found["additionalProperties"] = rng.choice([True, schema(rng, 0), {"type": "null"}])
    if rng.random() < 0.3 and not names:
        found["minProperties"] = 1
    if rng.random() < 0.2:
        found["patternProperties"] = {"^k[0-9]$": schema(rng, 0)}
    return found


def array(rng: random.Random, depth: int) -> dict[str, Any]:
    least = rng.randint(0, 3)
    found: dict[str, Any] = {"type": "array", "minItems": least, "maxItems": least + 3}
    if rng.random() < 0.4:
        found["prefixItems"] = [schema(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    return found | {"items": rng.choice([True, schema(rng, depth - 1)])}


def joined(rng: random.Random, depth: int) -> dict[str, Any]:
    kind = rng.choice(["anyOf", "oneOf", "allOf"])
    if kind == "allOf":
        return {"allOf": [{"type": "integer", "minimum": rng.randint(-50, 9)}, {"maximum": 900}]}
    parts = [number(rng), string(rng), {"type": ["boolean", "null"]}]
    return {kind: [*parts, array(rng, depth - 1)]}


def schema(rng: random.Random, depth: int) -> dict[str, Any]:
    makers: list[Any] = [number, string, literal]
    if depth > 0:
        makers += [partial(maker, depth=depth) for maker in (thing, array, joined)]
    made: dict[str, Any] = rng.choice(makers)(rng)
    return made


def literal(rng: random.Random) -> dict[str, Any]:
    return rng.choice([{"const": rng.choice(VALUES)}, {"enum": rng.sample(VALUES, 3)}])


def refusal(text: str) -> str:
    """The sentence that refuses a schema; empty if it is taken."""
    try:
        matcher(read_schema(text), BYTES)
    except ParameterError as error:
        return error.message
    return ""


@pytest.mark.parametrize("start", range(0, 300, 30))
def test_every_schema_that_is_taken_is_obeyed(start: int) -> None:
    written = refused = 0
    for seed in range(start, start + 30):
        rng = random.Random(seed)
        made = schema(rng, 3)
        print(f"seed {seed}: {json.dumps(made, ensure_ascii=False)}")
        if sentence := refusal(json.dumps(made)):
            print(sentence)
            refused += 1
            assert ": #" in sentence
            continue
        for text in filter(None, (walk(made, rng) for _ in range(3))):
            written += 1
            print(text)
            validate(made, text)
    print(f"{written} texts, {refused} schemas refused")
    assert refused <= 6
    assert written >= 45


TREE: dict[str, Any] = {
    "$ref": "#/$defs/n",
    "$defs": {"n": {"properties": {"c": {"$ref": "#/$defs/n"}}}},
}
TREE["$defs"]["n"] |= {"type": "object", "additionalProperties": False}
UNIQUE = {"type": "array", "items": {"enum": ["a", "b", "c"]}, "uniqueItems": True}
LONG = {"type": "string", "minLength": 4999, "maxLength": 5000}


@pytest.mark.parametrize(
    ("made", "text", "wrong"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 7}, "5", "8"),
        ({"type": "string", "pattern": r"^\d{4}$"}, '"1234"', '"123a"'),
        ({"type": "string", "pattern": r"^a\.b$"}, '"a.b"', '"axb"'),
        ({"const": "😀"}, '"😀"', '"x"'),
        ({"const": "a\nb"}, r'"a\nb"', '"a\nb"'),
        ({"type": "string", "maxLength": 5.0}, '"abcde"', '"abcdef"'),
        ({"type": "object", "properties": {"a": True}}, '{"a": []}', "[]"),
        (UNIQUE, '["b", "a"]', '["a", "a"]'),
        (UNIQUE | {"minItems": 2}, '["b", "a", "c"]', "[]"),
        ({"const": None}, "null", "3"),
        (TREE, '{"c": {"c": {}}}', '{"c": 1}'),
        ({"items": [{"type": "null"}], "additionalItems": False}, "[null]", "[null, 1]"),
        ({"type": "string", "format": "date"}, '"2024-02-29"', '"2023-02-29"'),
        (LONG, '"' + "x" * 5000 + '"', '"' + "x" * 5001 + '"'),
    ],
)
def test_what_is_held(made: dict[str, Any], text: str, wrong: str) -> None:
    for given, right in ((text, True), (wrong, False)):
        found = matcher(read_schema(json.dumps(made)), BYTES)
        taken = found.try_consume_tokens(list(given.encode()))
        assert (taken == len(given.encode()) and found.is_accepting()) == right


def nested(key: str, count: int) -> dict[str, Any]:
    """Definitions of which each names the next one twice: 2 ** count parts when written out."""
    defs: dict[str, Any] = {
        f"d{index}": {key: [{"$ref": f"#/$defs/d{index + 1}"}] * 2} for index in range(count)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{count}": {"type": "null"}}}


@pytest.mark.parametrize(
    "text",
    [
        '{"items":' * 7000 + "{}" + "}" * 7000,
        '{"items":' * 100 + "{}" + "}" * 100,
        json.dumps(nested("allOf", 1000)),
        json.dumps(nested("anyOf", 1000)),
        json.dumps(nested("prefixItems", 1000)),
        json.dumps(
            {"allOf": [{"anyOf": [{"minimum": i * j} for j in range(9)]} for i in range(99)]}
        ),
        json.dumps({"type": "integer", "multipleOf": 1234567}),
        json.dumps({"allOf": [{"multipleOf": step} for step in (7, 11, 13, 17, 19, 23)]}),
        json.dumps({"type": "string", "pattern": "^(a{9999}){9999}$"}),
        json.dumps({"type": "string", "pattern": "(a|b)?" * 10_000}),
        json.dumps({"type": "string", "pattern": "(" * 30_000}),
        json.dumps({"enum": [f"v{index}" for index in range(7000)]}),
        json.dumps({"properties": {f"p{i}": {"minimum": i} for i in range(2000)}}),
        json.dumps({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}),
    ],
    ids=range(14),
)
def test_a_hostile_schema_is_soon_taken_or_refused(text: str) -> None:
    started = time.process_time()
    sentence = refusal(text)
    assert not sentence or (sentence.endswith(".") and len(sentence) < 500)
    assert time.process_time() - started < 5


@pytest.mark.parametrize("seed", range(8))
def test_the_model_obeys(generate: Runner, seed: int) -> None:
    rng = random.Random(seed)
    parts = {
        "n": {"type": "integer", "minimum": seed - 3},
        "s": {"type": "string", "pattern": r"^\d{4}$"},
        "v": literal(rng),
    }
    made: dict[str, Any] = {"type": "object", "properties": parts, "required": ["n", "s", "v"]}
    made["additionalProperties"] = False
    print(json.dumps(made))
    done = generate(
        "The keeper as JSON:", grammar=json.dumps(made), max_tokens=150, seed=seed, temperature=0.8
    )
    assert done.takes[0].finish_reason == "stop", done.takes[0].text
    validate(made, done.takes[0].text)


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ({"type": "string", "pattern": "(?=a)b"}, "/pattern .*look-ahead"),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, "/oneOf .*exclude each other"),
        ({"$ref": "#/$defs/b"}, "in a definition"),
    ],
)
def test_the_place_of_what_the_library_refuses_is_named(part: Any, sentence: str) -> None:
    both = {"b": {"oneOf": [{"type": "integer"}, {"type": "number"}]}}
    made = {"properties": {"a/b": {"items": part}}, "$defs": both if "$ref" in part else {}}
    place = "/b/oneOf" if "$ref" in part else "#/properties/a~1b/items"
    with pytest.raises(ParameterError, match=place + ("" if "$ref" in part else sentence)):
        matcher(read_schema(json.dumps(made)), BYTES)


def test_the_tree_of_tokens_goes_with_the_vocabulary() -> None:
    class Few:
        ends, size, start = frozenset((2,)), 3, None

        def piece(self, token: int) -> bytes:
            return (b"1", b"2", b"")[token]

    vocabulary = Few()
    held = SchemaGrammar('{"enum": [1, 22]}', vocabulary)  # type: ignore[arg-type]  # only what it asks
    assert [held.allows(token) for token in range(3)] == [True, True, False]
    held.accept(1)
    assert [held.allows(token) for token in range(3)] == [False, True, False]
    alive = weakref.ref(vocabulary)
    del vocabulary, held
    gc.collect()
    assert alive() is None
