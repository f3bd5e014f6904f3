"""What a text loses that another one replaces."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.documents.losses import letters, loss

PLAIN = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    ("former", "text", "lost"),
    [
        ("", "", "none"),
        ("", "Anything.", "none"),
        (" \n", "", "none"),
        ("It rained.", "It rained.", "none"),
        ("It rained.", "", "emptied"),
        ("It rained.", " \n\t\u3000", "emptied"),
        ("It rained.", "\0" * 10, "garbled"),
        ("It rained.", "It rained." + "\0" * 4096, "garbled"),
        ("abcdef", "abc", "none"),
        ("abcdef", "ab", "shrunk"),
        ("abcdef", "ab" + " " * 100, "shrunk"),
        ("下雨了。猫睡了。", "下雨了", "shrunk"),
        ("abc", "abcdef", "none"),
    ],
)
def test_examples(former: str, text: str, lost: str) -> None:
    assert loss(former, text) == lost


@given(PLAIN, PLAIN)
def test_what_is_not_told_leaves_half_of_the_letters(former: str, text: str) -> None:
    lost = loss(former, text)
    assert (lost == "none") == (letters(text) * 2 >= letters(former))
    assert (lost == "emptied") == (letters(former) > 0 and not letters(text))


@given(PLAIN, PLAIN)
def test_a_text_that_grows_loses_nothing(former: str, more: str) -> None:
    assert loss(former, former + more) == loss(former, more + former) == "none"


@given(PLAIN, st.text(" \n\t\u2003"), st.text(" \n\t\u2003"))
def test_white_space_is_no_text(former: str, before: str, after: str) -> None:
    assert loss(former, before + former + after) == loss(before + former, former) == "none"
    assert loss(former, before + after) == ("emptied" if letters(former) else "none")


@given(PLAIN.filter(letters), st.integers(0, 50), st.data())
def test_nul_characters_never_stand_for_a_text(former: str, nuls: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(former)))
    assert loss(former, "\0" * max(1, nuls)) == "garbled"
    filled = former[:place] + "\0" * nuls + former[place:]
    assert (loss(former, filled) == "garbled") == (nuls > 0.01 * len(filled))
