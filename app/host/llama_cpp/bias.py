"""The word bias: which tokens become likelier, rarer or impossible."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from app.core.errors import ParameterError
from app.host.llama_cpp.library import native
from app.host.llama_cpp.vocabulary import Vocabulary

_BAN = -100.0
_PREFIX = "token:"
_DIGITS = 10  # more than any vocabulary's; Python refuses to read very long numbers


def resolve_bias(bias: Mapping[str, float], vocabulary: Vocabulary) -> dict[int, float]:
    """The bias of each token: a text's goes to all its tokens, several add up, -100 bans."""
    found: dict[int, float] = {}
    for key, value in bias.items():
        amount = -math.inf if value <= _BAN else value
        for token in set(_tokens(key, vocabulary)):
            found[token] = found.get(token, 0.0) + amount
    if sum(value == -math.inf for value in found.values()) >= vocabulary.size:
        raise ParameterError("Word bias (logit_bias) bans every token of the model.")
    return found


def bias_array(bias: Mapping[int, float]) -> Any:
    """The same for llama.cpp."""
    entries = [native.llama_logit_bias(token, value) for token, value in bias.items()]
    return (native.llama_logit_bias * len(entries))(*entries)


def _tokens(key: str, vocabulary: Vocabulary) -> Iterator[int]:
    if not key.startswith(_PREFIX):
        yield from vocabulary.tokenize(key).tolist()
        return
    number = key.removeprefix(_PREFIX)
    if not number.isdecimal() or len(number) > _DIGITS or int(number) >= vocabulary.size:
        raise ParameterError(
            f"Word bias (logit_bias) names {key[:40]}, which is not a token of this model.",
            f"Its tokens are numbered from 0 to {vocabulary.size - 1}.",
        )
    yield int(number)
