"""What both chains check alike: the word bias by token, and the order of steps."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from app.core.errors import ParameterError
from app.host.generation.vocabulary import Vocabulary

COLDEST = 1e-6
"""The lowest temperature: dividing by less overflows, and the draw becomes senseless."""

_ANY_SEED = 2**32 - 1  # what llama.cpp takes for "choose one"
_BAN = -100.0
_PREFIX = "token:"
_DIGITS = 10  # more than any vocabulary's; Python refuses to read very long numbers


def drawing_seed(seed: int) -> int:
    """The seed that the generators are given: the largest one shares its neighbour's draws.

    llama.cpp would take it for "choose one", and the text could not be had again.
    """
    return min(seed, _ANY_SEED - 1)


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


def checked_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """The order of steps; raises ParameterError if one is in it twice."""
    if len(set(order)) < len(order):
        raise ParameterError("Order of steps (order) names a step more than once.")
    return order
