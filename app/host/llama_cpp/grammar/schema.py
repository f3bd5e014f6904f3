"""A JSON schema as a grammar: llguidance says which tokens may come next."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
import numpy.typing as npt

from app.core.errors import GenerationError, ParameterError
from app.core.options.json_schema import Schema, read_schema, refuse
from app.host.llama_cpp.vocabulary import LlamaVocabulary

_OPTIONS: Any = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
_STACK = 256 * 1024**2
_MOST_TRIED = 300  # schemas compiled alone to find the place of an error
_LIMITS: Any = {
    "initial_lexer_fuel": 500_000,
    "max_lexer_states": 100_000,
    "max_grammar_size": 200_000,
    "verbose_errors": False,
}
_ONE_OF = "its parts must exclude each other by their types or by the const of a property"
_NOTHING = "Grammar (grammar): no text obeys this JSON schema."

_tokenizers: WeakKeyDictionary[LlamaVocabulary, Any] = WeakKeyDictionary()


class SchemaGrammar:
    """The state of one text; JSON is written on one line, as Python's `json.dumps` does."""

    def __init__(self, text: str, vocabulary: LlamaVocabulary) -> None:
        schema = read_schema(text)
        self._matcher = matcher(schema, _tokenizer(vocabulary))

    def allows(self, token: int) -> bool:
        """Whether the token may come next."""
        return bool(self._matcher.validate_tokens([token]))

    def apply(self, candidates: npt.NDArray[Any]) -> None:
        """Set the logit of every candidate that may not come next to minus infinity."""
        allowed = np.frombuffer(self._matcher.compute_bitmask(), np.uint8)
        self._check()
        bits = np.unpackbits(allowed, bitorder="little")
        candidates["logit"][bits[candidates["id"]] == 0] = -np.inf

    def accept(self, token: int) -> None:
        """Take the token as written."""
        self._matcher.consume_token(token)
        self._check()

    def reset(self) -> None:
        """Start at the beginning of the text."""
        self._matcher.reset()

    def close(self) -> None:
        """Nothing is held outside of Python."""

    def _check(self) -> None:
        if self._matcher.is_error():
            reason = _reason(self._matcher.get_error())
            raise GenerationError(f"The JSON schema could not be followed any further: {reason}.")


def matcher(schema: Schema, tokenizer: Any) -> Any:
    """An llguidance matcher; raises ParameterError with the place of what it cannot hold."""
    found = _compiled(schema.value, tokenizer)
    error = found.get_error()
    if error:
        _refuse(schema, tokenizer, error)
    if found.is_stopped() or not any(found.compute_bitmask()) or found.is_error():
        raise ParameterError(_NOTHING)
    return found


def _compiled(value: dict[str, Any], tokenizer: Any) -> Any:
    from llguidance import LLMatcher, LLParserLimits

    try:
        grammar = LLMatcher.grammar_from_json_schema(json.dumps(value), overrides=_OPTIONS)
    except ValueError:
        raise ParameterError("Grammar (grammar): the JSON schema nests too deeply.") from None
    limits = LLParserLimits(**_LIMITS)
    return _on_deep_stack(lambda: LLMatcher(tokenizer, grammar, log_level=0, limits=limits))


def _on_deep_stack(work: Callable[[], Any]) -> Any:
    """Run in a thread of 256 MiB stack: the library calls itself for each reference in a chain."""
    found: list[Any] = []
    before = threading.stack_size(_STACK)
    try:
        thread = threading.Thread(target=lambda: found.append(work()), name="schema")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return found[0]


def _refuse(schema: Schema, tokenizer: Any, error: str) -> None:
    """Raise the error of the innermost part that cannot be compiled alone, definitions first."""
    defs = {name: schema.value.get(name, {}) for name in ("$defs", "definitions")}

    def error_of(part: dict[str, Any]) -> str:
        return str(_compiled(defs | part, tokenizer).get_error())

    def depth(item: tuple[str, Any]) -> tuple[bool, int]:
        return item[0].startswith(("#/$defs/", "#/definitions/")), item[0].count("/")

    deepest = sorted(schema.parts.items(), key=depth, reverse=True)[:_MOST_TRIED]
    place, part = next((item for item in deepest if error_of(item[1])), ("#", schema.value))
    error = error_of(part) or error
    for key in list(part)[:_MOST_TRIED]:
        if not error_of({name: value for name, value in part.items() if name != key}):
            place, error = f"{place}/{key}", _ONE_OF if key == "oneOf" else error
            break
    refuse(place, f"cannot be held: {_reason(error)}")


def _reason(error: str) -> str:
    return " ".join(error.split())[:200].rstrip(".")


class _Words:
    """The model's vocabulary as llguidance asks for it."""

    def __init__(self, vocabulary: LlamaVocabulary) -> None:
        if not vocabulary.ends:
            raise ParameterError(
                "Grammar (grammar): this model has no token that ends a text, so that no JSON "
                "schema can be held."
            )
        pieces = [vocabulary.piece(token) for token in range(vocabulary.size)]
        self.special_token_ids = [token for token, piece in enumerate(pieces) if not piece]
        self.tokens = [piece or b"\xff" + str(token).encode() for token, piece in enumerate(pieces)]
        self.bos_token_id = vocabulary.start
        self.eos_token_id = min(vocabulary.ends)
        self._vocabulary = ref(vocabulary)  # the tree is kept for as long as the vocabulary

    def __call__(self, text: bytes) -> list[int]:
        vocabulary = self._vocabulary()
        found: list[int] = vocabulary.tokenize(text.decode("utf-8")).tolist() if vocabulary else []
        return found


def _tokenizer(vocabulary: LlamaVocabulary) -> Any:
    """The vocabulary's tree of tokens; made once, as it takes up to a second."""
    if vocabulary not in _tokenizers:
        from llguidance import LLTokenizer, TokenizerWrapper

        words = TokenizerWrapper(_Words(vocabulary))
        ends = sorted(vocabulary.ends)
        _tokenizers[vocabulary] = LLTokenizer(words, eos_token=ends)
    return _tokenizers[vocabulary]
