"""Search in everything: the page as it is now, the files of books and loose ones, and takes."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from app.core.documents.search import Query, check, search
from app.core.documents.search_process import search_texts

if TYPE_CHECKING:  # SQLite's search is loaded by the thread that opens an index
    from app.core.books.index import IndexedText, TextIndex

MOST_HITS = 5000
"""More are not looked for, in all: nobody reads through them."""

_BEFORE, _AFTER = 40, 90  # characters that are shown around a place
_LONGEST = 200  # characters of a place that are shown
_SPACES = re.compile(r"\s+")
_BATCH = 2_000_000  # characters that one child searches for a regular expression
_BATCH_LIMIT_S = 5.0

Cancelled = Callable[[], bool]


class SourceGroup(msgspec.Struct, frozen=True):
    """Files that belong together, in their order: a book by its title, or loose ones without."""

    title: str
    files: tuple[str, ...]


class OpenText(msgspec.Struct, frozen=True):
    """The text on the page, saved or not; `name` is the path of its file, or empty."""

    name: str
    text: str


class SearchScope(msgspec.Struct, frozen=True):
    """What is searched: the page, groups of files in their order, and takes if wanted."""

    page: OpenText | None = None
    groups: tuple[SourceGroup, ...] = ()
    has_takes: bool = True


class Hit(msgspec.Struct, frozen=True):
    """A place from `start` to `end`, in characters, and the line around it.

    `before`, `found` and `after` are that line in three parts, with each run of spaces as one.
    """

    start: int
    end: int
    before: str
    found: str
    after: str


class FoundText(msgspec.Struct, frozen=True, kw_only=True):
    """A text with hits. `name` is the path of a file, the number of a take, or the page's name.

    `group` is the title of the book, and `spans` are the places in the `text`. `is_cut` says that
    the search ended here, with `MOST_HITS`.
    """

    kind: Literal["page", "file", "take"]
    name: str
    text: str
    spans: list[tuple[int, int]]
    group: str = ""
    model: str = ""
    made_at: float = 0.0
    is_cut: bool = False

    def hit(self, number: int) -> Hit:
        """One of the places with what stands around it."""
        return hit_at(self.text, *self.spans[number])


class _SearchPlace(msgspec.Struct, frozen=True):
    """A text to be searched, read when its turn comes."""

    kind: Literal["page", "file", "take"]
    name: str
    group: str = ""
    number: int = 0


def search_everywhere(
    index: TextIndex, query: Query, scope: SearchScope, cancelled: Cancelled = lambda: False
) -> Iterator[FoundText]:
    """Every text of `scope` that has hits: the page's group first, its files in their order.

    Files come from the index, so read again those that changed. Ends early once `cancelled` says
    so. Raises SearchError for an expression that is wrong or takes too long.
    """
    if not query.words:
        return
    check(query)
    room = MOST_HITS
    for found in _found(index, query, _places(index, query, scope), scope, cancelled):
        room -= len(found.spans)
        if room >= 0:
            yield found
            continue
        cut = found.spans[: len(found.spans) + room]
        yield msgspec.structs.replace(found, spans=cut, is_cut=True)
        return


def _places(index: TextIndex, query: Query, scope: SearchScope) -> list[_SearchPlace]:
    """What may have hits, in the order in which it is told."""
    narrowing = None if query.is_pattern else query.words
    candidates = index.candidates(narrowing)
    files = {name: number for number, kind, name in candidates if kind == "file"}
    own = scope.page.name if scope.page is not None else ""
    places, seen, has_page = list[_SearchPlace](), set[str](), False
    for group in sorted(scope.groups, key=lambda one: own not in one.files or not own):
        for name in group.files:
            if name in seen:
                continue
            seen.add(name)
            if own and _is_same(name, own):
                places.append(_SearchPlace("page", own, group.title))
                has_page = True
            elif name in files:
                places.append(_SearchPlace("file", name, group.title, files[name]))
    if scope.page is not None and not has_page:
        places.insert(0, _SearchPlace("page", own))
    if scope.has_takes:
        takes = sorted(((int(name), number) for number, kind, name in candidates if kind == "take"))
        places += (_SearchPlace("take", str(take), "", number) for take, number in reversed(takes))
    return places


def _found(
    index: TextIndex,
    query: Query,
    places: Iterable[_SearchPlace],
    scope: SearchScope,
    cancelled: Cancelled,
) -> Iterator[FoundText]:
    if not query.is_pattern:
        for place in places:
            if cancelled():
                return
            read = _read(index, place, scope)
            if read is not None and (spans := search(read.text, query, most=MOST_HITS + 1).spans):
                yield _told(place, read, spans)
        return
    for batch in _batches(index, places, scope):
        texts = [read.text for _place, read in batch]
        found = search_texts(
            texts, query, limit_s=_BATCH_LIMIT_S, most=MOST_HITS + 1, cancelled=cancelled
        )
        if found is None or cancelled():
            return
        for (place, read), result in zip(batch, found, strict=True):
            if result.spans:
                yield _told(place, read, result.spans)


def _batches(
    index: TextIndex, places: Iterable[_SearchPlace], scope: SearchScope
) -> Iterator[list[tuple[_SearchPlace, IndexedText]]]:
    batch: list[tuple[_SearchPlace, IndexedText]] = []
    length = 0
    for place in places:
        read = _read(index, place, scope)
        if read is None:
            continue
        batch.append((place, read))
        length += len(read.text)
        if length > _BATCH:
            yield batch
            batch, length = [], 0
    if batch:
        yield batch


def _read(index: TextIndex, place: _SearchPlace, scope: SearchScope) -> IndexedText | None:
    from app.core.books.index import IndexedText

    if place.kind == "page":
        assert scope.page is not None  # or it had no place
        return IndexedText(
            kind="file", name=place.name, words=0, model="", made_at=0.0, text=scope.page.text
        )
    return index.text(place.number)


def _told(place: _SearchPlace, read: IndexedText, spans: list[tuple[int, int]]) -> FoundText:
    return FoundText(
        kind=place.kind,
        name=place.name,
        text=read.text,
        spans=spans,
        group=place.group,
        model=read.model,
        made_at=read.made_at,
    )


def _is_same(one: str, other: str) -> bool:
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def nearest(spans: Sequence[tuple[int, int]], place: int) -> tuple[int, int] | None:
    """The place that lies nearest to another; None where there is none."""
    return min(spans, key=lambda span: abs(span[0] - place), default=None)


def hit_at(text: str, start: int, end: int) -> Hit:
    """The hit of a text at this place."""
    first = max(text.rfind("\n", max(0, start - _BEFORE), start) + 1, start - _BEFORE, 0)
    stop = text.find("\n", end, end + _AFTER)
    last = stop if stop >= 0 else min(len(text), end + _AFTER)
    is_cut = first > 0 and text[first - 1] != "\n"
    before = _line(text[first:start]).lstrip()
    if is_cut and " " in before.strip():
        before = before.split(" ", 1)[1]  # not the half of a word
    found = _line(text[start : min(end, start + _LONGEST)]) + "…" * (end - start > _LONGEST)
    after = _line(text[end:last]).rstrip()
    goes_on = last < len(text) and stop < 0
    return Hit(start, end, "…" * is_cut + before, found, after + "…" * goes_on)


def _line(text: str) -> str:
    return _SPACES.sub(" ", text)
