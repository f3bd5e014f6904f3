"""The changes of a text that are open: neither accepted nor rejected yet, and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import msgspec


class OpenChange(msgspec.Struct, frozen=True):
    """From `start` to `end` the text is to be removed, and `added` to stand there instead.

    Positions are in UTF-16 units of the text as it is now. `author` is the model's name; `proposal`
    tells which changes came of one answer.
    """

    id: int
    start: int
    end: int
    added: str
    author: str = ""
    proposal: int = 0

    def at(self, start: int) -> OpenChange:
        """The same change, which begins at `start`."""
        return msgspec.structs.replace(self, start=start, end=start + self.end - self.start)


class OpenChanges:
    """The open changes of one text, in order and without overlap.

    What the writer changes carries them along by these rules. Text that is put in where a change
    begins or ends is no part of it. Text that is put in between what is to be removed parts the
    change in two: nothing the writer wrote is ever to be removed. What the writer removes need not
    be removed any more; a change closes when nothing is left of it, or when what was removed
    reached over the place of its added text.
    """

    def __init__(self) -> None:
        self._changes: list[OpenChange] = []
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._changes)

    def __iter__(self) -> Iterator[OpenChange]:
        return iter(self._changes)

    def new_id(self) -> int:
        """A number that no change or proposal has had here."""
        self._last_id += 1
        return self._last_id

    def put(self, changes: Iterable[OpenChange]) -> None:
        """Open these, which overlap with none that is open."""
        self._changes += changes
        self._changes.sort(key=_place)
        self._last_id = max((self._last_id, *(one.id for one in self._changes)))

    def remove(self, ids: Collection[int]) -> None:
        """Close those with these ids."""
        self._changes = [one for one in self._changes if one.id not in ids]

    def of(self, ids: Collection[int]) -> tuple[OpenChange, ...]:
        """Those with these ids, in order."""
        return tuple(one for one in self._changes if one.id in ids)

    def within(self, start: int, end: int) -> tuple[OpenChange, ...]:
        """Those that lie between two places or touch a part of the text between them."""
        return tuple(
            one
            for one in self._changes
            if (one.start < end and one.end > start) or start <= one.start <= one.end <= end
        )

    def at(self, position: int) -> OpenChange | None:
        """The change that the position is in or at the edge of; where two meet, the one before."""
        found = [one for one in self._changes if one.start <= position <= one.end]
        return next((one for one in found if one.end == position), found[0]) if found else None

    def after(self, position: int) -> OpenChange | None:
        """The first that ends behind a position; around the end, the first of all."""
        found = [one for one in self._changes if one.end > position] or self._changes
        return found[0] if found else None

    def before(self, position: int) -> OpenChange | None:
        """The last that ends before a position; around the beginning, the last of all."""
        found = [one for one in self._changes if one.end < position] or self._changes
        return found[-1] if found else None

    def follow(self, position: int, removed: int, added: int) -> bool:
        """Follow a change of the text by the rules; whether any open change is another now."""
        former = self._changes
        self._changes = []
        for one in former:
            self._changes += self._carried(one, position, removed, added)
        self._changes.sort(key=_place)
        return self._changes != former

    def _carried(
        self, one: OpenChange, position: int, removed: int, added: int
    ) -> Iterator[OpenChange]:
        """What becomes of one change where text was put in the place of `removed` units."""
        stop, growth = position + removed, added - removed
        if one.end < position or (one.end == position and (one.start < position or not removed)):
            yield one
        elif one.start > stop or (one.start == stop and (one.start < one.end or removed)):
            yield one.at(one.start + growth)
        elif one.start == one.end:
            if one.start == position:
                yield one
        else:
            yield from self._cut(one, position, stop, growth)

    def _cut(self, one: OpenChange, position: int, stop: int, growth: int) -> Iterator[OpenChange]:
        """What is left of a change when its text up to `stop` is another."""
        behind, end = stop + growth, one.end + growth
        added = one.added if stop <= one.end else ""
        if one.start < position and stop < one.end and position < behind:
            yield _ranged(one, one.start, position, "")
            yield msgspec.structs.replace(_ranged(one, behind, end, added), id=self.new_id())
        elif stop < one.end:
            start = one.start if one.start < position else behind
            yield _ranged(one, start, end, added)
        elif one.start < position or added:
            yield _ranged(one, min(one.start, position), position, added)


def _ranged(one: OpenChange, start: int, end: int, added: str) -> OpenChange:
    return msgspec.structs.replace(one, start=start, end=end, added=added)


def _place(one: OpenChange) -> tuple[int, int]:
    return one.start, one.end
