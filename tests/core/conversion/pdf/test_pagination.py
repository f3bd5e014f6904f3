"""Lines are divided into pages: each once, in order, and none where it must not stand alone."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings, strategies as st

from app.core.conversion.pdf.pagination import Page, PageRow, Paginator, Piece

HEIGHT, GAP = 100.0, 5.0


def piece(count: int, height: float = 10.0, **how: object) -> Piece:
    return Piece([PageRow(height, object()) for _ in range(count)], **how)  # type: ignore[arg-type]


def paged(*pieces: Piece) -> list[Page]:
    return list(Paginator(HEIGHT, GAP).pages(pieces))


def counts(pages: list[Page]) -> list[int]:
    return [len(page.rows) for page in pages]


@st.composite
def pieces(draw: st.DrawFn) -> list[Piece]:
    found = []
    for _ in range(draw(st.integers(0, 12))):
        one = piece(
            draw(st.integers(1, 25)),
            draw(st.sampled_from((7.0, 10.0, 33.0))),
            before=draw(st.sampled_from((0.0, 12.0))),
            keeps_next=draw(st.booleans()) and draw(st.booleans()),
            begins_page=draw(st.sampled_from((False, False, True))),
        )
        for row in one.rows:
            if draw(st.integers(0, 9)) == 0:
                row.notes = [piece(draw(st.integers(1, 15)), 6.0)]
        found.append(one)
    return found


def drawn(rows: list[PageRow]) -> Iterator[int]:
    return (id(row.drawn) for row in rows)


@settings(max_examples=60, deadline=None)
@given(pieces())
def test_every_line_and_note_is_there_once_and_in_order(found: list[Piece]) -> None:
    pages = paged(*found)
    rows = [row for one in found for row in one.rows]
    placed = [placed.row for page in pages for placed in page.rows]
    assert list(drawn(placed)) == list(drawn(rows))
    notes = [inner for row in rows for note in row.notes for inner in note.rows]
    shown = [placed.row for page in pages for placed in page.notes]
    assert list(drawn(shown)) == list(drawn(notes))
    for page in pages:
        assert page.rows or page.notes
        end = 0.0
        for one in page.rows:
            assert one.top >= end
            end = one.top + one.row.height
        floor = page.notes_top - GAP if page.notes else HEIGHT
        assert end <= floor + 0.01 or len(page.rows) == 1


def test_no_line_of_a_paragraph_stands_alone() -> None:
    assert counts(paged(piece(9), piece(4))) == [9, 4]
    assert counts(paged(piece(8), piece(4))) == [10, 2]
    assert counts(paged(piece(7), piece(4))) == [9, 2]
    assert counts(paged(piece(8), piece(3))) == [8, 3]
    assert counts(paged(piece(11))) == [9, 2]


def test_a_heading_stays_with_the_first_lines_of_what_follows() -> None:
    assert counts(paged(piece(7), piece(1, keeps_next=True), piece(9))) == [10, 7]
    assert counts(paged(piece(8), piece(1, keeps_next=True), piece(9))) == [8, 10]
    headings = [piece(1, keeps_next=True) for _ in range(3)]
    assert counts(paged(piece(6), *headings, piece(2))) == [6, 5]


def test_a_chapter_begins_a_page_and_keeps_the_space_above_it() -> None:
    chapter = piece(1, before=30.0, begins_page=True, chapter="One", keeps_next=True)
    pages = paged(piece(2), chapter, piece(2, before=20.0))
    assert counts(pages) == [2, 1 + 2]
    assert pages[1].rows[0].top == 30.0
    assert pages[1].chapters == [("One", 30.0)]
    assert paged(piece(10), piece(1, before=50.0))[1].rows[0].top == 0.0


def test_a_note_stands_on_the_page_that_calls_it() -> None:
    body = piece(8)
    body.rows[6].notes = [piece(3)]
    pages = paged(body)
    assert [(len(page.rows), len(page.notes)) for page in pages] == [(6, 0), (2, 3)]
    assert pages[1].notes_top == 70.0


def test_a_note_longer_than_a_page_goes_on() -> None:
    body = piece(3)
    body.rows[0].notes = [piece(25)]
    pages = paged(body)
    assert sum(len(page.notes) for page in pages) == 25
    assert pages[0].rows
    assert pages[0].notes


def test_pages_come_as_they_are_wanted() -> None:
    asked = Paginator(HEIGHT, GAP).pages(piece(5) for _ in range(10**9))
    assert counts([next(asked) for _ in range(3)]) == [10, 10, 10]
