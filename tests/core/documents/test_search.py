from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.documents.search import Query, search
from app.core.errors import SearchError


def found(text: str, words: str, **how: bool) -> list[str]:
    return [text[start:end] for start, end in search(text, Query(words, **how)).spans]


def test_words_are_found_as_they_stand() -> None:
    assert found("a.b A.B axb", "a.b") == ["a.b", "A.B"]
    assert found("a.b A.B axb", "a.b", has_case=True) == ["a.b"]
    assert found("one\u00a0two one two", "one two") == ["one\u00a0two", "one two"]
    assert found("anything", "") == []


def test_whole_words_are_no_part_of_a_longer_one() -> None:
    assert found("cat catalogue bobcat Cat's cat_", "cat", is_whole=True) == ["cat", "Cat"]
    assert found("the end. end", "end.", is_whole=True) == ["end."]
    assert found("她看见一座山，山上有树", "山", is_whole=True) == ["山", "山"]
    assert found("cats dogs catsdogs", "cats|dogs", is_pattern=True, is_whole=True) == [
        "cats",
        "dogs",
    ]


def test_a_regular_expression_knows_lines() -> None:
    assert found("a1\nb22\nc", r"^\w\d+$", is_pattern=True) == ["a1", "b22"]
    assert search("a\nb", Query("^", is_pattern=True)).spans == [(0, 0), (2, 2)]


def test_what_is_put_in_may_have_groups_only_in_an_expression() -> None:
    pattern = Query(r"(\w+), (?P<first>\w+)", is_pattern=True)
    assert search("Doe, Jane", pattern, r"\g<first> \1\n").replacements == ["Jane Doe\n"]
    assert search("a a", Query("a"), r"\1").replacements == [r"\1", r"\1"]
    assert search("a a", pattern).replacements == []


@pytest.mark.parametrize("words", ["(", "[a", "a**", "(?P<1>a)", "a)(?:b", "(?<=a+)b", "\\"])
@pytest.mark.parametrize("is_whole", [False, True])
def test_a_wrong_expression_is_a_sentence(words: str, is_whole: bool) -> None:
    with pytest.raises(SearchError, match=r"^This is no regular expression.*: .+\.$"):
        search("text", Query(words, is_pattern=True, is_whole=is_whole))


@pytest.mark.parametrize("replacement", [r"\2", r"\g<name>", "\\", r"\g<"])
def test_a_wrong_replacement_is_a_sentence(replacement: str) -> None:
    with pytest.raises(SearchError, match=r"^The replacement is not right: .+\.$"):
        search("text", Query("(t)", is_pattern=True), replacement)


def test_what_is_too_deep_or_too_long_is_a_sentence() -> None:
    with pytest.raises(SearchError):
        search("text", Query("(" * 5000 + ")" * 5000, is_pattern=True))
    with pytest.raises(SearchError, match="too long"):
        search("x" * 100_000, Query("x+|^", is_pattern=True), r"\g<0>" * 1000)


@given(st.text("aA 世."), st.text("aA 世.", min_size=1, max_size=3), st.booleans())
def test_all_places_are_those_of_a_plain_count(text: str, words: str, has_case: bool) -> None:
    spans = search(text, Query(words, has_case=has_case)).spans
    fold = str if has_case else str.lower
    assert len(spans) == fold(text).count(fold(words))
    assert all(fold(text[start:end]) == fold(words) for start, end in spans)
