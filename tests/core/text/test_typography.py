"""The rule for quotes and dashes, which typing and export share."""

from __future__ import annotations

import time

import pytest

from app.core.conversion.markdown_reader import read_markdown
from app.core.conversion.markdown_writer import write_markdown
from app.core.conversion.typography import smart
from app.core.documents.typography import educated
from app.core.text.typography import curly_quote, dash


@pytest.mark.parametrize(
    ("line", "mark", "following", "curly"),
    [
        ("", '"', "", "“"),
        ("He said, ", '"', "y", "“"),
        ("“Yes", '"', "", "”"),
        ("don", "'", "t", "’"),
        ("the ", "'", "9", "’"),
        ("the ", "'", "n", "‘"),
        ("他说：", '"', "", "“"),
        ("他说：“夜里", '"', "", "”"),
        ("夜里。”", '"', "", "”"),
        ("a—", '"', "", "“"),
    ],
)
def test_a_quote_looks_at_what_is_around_it(
    line: str, mark: str, following: str, curly: str
) -> None:
    assert curly_quote(line, mark, following) == curly


def test_hyphens_become_the_dash_of_the_place() -> None:
    assert (dash("so "), dash("so"), dash("1914", "1918"), dash("夜")) == ("—", "—", "–", "——")


@pytest.mark.parametrize(
    "source", ['"Yes," she said--"no."', "'Tis the rock 'n' roll", '他说："夜里下雨"--"真的？"']
)
def test_what_is_typed_and_what_is_exported_is_alike(source: str) -> None:
    typed = ""
    for letter in source:
        found = educated(typed, letter) if letter in "\"'-" else None
        typed = typed[: len(typed) - found[0]] + found[1] if found else typed + letter
    assert write_markdown(smart(read_markdown(source))).strip() == typed


def test_a_paragraph_of_nothing_but_quotes_takes_no_time() -> None:
    begun = time.process_time()
    smart(read_markdown("夜\"'" * 100_000))
    assert time.process_time() - begun < 3
