"""What an answer changes in a text, grouped so that a reader can accept or reject it bit by bit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from app.core.text.differences import Hunk, difference, sentences
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

    Words are compared, Chinese and Japanese by the character.
    """
    return tuple(_changes(_without_islands(difference(original, answer))))


def compare_so_far(original: str, answer: str) -> tuple[TextChange, ...]:
    """The same for an answer that is still being written.

    What of the original it has not come to is not taken for removed.
    """
    reach = int(len(answer) * _AHEAD) + _LEAST_AHEAD
    length = 0
    for sentence in sentences(original):
        if length >= reach:
            break
        length += len(sentence)
    found = list(compare(original[:length], answer))
    if found and found[-1].removed and found[-1].end == length:
        last = found.pop()
        if last.added.strip():
            found.append(TextChange(last.position, "", last.added))
    return tuple(found)


def applied(original: str, changes: Iterable[TextChange]) -> str:
    """The original with these changes, which are in order."""
    parts, at = list[str](), 0
    for one in changes:
        parts += original[at : one.position], one.added
        at = one.end
    return "".join((*parts, original[at:]))


def _changes(hunks: Iterable[Hunk]) -> Iterator[TextChange]:
    at = 0
    for hunk in hunks:
        if not hunk.is_same:
            yield TextChange(at, hunk.old, hunk.new)
        at += len(hunk.old)


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
