from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.core.documents.comments import comment_spans, without_comments


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("", ""),
        ("It rained.", "It rained."),
        ("It %% how hard? %% rained.", "It rained."),
        ("It <!-- how hard? --> rained.", "It rained."),
        ("It%%!%%rained.", "Itrained."),
        ("It rained. %%check%%\nThen", "It rained.\nThen"),
        ("One.\n%% a note %%\nTwo.", "One.\nTwo."),
        ("One.\n\n%% a note\n\nof two %%\n\nTwo.", "One.\n\nTwo."),
        ("%% for myself %%\n\nChapter 1", "Chapter 1"),
        ("One.\n  %%a%% <!--b-->\nTwo.", "One.\nTwo."),
        ("One.\n%%a%% Two.", "One.\nTwo."),
        ("她%%名字？%%跑了。", "她跑了。"),
        ("a <!--> b", "a b"),
        ("a %%%% b", "a b"),
        ("a %% <!-- b --> c %% d", "a d"),
        ("a <!-- %% --> b %% c", "a b %% c"),
        ("She ran %%away?%%", "She ran "),
        ("One.\n%%a%%", "One.\n"),
    ],
)
def test_comments_are_left_out(text: str, read: str) -> None:
    assert without_comments(text) == read


@pytest.mark.parametrize(
    "text", ["50 %% of all", "a <!-- b", "a --> b", "%%%", "a < !-- b -->", "100 % and 5 %"]
)
def test_what_never_ends_stays(text: str) -> None:
    assert without_comments(text) == text


@pytest.mark.parametrize("text", ["It %% how hard? %% rained.", "It <!-- how hard? --> rained."])
def test_a_comment_around_the_caret_is_left_out(text: str) -> None:
    assert without_comments(text, text.index("hard")) == "It "
    assert without_comments(text, 2) == "It"
    assert without_comments(text, len(text) - 8) == "It "


_WORDS = st.text("ab 世\n", max_size=6)
_PIECES = st.lists(st.tuples(_WORDS, st.sampled_from(["%%{}%%", "<!--{}-->", "{}"]), _WORDS))


@given(_PIECES)
def test_every_visible_letter_stays_and_no_hidden_one(
    pieces: list[tuple[str, str, str]],
) -> None:
    text = visible = ""
    for words, mark, hidden in pieces:
        hides = mark != "{}"
        text += words + mark.format("X" + hidden if hides else "")
        visible += words
    read = without_comments(text)
    assert "".join(read.split()) == "".join(visible.split())


@given(st.text("%<!->a \n"), st.integers(0, 40))
def test_what_is_read_is_the_text_with_parts_left_out(text: str, end: int) -> None:
    end = min(end, len(text))
    letters = iter(text[:end])
    assert all(letter in letters for letter in without_comments(text, end))
    spans = list(comment_spans(text))
    assert all(start < stop for start, stop in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@given(st.text("%a \n"))
def test_a_text_without_marks_is_read_whole(text: str) -> None:
    if "%%" not in text:
        assert without_comments(text) == text


def test_many_marks_cost_no_more_than_their_length() -> None:
    began = time.monotonic()
    for mark in ("<!--", "%", "%% ", "<!-- -->", "-->"):
        without_comments(mark * 100_000)
    assert time.monotonic() - began < 5
