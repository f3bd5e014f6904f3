"""The order of a book: branches that move whole, and nothing that an order drops."""

from __future__ import annotations

from hypothesis import given, strategies as st

from app.core.books.book import (
    KINDS,
    Book,
    BookEntry,
    branch_end,
    included,
    indented,
    moved,
    moved_down,
    moved_up,
    parents,
    with_entry,
)

BOOKS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=12).map(
    lambda kinds: Book(
        entries=tuple(BookEntry(kind=kind, title=str(at)) for at, kind in enumerate(kinds))
    )
)


def book(words: str) -> Book:
    """`P1 c2 s3`: the kind's letter and the title."""
    kinds = {kind[0]: kind for kind in KINDS}
    return Book(
        entries=tuple(BookEntry(kind=kinds[one[0]], title=one[1:]) for one in words.split())
    )


def words(found: Book) -> str:
    return " ".join(f"{one.kind[0]}{one.title}" for one in found.entries)


def test_a_branch_goes_along_with_its_entry() -> None:
    one = book("p1 c2 s3 s4 c5 s6 p7")
    assert [branch_end(one, at) for at in range(7)] == [6, 4, 3, 4, 6, 6, 7]
    assert parents(one) == [-1, 0, 1, 1, 0, 4, -1]
    assert words(moved(one, 1, 6)) == "p1 c5 s6 c2 s3 s4 p7"
    assert words(moved(one, 4, 1)) == "p1 c5 s6 c2 s3 s4 p7"
    assert moved(one, 1, 3) is one, "into itself"


def test_up_and_down_go_past_a_neighbour_or_out_of_what_they_lie_in() -> None:
    one = book("c1 s2 s3 c4 s5")
    assert words(moved_down(one, 0)) == "c4 s5 c1 s2 s3"
    assert words(moved_up(one, 3)) == "c4 s5 c1 s2 s3"
    assert words(moved_down(one, 1)) == "c1 s3 s2 c4 s5"
    assert words(moved_down(one, 2)) == "c1 s2 c4 s3 s5"
    assert words(moved_up(one, 4)) == "c1 s2 s3 s5 c4"
    assert words(moved_up(one, 1)) == "s2 c1 s3 c4 s5"
    assert moved_up(one, 0) is one
    assert moved_down(one, 4) is one


def test_an_entry_becomes_the_kind_further_in_or_out() -> None:
    one = book("p1 c2 s3")
    assert words(indented(one, 1, 1)) == "p1 s2 s3"
    assert words(indented(one, 1, -1)) == "p1 p2 s3"
    assert words(indented(one, 2, 1)) == words(one)
    assert words(indented(one, 0, -1)) == words(one)


def test_what_lies_in_something_that_is_left_out_is_left_out_too() -> None:
    one = with_entry(book("p1 c2 s3 s4 c5"), 1, is_included=False)
    assert list(included(one)) == [0, 4]
    assert list(included(with_entry(one, 0, is_included=False))) == []


@given(BOOKS, st.data())
def test_no_order_drops_or_doubles_anything(one: Book, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(one.entries) - 1))
    to = data.draw(st.integers(0, len(one.entries)))
    branch = one.entries[index : branch_end(one, index)]
    for found in (moved(one, index, to), moved_up(one, index), moved_down(one, index)):
        assert sorted(e.title for e in found.entries) == sorted(e.title for e in one.entries)
        at = next(i for i, e in enumerate(found.entries) if e is branch[0])
        assert found.entries[at : at + len(branch)] == branch
