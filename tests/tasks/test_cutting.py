"""Long texts in parts: nothing is lost, every part fits, and cuts lie where people would cut."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given, strategies as st

from app.tasks.cutting import Ruler, cut, seam, sentence_at, spaced
from tests.tasks.stand_in import pieces

WORDS = st.text(st.sampled_from('ab.!? \n\t…,;"”’)。！？、」』中文é😀\u00a0\u3000'), max_size=400)


def ruler(text: str) -> Ruler:
    return Ruler(text, [len(piece.encode()) for piece in pieces(text)])


@given(WORDS, st.integers(1, 40))
def test_the_parts_are_the_text(text: str, limit: int) -> None:
    count = ruler(text).count
    parts = list(cut(text, limit, count))
    assert "".join(parts) == text
    assert all(parts)
    start = 0
    for part in parts:
        assert len(part) == 1 or count(start, start + len(part)) <= limit
        start += len(part)


@given(WORDS)
def test_the_ruler_counts_the_tokens(text: str) -> None:
    found = ruler(text)
    assert found.count(0, len(text)) == len(pieces(text))
    assert found.count(0, 0) == 0


@given(WORDS)
def test_spaces_and_words_are_the_part(text: str) -> None:
    before, words, after = spaced(text)
    assert before + words + after == text
    assert words == text.strip()


def by_letters(start: int, end: int) -> int:
    return end - start


def test_a_part_ends_with_a_paragraph_before_a_sentence() -> None:
    text = "One two. Three.\n\nFour five. Six seven eight."
    assert list(cut(text, 30, by_letters)) == [
        "One two. Three.\n\n",
        "Four five. Six seven eight.",
    ]


def test_a_paragraph_that_leaves_most_of_a_part_empty_is_no_end() -> None:
    text = "Hi.\n\n" + "A sentence here. " * 3
    assert next(iter(cut(text, 24, by_letters))) == "Hi.\n\nA sentence here. "


def test_chinese_sentences_are_whole() -> None:
    text = "他打开了门。“谁在那里？”她说。没有人回答！"
    assert list(cut(text, 9, by_letters)) == ["他打开了门。", "“谁在那里？”", "她说。没有人回答！"]


def test_a_word_is_cut_only_where_it_alone_is_too_long() -> None:
    assert list(cut("ab cdefghij kl", 5, by_letters)) == ["ab ", "cdefg", "hij ", "kl"]


def test_sentences_of_a_script_without_spaces_are_spaced_in_one_that_has_them() -> None:
    assert seam("他打开了门。", "He opened the door.") == " "
    assert seam("“谁？”", "“谁？”") == ""
    assert seam("他打开了门。", "他打开了门") == ""
    assert seam("abcde", "abcde") == ""


@given(WORDS, st.integers(1, 40), st.lists(st.integers(0, 400), max_size=40))
def test_what_is_whole_is_divided_nowhere(text: str, limit: int, borders: list[int]) -> None:
    places = sorted({place for place in borders if place <= len(text)})
    whole = list(pairwise(places))[::2]
    count = ruler(text).count
    parts = list(cut(text, limit, count, whole))
    assert "".join(parts) == text
    assert all(parts)
    ends = list(accumulate(map(len, parts)))
    assert not [(end, span) for end in ends for span in whole if span[0] < end < span[1]]
    for begin, end in pairwise([0, *ends]):
        is_whole = any(span[0] <= begin and end <= span[1] for span in whole)
        assert end - begin == 1 or is_whole or count(begin, end) <= limit


def test_a_paragraph_within_what_is_whole_is_no_end() -> None:
    text = "A sentence. And then Anna\n\nSchmidt went."
    (begin, end) = text.index("Anna"), text.index(" went")
    assert list(cut(text, 30, by_letters, [(begin, end)])) == [
        "A sentence. ", "And then Anna\n\nSchmidt went.",
    ]  # fmt: skip
    assert list(cut(text, 10, by_letters, [(begin, end)]))[3:5] == ["Anna\n\nSchmidt", " went."]


UNITS = st.sampled_from((
    "1,234,567", "3.14159", "12 345 678", "１２，３４５", "12:30", "+49-30-1234567",
    "https://a.example/b,c;d?e=1,2", "www.b.example/x,y", "ann.b@mail.example",
    "e\u0301\u0323", "👩\u200d👩\u200d👧\u200d👦", "👍🏽", "🇩🇪", "\r\n", "각",
    "क्षि", "1\ufe0f\u20e3",
))  # fmt: skip
APART = st.lists(st.tuples(UNITS, st.sampled_from((" ", "。", "中文", "; ", "\n\n", "Ab cd. "))))


@given(APART, st.integers(32, 60))
def test_numbers_addresses_and_joined_letters_are_whole(
    written: list[tuple[str, str]], limit: int
) -> None:
    """Each of them fits into a part, so that no part ends within one."""
    text = "".join(unit + apart for unit, apart in written)
    parts = list(cut(text, limit, lambda start, end: len(text[start:end].encode())))
    assert "".join(parts) == text
    ends = {*accumulate(map(len, parts))}
    begin = 0
    for unit, apart in written:
        assert not ends & {*range(begin + 1, begin + len(unit))}, (unit, parts)
        begin += len(unit + apart)


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("He paid 1,234,567 yen", 10, ["He paid ", "1,234,567 ", "yen"]),
        ("为了一二三四2024年", 9, ["为了一二三四", "2024年"]),
        ("看https://a.b/c,d", 9, ["看", "https://a", ".b/c,d"]),  # which alone is too long
        ("wait👩\u200d👧👩\u200d👧", 8, ["wait👩\u200d👧", "👩\u200d👧"]),
        ("e" + "\u0301" * 12, 9, ["e" + "\u0301" * 8, "\u0301" * 4]),  # so is this letter
        ("something\r\nand", 10, ["something", "\r\nand"]),
    ],
)
def test_where_they_do_not_fit_a_part_ends_before_them(
    text: str, limit: int, parts: list[str]
) -> None:
    assert list(cut(text, limit, by_letters)) == parts


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, "One. "),
        (4, "One. "),
        (5, "“Two!” "),
        (12, "三。"),
        (13, "三。"),
        (14, "Four"),
        (18, "Four"),
    ],
)
def test_the_sentence_at_a_place(place: int, expected: str) -> None:
    text = "One. “Two!” 三。Four"
    start, end = sentence_at(text, place)
    assert text[start:end] == expected


def test_at_the_end_it_is_the_last_sentence() -> None:
    assert sentence_at("One. Two. ", 10) == (5, 10)
    assert sentence_at("", 0) == (0, 0)
