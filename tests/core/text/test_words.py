"""Words and parts of long texts are found as in short ones."""

from __future__ import annotations

import re

import pytest

from app.core.documents.losses import letters
from app.core.text.differences import parts
from app.core.text.words import count_words, found_in_pieces, tokens, word_pattern, words

LINES = "It's a well-known day,  isn't it?\n\n天气很好。Yes!\tNo…\r\n"
LONG = LINES * 3_000
TEXTS = ["", "\n", "one", LINES, LONG, LONG.rstrip("\n"), LONG.replace("\n", " "), "天" * 40_000]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_a_long_text_has_the_words_of_its_whole(text: str) -> None:
    whole = word_pattern().findall(text)
    assert words(text) == whole
    assert count_words(text) == len(whole)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_tokens_and_parts_are_the_text_again(text: str) -> None:
    assert "".join(tokens(text)) == text
    assert "".join(parts(text)) == text
    assert len(parts(LINES * 1_000)) == 1_000 * len(parts(LINES))
    assert letters(text) == len(re.sub(r"[\s\0]", "", text))


@pytest.mark.parametrize("end", ["\n", " ", ""])
def test_pieces_are_cut_at_lines_only(end: str) -> None:
    text = (("word " * 5_000).rstrip() + end) * 12
    pattern = re.compile(r"[^\n]*\n|[^\n]+")
    assert found_in_pieces(pattern, text) == pattern.findall(text)
