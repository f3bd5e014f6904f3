"""The changes of a text that are open: neither accepted nor rejected yet, and where they stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

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
        self._changes.sort(key=lambda one: (one.start, one.end))
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
        """The change that the position is in or at the edge of."""
        found = self.within(position, position)
        return next((one for one in found if one.end == position), found[0]) if found else None

    def after(self, position: int) -> OpenChange | None:
        """The first that begins behind a position; around the end, the first of all."""
        return self._first(lambda one: one.start > position)

    def before(self, position: int) -> OpenChange | None:
        """The last that ends before a position; around the beginning, the last of all."""
        found = [one for one in self._changes if one.end < position]
        return found[-1] if found else (self._changes[-1] if self._changes else None)

    def _first(self, is_one: Callable[[OpenChange], bool]) -> OpenChange | None:
        default = self._changes[0] if self._changes else None
        return next(filter(is_one, self._changes), default)

    def follow(self, position: int, removed: int, added: int) -> bool:
        """Follow a change of the text by the rules; whether any open change is another now."""
        former = self._changes
        self._changes = []
        for one in former:
            self._changes += self._carried(one, position, removed, added)
        return self._changes != former

    def _carried(
        self, one: OpenChange, position: int, removed: int, added: int
    ) -> tuple[OpenChange, ...]:
        """What becomes of one change; where the text changed from `position` on."""
        stop, growth = position + removed, added - removed
        if one.end < position or (one.end == position and (one.start < position or not removed)):
            return (one,)
        if one.start > stop or (one.start == stop and (one.end > stop or position < stop)):
            return (one.at(one.start + growth),)
        if position < one.end < stop or (position == one.start == one.end):
            return self._reached_over(one, position, stop)
        return tuple(self._parts(one, position, stop, growth))

    def _reached_over(self, one: OpenChange, position: int, stop: int) -> tuple[OpenChange, ...]:
        if one.start == one.end and one.start in (position, stop):
            return (one,)
        left = _ranged(one, one.start, position, "") if one.start < position else None
        return (left,) if left is not None else ()

    def _parts(
        self, one: OpenChange, position: int, stop: int, growth: int
    ) -> Iterator[OpenChange]:
        """A change of which text is left before `position` or behind `stop`."""
        left, right = max(0, position - one.start), one.end - max(stop, one.start)
        added = growth + stop - position
        if left and right and not added:
            yield _ranged(one, one.start, one.end + growth, one.added)
        elif left and right:
            yield _ranged(one, one.start, position, "")
            behind = _ranged(one, position + added, one.end + growth, one.added)
            yield msgspec.structs.replace(behind, id=self.new_id())
        elif left:
            yield _ranged(one, one.start, position, one.added)
        elif right:
            yield _ranged(one, one.end + growth - right, one.end + growth, one.added)
        elif one.added:
            yield _ranged(one, position, position, one.added)


def _ranged(one: OpenChange, start: int, end: int, added: str) -> OpenChange:
    return msgspec.structs.replace(one, start=start, end=end, added=added)
