"""What stands before a text and over its pages."""

from __future__ import annotations

import pytest

from app.core.conversion.export import titled
from app.core.conversion.front import length_text, running_head, surname, title_page
from app.core.conversion.looks.profiles import (
    PAPERS,
    PROFILES,
    on_paper,
    paper_here,
    profile_named,
)
from app.core.conversion.markdown_reader import read_markdown


@pytest.mark.parametrize(
    ("author", "filed"),
    [("Jane Doe", "Doe"), ("Le Guin, Ursula", "Le Guin"), ("鲁迅", "鲁迅"), ("周 树人", "周 树人"),
     ("Voltaire", "Voltaire"), ("", ""), (" , ", "")],
)  # fmt: skip
def test_a_book_is_filed_under_the_surname(author: str, filed: str) -> None:
    assert surname(author) == filed


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (0, "10"),
        (3, "10"),
        (996, "1,000"),
        (1234, "1,200"),
        (19_951, "20,000"),
        (120_499, "120,000"),
    ],
)
def test_the_length_is_rounded_as_editors_count(count: int, told: str) -> None:
    assert length_text(read_markdown("word " * count)) == f"about {told} words"


def test_the_length_counts_notes_lists_and_chinese_characters() -> None:
    text = read_markdown("夜里下雨[^1]\n\n- 灯\n- 灯\n\n> 亮\n\n[^1]: 注。" + "字" * 1992)
    assert length_text(titled(text, "", "", "zh-CN")) == "约 2,000 字"


def test_a_running_head_has_what_is_known() -> None:
    manuscript, reading = profile_named("manuscript"), profile_named("Reading")
    text = titled(read_markdown("a"), "The Lamp", "Jane Doe", "en")
    assert running_head(text, manuscript) == "Doe / THE LAMP / "
    assert running_head(text, reading) == "Jane Doe / THE LAMP / "
    assert running_head(read_markdown("a"), manuscript) == ""
    assert title_page(read_markdown("a"), manuscript) is None


def test_the_paper_is_the_usual_one_of_the_place() -> None:
    assert paper_here({"LANG": "en_US.UTF-8"}) == "Letter"
    assert paper_here({"LANG": "en_US.UTF-8", "LC_PAPER": "de_DE.UTF-8"}) == "A4"
    assert paper_here({"LC_ALL": "C", "LANG": "en_US"}) == "A4"
    assert on_paper(PROFILES[0], "Letter").page_cm == PAPERS["Letter"]
    assert on_paper(profile_named("e-book"), "Letter").paper == "Pocket"
