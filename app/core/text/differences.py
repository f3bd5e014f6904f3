"""What differs between two versions of a text: sentence by sentence, then word by word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import accumulate

import msgspec

from app.core.text.words import found_in_pieces, tokens, words

_MOST = 400_000_000
"""The largest product of two counts of parts that is compared: 50 MB of rapidfuzz's bits."""

_LEAST_ALIKE = 0.35
"""Sentences that share less of their letters are shown as replaced whole, not as a mosaic."""

_NO_WORD = re.compile(r"[^\w\n]*")

Range = tuple[int, int, int, int]
"""From where to where parts of the old text were replaced, and by which parts of the new one."""


class Hunk(msgspec.Struct, frozen=True):
    """A part of two versions; both are equal where nothing changed, and one may be empty."""

    old: str
    new: str

    @property
    def is_same(self) -> bool:
        """Whether nothing changed here."""
        return self.old == self.new


def difference(old: str, new: str) -> tuple[Hunk, ...]:
    """The whole of both texts in hunks, equal ones and changed ones by turns.

    Takes about a tenth of a second for 120,000 words, and several where all of them changed.
    """
    before, after = parts(old), parts(new)
    found: list[Hunk] = []
    for hunk in _hunks(before, after):
        found += [hunk] if hunk.is_same else _by_words(hunk)
    return tuple(_joined(found))


def edits(old: str, new: str) -> tuple[tuple[int, int, str], ...]:
    """What makes `new` out of `old`: from where to where, in characters, what is put there."""
    before, after = parts(old), parts(new)
    starts = [0, *accumulate(map(len, before))]
    return tuple(
        (starts[a], starts[b], "".join(after[c:d])) for a, b, c, d in _changed(before, after)
    )


def words_changed(old: str, new: str) -> tuple[int, int]:
    """How many words were added and how many removed."""
    added = removed = 0
    for hunk in _hunks(parts(old), parts(new)):
        if not hunk.is_same:
            for a, b, c, d in _changed(words(hunk.old), words(hunk.new)):
                added, removed = added + d - c, removed + b - a
    return added, removed


def likeness(old: str, new: str) -> float:
    """The share of equal sentences, by their length: 0 for nothing in common, 1 for the same."""
    before, after = parts(old), parts(new)
    if not before or not after:
        return float(before == after)
    shared = set(before) & set(after)
    return min(
        sum(len(one) for one in side if one in shared) / sum(map(len, side))
        for side in (before, after)
    )


def parts(text: str) -> list[str]:
    """The text in lines, cut at every point, which is fast; joined they are the text again.

    What is compared need not be a sentence: `app.core.text.sentences` tells those.
    """
    return [part for part in found_in_pieces(_parts(), text) if part]


@cache
def _parts() -> re.Pattern[str]:
    return re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+|\n|$)")


def _by_words(hunk: Hunk) -> list[Hunk]:
    """The words that changed in a hunk; the hunk itself where hardly any stayed."""
    if not hunk.old or not hunk.new:
        return [hunk]
    found = _bridged(_hunks(tokens(hunk.old), tokens(hunk.new)))
    alike = sum(len(one.old) for one in found if one.is_same)
    longer = max(len(hunk.old), len(hunk.new))
    return found if alike >= _LEAST_ALIKE * longer else [hunk]


def _bridged(hunks: Iterable[Hunk]) -> list[Hunk]:
    """Changes with no word between them as one: “a b” to “c d”, not a to c and b to d."""
    found: list[Hunk] = []
    for hunk in hunks:
        gap = found[-1] if len(found) > 1 else None
        if gap is not None and gap.is_same and not hunk.is_same and _NO_WORD.fullmatch(gap.old):
            first = found[-2]
            found[-2:] = [Hunk(first.old + gap.old + hunk.old, first.new + gap.new + hunk.new)]
        else:
            found.append(hunk)
    return found


def _joined(hunks: Iterable[Hunk]) -> Iterator[Hunk]:
    """Neighbours of the same kind as one."""
    last: Hunk | None = None
    for hunk in hunks:
        if last is not None and last.is_same == hunk.is_same:
            last = Hunk(last.old + hunk.old, last.new + hunk.new)
            continue
        if last is not None:
            yield last
        last = hunk
    if last is not None:
        yield last


def _hunks(before: Sequence[str], after: Sequence[str]) -> Iterator[Hunk]:
    at = 0
    for a, b, c, d in _changed(before, after):
        if at < a:
            same = "".join(before[at:a])
            yield Hunk(same, same)
        yield Hunk("".join(before[a:b]), "".join(after[c:d]))
        at = b
    if at < len(before):
        same = "".join(before[at:])
        yield Hunk(same, same)


def _changed(before: Sequence[str], after: Sequence[str]) -> list[Range]:
    """Where the two differ; one range around everything where they are too long to compare."""
    head, shorter = 0, min(len(before), len(after))
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not old and not new:
        return []
    if not old or not new or len(old) * len(new) > _MOST:
        return [(head, head + len(old), head, head + len(new))]
    from rapidfuzz.distance import Indel  # by the first difference, not by the start

    found: list[Range] = []
    for step in Indel.opcodes(old, new):
        if step.tag == "equal":
            continue
        a, b = step.src_start + head, step.src_end + head
        c, d = step.dest_start + head, step.dest_end + head
        if found and found[-1][1] == a and found[-1][3] == c:
            a, c = found[-1][0], found[-1][2]
            found.pop()
        found.append((a, b, c, d))
    return found
