"""Sampling parameters in a request: by our names, OpenAI's, and those of other programs.

All names lead to the one table, which checks each value; the names of programs whose files can be
imported come from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from app.core.errors import LampblackError
from app.core.options.foreign_presets import (
    PROGRAMS,
    STEPS,
    foreign_order,
    foreign_value,
)
from app.core.options.json_schema import is_schema, read_schema
from app.core.options.rows import rows_by_name
from app.core.options.sampling import DEFAULT_ORDER, PARAMETERS, Sampling
from app.engine.messages import ModelInfo
from app.server.protocols.fields import Fields, RequestError

_ROWS = rows_by_name(Sampling)
_AMBIGUOUS = frozenset({"max_length", "response_format"})
_ORDERS = {program.order: program for program in PROGRAMS if program.order != "samplers"}
_SCHEMAS = ("json_schema", "guided_json")

NAMES: dict[str, str] = {
    **{name: ours for program in PROGRAMS for name, ours in program.names.items()},
    **{bound.row.openai: bound.name for bound in PARAMETERS if bound.row.openai},
    **{bound.name: bound.name for bound in PARAMETERS},
    "repeat_penalty": "repetition_penalty",
    "repeat_last_n": "repetition_window",
    "typ_p": "typical_p",
    "top_nsigma": "top_n_sigma",
    "n_predict": "max_tokens",
    "num_predict": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "stopping_strings": "stop",
    "stop_sequences": "stop",
    "sampler_seed": "seed",
    "banned_strings": "banned_phrases",
    "guided_grammar": "grammar",
}
"""The fields that are read as a parameter, and which."""
for _name in _AMBIGUOUS:
    NAMES.pop(_name, None)

FLOORS = {
    "max_tokens": -1,
    "repetition_window": -1,
    "dry_window": -1,
    "top_n_sigma": 0,
    "top_k": 0,
}
"""What other programs write below it means the same as it."""


def read_sampling(
    fields: Fields,
    model: ModelInfo,
    most_tokens: int,
    defaults: Mapping[str, Any],
    also: Mapping[str, str] | None = None,
) -> Sampling:
    """The parameters of a request; raises RequestError naming the field.

    `most_tokens` is the service's own limit of an answer, 0 for none. More than that, or than the
    model's context has, is reduced to it, which the fields then tell: programs ask for a large
    number, or for all that there are, whatever the model is. `defaults` stand for parameters that
    are not given where they differ from the table's. `also` are names that mean a parameter in one
    dialect only.
    """
    given = _Given(fields, model, {**NAMES, **(also or {})})
    given.read_all()
    values = {**defaults, **given.values}
    asked = values.get("max_tokens", Sampling().max_tokens)
    most = min(filter(None, (most_tokens, model.context)), default=asked)
    if asked > most or (asked < 0 and most == most_tokens != model.context):
        values["max_tokens"] = most
        fields.reduced = f"{given.field('max_tokens')}={most}"
    return Sampling(**values)


class _Given:
    """The parameters that a request gives, each with the field that gave it."""

    def __init__(self, fields: Fields, model: ModelInfo, names: Mapping[str, str]) -> None:
        self._fields = fields
        self._names = names
        self._model = model
        self._givers: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def field(self, ours: str) -> str:
        """The field that gave a parameter."""
        return self._givers.get(ours, ours)

    def read_all(self) -> None:
        """Take every field that is a parameter."""
        for name in self._fields.names():
            if name in self._names:
                self._read(name, self._names[name], self._fields.take(name))
            elif name in _SCHEMAS:
                self._keep(name, "grammar", _schema_text(name, self._fields.take(name)))
            elif name == "response_format":
                self._read_format(self._fields.take(name))
            elif name in _ORDERS:
                self._read_order(name, self._fields.take(name))
            elif name == "samplers":
                self._keep(name, "order", _steps(self._fields.take(name)))
        self._read_switches()

    def _read(self, name: str, ours: str, value: Any) -> None:
        if ours == "grammar" and value == "":
            return
        if ours == "stop" and isinstance(value, str):
            value = [value] if value else []
        if ours == "logit_bias":
            value = _bias(name, value, self._model.vocabulary)
        elif ours == "grammar" and (isinstance(value, dict) or _is_schema(value)):
            value = _schema_text(name, value)
        elif isinstance(value, str | list) or value == -1:
            value = _foreign(name, ours, value)
        floor = FLOORS.get(ours)
        lowest = -2 if ours == "max_tokens" else -8  # llama-server's -2 is "until it is full"
        if floor is not None and type(value) in (int, float) and lowest <= value < floor:
            value = floor
        self._keep(name, ours, value)

    def _keep(self, name: str, ours: str, value: Any) -> None:
        checked = self._fields.check(_ROWS[ours], name, value)
        if self.values.get(ours, checked) != checked:
            message = f"{self._givers[ours]} and {name} are the same parameter and differ."
            raise RequestError(message, "Give one of them.", param=name)
        missing = _ROWS[ours].missing(self._model.engine)
        if missing and not _ROWS[ours].is_neutral(checked):
            raise RequestError(missing, param=name)
        self.values[ours] = checked
        self._givers[ours] = name

    def _read_format(self, value: Any) -> None:
        text = _format_schema(value)
        if text:
            self._keep("response_format", "grammar", text)

    def _read_order(self, name: str, value: Any) -> None:
        if not isinstance(value, str | list):
            raise RequestError(f"{name} must be a list of steps.", param=name)
        self._keep(name, "order", foreign_order(_ORDERS[name], value))

    def _read_switches(self) -> None:
        """Fields that say how others are meant."""
        fields = self._fields
        if fields.take("do_sample") is False:
            self.values["temperature"] = 0.0
        low, high = fields.take("dynatemp_low"), fields.take("dynatemp_high")
        if fields.take("dynamic_temperature") is True and "dynatemp_range" not in self.values:
            for name, end in (("dynatemp_low", low), ("dynatemp_high", high)):
                fields.check(_ROWS["temperature"], name, end)
            self._keep("dynatemp_high", "dynatemp_range", (high - low) / 2)
            self.values["temperature"] = (low + high) / 2
        if fields.take("temperature_last") is True:
            order = self.values.get("order", DEFAULT_ORDER)
            self.values["order"] = (
                *(step for step in order if step != "temperature"),
                "temperature",
            )


def _is_schema(value: Any) -> bool:
    return isinstance(value, str) and is_schema(value)


def _foreign(name: str, ours: str, value: Any) -> Any:
    try:
        return foreign_value(ours, value)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise RequestError(f"{name} could not be read.", param=name) from None


def _steps(value: Any) -> tuple[str, ...]:
    """An order as llama-server has it: a step that is left out is off, one unknown is refused."""
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise RequestError("samplers must be a list of the names of steps.", param="samplers")
    unknown = [name for name in value if name not in STEPS]
    if unknown:
        allowed = ", ".join(DEFAULT_ORDER)
        message = f"samplers names {unknown[0][:40]!r}, which is no step; those are {allowed}."
        raise RequestError(message, param="samplers")
    return tuple(dict.fromkeys(STEPS[name] for name in value if STEPS[name]))


def _bias(name: str, value: Any, vocabulary: int) -> Any:
    """OpenAI's object by token, or llama-server's list of pairs, as our table has it."""
    pairs = list(value.items()) if isinstance(value, dict) else value
    if not isinstance(pairs, list):
        raise RequestError(f"{name} must be an object of tokens and numbers.", param=name)
    found: dict[str, Any] = {}
    for pair in pairs:
        token, bias = _pair(name, pair)
        key = _bias_key(name, token, vocabulary)
        if key in found:
            raise RequestError(f"{name} names {key[:60]!r} twice.", param=name)
        found[key] = -100.0 if bias is False else bias
    return found


def _pair(name: str, pair: Any) -> tuple[Any, Any]:
    if isinstance(pair, dict):  # as SillyTavern keeps them
        pair = (pair.get("text", pair.get("token")), pair.get("value", pair.get("bias")))
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        raise RequestError(f"{name} must hold pairs of a token and a number.", param=name)
    return pair[0], pair[1]


def _bias_key(name: str, token: Any, vocabulary: int) -> str:
    """A number is a token, also in a text; any other text is a text."""
    if isinstance(token, bool) or not isinstance(token, int | str) or token == "":
        raise RequestError(f"{name} must name tokens by number, or texts.", param=name)
    text = str(token) if isinstance(token, str) or token.bit_length() < 64 else "a giant"
    number = text.removeprefix("token:")
    if isinstance(token, str) and not (number.isdecimal() and number.isascii()):
        return text
    if not number.isdecimal() or len(number) > 10 or (vocabulary and int(number) >= vocabulary):
        least = f"from 0 to {vocabulary - 1:,}" if vocabulary else "from 0"
        message = f"{name} names {text[:40]}, which is no token of this model: they go {least}."
        raise RequestError(message, param=name)
    return f"token:{int(number)}"


def _format_schema(value: Any) -> str:
    """The schema of OpenAI's `response_format`; empty for plain text."""
    name = "response_format"
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "text":
        return ""
    if kind == "json_object":
        schema = value.get("schema")  # llama-server's
        return _schema_text(name, {"type": "object"} if schema is None else schema)
    if kind == "json_schema":
        inner = value.get("json_schema")
        schema = inner.get("schema") if isinstance(inner, dict) else value.get("schema")
        if schema is None:
            raise RequestError(f"{name} has no json_schema.schema.", param=name)
        return _schema_text(name, schema)
    known = "text, json_object or json_schema"
    raise RequestError(f"{name} must be an object whose type is {known}.", param=name)


def _schema_text(name: str, schema: Any) -> str:
    """A schema as the table's grammar, checked here so that the field is named."""
    if isinstance(schema, str):
        text = schema
    elif isinstance(schema, dict):
        text = msgspec.json.encode(schema).decode()
    else:
        raise RequestError(f"{name} must be a JSON schema.", param=name)
    try:
        read_schema(text)
    except LampblackError as error:
        label = f"{_ROWS['grammar'].row.label} (grammar)"
        raise RequestError(
            name + error.message.removeprefix(label), error.hint, param=name
        ) from None
    return text
