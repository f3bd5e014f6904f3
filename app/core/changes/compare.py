"""What an answer changes in a text, grouped so that a reader can accept or reject it bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

import msgspec

from app.core.documents.letters import is_border
from app.core.text.differences import Hunk, difference, parts
from app.core.text.words import words

_SMALLEST_ISLAND = 3
"""Equal text of no more letters than this does not part two changes that are twice as large."""

_AHEAD = 1.25
"""How much longer than what an answer has so far the text is that it is compared with."""

_LEAST_AHEAD = 40  # characters


class TextChange(msgspec.Struct, frozen=True):
    """At `position` of the original, counted in characters, `removed` becomes `added`."""

    position: int
    removed: str
    added: str

    @property
    def end(self) -> int:
        """Where the removed text ends in the original."""
        return self.position + len(self.removed)


def compare(original: str, answer: str) -> tuple[TextChange, ...]:
    """What makes `answer` out of `original`, in order, without overlap and with text between.

    Words are compared, Chinese and Japanese by the character; no change cuts a letter in two.
    """
    hunks = _without_islands(difference(original, answer))
    return tuple(_changes(_joined(_whole_letters(hunks, original, answer))))


def compare_so_far(original: str, answer: str) -> tuple[TextChange, ...]:
    """The same for an answer that is still being written.

    What of the original it has not come to is not taken for removed.
    """
    reach = int(len(answer) * _AHEAD) + _LEAST_AHEAD
    length = 0
    for part in parts(original):
        if length >= reach:
            break
        length += len(part)
    found = list(compare(original[:length], answer))
    if found and found[-1].removed and found[-1].end == length:
        last = found.pop()
        both = takewhile(
            lambda pair: pair[0] == pair[1], zip(last.removed, last.added, strict=False)
        )
        head = len(list(both))  # of a letter that is half there
        if last.added[head:].strip():
            found.append(TextChange(last.position + head, "", last.added[head:]))
    return tuple(found)


def applied(original: str, changes: Iterable[TextChange]) -> str:
    """The original with these changes, which are in order."""
    parts, at = list[str](), 0
    for one in changes:
        parts += original[at : one.position], one.added
        at = one.end
    return "".join((*parts, original[at:]))


def _changes(parts: Iterable[tuple[Hunk, bool]]) -> Iterator[TextChange]:
    at = 0
    for part, is_change in parts:
        if is_change:
            yield TextChange(at, part.old, part.new)
        at += len(part.old)


def _whole_letters(
    hunks: Sequence[Hunk], original: str, answer: str
) -> Iterator[tuple[Hunk, bool]]:
    """The hunks, and whether each is of a change; with it go the halves of letters beside it.

    A letter may have several characters: one with its accents, an emoji, a flag.
    """
    old = new = 0

    def cuts(by: int) -> bool:
        return not (is_border(original, old + by) and is_border(answer, new + by))

    for number, hunk in enumerate(hunks):
        if hunk.is_same:
            first, last = 0, len(hunk.old)
            while number and first < last and cuts(first):
                first += 1
            while number < len(hunks) - 1 and first < last and cuts(last):
                last -= 1
            for begin, end in ((0, first), (first, last), (last, len(hunk.old))):
                part = hunk.old[begin:end]
                yield Hunk(part, part), (begin, end) != (first, last)
        else:
            yield hunk, True
        old, new = old + len(hunk.old), new + len(hunk.new)


def _joined(parts: Iterable[tuple[Hunk, bool]]) -> Iterator[tuple[Hunk, bool]]:
    """Neighbours of a kind as one, and none that is empty."""
    last, was_change = Hunk("", ""), False
    for part, is_change in parts:
        if not (part.old or part.new):
            continue
        if is_change == was_change:
            last = Hunk(last.old + part.old, last.new + part.new)
        else:
            yield last, was_change
            last, was_change = part, is_change
    yield last, was_change


def _without_islands(hunks: Sequence[Hunk]) -> list[Hunk]:
    """One change where two are parted by a little word or sign only."""
    found: list[Hunk] = []
    for hunk in hunks:
        if not hunk.is_same and len(found) > 1 and _is_island(found[-2], found[-1], hunk):
            first, island = found[-2:]
            found[-2:] = [
                Hunk(first.old + island.old + hunk.old, first.new + island.new + hunk.new)
            ]
        else:
            found.append(hunk)
    return found


def _is_island(first: Hunk, island: Hunk, following: Hunk) -> bool:
    size = _letters(island.old)
    if size > _SMALLEST_ISLAND or "\n" in island.old:
        return False
    return all(_letters(one.old + one.new) >= 2 * size for one in (first, following))


def _letters(text: str) -> int:
    """How many letters its words have; a Chinese or Japanese one counts as two."""
    return sum(2 if word[0] > "\u3000" else len(word) for word in words(text))
