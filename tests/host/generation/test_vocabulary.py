"""Finding control texts in what a user wrote."""

from __future__ import annotations

import re

from hypothesis import given, strategies as st

from app.host.generation.vocabulary import finder

TEXTS = st.lists(st.text("ab<|.*?[", min_size=1, max_size=5), min_size=1, max_size=8)


@given(TEXTS, st.text("ab<|.*?[", max_size=40))
def test_the_longest_text_is_found_at_each_place(texts: list[str], text: str) -> None:
    longest_first = sorted(texts, key=len, reverse=True)
    plain = re.compile("|".join(map(re.escape, longest_first)))
    found = finder(texts)
    assert found is not None
    assert found.findall(text) == plain.findall(text)


def test_texts_that_begin_alike_share_their_beginning() -> None:
    found = finder(f"<unused{number}>" for number in range(6000))
    assert found is not None
    assert found.pattern.count("<") == 1
    assert found.findall("<unused5999><unused6000>") == ["<unused5999>"]


def test_very_long_texts_are_found_and_none_are_none() -> None:
    deep = ["x" * length for length in range(1, 3000)]
    found = finder(deep)
    assert found is not None
    assert found.findall("x" * 2999) == ["x" * 2999]
    assert finder(("",)) is None
