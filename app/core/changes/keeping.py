"""Open changes as they are kept, and where they belong in a text that may be another since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from app.core.changes.open_changes import OpenChange

_AROUND = 32  # UTF-16 units of the text that are kept on either side of a change
_LEAST = 12  # units that are enough to find a change by when it is elsewhere


class KeptChange(msgspec.Struct, frozen=True):
    """An open change with the text that it was for, and a little of what stood around that."""

    start: int
    removed: str
    added: str
    author: str
    proposal: int
    before: str
    after: str


def encoded(changes: Iterable[OpenChange], length: int, text: Callable[[int, int], str]) -> str:
    """What is kept of these changes of a text of `length` UTF-16 units; empty for none.

    `text` gives the text between two positions.
    """
    kept = [
        KeptChange(
            one.start,
            text(one.start, one.end),
            one.added,
            one.author,
            one.proposal,
            text(max(0, one.start - _AROUND), one.start),
            text(one.end, min(length, one.end + _AROUND)),
        )
        for one in changes
    ]
    return msgspec.json.encode([_whole(one) for one in kept]).decode() if kept else ""


def decoded(data: str) -> tuple[KeptChange, ...]:
    """The changes that were kept; none where that is damaged."""
    try:
        return msgspec.json.decode(data, type=tuple[KeptChange, ...]) if data else ()
    except (msgspec.DecodeError, UnicodeEncodeError):
        return ()


def placed(kept: Iterable[KeptChange], text: str) -> tuple[list[OpenChange], list[KeptChange]]:
    """The changes where they belong in `text`, in order, and those that belong nowhere any more.

    One that is not where it was is looked for by the text around it, if that is there only once.
    """
    data, found, lost = _units(text), list[OpenChange](), list[KeptChange]()
    at = 0
    for one in kept:
        start = _place(one, data)
        end = start + len(_units(one.removed)) // 2
        if start < at:
            lost.append(one)
            continue
        at = end
        found.append(OpenChange(len(found) + 1, start, end, one.added, one.author, one.proposal))
    return found, lost


def taken_back(text: str, edits: Sequence[tuple[int, str, str]]) -> str:
    """The text as it was before these edits: where, in UTF-16 units, what was put in for what."""
    if not edits:
        return text
    data = bytearray(_units(text))
    for position, removed, added in reversed(edits):
        data[2 * position : 2 * position + len(_units(added))] = _units(removed)
    return data.decode("utf-16-le", "surrogatepass")


def as_text(kept: Iterable[KeptChange]) -> str:
    """Changes for a reader, one a paragraph: what was to go, and what to come instead."""
    lines = (f"{one.removed} → {one.added}" if one.removed else one.added for one in kept)
    return "\n\n".join(lines)


def _place(one: KeptChange, data: bytes) -> int:
    """Where a change belongs; below 0 for nowhere.

    Where it was, if what is to go is there and one side of that is as it was.
    """
    before, removed, after = map(_units, (one.before, one.removed, one.after))
    start, end = 2 * one.start, 2 * one.start + len(removed)
    is_before = bool(before) and data[max(0, start - len(before)) : start] == before
    is_after = bool(after) and data[end : end + len(after)] == after
    is_all = start == 0 and end == len(data)
    if data[start:end] == removed and (is_before or is_after or is_all):
        return one.start
    for lead, needle in (
        (before, before + removed + after),
        (before, before + removed),
        (b"", removed + after),
    ):
        if len(needle) >= 2 * _LEAST:
            places = _places(needle, data)
            if len(places) == 1:
                return places[0] + len(lead) // 2
    return -1


def _places(needle: bytes, data: bytes) -> list[int]:
    """The first two places of the needle, in units."""
    found: list[int] = []
    at = data.find(needle)
    while at >= 0 and len(found) < 2:
        if at % 2 == 0:
            found.append(at // 2)
        at = data.find(needle, at + 1)
    return found


def _units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def _whole(one: KeptChange) -> KeptChange:
    """Without the halves of letters at the ends of what stood around, which no JSON holds."""
    before = (
        one.before[1:] if one.before[:1] > "\udbff" and one.before[:1] < "\ue000" else one.before
    )
    after = one.after[:-1] if "\ud800" <= one.after[-1:] < "\udc00" else one.after
    return msgspec.structs.replace(one, before=before, after=after)
