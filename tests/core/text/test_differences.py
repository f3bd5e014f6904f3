"""Differences of two versions: nothing is lost, and what is marked is what a reader would mark."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.core.text import differences
from app.core.text.differences import (
    Hunk,
    difference,
    edits,
    likeness,
    parts,
    words_changed,
)
from app.core.text.words import count_words, tokens

_LETTERS = st.text(alphabet="ab .\n我爱😀", max_size=60)


@given(text=st.text())
def test_parts_joined_are_the_text(text: str) -> None:
    assert "".join(parts(text)) == text
    assert "".join(tokens(text)) == text


@given(old=_LETTERS, new=_LETTERS)
def test_a_difference_holds_both_texts(old: str, new: str) -> None:
    hunks = difference(old, new)
    assert "".join(hunk.old for hunk in hunks) == old
    assert "".join(hunk.new for hunk in hunks) == new
    assert all(a.is_same != b.is_same for a, b in pairwise(hunks))
    made = old
    for start, end, text in reversed(edits(old, new)):
        made = made[:start] + text + made[end:]
    assert made == new


def test_the_words_that_changed_are_marked() -> None:
    hunks = difference("It rained. The old cat slept all day.", "It rained. The cat slept all day.")
    assert hunks == (
        Hunk("It rained. The ", "It rained. The "),
        Hunk("old ", ""),
        Hunk("cat slept all day.", "cat slept all day."),
    )


def test_chinese_is_marked_by_the_character() -> None:
    hunks = difference("我爱写作。", "我很爱写作。")
    assert [hunk for hunk in hunks if not hunk.is_same] == [Hunk("", "很")]


def test_neighbouring_words_are_one_change() -> None:
    hunks = difference("She wore a red dress to the ball.", "She wore a blue gown to the ball.")
    assert [hunk for hunk in hunks if not hunk.is_same] == [Hunk("red dress", "blue gown")]


def test_a_sentence_that_is_all_new_is_no_mosaic() -> None:
    old, new = "The cat and the dog sat.", "Of the storm, and of how the sea rose."
    assert difference(old, new) == (Hunk(old, new),)


def test_words_are_counted_that_came_and_went() -> None:
    assert words_changed("One two three. Four.", "One two. Four. Five six 七.") == (3, 1)
    assert words_changed("One two three.", "One three. 我爱 four five.") == (4, 1)
    assert words_changed("", "") == (0, 0)
    assert count_words("Five six 七") == 3


def test_texts_that_are_too_long_to_compare_are_one_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(differences, "_MOST", 3)
    hunks = difference("Same. A b. C d. End.", "Same. E f. G h. End.")
    assert hunks == (
        Hunk("Same.", "Same."),
        Hunk(" A b. C d.", " E f. G h."),
        Hunk(" End.", " End."),
    )


def test_likeness_is_the_share_that_stayed() -> None:
    chance = random.Random(5)
    text = " ".join(f"Sentence {chance.random()} here." for _ in range(200))
    assert likeness(text, text) == 1
    assert likeness(text, text + " And a new one.") > 0.9
    assert likeness(text, "Another text altogether. With nothing of it.") < 0.1
    assert likeness("", "a") == likeness("a", "") == 0
    assert likeness("", "") == 1
