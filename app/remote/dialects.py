"""Dialects: what our sampling parameters are called by other servers, and what they cannot say.

Names are those of llama-server's `/completion`, of vLLM's and OpenAI's `/v1/completions`, and of
Lampblack's own service, which takes the whole table under its own names.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Literal

from app.core.errors import ParameterError
from app.core.options.json_schema import is_schema
from app.core.options.sampling import DEFAULT_ORDER, PARAMETERS, Sampling

Dialect = Literal["lampblack", "llama-server", "vllm", "openai"]
Reason = tuple[str, str]
"""A parameter's name, and the sentence that says why the server cannot be told its value."""

_COMMON = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "stop", "seed")
_NAMES: dict[Dialect, dict[str, str]] = {
    "lampblack": {bound.name: bound.name for bound in PARAMETERS},
    "llama-server": {
        bound.name: bound.name
        for bound in PARAMETERS
        if bound.name not in ("banned_phrases", "logit_bias_forms")
    }
    | {
        "repetition_penalty": "repeat_penalty",
        "repetition_window": "repeat_last_n",
        "dry_window": "dry_penalty_last_n",
        "dry_breakers": "dry_sequence_breakers",
        "max_tokens": "n_predict",
        "order": "samplers",
    },
    "vllm": {name: name for name in (*_COMMON, "top_k", "min_p", "repetition_penalty")}
    | {"max_tokens": "max_tokens", "logit_bias": "logit_bias", "grammar": "response_format"},
    "openai": {name: name for name in _COMMON}
    | {"max_tokens": "max_tokens", "logit_bias": "logit_bias", "grammar": "response_format"},
}
_TITLES: dict[Dialect, str] = {
    "lampblack": "Lampblack's service",
    "llama-server": "llama-server",
    "vllm": "vLLM",
    "openai": "an OpenAI-compatible server",
}
_DEPENDS: dict[str, tuple[str, ...]] = {
    "dynatemp_exponent": ("dynatemp_range",),
    "xtc_threshold": ("xtc_probability",),
    "repetition_window": ("repetition_penalty", "frequency_penalty", "presence_penalty"),
    "dry_base": ("dry_multiplier",),
    "dry_allowed_length": ("dry_multiplier",),
    "dry_window": ("dry_multiplier",),
    "dry_breakers": ("dry_multiplier",),
    "logit_bias_forms": ("logit_bias",),
    "mirostat_tau": ("mirostat",),
    "mirostat_eta": ("mirostat",),
}
"""What has no meaning while all of these are off."""

_CUTS = ("top_k", "top_p", "min_p", "typical_p", "top_n_sigma", "xtc_probability")
_NEVER_CUT_THE_BEST = ("top_k", "top_p", "min_p", "top_n_sigma")
_LLAMA_STEPS = {step: "typ_p" if step == "typical_p" else step for step in DEFAULT_ORDER}
_MOST_OPENAI_STOPS = 4
_WINDOWS = ("repetition_window", "dry_window")
_LONG_WINDOW = 32768  # llama-server takes no -1 any more, and keeps memory for each of its tokens


def body(dialect: Dialect, sampling: Sampling, context: int = 0) -> dict[str, Any]:
    """The fields of a request in the server's terms; what it cannot say is not in there.

    `context` is the server's, 0 where that is not known.

    Everything that can be said is said, so that no default of the server's leaks in. Show the
    writer `unsupported` first.
    """
    refused = {name for name, _ in unsupported(dialect, sampling)}
    fields: dict[str, Any] = {}
    for bound in PARAMETERS:
        value = getattr(sampling, bound.name)
        if bound.name in refused or bound.name not in _NAMES[dialect] or value is None:
            continue
        if bound.name == "grammar":
            fields |= grammar_fields(dialect, value)
        else:
            if bound.name in _WINDOWS and dialect == "llama-server" and value < 0:
                value = context or _LONG_WINDOW
            fields[_NAMES[dialect][bound.name]] = _said(dialect, bound.name, value)
    return fields


def unsupported(dialect: Dialect, sampling: Sampling) -> tuple[Reason, ...]:
    """Every parameter that has an effect here and that the server cannot be told; see `Reason`."""
    found = []
    for bound in PARAMETERS:
        if not _matters(bound.name, sampling):
            continue
        if bound.name not in _NAMES[dialect]:
            reason = _MISSING.get(bound.name, _NO_PARAMETER)
        else:
            reason = _limit(dialect, bound.name, getattr(sampling, bound.name))
        if reason:
            found.append((bound.name, reason.format(server=_TITLES[dialect])))
    return tuple(found)


