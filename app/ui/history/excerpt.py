"""A difference as it is shown: what changed with a little around it, and where all of it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from app.core.text.differences import Hunk
from app.core.text.words import count_words
from app.ui.editor.manuscript import units

_AROUND = 240  # characters that are shown before and after a change
_SHORTEST_CUT = 400  # characters; less than that is shown
_SPACE = re.compile(r"\s")

Kind = Literal["same", "removed", "added", "skipped"]


class Part(msgspec.Struct, frozen=True):
    """A part of a difference; `old` and `new` are its places in both texts, in UTF-16 units.

    What is skipped has an empty `text` and the number of its `words`.
    """

    kind: Kind
    text: str
    old: tuple[int, int]
    new: tuple[int, int]
    words: int = 0


class MarkedPassage(msgspec.Struct, frozen=True):
    """A place in the earlier text and the place in the present one that it belongs to."""

    old: tuple[int, int]
    new: tuple[int, int]


def parts_of(hunks: Sequence[Hunk]) -> tuple[Part, ...]:
    """What is shown of a difference; nothing where both texts are equal."""
    if all(hunk.is_same for hunk in hunks):
        return ()
    return tuple(_placed(_pieces(hunks)))


def passage(parts: Iterable[tuple[Part, int, int]]) -> MarkedPassage | None:
    """The place of marked parts, each with what of its text is marked; None without a change.

    Both texts are equal around it, so that the one can be put in the place of the other.
    """
    old, new, is_changed = list[int](), list[int](), False
    for part, start, end in parts:
        whole = part.kind == "skipped"
        is_changed = is_changed or part.kind in ("removed", "added")
        old += _inside(part.old, start, end, whole=whole or part.kind == "added")
        new += _inside(part.new, start, end, whole=whole or part.kind == "removed")
    if not is_changed:
        return None
    return MarkedPassage((min(old), max(old)), (min(new), max(new)))


def _inside(place: tuple[int, int], start: int, end: int, *, whole: bool) -> tuple[int, int]:
    return place if whole else (place[0] + start, place[0] + end)


def _pieces(hunks: Sequence[Hunk]) -> Iterator[tuple[Kind, str]]:
    """Each part's kind and whole text."""
    last = len(hunks) - 1
    for place, hunk in enumerate(hunks):
        if hunk.is_same:
            yield from _around(hunk.old, is_first=place == 0, is_last=place == last)
        else:
            yield "removed", hunk.old
            yield "added", hunk.new


def _around(text: str, *, is_first: bool, is_last: bool) -> Iterator[tuple[Kind, str]]:
    """An equal part, without its middle; at the ends of the texts without what lies outside."""
    after = 0 if is_first else _after(text)
    before = len(text) if is_last else _before(text)
    if before - after < _SHORTEST_CUT:
        yield "same", text
    else:
        yield from (
            ("same", text[:after]),
            ("skipped", text[after:before]),
            ("same", text[before:]),
        )


def _after(text: str) -> int:
    found = _SPACE.search(text, min(_AROUND, len(text)))
    return (
        found.end() if found is not None and found.end() < 2 * _AROUND else min(_AROUND, len(text))
    )


def _before(text: str) -> int:
    found = _SPACE.search(text, max(0, len(text) - _AROUND))
    return found.end() if found is not None else max(0, len(text) - _AROUND)


def _placed(pieces: Iterable[tuple[Kind, str]]) -> Iterator[Part]:
    old = new = 0
    for kind, text in pieces:
        if not text:
            continue
        length = units(text)
        ends = old + length * (kind != "added"), new + length * (kind != "removed")
        skipped = kind == "skipped"
        yield Part(
            kind,
            "" if skipped else text,
            (old, ends[0]),
            (new, ends[1]),
            count_words(text) if skipped else 0,
        )
        old, new = ends
