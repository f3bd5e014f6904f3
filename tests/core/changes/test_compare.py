"""What an answer changes: all of it gives the answer, none the original, and it can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from app.core.changes.compare import TextChange, applied, compare, compare_so_far
from app.core.documents.letters import is_border

_TEXTS = st.one_of(
    st.text(alphabet="ab .\n我爱😀\u0301", max_size=60),
    st.lists(
        st.sampled_from(["the", "cat", "sat", "on", "a", ",", "我", "们", "字", "。", ".", "\n"])
    ).map(" ".join),
)


@given(original=_TEXTS, answer=_TEXTS)
def test_all_changes_give_the_answer_and_none_the_original(original: str, answer: str) -> None:
    changes = compare(original, answer)
    assert applied(original, changes) == answer
    assert applied(original, ()) == original
    check(original, changes)


@given(original=_TEXTS, answer=_TEXTS, part=st.floats(0, 1))
def test_an_answer_in_the_writing_takes_nothing_of_the_rest(
    original: str, answer: str, part: float
) -> None:
    so_far = answer[: round(part * len(answer))]
    changes = compare_so_far(original, so_far)
    check(original, changes)
    made = applied(original, changes)
    assert made.startswith(so_far.rstrip())
    assert original.endswith(made[len(so_far) :])


@given(original=_TEXTS, answer=_TEXTS, data=st.data())
def test_any_of_the_changes_can_be_taken(original: str, answer: str, data: st.DataObject) -> None:
    changes = compare(original, answer)
    taken = [one for one in changes if data.draw(st.booleans())]
    left = [one for one in changes if one not in taken]
    made = applied(original, taken)
    for one in reversed(left):  # the rest, taken afterwards
        moved = one.position + sum(
            len(other.added) - len(other.removed) for other in taken if other.end <= one.position
        )
        assert made[moved : moved + len(one.removed)] == one.removed
        made = made[:moved] + one.added + made[moved + len(one.removed) :]
    assert made == answer


def check(original: str, changes: tuple[TextChange, ...]) -> None:
    for one in changes:
        assert one.removed != one.added
        assert original[one.position : one.end] == one.removed
    assert all(one.end < other.position for one, other in pairwise(changes))


@pytest.mark.parametrize(
    ("original", "answer", "changes"),
    [
        ("She go home.", "She goes home.", [("go", "goes")]),
        ("It was a very old house.", "It was an old house.", [("a very", "an")]),
        ("我爱写作。", "我很爱写作。", [("", "很")]),
        ("他昨天去了学校。", "他今天回了学校。", [("昨天去", "今天回")]),
        ("Wait here", "Wait here!", [("", "!")]),
        ("One.\n\nTwo.", "One.\n\nTwo.", []),
        ("", "New.", [("", "New.")]),
        ("Old.", "", [("Old.", "")]),
        (
            "The harbour of stone was cold that evening, she thought.",
            "The quay of wood was cold that evening, she thought.",
            [("harbour of stone", "quay of wood")],
        ),
    ],
)
def test_changes_are_what_a_reader_would_mark(
    original: str, answer: str, changes: list[tuple[str, str]]
) -> None:
    assert [(one.removed, one.added) for one in compare(original, answer)] == changes


def test_an_answer_in_the_writing_is_marked_up_to_where_it_is() -> None:
    original = "The rain came down. The old man sat by the window. He waited for a letter."
    answer = "The rain fell. The old man sat at the window"
    made = applied(original, compare_so_far(original, answer))
    assert made == "The rain fell. The old man sat at the window. He waited for a letter."


def test_an_answer_that_begins_shows_nothing_as_removed() -> None:
    assert all(not one.removed for one in compare_so_far("One two three four five. " * 9, "Once"))


@given(original=_TEXTS, answer=_TEXTS)
def test_no_change_cuts_a_letter_in_two(original: str, answer: str) -> None:
    grown = 0
    for one in compare(original, answer):
        assert is_border(original, one.position)
        assert is_border(original, one.end)
        place = one.position + grown
        assert is_border(answer, place)
        assert is_border(answer, place + len(one.added))
        grown += len(one.added) - len(one.removed)


@pytest.mark.parametrize(
    ("original", "answer", "change"),
    [
        ("Ein 👩‍👩‍👧 da.", "Ein 👩‍👩‍👦 da.", (4, "👩‍👩‍👧", "👩‍👩‍👦")),
        ("🇩🇪 x", "🇩🇰 x", (0, "🇩🇪", "🇩🇰")),
        ("हिन्दी है", "हिन्दू है", (2, "न्दी", "न्दू")),
        ("cafe\u0301 x", "cafe x", (3, "e\u0301", "e")),
    ],
)
def test_a_letter_of_several_characters_changes_whole(
    original: str, answer: str, change: tuple[int, str, str]
) -> None:
    assert compare(original, answer) == (TextChange(*change),)
