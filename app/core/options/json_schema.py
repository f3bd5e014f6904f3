"""JSON schemas given as a grammar: which keywords are held, and what of them is refused where.

The schema is put into the form that the grammar library reads; every keyword is either in it or
refused by its name and its JSON pointer. Works without any engine.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from typing import Any, NoReturn

import msgspec

from app.core.errors import ParameterError

HINT = "Take it out of the schema, or check it in the written text."
_NAME = "Grammar (grammar)"
_EXACT = 2**53  # above it the library's numbers, 64-bit floats, skip whole numbers
_MOST_REMAINDERS = 50_000  # a multiple is found by its remainder; each is a state in memory
_MOST_COUNT = 1_000_000
_MOST_REPEATS = 4_000_000
_REPEAT = re.compile(r"\{[^{}]*?(\d+)\s*\}")
_MOST_ARRANGED = 5
_ARRANGED = frozenset(("type", "items", "uniqueItems", "minItems", "maxItems"))
_MERGING = frozenset(("allOf", "anyOf", "oneOf", "$ref"))
_OPEN = frozenset(("additionalProperties", "patternProperties", "minProperties"))
_TYPES = ("null", "boolean", "object", "array", "number", "string", "integer")
_ANNOTATIONS = frozenset(
    [
        "$schema",
        "$id",
        "$comment",
        "title",
        "description",
        "default",
        "example",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "discriminator",
    ]
)
_REFUSED = frozenset(
    [
        "not",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
        "$dynamicRef",
        "$dynamicAnchor",
        "$recursiveRef",
        "$recursiveAnchor",
        "$vocabulary",
        "nullable",
    ]
)
_LEAP = "(?:[1-9][0-9](?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
_DATE = (
    "(?:[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29)"
)
_HOUR = "(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_TIME = rf"{_HOUR}:[0-5][0-9](?:\.[0-9]{{1,6}})?(?:Z|[+-]{_HOUR})"
_FORMATS = {
    "date": f"^{_DATE}$",
    "time": f"^{_TIME}$",
    "date-time": f"^{_DATE}T{_TIME}$",
    **dict.fromkeys(("duration", "email", "hostname", "ipv4", "ipv6", "uuid", "uri")),
}
"""The formats of RFC 3339 in years 1000 to 9999 as patterns; None: the library's own."""


class Schema(msgspec.Struct, frozen=True):
    """A schema that may be held.

    `value` is the schema for the library, `parts` every object in it by JSON pointer.
    """

    value: dict[str, Any]
    parts: dict[str, dict[str, Any]]


def is_schema(grammar: str) -> bool:
    """Whether a grammar is a JSON schema and not GBNF, which cannot begin with a brace."""
    return grammar.lstrip().startswith("{")


