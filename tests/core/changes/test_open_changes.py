"""Open changes: carried along by what the writer does, and never over what the writer wrote."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings, strategies as st

from app.core.changes.open_changes import OpenChange, OpenChanges


class Letters:
    """What a text with open changes is, by definition: letters, each with the change it is in."""

    def __init__(self, changes: OpenChanges, length: int) -> None:
        self.letters: list[int | None] = [None] * length  # the proposal that removes it
        for one in changes:
            self.letters[one.start : one.end] = [one.proposal] * (one.end - one.start)

    def replace(self, start: int, end: int, added: int) -> None:
        self.letters[start:end] = [None] * added


@st.composite
def open_texts(draw: st.DrawFn) -> tuple[OpenChanges, int]:
    changes, at = OpenChanges(), 0
    for number in range(draw(st.integers(0, 4))):
        start = at + draw(st.integers(0, 3)) + (number > 0)
        at = start + draw(st.integers(0, 4))
        added = "new" if start == at or draw(st.booleans()) else ""
        changes.put([OpenChange(changes.new_id(), start, at, added, proposal=number)])
    return changes, at + draw(st.integers(0, 3))


EDITS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.integers(0, 3)), max_size=8)


@settings(max_examples=500)
@given(open_texts(), EDITS)
def test_what_is_to_be_removed_is_what_was_and_nothing_new(begun, edits):
    changes, length = begun
    model = Letters(changes, length)
    for low, high, added in edits:
        start, end = sorted((round(low * length), round(high * length)))
        before = list(changes)
        is_moved = changes.follow(start, end - start, added)
        assert is_moved is (list(changes) != before)
        model.replace(start, end, added)
        length += added - (end - start)
        assert Letters(changes, length).letters == model.letters
        check(changes, length)


def check(changes: OpenChanges, length: int) -> None:
    found = list(changes)
    assert len({one.id for one in found}) == len(found)
    assert all(0 <= one.start <= one.end <= length for one in found)
    assert all(one.added or one.start < one.end for one in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


def opened(*spans: tuple[int, int, str]) -> OpenChanges:
    changes = OpenChanges()
    changes.put(OpenChange(changes.new_id(), *span) for span in spans)
    return changes


def spans(changes: OpenChanges) -> list[tuple[int, int, str]]:
    return [(one.start, one.end, one.added) for one in changes]


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        ((0, 0, 2), [(7, 10, "new")]),  # typed before it
        ((5, 0, 2), [(7, 10, "new")]),  # where it begins
        ((8, 0, 2), [(5, 8, "new")]),  # where it ends
        ((9, 1, 0), [(5, 8, "new")]),  # after it
        ((6, 0, 2), [(5, 6, ""), (8, 10, "new")]),  # typed in between: parted
        ((6, 1, 0), [(5, 7, "new")]),  # a letter of it deleted
        ((5, 3, 0), [(5, 5, "new")]),  # what is to be removed deleted
        ((5, 3, 2), [(5, 5, "new")]),  # and something else typed
        ((7, 1, 2), [(5, 7, "new")]),
        ((4, 2, 1), [(5, 7, "new")]),
        ((4, 5, 0), []),  # all around it deleted
        ((6, 4, 0), [(5, 6, "")]),  # over the place of the new text
    ],
)
def test_the_rules(edit, after):
    changes = opened((5, 8, "new"))
    changes.follow(*edit)
    assert spans(changes) == after


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        ((5, 0, 2), [(5, 5, "new")]),  # typed there: behind it
        ((3, 2, 0), [(3, 3, "new")]),
        ((3, 2, 1), [(4, 4, "new")]),
        ((5, 2, 1), [(5, 5, "new")]),
        ((4, 2, 0), []),
        ((0, 1, 0), [(4, 4, "new")]),
    ],
)
def test_the_rules_for_new_text_alone(edit, after):
    changes = opened((5, 5, "new"))
    changes.follow(*edit)
    assert spans(changes) == after


def test_changes_are_found_by_place():
    changes = opened((2, 4, "a"), (4, 4, "b"), (8, 9, ""))
    one, two, three = changes
    assert changes.at(3) == one
    assert changes.at(4) == one
    assert changes.at(8) == three
    assert changes.at(6) is None
    assert changes.within(0, 20) == (one, two, three)
    assert changes.within(3, 4) == (one, two)
    assert changes.within(4, 8) == (two,)
    assert changes.within(3, 3) == (one,)
    assert changes.after(4) == three
    assert changes.after(9) == one
    assert changes.before(8) == two
    assert changes.before(1) == three
    assert OpenChanges().after(0) is OpenChanges().before(0) is None
    assert changes.of([three.id]) == (three,)
    changes.remove([one.id, three.id])
    assert list(changes) == [two]
