"""The longest run of words that samples share with the pages."""

from __future__ import annotations

from app.core.training.verbatim import VerbatimRun, longest_run

PAGES = ["The lamp burned low, and the wind came in.", "Nobody spoke of it again."]


def test_the_longest_run_is_found_whatever_stands_between() -> None:
    found = longest_run(["He said the LAMP burned low and the rain", "spoke of it never"], PAGES)
    assert found == VerbatimRun(length=6, text="the LAMP burned low and the")


def test_no_run_goes_over_the_end_of_a_page() -> None:
    assert longest_run(["the wind came in nobody spoke of"], PAGES).length == 4


def test_fewer_than_three_words_are_none() -> None:
    assert longest_run(["the lamp fell", ""], PAGES) == VerbatimRun()


def test_chinese_counts_by_character() -> None:
    assert longest_run(["他说灯光渐渐暗了"], ["灯光渐渐暗了,风进来了。"]).length == 6
