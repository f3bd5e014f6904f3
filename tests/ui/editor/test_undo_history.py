"""The manuscript and its history, without Qt: whatever is done can be taken back."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given, settings, strategies as st

from app.core.documents.comments import without_comments
from app.ui.editor.manuscript import Change, Manuscript, count_words, units
from app.ui.editor.undo_history import History

TEXTS = st.text(alphabet="ab \n世界😀é'", max_size=8)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), TEXTS), max_size=14)


def edit(manuscript: Manuscript, low: float, high: float, added: str) -> Change | None:
    """Replace a range given by fractions, never within a pair of surrogates."""
    text = manuscript.text()
    start, end = sorted((round(low * len(text)), round(high * len(text))))
    return manuscript.replace(units(text[:start]), units(text[start:end]), added)


@given(TEXTS, EDITS)
def test_the_count_of_words_follows_every_edit(text, edits):
    manuscript = Manuscript(text)
    for low, high, added in edits:
        edit(manuscript, low, high, added)
        assert manuscript.words == count_words(manuscript.text())


@given(TEXTS, EDITS)
def test_undo_and_redo_walk_the_same_way(text, edits):
    manuscript, history = Manuscript(text), History()
    for low, high, added in edits:
        change = edit(manuscript, low, high, added)
        if change is not None:
            history.record(change)
    written = manuscript.text()
    while step := history.undo():
        for change in reversed(step.changes):
            back = change.inverse()
            manuscript.replace(back.position, units(back.removed), back.added)
    assert manuscript.text() == text
    while step := history.redo():
        for change in step.changes:
            manuscript.replace(change.position, units(change.removed), change.added)
    assert manuscript.text() == written


@settings(max_examples=200)
@given(
    st.integers(0, 6),
    st.lists(
        st.tuples(st.booleans(), st.floats(0, 1), st.sampled_from(["x", "yy", "😀"])), max_size=12
    ),
)
def test_a_growing_step_below_the_writers_edits_comes_back_whole(start, events):
    manuscript, history = Manuscript("abcdef"), History()
    step = history.open(start, object())
    end, whole = start, ""
    for streams, place, text in events:
        if streams:
            manuscript.replace(end, 0, text)
            whole += text
            end += units(text)
            history.amend(step, whole)
            continue
        outside = _outside(len(manuscript), place, end - units(whole), end)
        change = manuscript.replace(outside, 0, "é")
        assert change is not None
        history.record(change)
        end = change.carry(end)
    assert manuscript.text().replace("é", "") == "abcdef"[:start] + whole + "abcdef"[start:]
    while undone := history.undo():
        for change in reversed(undone.changes):
            manuscript.replace(change.position, units(change.added), change.removed)
    assert manuscript.text() == "abcdef"


def _outside(length: int, place: float, start: int, end: int) -> int:
    """A position before the model's text or after it, never inside."""
    free = [p for p in range(length + 1) if p < start or p >= end]
    return free[round(place * (len(free) - 1))]


def test_typing_is_undone_by_words():
    history = History()
    for position, letter in enumerate("to be"):
        history.record(Change(position, "", letter))
    step = history.undo()
    assert step is not None
    assert step.changes == [Change(3, "", "be")]


def test_saving_parts_the_typing_before_from_the_typing_after():
    history = History()
    history.record(Change(0, "", "a"))
    history.mark_clean()
    history.record(Change(1, "", "b"))
    assert not history.is_clean
    history.undo()
    assert history.is_clean


def test_a_step_that_grew_since_saving_is_never_clean_again():
    history = History()
    step = history.open(0, object())
    history.amend(step, "a")
    history.mark_clean()
    history.amend(step, "ab")
    history.undo()
    assert not history.is_clean


def test_words_are_counted_as_people_count():
    assert count_words("It’s a well-known fact: 3 cats.") == 6
    assert count_words("我爱写作。") == 4
    assert count_words(" \n—\n") == 0


@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.integers(0, 6), st.text("%<!->a 😀\n", max_size=4)),
        max_size=12,
    )
)
def test_the_manuscript_always_knows_its_comments(edits):
    manuscript = Manuscript("%% a %% b <!-- c --> d")
    for position, removed, added in edits:
        text = manuscript.text()
        places = [len(text[:index].encode("utf-16-le")) // 2 for index in range(len(text) + 1)]
        start, end = (min(place, len(text)) for place in (position, position + removed))
        manuscript.replace(places[start], places[end] - places[start], added)
        assert manuscript.comments == Manuscript(manuscript.text()).comments
        text = manuscript.text()
        for index in range(len(text) + 1):
            before = manuscript.readable(units(text[:index]))
            assert before == without_comments(text, index)


@given(EDITS, st.lists(st.booleans(), min_size=14, max_size=14))
def test_the_words_of_a_long_text_are_counted_later(edits, counts):
    with patch.multiple("app.ui.editor.manuscript", _AT_ONCE=200, _SLICE=64):
        manuscript = Manuscript("It was one night-time.\nAnd 她 did not sleep, 我 do. " * 12)
        assert not manuscript.is_counted
        for (low, high, added), counts_on in zip(edits, counts, strict=False):
            edit(manuscript, low, high, added)
            if counts_on and not manuscript.is_counted:
                manuscript.count_on()
        assert manuscript.words == count_words(manuscript.text())
        assert manuscript.is_counted


@given(st.text(alphabet="ab\n\u0a00\u000a\u0a0a😀", max_size=30), st.floats(0, 1))
def test_a_line_begins_after_the_line_end_before(text, share):
    place = round(share * len(text))
    found = Manuscript(text).line_start(units(text[:place]))
    assert found == units(text[: text.rfind("\n", 0, place) + 1])


def test_a_mark_is_looked_for_before_a_place():
    manuscript = Manuscript("a 😀 ``` b")
    assert manuscript.may_have("```", 8)
    assert not manuscript.may_have("```", 7)
    assert not manuscript.may_have("~~~", 10)
