from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.documents.prompts import (
    DEFAULT_SYSTEM,
    Continuation,
    continuation,
    instructed,
    latest,
)


@pytest.mark.parametrize(
    ("before", "prompt", "strip"),
    [
        ("", "", False),
        ("She ran", "She ran", False),
        ("She ran ", "She ran", True),
        ("She ran \t ", "She ran", True),
        ("She ran.\n\n", "She ran.\n\n", False),
        ("She ran.\n  ", "She ran.\n", True),
        (" \t", "", True),
        ("她跑了。\u3000", "她跑了。\u3000", False),
    ],
)
def test_only_spaces_at_the_end_are_kept_off_the_prompt(
    before: str, prompt: str, strip: bool
) -> None:
    assert continuation(before) == Continuation(prompt, strip_leading_space=strip)


def test_an_instruction_comes_after_the_whole_manuscript() -> None:
    text = "It was late.\n" * 1000 + "He said "
    (system, told), (user, asked) = instructed(text, " Make it rain. ")
    assert (system, user) == ("system", "user")
    assert told == DEFAULT_SYSTEM
    assert text.rstrip() in asked
    assert asked.index("Instruction: Make it rain.\n") > asked.index("He said")
    assert "only the new text" in asked


def test_without_text_the_instruction_stands_alone() -> None:
    assert instructed("\n \n", "Begin a novel.")[1] == ("user", "Begin a novel.")


def test_without_an_instruction_the_text_is_continued() -> None:
    asked = instructed("It was late.", "")[1][1]
    assert "Instruction" not in asked
    assert asked.endswith("Write only the new text.")


def test_the_users_own_system_prompt_is_taken() -> None:
    assert instructed("", "Go.", "Be Proust.")[0] == ("system", "Be Proust.")
    assert instructed("", "Go.", "  ")[0] == ("system", DEFAULT_SYSTEM)


def test_the_latest_part_of_a_text_begins_with_a_paragraph_or_a_word() -> None:
    text = "One two three.\n\nFour five six.\n\nSeven eight nine ten eleven."
    assert latest(text, 1000) == text
    assert latest(text, 45) == "Four five six.\n\nSeven eight nine ten eleven."
    assert latest(text, 20) == "nine ten eleven."
    assert latest("长" * 100, 10) == "长" * 3  # no half of a letter, though there is no word
    assert latest("abc", 0) == ""


@given(st.text(), st.integers(0, 60))
def test_the_latest_part_is_an_end_that_fits(text: str, most: int) -> None:
    end = latest(text, most)
    assert text.endswith(end)
    assert len(end.encode("utf-8", "surrogatepass")) <= max(most, 0)


def test_the_latest_part_begins_with_a_whole_letter() -> None:
    family = "👩\u200d👧"
    assert latest(family * 9, len(family.encode()) + 5) == family
