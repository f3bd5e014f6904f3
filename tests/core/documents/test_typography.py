from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.core.documents.typography import TYPED, educated


def typed(text: str) -> str:
    """What comes of typing `text`."""
    shown = ""
    for letter in text:
        found = educated(shown, letter) if letter in TYPED else None
        if found is None:
            shown += letter
        else:
            shown = shown[: len(shown) - found[0]] + found[1]
    return shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('"Go," she said. "Now!"', "“Go,” she said. “Now!”"),
        ("'Go', he's told", "‘Go’, he’s told"),
        ('("yes")', "(“yes”)"),
        ("\"'Stop', he said.\"", "“‘Stop’, he said.”"),
        ('*"loud"*', "*“loud”*"),
        ("one--two -- three", "one—two — three"),
        ('"But--" he said', "“But—” he said"),
        ("well-known", "well-known"),
        ("---\n", "---\n"),
        ("- a thing", "- a thing"),
        ("a <!-- b -- c --> d", "a <!-- b -- c --> d"),
        ('他说："走。"然后——"停！"', "他说：“走。”然后——“停！”"),
        ("他走了--停", "他走了——停"),
        ('`a = "b"--c` "d"', '`a = "b"--c` “d”'),
        ('```\n"a"\n```\n"b"', '```\n"a"\n```\n“b”'),
    ],
)
def test_what_is_typed_is_what_a_printer_sets(text: str, shown: str) -> None:
    assert typed(text) == shown


@given(st.text("\"'-` a\n世，<!>"), st.sampled_from(TYPED))
def test_nothing_else_is_touched(before: str, sign: str) -> None:
    found = educated(before, sign)
    if found is not None:
        count, text = found
        assert set(text) <= set("“”‘’—")
        assert set(before[len(before) - count :]) <= {"-"}
