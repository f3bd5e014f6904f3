"""Parts of a text by where they came from, with how much of what a model wrote was edited.

A passage is looked at paragraph by paragraph: where the writer changed a take's text in one, the
take's words of that paragraph count as edited. How much is the share of the units that were
changed: those cut out of the take and those put in between its parts, of these and what stands.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from app.core.provenance.origins import units
from app.core.provenance.spans import OriginRun, Runs
from app.core.text.words import count_words, tokens

Shown = Literal["unknown", "typed", "pasted", "generated", "edited", "rewrite"]
"""A kind, in which "edited" is what was generated and then changed."""

SHOWN: tuple[Shown, ...] = ("typed", "generated", "edited", "rewrite", "pasted", "unknown")
"""All of them, in the order in which a report has them."""


class OriginPassage(msgspec.Struct, frozen=True):
    """From where to where in units, what it is, the key of its take, and how much was changed.

    `changed` is 0 to 1.
    """

    start: int
    end: int
    kind: Shown
    take: int = 0
    changed: float = 0.0


class _Takes:
    """What of each take stands in one paragraph, was cut out of it, and put in between."""

    def __init__(self) -> None:
        self.standing = dict[int, int]()
        self.changed = dict[int, int]()
        self.end = dict[int, int]()  # where the last part of the take ended, in the paragraph

    def change(self, take: int, by: int) -> None:
        self.changed[take] = self.changed.get(take, 0) + by

    def share(self, take: int) -> float:
        changed = self.changed.get(take, 0)
        return changed / (changed + self.standing[take]) if changed else 0.0


def passages(text: str, runs: Runs, start: int = 0) -> list[OriginPassage]:
    """The passages of `text`, which is made of `runs` and begins at `start`.

    Neighbours in one paragraph that are alike are one. Takes linear time.
    """
    found: list[OriginPassage] = []
    last = dict[int, tuple[_Takes, int]]()  # of each take, the paragraph and offset of its end
    paragraphs = [(line, _Takes()) for line in _lines(text, runs, start)]
    for parts, takes in paragraphs:
        for place, run in parts:
            if run.take and run.kind == "generated":
                _follow(takes, place, run, last)
    for parts, takes in paragraphs:
        first = len(found)
        for place, run in parts:
            share = takes.share(run.take) if run.take in takes.standing else 0.0
            kind: Shown = "edited" if share and run.kind == "generated" else run.kind
            one = OriginPassage(place, place + run.length, kind, run.take, share)
            former = found[-1] if len(found) > first else None
            if former is not None and (former.kind, former.take) == (one.kind, one.take):
                found[-1] = OriginPassage(former.start, one.end, kind, run.take, share)
            else:
                found.append(one)
    return found


def _follow(takes: _Takes, place: int, run: OriginRun, last: dict[int, tuple[_Takes, int]]) -> None:
    """Count a part of a take: what was cut out before it, and put in since its last part."""
    key = run.take
    former, offset = last.get(key, (takes, run.offset))
    if run.offset > offset:
        former.standing.setdefault(key, 0)
        former.change(key, run.offset - offset)
    if key in takes.end and place > takes.end[key]:
        takes.change(key, place - takes.end[key])
    takes.standing[key] = takes.standing.get(key, 0) + run.length
    takes.end[key] = place + run.length
    last[key] = takes, run.offset + run.length


def _lines(text: str, runs: Runs, start: int) -> Iterator[list[tuple[int, OriginRun]]]:
    """The runs of each paragraph with its line end, each with its place in units."""
    rest, left = iter(runs), OriginRun(0, "unknown")
    place = start
    for line in text.split("\n"):
        length = units(line) + 1  # there is none after the last, where the runs end
        parts: list[tuple[int, OriginRun]] = []
        while length:
            if not left.length:
                following = next(rest, None)
                if following is None:
                    break
                left = following
            taken = min(length, left.length)
            parts.append((place, left.cut(0, taken)))
            left = left.cut(taken, left.length)
            place, length = place + taken, length - taken
        if parts:
            yield parts


class OriginWord(msgspec.Struct, frozen=True):
    """A word of a text: what it is, and the key of the take that most of it is from, or 0."""

    kind: Shown
    take: int = 0


def words_of(text: str, runs: Runs) -> Iterator[OriginWord]:
    """What each word of `text` is, counted as everywhere.

    One of which a part was generated and another part was not is an edited one.
    """
    found = passages(text, runs)
    index = place = 0
    for token in tokens(text):
        end = place + units(token)
        if count_words(token):
            while index + 1 < len(found) and found[index].end <= place:
                index += 1
            parts = []
            at = index
            while at < len(found) and found[at].start < end:
                parts.append(found[at])
                at += 1
            if parts:
                yield _word_of(parts, place, end)
        place = end


def _word_of(parts: list[OriginPassage], start: int, end: int) -> OriginWord:
    """What a word is that lies in these passages."""
    most = max(parts, key=lambda one: min(one.end, end) - max(one.start, start))
    if len({one.kind for one in parts}) == 1:
        return OriginWord(most.kind, most.take)
    take = next((one.take for one in parts if one.take), 0)
    by_model = any(one.kind in ("generated", "edited", "rewrite") for one in parts)
    return OriginWord("edited" if by_model else most.kind, take)