def cannot(dialect: Dialect) -> dict[str, str]:
    """Every parameter that the server knows nothing of, whatever its value, and the reason."""
    return {
        bound.name: _MISSING.get(bound.name, _NO_PARAMETER).format(server=_TITLES[dialect])
        for bound in PARAMETERS
        if bound.name not in _NAMES[dialect]
    }


_NO_PARAMETER = "{server} has no such parameter."
_MISSING = {
    "repetition_window": "{server} looks at all of the text, not at a window of it.",
    "order": "{server} applies the temperature before it cuts unlikely tokens.",
}


def _is_off(name: str, sampling: Sampling) -> bool:
    bound = next(bound for bound in PARAMETERS if bound.name == name)
    return bound.is_neutral(getattr(sampling, name))


def _matters(name: str, sampling: Sampling) -> bool:
    """Whether this parameter's value changes the text."""
    depends = _DEPENDS.get(name)
    if depends and all(_is_off(other, sampling) for other in depends):
        return False
    if name in _NEVER_CUT_THE_BEST and sampling.temperature == 0:
        return False
    if name == "order":
        return sampling.order != DEFAULT_ORDER or _is_cut_warm(sampling)
    if name == "repetition_window":
        return sampling.repetition_window != -1
    return name in ("temperature", "max_tokens") or bool(depends) or not _is_off(name, sampling)


def _is_cut_warm(sampling: Sampling) -> bool:
    return sampling.temperature not in (0, 1) and not all(_is_off(cut, sampling) for cut in _CUTS)


def _limit(dialect: Dialect, name: str, value: Any) -> str:
    """Why this value cannot be said, though the parameter can; empty where it can."""
    if dialect == "lampblack":
        return ""
    limit = _LIMITS.get((dialect, name))
    return limit(value) if limit else ""


def _bias_by_number(value: dict[str, float]) -> str:
    if all(text.startswith("token:") for text in value):
        return ""
    return "{server} takes a word bias only for tokens by their number (token:NUMBER)."


def _needs_length(value: int) -> str:
    return "{server} needs a number of tokens; -1 cannot be said." if value < 0 else ""


def _above_zero(value: float) -> str:
    return "" if value > 0 else "{server} takes only values above 0."


def _at_most_two(value: float) -> str:
    return "" if value <= 2 else "{server} takes temperatures up to 2."


def _few_stops(value: tuple[str, ...]) -> str:
    return "" if len(value) <= _MOST_OPENAI_STOPS else "{server} takes at most 4 stop texts."


def loaded_schema(text: str, pairs: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """A JSON schema given as a grammar; raises ParameterError for what is not JSON."""
    try:
        return json.loads(text, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise ParameterError(
            f"Grammar (grammar): the JSON schema cannot be read ({error})."
        ) from None


def _schema_only(value: str) -> str:
    if is_schema(value):
        return ""
    return "{server} takes a JSON schema, but no GBNF grammar."


_LIMITS: dict[tuple[Dialect, str], Callable[[Any], str]] = {
    ("vllm", "logit_bias"): _bias_by_number,
    ("openai", "logit_bias"): _bias_by_number,
    ("vllm", "max_tokens"): _needs_length,
    ("openai", "max_tokens"): _needs_length,
    ("vllm", "top_p"): _above_zero,
    ("openai", "temperature"): _at_most_two,
    ("openai", "stop"): _few_stops,
    ("vllm", "grammar"): _schema_only,
    ("openai", "grammar"): _schema_only,
}


def _said(dialect: Dialect, name: str, value: Any) -> Any:
    if dialect == "lampblack":
        return list(value) if isinstance(value, tuple) else value
    if name == "logit_bias":
        return _llama_bias(value) if dialect == "llama-server" else _numbered_bias(value)
    if name == "order":
        return [_LLAMA_STEPS[step] for step in value]
    if name == "top_k" and dialect == "vllm":
        return value or -1
    return list(value) if isinstance(value, tuple) else value


def _llama_bias(value: dict[str, float]) -> list[list[Any]]:
    """Pairs of a token or a text and its bias; false bans."""
    return [
        [int(text[6:]) if text.startswith("token:") else text, False if bias <= -100 else bias]
        for text, bias in value.items()
    ]


def _numbered_bias(value: dict[str, float]) -> dict[str, float]:
    return {text.removeprefix("token:"): bias for text, bias in value.items()}


def grammar_fields(dialect: Dialect, value: str) -> dict[str, Any]:
    """The fields that hold a text to a grammar, or to a JSON schema; none for an empty one.

    Whether an OpenAI-compatible server heeds them is to be tried out.
    """
    if not value:
        return {}
    if dialect == "lampblack":
        return {"grammar": value}
    if not is_schema(value):
        return {"grammar": value}
    schema = loaded_schema(value)
    if dialect == "llama-server":
        return {"json_schema": schema}
    return {
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "text", "schema": schema, "strict": True},
        }
    }
