"""The parts of a text as the model reads them, and how what follows fits."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, strategies as st

from app.core.interpretability.why import average, fit, read_words, stretch_at
from app.engine.messages import Alternative, TokenDetail


def detail(
    text: str, probability: float = 0.5, *others: Alternative, id: int = 1, torn: bytes = b""
) -> TokenDetail:
    return TokenDetail(id=id, text=text, probability=probability, alternatives=others, torn=torn)


def other(number: int, text: str, probability: float, torn: bytes = b"") -> Alternative:
    return Alternative(id=number, text=text, probability=probability, torn=torn)


@pytest.mark.parametrize(
    ("line", "place", "found"),
    [
        ("The old keeper’s lamp, lit.", 0, "The"),
        ("The old keeper’s lamp, lit.", 4, " old"),
        ("The old keeper’s lamp, lit.", 7, " old"),  # before a space: the word that ends there
        ("The old keeper’s lamp, lit.", 14, " keeper’s"),
        ("The old keeper’s lamp, lit.", 21, ","),
        ("The old keeper’s lamp, lit.", 27, "."),
        ("她数了灯。", 2, "她数了灯"),
        ("她数了灯。", 5, "。"),
        ("a  b", 2, " "),
        ("", 0, ""),
        ("\n\n", 1, "\n\n"),
    ],
)
def test_a_word_is_read_with_the_space_before_it(line: str, place: int, found: str) -> None:
    start, end = stretch_at(line, place)
    assert line[start:end] == found or (found == " " and line[start:end].isspace())


@given(st.text(max_size=60), st.integers(0, 60))
def test_every_letter_is_in_what_is_read_for_it(line: str, place: int) -> None:
    start, end = stretch_at(line, place)
    assert 0 <= start <= end <= len(line)
    assert end - start <= 24
    if place < len(line) and not line[place].isspace():
        assert start <= place < end


def test_a_word_has_its_rank_and_the_others_without_itself() -> None:
    alternatives = [other(number, f" w{number}", 0.5 / number) for number in range(1, 13)]
    (word,) = read_words([detail(" w2", 0.25, *alternatives, id=2)])
    assert (word.text, word.rank, word.probability) == (" w2", 2, 0.25)
    assert [one.text for one in word.others] == [f" w{n}" for n in (1, *range(3, 12))]
    (rare,) = read_words([detail(" x", 0.001, *alternatives, id=99)])
    assert rare.rank == 0
    assert len(rare.others) == 10


def test_the_parts_of_a_letter_are_one_and_cannot_be_chosen() -> None:
    pieces = ["雨".encode()[:1], "雨".encode()[1:]]
    part = other(7, "\ufffd", 0.2, b"\xe9")
    end = other(8, "<|im_end|>", 0.1)
    details = [
        detail("a"),
        detail("\ufffd", 0.5, part, end, other(9, "风", 0.05), torn=pieces[0], id=1),
        detail("\ufffd", 0.4, torn=pieces[1], id=2),
        detail(" b"),
    ]
    words = read_words(details)
    assert [(one.text, one.start) for one in words] == [("a", 0), ("雨", 1), (" b", 2)]
    assert words[1].probability == pytest.approx(0.2)
    assert [one.kind for one in words[1].others] == ["part", "end", "text"]


def test_a_letter_that_does_not_end_is_told_as_such() -> None:
    words = read_words([detail("\ufffd", torn=b"\xe9")])
    assert [one.text for one in words] == ["\ufffd"]


def test_what_follows_fits_better_or_worse() -> None:
    assert average(3 * math.log(0.25), 3) == pytest.approx(0.25)
    assert average(0.0, 0) == 0.0
    assert fit(0.4, 0.5) == "better"
    assert fit(0.4, 0.39) == "same"
    assert fit(0.4, 0.3) == "worse"
    assert fit(0.4, 0.1) == "misfit"
    assert fit(0.0, 0.0) == "misfit"


def test_what_can_be_put_in_is_as_a_document_holds_it():
    others = other(2, "\r\n", 0.3), other(3, "\ufeff", 0.1), other(4, " she", 0.05)
    (word,) = read_words([detail(" it", 0.5, *others)])
    assert [one.text for one in word.others] == ["\n", " she"]
