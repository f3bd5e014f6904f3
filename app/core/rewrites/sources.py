"""Which passages of a text each sentence of its summary came from, by the words that they share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from app.core.text.sentences import sentences
from app.core.text.words import words

_STEM = 6  # letters by which words are compared: inflections mostly differ after them
_SECOND = 0.75  # how well another passage must fit beside the best
_FEW = 4  # paragraphs: with fewer, sentences are the passages
_MOST = 2  # passages of a sentence


class TextSpan(msgspec.Struct, frozen=True):
    """A passage of a text, from `start` to `end` in characters."""

    start: int
    end: int


class SourcedSentence(msgspec.Struct, frozen=True):
    """A sentence of a summary with its passages, the best first, in order of how well they fit."""

    text: str
    passages: tuple[TextSpan, ...]


def passages(text: str) -> list[TextSpan]:
    """The paragraphs of a text without the space around them, or its sentences where few are."""
    lines = _spans(text, text.splitlines(keepends=True))
    return lines if len(lines) >= _FEW else _spans(text, sentences(text))


def sourced(summary: str, text: str) -> list[SourcedSentence]:
    """The sentences of a summary, each with the passages of the text that it shares most with.

    What two texts share counts the more, the fewer passages have it. A sentence that shares nothing
    has no passage.
    """
    spans = passages(text)
    held = [_keys(text[span.start : span.end]) for span in spans]
    found_in = Counter(key for keys in held for key in keys)
    weights = {key: math.log(1 + len(spans) / count) for key, count in found_in.items()}
    places: dict[str, list[int]] = {}
    for number, keys in enumerate(held):
        for key in keys:
            places.setdefault(key, []).append(number)
    return [
        SourcedSentence(one, tuple(spans[place] for place in _best(one, places, weights, held)))
        for one in sentences(summary)
        if one.strip()
    ]


def _best(
    sentence: str,
    places: dict[str, list[int]],
    weights: dict[str, float],
    held: Sequence[frozenset[str]],
) -> list[int]:
    scores: Counter[int] = Counter()
    for key in _keys(sentence):
        for place in places.get(key, ()):
            scores[place] += weights[key]  # type: ignore[assignment]  # Counter's are numbers here
    fits = {place: score / (8 + len(held[place])) ** 0.5 for place, score in scores.items()}
    ranked = sorted(fits, key=lambda place: (-fits[place], place))[:_MOST]
    return [place for place in ranked if fits[place] >= _SECOND * fits[ranked[0]]]


def _keys(text: str) -> frozenset[str]:
    return frozenset(word.casefold()[:_STEM] for word in words(text))


def _spans(text: str, pieces: Sequence[str]) -> list[TextSpan]:
    found, at = [], 0
    for piece in pieces:
        begin = at + len(piece) - len(piece.lstrip())
        end = at + len(piece.rstrip())
        at += len(piece)
        if end > begin:
            found.append(TextSpan(begin, end))
    assert at == len(text)
    return found
