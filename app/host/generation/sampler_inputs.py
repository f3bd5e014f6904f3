"""What both chains check alike: the word bias by token, and the order of steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from app.core.errors import ParameterError
from app.core.options.sampling import Sampling
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


def resolve_bias(sampling: Sampling, vocabulary: Vocabulary) -> dict[int, float]:
    """The bias of each token: a text's goes to all its tokens, several add up, -100 bans."""
    bias, found = sampling.logit_bias, dict[int, float]()
    forms = _tokens_of_forms(bias, vocabulary) if sampling.logit_bias_forms else {}
    for key, value in bias.items():
        amount = -math.inf if value <= _BAN else value
        for token in forms.get(key) or set(_tokens(key, vocabulary)):
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


def _tokens_of_forms(keys: Iterable[str], vocabulary: Vocabulary) -> dict[str, set[int]]:
    """The tokens of each word in every form: whole tokens, and those of it as it was typed.

    Of another case only whole tokens count, as the parts of THE, T and HE, are those of many words.
    Whole tokens are found by their bytes: a tokenizer may never give the one without a space.
    """
    words = {key: word for key in keys if not key.startswith(_PREFIX) and (word := key.strip())}
    found: dict[str, set[int]] = {key: set() for key in words}
    wanted: dict[bytes, list[str]] = {}
    for key, word in words.items():
        for form in _forms(word):
            wanted.setdefault(form.encode(), []).append(key)
        for typed in (word, f" {word}"):
            tokens = vocabulary.tokenize(typed).tolist()
            found[key] |= {token for token in tokens if vocabulary.piece(token).strip()}
    for token in range(vocabulary.size) if wanted else ():
        for key in wanted.get(vocabulary.piece(token), ()):
            found[key].add(token)
    return found


def _forms(word: str) -> set[str]:
    """A word as typed, small, large and with a large head; each with a space before it, too."""
    cases = {word, word.lower(), word.upper(), word[:1].upper() + word[1:]}
    return {space + case for case in cases for space in ("", " ")}


def checked_order(order: tuple[str, ...]) -> tuple[str, ...]:
    """The order of steps; raises ParameterError if one is in it twice."""
    if len(set(order)) < len(order):
        raise ParameterError("Order of steps (order) names a step more than once.")
    return order