def read_schema(text: str) -> Schema:
    """Read and check a JSON schema; raises ParameterError with the keyword and its place."""
    try:
        loaded = json.loads(text, object_pairs_hook=_unique, parse_constant=_constant)
        json.dumps(loaded, ensure_ascii=False).encode()
        return _Reader(loaded).read()
    except RecursionError:
        raise ParameterError(f"{_NAME}: the JSON schema nests too deeply.") from None
    except UnicodeEncodeError:
        raise ParameterError(f"{_NAME}: the JSON schema holds half a surrogate pair.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise ParameterError(f"{_NAME} is not valid JSON: {error.msg} ({where}).") from None
    except ValueError:  # a whole number of more than 4,300 digits
        raise ParameterError(f"{_NAME}: the JSON schema holds a number too long.") from None


def refuse(place: str, reason: str) -> NoReturn:
    """Raise ParameterError for what stands at a JSON pointer."""
    raise ParameterError(f"{_NAME}: {place} in the JSON schema {reason}.", HINT)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise ParameterError(f"{_NAME}: the JSON schema has the name {twice[:60]!r} twice.")
    return found


def _constant(name: str) -> NoReturn:
    raise ParameterError(f"{_NAME}: the JSON schema holds {name}, which JSON does not have.")


class _Reader:
    """One pass over a schema; the numbers of all `multipleOf` and the references are kept."""

    def __init__(self, loaded: Any) -> None:
        self._loaded = loaded
        self._parts: dict[str, dict[str, Any]] = {}
        self._steps: dict[Decimal, str] = {}
        self._references: dict[str, str] = {}
        self._anchors: set[str] = set()
        self._is_plain = True

    def read(self) -> Schema:
        value = self._schema(self._loaded, "#")
        assert isinstance(value, dict)
        self._check_steps()
        if self._is_plain:
            for part in self._parts.values():
                _narrow(part)
        for place, target in self._references.items():
            if target not in self._parts and target not in self._anchors:
                refuse(place, f"points to {target[:60]!r}, which is no schema in this text")
        return Schema(value, self._parts)

    def _schema(self, value: Any, place: str) -> Any:
        if isinstance(value, bool):
            return value
        if not isinstance(value, dict):
            refuse(place, "must be a schema: an object, true or false")
        out = self._parts[place] = {}
        for key, part in value.items():
            self._keyword(value, key, part, place, out)
        if value.get("uniqueItems") and out.get("maxItems", 2) > 1:
            texts = dict.fromkeys(value["items"]["enum"])
            counts = range(out.get("minItems", 0), min(out.get("maxItems", 9), len(texts)) + 1)
            lists = [list(found) for count in counts for found in permutations(texts, count)]
            out.clear()
            out["enum"] = lists or refuse(f"{place}/minItems", "is above the number of values")
        merging = _MERGING & value.keys()
        if merging and (merging & {"allOf", "oneOf"} or len(out) > 1 + ("$defs" in out)):
            self._is_plain = False
        least = value.get("minProperties", 0)
        if least > len(value.get("required", ())) + 1:
            refuse(
                f"{place}/minProperties",
                "cannot be held: a name could be written twice; list the names in required",
            )
        return out

    def _keyword(
        self, schema: dict[str, Any], key: str, part: Any, place: str, out: dict[str, Any]
    ) -> None:
        at = f"{place}/{_escaped(key)}"
        if key in _ANNOTATIONS:
            if key == "$id" and place != "#":
                refuse(at, "can stand only at the top")
        elif key in _REFUSED:
            refuse(at, "is a keyword that cannot be held while a text is written")
        elif key in _READERS:
            read = _READERS[key](self, part, at)
            if read is not None:
                out[key] = read
        elif not key.startswith("x-") or key == "x-guidance":
            refuse(at, "is not a keyword of JSON schemas that is known here")
        if key == "format":
            self._format(out)
        elif key == "const" and part is None:  # the library takes this for no const at all
            out.setdefault("allOf", []).append({"type": "null"})
        elif key == "items" and isinstance(part, list):
            out["prefixItems"] = out.pop("items")
            out["items"] = self._schema(schema.get("additionalItems", True), at)
        elif key == "uniqueItems" and part and self._count(schema.get("maxItems", 2), at) > 1:
            self._arrange(schema, at)

    def _arrange(self, schema: dict[str, Any], place: str) -> None:
        """Refuse unique items but of few values, all of whose arrangements `_schema` lists."""
        found = schema.get("items")
        items = found if isinstance(found, dict) else {}
        values = items.get("enum", ())
        if (
            schema.get("type") != "array"
            or not schema.keys() - _ANNOTATIONS <= _ARRANGED
            or not 0 < len(values) <= _MOST_ARRANGED
            or not items.keys() - _ANNOTATIONS <= {"enum"}
            or not all(isinstance(value, str) for value in values)
        ):
            refuse(place, f"is held only for at most {_MOST_ARRANGED} texts in the enum of items")

    @staticmethod
    def _format(out: dict[str, Any]) -> None:
        pattern = _FORMATS[out["format"]]
        if pattern:
            del out["format"]
            out.setdefault("allOf", []).append({"pattern": pattern})

    def _check_steps(self) -> None:
        """Refuse multiples whose remainders together would fill the memory."""
        exponents = [int(step.as_tuple().exponent) for step in self._steps]
        scale = Decimal(10) ** max([0, *(-exponent for exponent in exponents)])
        total = math.lcm(*(int(step * scale) for step in self._steps))
        if total > _MOST_REMAINDERS:
            place = self._steps[max(self._steps)]
            refuse(place, "needs too many remainders, alone or with the other multipleOf")

    def _several(self, value: Any, place: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            refuse(place, "must be a list of schemas")
        return [self._schema(part, f"{place}/{index}") for index, part in enumerate(value)]

    def _one_or_several(self, value: Any, place: str) -> Any:
        read = self._several if isinstance(value, list) else self._schema
        return read(value, place)

    def _all(self, value: Any, place: str) -> list[Any]:
        parts = self._several(value, place)
        before: list[Any] = self._parts[place.rpartition("/")[0]].get("allOf", [])
        return parts + before

    def _named(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            refuse(place, "must be an object of schemas")
        return {
            name: self._schema(part, f"{place}/{_escaped(name)}") for name, part in value.items()
        }

    def _count(self, value: Any, place: str) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            refuse(place, "must be a whole number")
        if not 0 <= value <= _MOST_COUNT:
            refuse(place, f"must lie between 0 and {_MOST_COUNT:,}")
        return int(value)

    def _number(self, value: Any, place: str) -> int | float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            refuse(place, "must be a number")
        if abs(value) > _EXACT:
            refuse(place, f"must lie between -{_EXACT} and {_EXACT} to be held exactly")
        return int(value) if value == int(value) else value

    def _step(self, value: Any, place: str) -> int | float:
        step = self._number(value, place)
        if step <= 0:
            refuse(place, "must be above 0")
        if Decimal(repr(step)).adjusted() < -9:
            refuse(place, "must be at least 0.000000001")
        self._steps[Decimal(repr(step))] = place
        return step

    def _literals(self, value: Any, place: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            refuse(place, "must be a list of values")
        return [self._literal(part, f"{place}/{index}") for index, part in enumerate(value)]

    def _literal(self, value: Any, place: str) -> Any:
        if isinstance(value, dict):
            for name, part in value.items():
                self._literal(part, f"{place}/{_escaped(name)}")
        elif isinstance(value, list):
            for index, part in enumerate(value):
                self._literal(part, f"{place}/{index}")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self._number(value, place)
        return value

    def _types(self, value: Any, place: str) -> Any:
        if any(name not in _TYPES for name in (value if isinstance(value, list) else [value])):
            refuse(place, f"must be one of {', '.join(_TYPES)}, or a list of them")
        return value

    def _text(self, value: Any, place: str) -> str:
        if not isinstance(value, str):
            refuse(place, "must be a text")
        return value

    def _pattern(self, value: Any, place: str) -> str:
        pattern = self._text(value, place)
        if math.prod(int(count[:9]) or 1 for count in _REPEAT.findall(pattern)) > _MOST_REPEATS:
            refuse(place, "repeats a part too often")
        return pattern

    def _names(self, value: Any, place: str) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            refuse(place, "must be a list of names")
        return list(dict.fromkeys(value))

    def _known_format(self, value: Any, place: str) -> str:
        if value not in list(_FORMATS):
            refuse(place, f"must be one of {', '.join(_FORMATS)} to be held")
        return str(value)

    def _reference(self, value: Any, place: str) -> str:
        target = self._text(value, place)
        if not target.startswith("#"):
            refuse(place, "points outside this text; put the schema under $defs")
        self._references[place] = target
        return target

    def _anchor(self, value: Any, place: str) -> str:
        self._anchors.add("#" + self._text(value, place))
        return str(value)

    def _flag(self, value: Any, place: str) -> None:
        if not isinstance(value, bool):
            refuse(place, "must be true or false")

    def _later(self, _value: Any, _place: str) -> None:
        """`additionalItems` counts only beside a list of items, which reads it."""


_READERS: dict[str, Callable[[_Reader, Any, str], Any]] = {
    "type": _Reader._types,
    "const": _Reader._literal,
    "enum": _Reader._literals,
    "format": _Reader._known_format,
    "pattern": _Reader._pattern,
    "required": _Reader._names,
    "multipleOf": _Reader._step,
    "uniqueItems": _Reader._flag,
    "additionalItems": _Reader._later,
    "items": _Reader._one_or_several,
    "additionalProperties": _Reader._schema,
    "allOf": _Reader._all,
    "$ref": _Reader._reference,
    "$anchor": _Reader._anchor,
    **dict.fromkeys(
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _Reader._number
    ),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems"), _Reader._count),
    **dict.fromkeys(("minProperties", "maxProperties"), _Reader._count),
    **dict.fromkeys(("anyOf", "oneOf", "prefixItems"), _Reader._several),
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), _Reader._named),
}


def _narrow(part: dict[str, Any]) -> None:
    """Leave out names that are not listed and numbers of endless length: models run on in them.

    Only where nothing is merged or must be the only match: there, less here is more elsewhere.
    """
    listed = part.get("properties", {})
    if listed and not _OPEN & part.keys() and set(part.get("required", ())) <= set(listed):
        part["additionalProperties"] = False
    if part.get("type") in ("integer", "number"):
        if not {"minimum", "exclusiveMinimum"} & part.keys():
            part["minimum"] = -_EXACT
        if not {"maximum", "exclusiveMaximum"} & part.keys():
            part["maximum"] = _EXACT


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
