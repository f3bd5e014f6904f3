"""Where a text can be divided without tearing what a reader takes for one letter or picture."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st
from PySide6.QtCore import QTextBoundaryFinder

from app.core.documents.letters import border_after, border_before, is_border

_TEXTS = st.text(
    st.sampled_from(
        "aé\u0301\u0323\r\n\u200d\u200c👩👧👍🏽❤\ufe0f🇩🇪1\u20e3각\u1100\u1161\u11a8क्षि中กำ\u0600"
    ),
    max_size=20,
)


@given(st.one_of(_TEXTS, st.text(max_size=20)))
def test_no_border_is_seen_where_qt_sees_none(text: str) -> None:
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    for place in range(1, len(text)):
        finder.setPosition(len(text[:place].encode("utf-16-le")) // 2)
        assert finder.isAtBoundary() or not is_border(text, place), place


@pytest.mark.parametrize(
    ("text", "borders"),
    [
        ("ab", [0, 1, 2]),
        ("e\u0301\u0323a", [0, 3, 4]),
        ("a\r\n\u0301", [0, 1, 3, 4]),
        ("👩\u200d👧👍🏽中文", [0, 3, 5, 6, 7]),
        ("x🇩🇪🇫🇷🇬", [0, 1, 3, 5, 6]),
        ("क्षिक", [0, 4, 5]),
        ("각\u1100\u1161\u11a8가", [0, 1, 4, 5]),
        ("\ud83d\ude00.", [0, 2, 3]),
    ],
)
def test_where_the_borders_are(text: str, borders: list[int]) -> None:
    found = [place for place in range(len(text) + 1) if is_border(text, place)]
    assert found == borders
    assert [border_before(text, place) for place in borders] == borders
    assert {border_after(text, place) for place in range(len(text) + 1)} == {*borders}


def test_before_there_is_none_the_place_itself_is_taken() -> None:
    assert border_before("e" + "\u0301" * 9, 5) == 5
