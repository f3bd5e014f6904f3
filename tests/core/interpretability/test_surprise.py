"""Surprise: tokens over the text that they were made of, steps, sums, and what edits take away."""

from __future__ import annotations

import math
import random

import pytest

from app.core.documents.comments import visible_spans, without_comments
from app.core.interpretability.surprise import (
    STEPS,
    SurpriseMark,
    SurpriseRun,
    SurpriseSum,
    marks_of,
    odds_of,
    step_of,
    surprise_of,
)
from app.core.interpretability.surprise_map import SurpriseMap, torn_words
from app.core.interpretability.surprise_text import (
    read_text,
    surprise_runs,
    token_ends,
    token_groups,
)
from app.core.text.run_spans import RunSpan


def laid(text: str, *pieces: str | bytes) -> list[tuple[int, int, str]]:
    """Each group's tokens, with the text that they cover."""
    ends = token_ends(text, [one if isinstance(one, bytes) else one.encode() for one in pieces])
    assert ends is not None
    data = text.encode("utf-16-le")
    return [
        (one.first, one.last, data[one.start * 2 : one.end * 2].decode("utf-16-le"))
        for one in token_groups(text, ends)
    ]


def test_the_steps_are_chances() -> None:
    for number, odds in enumerate(STEPS):
        assert step_of(surprise_of(0.999 / odds)) == number + 1
        assert step_of(surprise_of(1.001 / odds)) == number
    assert step_of(-1.0) == step_of(0.0) == 0
    assert surprise_of(0.0) == pytest.approx(744.44, abs=0.01)
    assert math.copysign(1, surprise_of(1.0)) == -1 or surprise_of(1.0) == 0


@pytest.mark.parametrize(
    ("chance", "odds"), [(1.0, 1), (0.5, 2), (0.013, 77), (1 / 3456, 3500), (0.0, 980_000_000)]
)
def test_a_chance_is_said_in_two_digits(chance: float, odds: int) -> None:
    assert odds_of(surprise_of(chance)) == odds


def test_tokens_lie_over_their_text() -> None:
    assert laid("The lamp", "The", " lamp") == [(0, 1, "The"), (1, 2, " lamp")]
    with_begin = laid("The lamp", "<s>", " The", " lamp")
    assert with_begin == [(1, 2, "The"), (2, 3, " lamp")]


def test_letters_that_are_torn_belong_to_all_their_tokens() -> None:
    rain, lamp = "雨".encode(), "🏮".encode()
    pieces = (rain[:1], rain[1:] + "下".encode(), lamp[:2], lamp[2:3], lamp[3:] + b".")
    assert laid("雨下🏮.", *pieces) == [(0, 2, "雨下"), (2, 5, "🏮.")]


def test_tokens_of_another_text_are_known() -> None:
    assert token_ends("It rained all night.", [b"Quite", b" other", b" words", b" here"]) is None
    # A letter written in another way does not lose the rest.
    assert laid("ﬁne rain", b"fi", b"ne", " rain")[-1] == (2, 3, " rain")


def test_comments_are_not_read_and_places_are_the_page_s() -> None:
    page = "One 🏮. %%not this%% Two.\n<!-- nor\nthis -->\nThree."
    read = read_text(page)
    assert read.text == without_comments(page)
    data = page.encode("utf-16-le")
    for word in ("One", "Two.", "Three.", "🏮"):
        start = len(read.text[: read.text.index(word)].encode("utf-16-le")) // 2
        end = start + len(word.encode("utf-16-le")) // 2
        place = read.on_page(start, end)
        assert data[place * 2 : (place + end - start) * 2].decode("utf-16-le") == word
        assert read.place_of(place) == start
    assert read.on_page(0, len(read.text)) == -1  # it goes over a comment
    assert read_text(page, 8, 30).text == without_comments(page, 30)[7:]
    assert read_text("", 0, 0).text == ""


def test_the_visible_spans_are_what_stays() -> None:
    text = "A %%b%% c.\n%%d%%\n\nE %%f%%\nG %%not ended"
    spans = visible_spans(text)
    assert "".join(text[first:last] for first, last in spans) == without_comments(text)
    assert all(first <= last for first, last in spans)


def runs_of(text: str, *tokens: tuple[str, float]) -> list[tuple[int, SurpriseRun]]:
    read = read_text(text)
    ends = token_ends(read.text, [piece.encode() for piece, _value in tokens])
    assert ends is not None
    return surprise_runs(read, token_groups(read.text, ends), [value for _piece, value in tokens])


def test_a_word_of_several_tokens_is_one() -> None:
    pieces = ("The", " light", "house", "-", "keep", "er", "’", "s", " 10", "7", ".", "雨", "下")
    text = "".join(pieces)
    found = [one[2] for one in laid(text, *pieces)]
    assert found == ["The", " lighthouse-keeper’s", " 107", ".", "雨", "下"]


def test_words_are_counted_where_they_begin() -> None:
    pieces = ("The", " light", "house", ".", " ", "雨下")
    values = (-1.0, 1.0, 9.0, 0.1, 0.2, 6.0)
    found = runs_of("The lighthouse. 雨下", *zip(pieces, values, strict=True))
    assert [run.words for _place, run in found] == [0, 1, 0, 0, 2]
    assert [run.surprising for _place, run in found] == [0, 1, 0, 0, 2]
    assert found[1][1].surprise == 10.0
    assert found[0][1].is_tried
    total = SurpriseSum()
    total.add(run for _place, run in found)
    assert (total.words, total.surprising, total.tokens) == (3, 3, 5)
    assert total.perplexity == pytest.approx(math.exp(16.3 / 5))
    assert SurpriseSum().share == 0
    assert SurpriseSum().perplexity == 1


