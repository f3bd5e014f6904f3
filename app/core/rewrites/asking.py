"""What a rewrite is asked with beside its prompt: sampling, and how much of a text fits."""

from __future__ import annotations

from itertools import accumulate

from msgspec.structs import replace

from app.core.options.presets import BUILTIN
from app.core.options.sampling import Sampling
from app.core.rewrites.table import Rewrite

CONTEXT_BYTES = 1200
"""What a model sees of the text on each side of a passage at most, in bytes of UTF-8."""

MOST_PART = 700
"""Tokens of a passage that is worked at once: what is longer is worked in parts, as the answers of
small models get worse with length."""

_PROMPT = 400  # tokens of the instruction and the template, at most
_ASCII_PER_TOKEN, _BYTES_PER_TOKEN = 3.0, 2.0  # fewer than there are on average


def estimated_tokens(text: str) -> int:
    """About how many tokens a text has, rather too many than too few."""
    size = len(text.encode("utf-8", "surrogatepass"))
    plain = sum(map(str.isascii, text)) if size != len(text) else size
    return int(plain / _ASCII_PER_TOKEN + (size - plain) / _BYTES_PER_TOKEN) + 1


class TokenEstimate:
    """About how many tokens a text has from one place in it to another, as `estimated_tokens`."""

    def __init__(self, text: str) -> None:
        self._even = 1 / _ASCII_PER_TOKEN if text.isascii() else 0.0
        self._sums = [] if self._even else [0.0, *accumulate(map(_weight, text))]

    def count(self, start: int, end: int) -> int:
        """The tokens of the characters from `start` to `end`."""
        if self._even:
            return int((end - start) * self._even) + 1
        return int(self._sums[end] - self._sums[start]) + 1


def _weight(letter: str) -> float:
    if letter.isascii():
        return 1 / _ASCII_PER_TOKEN
    return len(letter.encode("utf-8", "surrogatepass")) / _BYTES_PER_TOKEN


def sampling_for(action: Rewrite, selection: str, context: int) -> Sampling:
    """The action's preset with as many tokens as an answer to the selection may have.

    `context` is the model's, 0 where that is not known.
    """
    preset = next((one for one in BUILTIN if one.name == action.preset), BUILTIN[0])
    most = int(action.growth * estimated_tokens(selection)) + action.spare
    if context:
        most = min(most, context // 2)
    return replace(preset.sampling, max_tokens=max(16, most), stop=preset.sampling.stop)


def room(action: Rewrite, context: int) -> int:
    """How many tokens of a text are worked at once in a model's `context`, 0 where unknown."""
    if not context:
        return MOST_PART
    around = 2 * CONTEXT_BYTES / _BYTES_PER_TOKEN
    left = context - _PROMPT - min(around, context / 4) - action.spare
    return max(64, min(MOST_PART, int(left / (1 + max(action.growth, 0.25)))))


def side_bytes(context: int) -> int:
    """How much of the text on each side goes along, in bytes, in a model's `context`."""
    return min(CONTEXT_BYTES, int(context / 8 * _BYTES_PER_TOKEN)) if context else CONTEXT_BYTES
