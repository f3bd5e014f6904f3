"""Which line of a text stands on which page: footnotes, orphans, widows, headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct, field

_FEWEST = 2
"""Of a paragraph that is divided, at least so many lines stay on either page."""

_MOST_NOTES = 0.6
"""The share of a page that footnotes which go on from the page before may take."""


class PageRow(Struct):
    """One line: how high it is, what draws it, and the footnotes that are called in it."""

    height: float
    drawn: object = None
    notes: Sequence[Piece] = ()


class Piece(Struct):
    """Lines that belong together: a paragraph, a heading, an item.

    `before` and `after` are the space above and below, of which the larger counts between two.
    `keeps_next` holds it on the page of what follows; with `is_whole` it is not divided. `chapter`
    is the title of the chapter that it begins.
    """

    rows: Sequence[PageRow]
    before: float = 0.0
    after: float = 0.0
    keeps_next: bool = False
    is_whole: bool = False
    begins_page: bool = False
    chapter: str = ""


class PlacedRow(Struct):
    """A line on a page, by its top."""

    top: float
    row: PageRow


class Page(Struct):
    """What stands on a page; `notes_top` is where its footnotes begin, if it has any."""

    rows: list[PlacedRow] = field(default_factory=list)
    notes: list[PlacedRow] = field(default_factory=list)
    notes_top: float = 0.0
    chapters: list[tuple[str, float]] = field(default_factory=list)


class Paginator:
    """Fills pages of a height; `gap` stands between the text and its footnotes."""

    def __init__(self, height: float, gap: float) -> None:
        self._height, self._gap = height, gap
        self._page = Page()
        self._y = self._after = 0.0
        self._notes: list[PageRow] = []
        self._notes_height = 0.0
        self._carried: list[PageRow] = []

    def pages(self, pieces: Iterable[Piece]) -> Iterator[Page]:
        """The pages in order, each as soon as it is full."""
        for chain in _chains(pieces):
            if chain[0].begins_page and not self._is_empty:
                yield self._turn()
            if not self._is_empty and not self._fits(_head(chain), chain[0]):
                yield self._turn()
            for piece in chain:
                yield from self._place(piece)
        while not self._is_empty or self._carried:
            yield self._turn()

    @property
    def _is_empty(self) -> bool:
        return not (self._page.rows or self._notes)

    def _turn(self) -> Page:
        """End the page, and begin the next with the footnotes that did not end on it."""
        page, self._page = self._page, Page()
        y = self._height - self._notes_height
        page.notes_top = y
        for row in self._notes:
            page.notes.append(PlacedRow(y, row))
            y += row.height
        self._y = self._after = self._notes_height = 0.0
        self._notes = []
        while self._carried and (
            not self._notes
            or self._notes_height + self._carried[0].height < _MOST_NOTES * self._height
        ):
            self._add_note(self._carried.pop(0))
        return page

    def _add_note(self, row: PageRow) -> None:
        self._notes.append(row)
        self._notes_height += row.height

    def _room(self) -> float:
        """What is left for lines, down to the footnotes."""
        notes = self._notes_height + self._gap if self._notes else 0.0
        return self._height - self._y - notes

    def _space(self, piece: Piece) -> float:
        """The space above a piece; at the top of a page only a chapter keeps it."""
        if self._page.rows:
            return max(self._after, piece.before)
        return piece.before if piece.begins_page or piece.chapter else 0.0

    def _fits(self, heights: float, first: Piece) -> bool:
        return self._space(first) + heights <= self._room()

    def _place(self, piece: Piece) -> Iterator[Page]:
        rows = list(piece.rows)
        is_first = True
        while rows:
            space = self._space(piece) if is_first else 0.0
            count = self._count(rows, space, is_whole=piece.is_whole, is_first=is_first)
            if not count:
                yield self._turn()
                continue
            self._y += space
            if piece.chapter and is_first:
                self._page.chapters.append((piece.chapter, self._y))
            for row in rows[:count]:
                self._put(row)
            del rows[:count]
            is_first = False
            if rows:
                yield self._turn()
        self._after = piece.after

    def _put(self, row: PageRow) -> None:
        self._page.rows.append(PlacedRow(self._y, row))
        self._y += row.height
        for note in _note_rows(row):
            room = self._room() - (0.0 if self._notes else self._gap)
            if self._carried or note.height > room:
                self._carried.append(note)
            else:
                self._add_note(note)

    def _count(self, rows: list[PageRow], space: float, *, is_whole: bool, is_first: bool) -> int:
        """How many of the lines come on this page; 0 where the next one is better for them."""
        count = self._fitting(rows, space)
        if count == len(rows):
            return count
        if not self._page.rows:  # the next page has no more room, but for footnotes carried here
            fewer = count if is_whole else min(count, len(rows) - _FEWEST)
            is_forced = not self._notes or rows[0].height <= self._room()
            return max(fewer, min(count, 1), int(is_forced))
        if is_whole:
            return 0
        count = min(count, len(rows) - _FEWEST)
        return count if count >= (_FEWEST if is_first else 1) else 0

    def _fitting(self, rows: list[PageRow], space: float) -> int:
        """How many of the lines fit below each other with all their footnotes."""
        room, has_notes = self._room() - space, bool(self._notes)
        for count, row in enumerate(rows):
            height = row.height + sum(note.height for note in _note_rows(row))
            if row.notes and not has_notes:
                height += self._gap
            if height > room:
                return count
            room -= height
            has_notes = has_notes or bool(row.notes)
        return len(rows)


def _head(chain: list[Piece]) -> float:
    """How high what has to stand on one page is: all that keeps, and the first lines after it."""
    total = 0.0
    for number, piece in enumerate(chain):
        if number:
            total += max(chain[number - 1].after, piece.before)
        total += sum(row.height for row in _first_rows(piece))
    return total


def _first_rows(piece: Piece) -> Sequence[PageRow]:
    is_short = len(piece.rows) < 2 * _FEWEST
    if piece.keeps_next or piece.is_whole or is_short:
        return piece.rows
    return piece.rows[:_FEWEST]


def _chains(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces with those that have to stay with them."""
    chain: list[Piece] = []
    for piece in pieces:
        if not piece.rows:
            continue
        if chain and piece.begins_page:
            yield chain
            chain = []
        chain.append(piece)
        if not piece.keeps_next:
            yield chain
            chain = []
    if chain:
        yield chain


def _note_rows(row: PageRow) -> list[PageRow]:
    return [inner for piece in row.notes for inner in piece.rows]
