"""Grammars: GBNF as llama.cpp reads it, or a JSON schema turned into it."""

from __future__ import annotations

import re
from typing import Any

from app.core.errors import ParameterError
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.vocabulary import Vocabulary

_DEEPEST = 200  # llama.cpp's parser calls itself for each and runs out of stack
_LITERAL = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#.*')

_NAME = "Grammar (grammar)"
_HINT = "It must be a GBNF grammar with a rule named root, or a JSON schema."


def grammar_sampler(grammar: str, vocabulary: Vocabulary) -> Any:
    """A sampler that leaves only what the grammar allows; raises ParameterError."""
    rules = _from_schema(grammar) if grammar.lstrip().startswith("{") else grammar
    if "\0" in rules:
        raise ParameterError(f"{_NAME} holds a zero character.", _HINT)
    if _depth(rules) > _DEEPEST:
        raise ParameterError(f"{_NAME} nests its parentheses too deeply.", _HINT)
    log = library()
    log.forget_log()
    sampler = native.llama_sampler_init_grammar(vocabulary.handle, rules.encode(), b"root")
    if not sampler:
        raise ParameterError(f"{_NAME} is not valid: {_reason(log.log())}.", _HINT)
    return sampler


def _depth(rules: str) -> int:
    """How deeply parentheses nest outside of literals, character classes and comments."""
    deepest = depth = 0
    for char in _LITERAL.sub("", rules):
        depth += (char == "(") - (char == ")")
        deepest = max(deepest, depth)
    return deepest


def _from_schema(schema: str) -> str:
    from llama_cpp.llama_grammar import json_schema_to_gbnf

    try:
        return str(json_schema_to_gbnf(schema))
    # The converter says what it does not understand with whatever exception is at hand.
    except Exception as error:
        reason = str(error).splitlines()[0][:200] if str(error) else "it cannot be converted"
        raise ParameterError(f"{_NAME} is not a JSON schema: {reason}.", _HINT) from error


def _reason(log: list[str]) -> str:
    found = [line for line in log if line]
    return found[0].partition(": ")[2].rstrip(".") or found[0] if found else "it has no root rule"
