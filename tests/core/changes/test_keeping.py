"""Kept changes: they come back where they were, are found where text moved, and are never lost."""

from __future__ import annotations

from hypothesis import given, strategies as st

from app.core.changes.keeping import KeptChange, as_text, decoded, encoded, placed
from app.core.changes.open_changes import OpenChange

TEXT = "Once upon a time 😀 there was a house by the sea. Nobody lived in it any more, it was said."


def units(text: str) -> bytes:
    return text.encode("utf-16-le", "surrogatepass")


def kept_of(text: str, *changes: tuple[int, int, str]) -> tuple[KeptChange, ...]:
    data = units(text)

    def between(start: int, end: int) -> str:
        return data[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")

    made = [OpenChange(number + 1, *one, "Tiny", 4) for number, one in enumerate(changes)]
    return decoded(encoded(made, len(data) // 2, between))


@given(st.text(alphabet="ab 😀我\n", max_size=80), st.lists(st.floats(0, 1), max_size=8))
def test_they_come_back_where_they_were(text, places):
    ends = sorted({len(units(text[: round(place * len(text))])) // 2 for place in places})
    spans = [(a, b, "new 😀") for a, b in zip(ends[::2], ends[1::2], strict=False)]
    found, lost = placed(kept_of(text, *spans), text)
    assert not lost
    assert [(one.start, one.end, one.added) for one in found] == spans
    assert {(one.author, one.proposal) for one in found} <= {("Tiny", 4)}


NOBODY = len(units(TEXT[: TEXT.index("Nobody")])) // 2


def test_they_are_found_where_the_text_moved():
    kept = kept_of(TEXT, (10, 16, "long ago"), (NOBODY, NOBODY + 6, "No man"))
    before = "A tale. "
    found, lost = placed(kept, before + TEXT)
    assert not lost
    assert [(one.start, one.end) for one in found] == [(18, 24), (NOBODY + 8, NOBODY + 14)]


def test_what_belongs_nowhere_is_told():
    kept = kept_of(TEXT, (10, 16, "long ago"), (NOBODY, NOBODY + 6, "No man"))
    found, lost = placed(kept, TEXT.replace("Nobody lived", "People lived"))
    assert [one.added for one in found] == ["long ago"]
    assert [one.added for one in lost] == ["No man"]
    assert as_text(lost) == "Nobody → No man"
    assert placed(kept, "") == ([], list(kept))
    assert placed(kept_of(TEXT * 2, (10, 16, "x")), "And " + TEXT * 3)[0] == []


def test_damaged_rows_are_nothing():
    assert decoded("") == decoded("{]") == decoded('[{"start": "x"}]') == ()
    assert encoded((), 0, lambda _start, _end: "") == ""
