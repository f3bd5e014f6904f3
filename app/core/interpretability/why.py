"""Why this word: the parts of a text as the model read them, each with what else it could have
been, and how likely what follows still is when one of them is replaced.
"""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import msgspec

from app.core.documents.normalise import normalise

MOST_OTHERS = 10
"""How many likeliest others are shown beside a word."""

_STRETCH = re.compile(r" ?[^\W_]+(?:['’][^\W\d_]+)*| ?[^\w\s]+| ?_+|[^\S\n]+|\n+")
"""What is read at once: a word or its signs, with the space before it, which is in its token."""

_LONGEST = 24  # letters of a stretch: scripts without spaces have long ones
_CONTROL = re.compile(r"<[|｜].*[|｜]>|</?s>|<end_of_turn>|<turn\|>|<eos>|<pad>|<unk>")
_LEAST = 1e-300
_SAME = 0.05  # of the average probability: nobody sees a smaller difference
_MUCH = 0.5

Fit = Literal["better", "same", "worse", "misfit"]
"""How what follows fits after a change, beside how it did before."""


class ReadChoice(Protocol):
    """A token and its probability; `torn` are its bytes where they are no text by themselves."""

    @property
    def id(self) -> int:
        """Its number."""
        ...

    @property
    def text(self) -> str:
        """What it stands for."""
        ...

    @property
    def probability(self) -> float:
        """How likely it is, from 0 to 1."""
        ...

    @property
    def torn(self) -> bytes:
        """Its bytes where they are no text by themselves."""
        ...


class JudgedToken(ReadChoice, Protocol):
    """A token of a text, with the likeliest ones in its place."""

    @property
    def alternatives(self) -> Sequence[ReadChoice]:
        """The likeliest ones in its place, the likeliest first."""
        ...


class WordChoice(msgspec.Struct, frozen=True):
    """What else could have stood there.

    `kind` is "text" for what can be put in, as a document holds it, "end" for the end of the
    writing, and "part" for a part of a letter, which is none by itself.
    """

    text: str
    probability: float
    kind: Literal["text", "end", "part"] = "text"


class ReadWord(msgspec.Struct, frozen=True):
    """A part of a text as the model reads it: one token, or those that make up one letter.

    `start` counts the characters before it. `probability` is from 0 to 1, of all of its tokens.
    `rank` is its place among the likeliest, from 1 on; 0 where it was not among those told.
    """

    text: str
    start: int
    probability: float
    rank: int
    others: tuple[WordChoice, ...]

    @property
    def end(self) -> int:
        """How many characters end with it."""
        return self.start + len(self.text)


def stretch_at(line: str, place: int, *, steps_back: bool = True) -> tuple[int, int]:
    """Where what is read at once begins and ends around the letter after `place`, in characters.

    At the end of the line, or before a space, it is the word before that if it `steps_back`. Both
    are the same where there is nothing.
    """
    at = min(max(0, place), len(line))
    if steps_back and at and (at == len(line) or line[at].isspace()) and not line[at - 1].isspace():
        at -= 1
    for found in _STRETCH.finditer(line):
        if found.start() <= at < found.end():
            start = found.start() + (at - found.start()) // _LONGEST * _LONGEST
            return start, min(found.end(), start + _LONGEST)
    return (at, at + 1) if at < len(line) else (at, at)


def read_words(details: Iterable[JudgedToken]) -> tuple[ReadWord, ...]:
    """The parts of a text; the tokens of one letter are one, which is as likely as all of them."""
    found: list[ReadWord] = []
    held: list[JudgedToken] = []
    start = 0
    for one in details:
        held.append(one)
        text = _whole(held)
        if text is not None:
            found.append(_word(held, text, start))
            start += len(text)
            held = []
    if held:  # a letter that does not end
        found.append(_word(held, "\ufffd", start))
    return tuple(found)


def _whole(tokens: Sequence[JudgedToken]) -> str | None:
    """The text of tokens; None where it ends within a letter."""
    data = b"".join(one.torn or one.text.encode("utf-8", "surrogatepass") for one in tokens)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        text = decoder.decode(data)
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")
    return None if decoder.getstate()[0] else text


def _word(tokens: Sequence[JudgedToken], text: str, start: int) -> ReadWord:
    first = tokens[0]
    ranks = [rank for rank, one in enumerate(first.alternatives, 1) if one.id == first.id]
    choices = (_choice(one) for one in first.alternatives if one.id != first.id)
    others = [one for one in choices if one.text]
    return ReadWord(
        text=text,
        start=start,
        probability=math.prod(one.probability for one in tokens),
        rank=ranks[0] if ranks else 0,
        others=tuple(others[:MOST_OTHERS]),
    )


def _choice(one: ReadChoice) -> WordChoice:
    if one.torn:
        return WordChoice(one.text, one.probability, "part")
    kind: Literal["text", "end"] = "end" if _CONTROL.fullmatch(one.text) else "text"
    return WordChoice(normalise(one.text), one.probability, kind)


def average(log_probability: float, tokens: int) -> float:
    """How likely each of `tokens` was on average, from 0 to 1: the geometric mean.

    `log_probability` is the sum of the natural logarithms of their probabilities.
    """
    return math.exp(log_probability / tokens) if tokens > 0 else 0.0


def fit(before: float, after: float) -> Fit:
    """How what follows fits with one average probability, beside another before."""
    share = after / max(before, _LEAST)
    if share > 1 + _SAME:
        return "better"
    if share >= 1 - _SAME:
        return "same"
    return "worse" if share >= _MUCH else "misfit"
