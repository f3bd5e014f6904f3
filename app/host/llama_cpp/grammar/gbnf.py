"""Grammars: GBNF as llama.cpp reads it, or a JSON schema."""

from __future__ import annotations

import ctypes
import time
from typing import Any

import numpy as np
import numpy.typing as npt

from app.core.errors import ParameterError
from app.core.options.json_schema import is_schema
from app.host.llama_cpp.grammar.schema import SchemaGrammar
from app.host.llama_cpp.grammar.walk_check import AMBIGUOUS, HINT, NAME, check_rules
from app.host.llama_cpp.library import library, native
from app.host.llama_cpp.vocabulary import LlamaVocabulary

CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
"""`llama_token_data` for numpy."""


_LONGEST_S = 0.5  # of the processor for one token


class Grammar:
    """A GBNF grammar and where a text stands in it; raises ParameterError if it is not valid."""

    def __init__(self, rules: str, vocabulary: LlamaVocabulary) -> None:
        if "\0" in rules:
            raise ParameterError(f"{NAME} holds a zero character.", HINT)
        check_rules(rules)
        log = library()
        log.forget_log()
        self._sampler = native.llama_sampler_init_grammar(
            vocabulary.handle, rules.encode(), b"root"
        )
        if not self._sampler:
            raise ParameterError(f"{NAME} is not valid: {_reason(log.log())}.", HINT)

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
        """Take the token as written; raises ParameterError where that begins to take too long.

        The ways to read an ambiguous text may double with every letter, and no cancel stops that.
        """
        begun = time.thread_time()
        native.llama_sampler_accept(self._sampler, token)
        if time.thread_time() - begun > _LONGEST_S:
            raise ParameterError(f"{NAME} can read this text in too many ways.", AMBIGUOUS)

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


def _reason(log: list[str]) -> str:
    found = [line for line in log if line]
    return found[0].partition(": ")[2].rstrip(".") or found[0] if found else "it has no root rule"
