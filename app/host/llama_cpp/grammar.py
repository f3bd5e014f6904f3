"""Grammars: GBNF as llama.cpp reads it, or a JSON schema turned into it."""

from __future__ import annotations

import json
import re
from typing import Any

from app.core.errors import ParameterError
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.vocabulary import Vocabulary

_DEEPEST = 200  # llama.cpp's parser calls itself for each and runs out of stack
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*+"?|\[(?:\\.|[^\]\\])*+\]?|#.*+|\{[\s\d,]*+\}?|[()]|[^"\[#{()]++', re.ASCII
)
"""Literals, classes, comments, counts, parentheses, the rest: no letter is looked at twice."""

_WRITTEN_OUT = 500_000  # elements that llama.cpp makes of all counts together, some 200 bytes each
_DIGITS = 6
_MOST = 2000  # the converter writes every repetition of a schema out
_COUNTS = ("minItems", "maxItems", "minLength", "maxLength")

_NAME = "Grammar (grammar)"
_HINT = "It must be a GBNF grammar with a rule named root, or a JSON schema."


def grammar_sampler(grammar: str, vocabulary: Vocabulary) -> Any:
    """A sampler that leaves only what the grammar allows; raises ParameterError."""
    rules = _from_schema(grammar) if grammar.lstrip().startswith("{") else grammar
    if "\0" in rules:
        raise ParameterError(f"{_NAME} holds a zero character.", _HINT)
    _check_rules(rules)
    log = library()
    log.forget_log()
    sampler = native.llama_sampler_init_grammar(vocabulary.handle, rules.encode(), b"root")
    if not sampler:
        raise ParameterError(f"{_NAME} is not valid: {_reason(log.log())}.", _HINT)
    return sampler


def _check_rules(rules: str) -> None:
    """Refuse what llama.cpp's parser would read until stack or memory is used up."""
    depth, size, written = 0, 1, 0
    for part in _TOKEN.findall(rules):
        depth += (part == "(") - (part == ")")
        if depth > _DEEPEST:
            raise ParameterError(f"{_NAME} nests its parentheses too deeply.", _HINT)
        if part.startswith("{"):
            written += size * _count(part)
        elif not part.isspace():
            size = len(part) if part[0] in '"[' else 1
        if written > _WRITTEN_OUT:
            raise ParameterError(f"{_NAME} repeats its parts too often, all together.", _HINT)


def _count(part: str) -> int:
    """How often llama.cpp writes a part out that is followed by a count such as {2,5}."""
    count = "".join(part.split())
    low, _, high = count.strip("{}").partition(",")
    wrong = max(len(low), len(high)) > _DIGITS or not (low + high).isdecimal()
    if wrong or (high and int(low or 0) > int(high)):
        raise ParameterError(f"{_NAME} repeats a part {count[:20]} times.", _HINT)
    return int(high or low)


def _from_schema(schema: str) -> str:
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    try:
        _check_counts(json.loads(schema))
        return str(json_schema_to_gbnf(schema))
    except ParameterError:
        raise
    # The converter says what it does not understand with whatever exception is at hand.
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else "it cannot be converted"
        raise ParameterError(f"{_NAME} is not a JSON schema: {reason}.", _HINT) from error


def _check_counts(schema: Any) -> None:
    """Refuse counts that would fill the memory, wherever they stand."""
    if isinstance(schema, list):
        for item in schema:
            _check_counts(item)
    if not isinstance(schema, dict):
        return
    for key, value in schema.items():
        if key in _COUNTS and isinstance(value, int) and value > _MOST:
            raise ParameterError(f"{_NAME} has a {key} above {_MOST:,}.", _HINT)
        if key == "pattern" and isinstance(value, str):
            _check_pattern(value)
        _check_counts(value)


def _check_pattern(pattern: str) -> None:
    """Refuse repetitions in a pattern that multiply to too many."""
    total = 1
    for count in re.findall(r"\{[^{}]*?(\d+)\s*\}", pattern):
        total *= int(count[:_DIGITS])
        if total > _MOST**2:
            raise ParameterError(f"{_NAME} has a pattern that repeats too often.", _HINT)


def _reason(log: list[str]) -> str:
    found = [line for line in log if line]
    return found[0].partition(": ")[2].rstrip(".") or found[0] if found else "it has no root rule"
