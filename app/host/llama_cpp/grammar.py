"""Grammars: GBNF as llama.cpp reads it, or a JSON schema."""

from __future__ import annotations

import ctypes
import re
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import ParameterError
from app.core.options.json_schema import is_schema
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.schema_grammar import SchemaGrammar
from app.host.llama_cpp.vocabulary import LlamaVocabulary

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""`llama_token_data` for numpy."""

_DEEPEST = 200  # llama.cpp's parser calls itself for each and runs out of stack
_TOKEN = re.compile(
    r'"(?:\\.|[^"\\])*+"?|\[(?:\\.|[^\]\\])*+\]?|#.*+|\{[\s\d,]*+\}?|[()]|[^"\[#{()]++', re.ASCII
)
"""Literals, classes, comments, counts, parentheses, the rest: no letter is looked at twice."""

_WRITTEN_OUT = 500_000  # elements that llama.cpp makes of all counts together, some 200 bytes each
_DIGITS = 6

_NAME = "Grammar (grammar)"
_HINT = "It must be a GBNF grammar with a rule named root, or a JSON schema."


class Grammar:
    """A GBNF grammar and where a text stands in it; raises ParameterError if it is not valid."""

    def __init__(self, rules: str, vocabulary: LlamaVocabulary) -> None:
        if "\0" in rules:
            raise ParameterError(f"{_NAME} holds a zero character.", _HINT)
        _check_rules(rules)
        log = library()
        log.forget_log()
        self._sampler = native.llama_sampler_init_grammar(
            vocabulary.handle, rules.encode(), b"root"
        )
        if not self._sampler:
            raise ParameterError(f"{_NAME} is not valid: {_reason(log.log())}.", _HINT)

    def allows(self, token: int) -> bool:
        """Whether the token may come next."""
        single = np.array([(token, 1.0, 0.0)], CANDIDATE)
        self.apply(single)
        return bool(single["logit"][0] != -np.inf)

    def apply(self, candidates: npt.NDArray[Any]) -> None:
        """Set the logit of every candidate that may not come next to minus infinity."""
        array = candidate_array(candidates)
        native.llama_sampler_apply(self._sampler, ctypes.byref(array))

    def accept(self, token: int) -> None:
        """Take the token as written."""
        native.llama_sampler_accept(self._sampler, token)

    def reset(self) -> None:
        """Start at the beginning of the text."""
        native.llama_sampler_reset(self._sampler)

    def close(self) -> None:
        """Free the sampler."""
        native.llama_sampler_free(self._sampler)


def read_grammar(text: str, vocabulary: LlamaVocabulary) -> Grammar | SchemaGrammar:
    """The grammar of a text; GBNF or a JSON schema."""
    return (SchemaGrammar if is_schema(text) else Grammar)(text, vocabulary)


def candidate_array(candidates: npt.NDArray[Any]) -> Any:
    """`llama_token_data_array` over all candidates, nothing chosen yet."""
    data = ctypes.cast(candidates.ctypes.data, native.llama_token_data_p)
    return native.llama_token_data_array(data, len(candidates), -1, False)


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


def _reason(log: list[str]) -> str:
    found = [line for line in log if line]
    return found[0].partition(": ")[2].rstrip(".") or found[0] if found else "it has no root rule"
