"""The manuscript's text at any place, wherever the last change was."""

from __future__ import annotations

import random

from hypothesis import given, strategies as st

from app.ui.editor.manuscript import Manuscript, units

_TEXTS = st.text(alphabet="ab \n%\u0a0aĊ\u0100\U0001f600", max_size=12)


def encoded(text: str) -> bytes:
    return text.encode("utf-16-le")


@given(_TEXTS, st.lists(st.tuples(st.integers(0), st.integers(0, 6), _TEXTS), max_size=12))
def test_every_question_is_answered_as_by_the_whole_text(
    text: str, changes: list[tuple[int, int, str]]
) -> None:
    manuscript = Manuscript(text)
    for place, removed, added in changes:
        place %= len(text) + 1
        gone = text[place : place + removed]
        manuscript.replace(units(text[:place]), units(gone), added)
        text = text[:place] + added + text[place + removed :]
        assert manuscript.text() == text
        assert len(manuscript) == units(text)
        chance = random.Random(place)
        at = chance.randint(0, len(text))
        end = chance.randint(at, len(text))
        first, last = units(text[:at]), units(text[:end])
        assert manuscript.text(first, last) == text[at:end]
        assert manuscript.line_start(first) == units(text[: text.rfind("\n", 0, at) + 1])
        line_end = text.find("\n", at)
        expected = text if line_end < 0 else text[: line_end + 1]
        assert manuscript.line_end(first) == units(expected)
        if "%%" in text[:end]:
            assert manuscript.may_have("%%", last)
        assert manuscript.may_have("%%", last) == (encoded("%%") in encoded(text[:end]))