def test_marks_leave_spaces_out_and_join() -> None:
    text = "🏮 un seen\n rain"
    runs = (SurpriseRun(2, 4.0, 1), SurpriseRun(3, 4.0, 1), SurpriseRun(5, 4.0, 1),
            SurpriseRun(1, 9.0, 1), SurpriseRun(5, 9.0, 1))  # fmt: skip
    spans, at = [], 0
    for run in runs:
        spans.append(RunSpan(at, run))
        at += run.length
    assert [*marks_of(spans, text, 0)] == [
        SurpriseMark(0, 2, 1),
        SurpriseMark(3, 5, 1),
        SurpriseMark(6, 10, 1),
        SurpriseMark(12, 16, 3),
    ]
    # Also where the text in the window begins within a token.
    assert next(marks_of(spans[2:], text[7:], 8)) == SurpriseMark(8, 10, 1)


@pytest.mark.parametrize(
    ("left", "right", "added", "torn"),
    [
        ("the lamp", "s and", 1, (4, 0)),
        ("the lamp", " s", 1, (0, 0)),
        ("light", "house is", 0, (5, 5)),
        ("light ", "house", 0, (0, 0)),
        ("雨下", "了大", 1, (0, 0)),
        ("", "a b", 1, (0, 0)),
        ("a", "b🏮 c", 1, (1, 0)),
    ],
)
def test_a_change_may_make_other_words(left: str, right: str, added: int, torn) -> None:
    assert torn_words(left, right, added) == torn


class Page:
    """A text with numbers that are the text itself, to see that they stay with it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.numbers = SurpriseMap(len(text))
        self.score()

    def score(self) -> None:
        self.numbers.begin()
        self.put(self.text)
        self.numbers.end()

    def put(self, text: str) -> None:
        runs, at = list[tuple[int, SurpriseRun]](), 0
        for word in text.split(" "):
            run = SurpriseRun(len(word), float(len(runs)), tokens=1, words=1)
            runs += [(at, run)] if word else []
            at += len(word) + 1
        self.numbers.put(runs)

    def edit(self, start: int, end: int, added: str) -> None:
        self.text = self.text[:start] + added + self.text[end:]
        left, right = self.text[:start][-64:], self.text[start : start + len(added) + 64]
        self.numbers.follow(start, end - start, len(added), left, right)

    @property
    def scored(self) -> list[str]:
        found = self.numbers.between(0, len(self.text))
        return [self.text[one.start : one.end] for one in found if one.run.surprise >= 0]


def test_edits_take_their_words_numbers_and_move_the_others() -> None:
    page = Page("one two three four")
    assert page.scored == ["one", "two", "three", "four"]
    page.edit(5, 6, "")
    assert page.scored == ["one", "three", "four"]
    page.edit(0, 0, "zero ")
    assert page.scored == ["one", "three", "four"]
    page.edit(len(page.text), len(page.text), "teen")
    assert page.scored == ["one", "three"]
    assert page.numbers.total.words == 2
    page.edit(0, len(page.text), "")
    assert not page.numbers.has_numbers
    assert page.numbers.total.surprise == 0


def test_what_is_edited_while_it_is_scored_gets_no_number() -> None:
    text = "one two three four"
    page = Page("")
    page.edit(0, 0, text)
    page.numbers.begin()
    page.edit(4, 7, "2")
    page.edit(0, 0, "so ")
    page.put(text)
    assert page.scored == ["one", "three", "four"]
    page.numbers.end()
    page.put(text)  # what comes late is not taken
    assert page.numbers.total.words == 3


@pytest.mark.parametrize("seed", range(20))
def test_any_edits_leave_only_words_that_stand(seed: int) -> None:
    dice = random.Random(seed)
    page = Page(" ".join(f"w{number}" for number in range(30)))
    known = dict(zip(page.scored, (span.run for span in page.numbers.between(0, 999)
                                   if span.run.surprise >= 0), strict=True))  # fmt: skip
    for _step in range(60):
        if dice.random() < 0.1:
            page.numbers.begin()
        start = dice.randrange(len(page.text) + 1)
        end = min(len(page.text), start + dice.choice((0, 0, 1, 3, 9)))
        page.edit(start, end, dice.choice(("", " ", "x", "a b", " new words ")))
        assert len(page.numbers.spans) == len(page.text)
        total = SurpriseSum()
        found = [one for one in page.numbers.between(0, len(page.text)) if one.run.surprise >= 0]
        total.add(one.run for one in found)
        assert total == page.numbers.total
        for one in found:
            word = page.text[one.start : one.end]
            assert known[word] == one.run  # as it was when it was scored
            assert not page.text[one.end : one.end + 1].isalnum()
            assert not page.text[max(0, one.start - 1) : one.start].isalnum()


def test_what_was_tried_is_not_new() -> None:
    numbers = SurpriseMap(10)
    assert numbers.is_new(0, 10)
    numbers.try_all(2, 5)
    assert not numbers.is_new(0, 10)
    assert numbers.is_new(5, 10)
