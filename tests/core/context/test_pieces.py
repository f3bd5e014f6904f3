"""Texts in pieces: joined they are the text again, and cuts fall on their borders."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.context.pieces import (
    atoms,
    beginning,
    end_from,
    first_words,
    paragraphs,
    runs,
)
from app.core.text.sentences import sentences

TEXTS = st.text(alphabet="ab .!?\n“”。！玛é\u0301", max_size=80)


def letters(texts):
    return [len(text) for text in texts]


@given(TEXTS)
def test_pieces_joined_are_the_text(text):
    assert "".join(sentences(text)) == text
    assert "".join(paragraphs(text)) == text
    assert "".join(runs(text, 7)) == text
    assert "".join(piece for piece, _tokens in atoms(text, 5, letters)) == text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("It rained. It snowed! Why?", ["It rained. ", "It snowed! ", "Why?"]),
        ("“Go.” She went.", ["“Go.” ", "She went."]),
        ("Mr. Grey met Dr. J. Black. They left.", ["Mr. Grey met Dr. J. Black. ", "They left."]),
        ("It cost 3.14 then.", ["It cost 3.14 then."]),
        ("她走了。他说：“来！”好。", ["她走了。", "他说：“来！”", "好。"]),
        ("هل جاءت؟ نعم.", ["هل جاءت؟ ", "نعم."]),
        ("No end", ["No end"]),
    ],
)
def test_sentences(text, parts):
    assert sentences(text) == parts


def test_the_beginning_keeps_whole_sentences_else_whole_words():
    text = "One two. Three four. Five."
    assert beginning(text, 21, letters) == "One two. Three four."
    assert beginning(text, 20, letters) == "One two."
    assert beginning(text, 5, letters) == "One"
    assert beginning(text, 5, letters, divides=False) == ""
    assert beginning(text, 0, letters) == ""
    assert beginning("雨下了很久", 3, letters) == "雨下了"


@given(st.lists(st.integers(1, 9), max_size=60), st.integers(1, 100))
def test_what_is_left_of_the_end_has_room(counts, room):
    pieces = [(str(number), tokens) for number, tokens in enumerate(counts)]
    gone = end_from(pieces, room)
    left = sum(counts[gone:])
    assert left <= room
    assert gone == 0 or sum(counts) > room
    assert not gone or left >= min(sum(counts), room) - room // 4 - 1 - max(counts)


def test_a_longer_text_begins_with_the_same_piece():
    starts = {end_from([("x", 1)] * count, 100) for count in range(101, 125)}
    assert len(starts) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("\n\nAnd then she left the house.", "And then she left the house."),
        ("No.", ""),
        ("她走了。然后下雨了，雨下了很久。", "她走了。然后下雨了，雨下了很久。"),
        ("她走了", ""),
    ],
)
def test_the_words_that_a_continuation_would_repeat(text, words):
    assert first_words(text) == words


def test_they_are_few_and_whole():
    text = "word " * 40
    assert first_words(text) == ("word " * 9).strip()
    assert len(first_words("雨" * 100)) == 48
