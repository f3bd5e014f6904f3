"""One form for every text, whole or in pieces."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.documents.normalise import Normaliser, normalise

HOSTILE = (
    "a \n\r\0\u2028\u2029\ufdd0\ufdd1\ufdd2\uffff\ufeff\ufffe\ud83d\ude00😀\x08\x0b\x0c\x1b\x85"
)
PIECES = st.lists(st.text(alphabet=HOSTILE, max_size=4), max_size=10)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("a\r\nb\rc\nd\u2028e\u2029f", "a\nb\nc\nd\ne\nf"),
        ("\r\r\n\n\r", "\n\n\n\n"),
        ("a\0b\ufdd0c\ufdd1d", "abcd"),
        ("\ud83d\ude00 \ud83d! \ude00", "😀 \ufffd! \ufffd"),
        ("\ufeffa\ufeff\ufffeb", "ab"),
        *((text, text) for text in ("tab\t", "\x08\x0b\x0c\x1b\x7f\x85", "\ufdd2\uffff\ufffc")),
    ],
)
def test_what_becomes_of_each_character(text, plain):
    assert normalise(text) == plain


@given(PIECES)
def test_pieces_give_what_the_whole_gives(pieces):
    normaliser = Normaliser()
    fed = [normaliser.feed(piece) for piece in pieces]
    assert "".join(fed) + normaliser.close() == normalise("".join(pieces))


@given(PIECES)
def test_a_normal_text_stays_as_it_is_and_every_file_can_hold_it(pieces):
    plain = normalise("".join(pieces))
    assert normalise(plain) == plain
    assert plain.encode("utf-8").decode("utf-8") == plain
    assert "\0" not in plain


def test_a_line_end_at_the_end_of_a_piece_does_not_wait_for_the_next():
    assert Normaliser().feed("a\r") == "a\n"
