"""No part of a composed prompt ends or begins within a name that is masked."""

from __future__ import annotations

import pytest

from app.core.context.composer import MOST_FOLLOWING, compose
from app.core.context.composition import ContextRequest
from app.core.context.entries import LoreEntry, StoryMemory
from app.core.masking import Masker
from tests.core.context.test_composer import Pieces

NAME = "Anna Schmidt"
MASKER = Masker([NAME])


def parts(story: StoryMemory, request: ContextRequest) -> list[str]:
    made = compose(story, request, Pieces(), MASKER.undivided)
    return [part.text for part in made.parts if part.kind not in ("frame", "system")]


def is_whole(text: str) -> bool:
    return "Anna" not in MASKER.mask(text) and "Schmidt" not in MASKER.mask(text)


@pytest.mark.parametrize("size", range(200, 900, 13))
def test_what_is_cut_of_memory_note_and_following(size: int) -> None:
    long = f"and then {NAME} came " * 80
    story = StoryMemory(memory=long, note=long, depth=1)
    found = parts(story, ContextRequest("He sat.", after=long, size=size, answer=20))
    assert all(map(is_whole, found))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_note_stands_within_no_name(depth: int) -> None:
    text = "It was May.\nHe saw Anna\nSchmidt there.\nHe went to Anna\nSchmidt."
    found = parts(StoryMemory(note="Be slow.", depth=depth), ContextRequest(text, size=4000))
    assert all(map(is_whole, found))
    assert any("Be slow." in one for one in found)


def test_an_entry_is_cut_before_a_name() -> None:
    text = "She is old. Her name is Dr! Anna! Schmidt is rich. " * 40
    masker = Masker(["Anna! Schmidt"])
    story = StoryMemory(lore=(LoreEntry("Maren", (), text),))
    for size in range(300, 700, 9):
        request = ContextRequest("Maren sat.", size=size, answer=20)
        made = compose(story, request, Pieces(), masker.undivided)
        (lore,) = [part.text for part in made.parts if part.kind == "lore"] or [""]
        assert "Anna" not in masker.mask(lore)


def test_the_end_of_what_is_looked_at_is_in_no_name() -> None:
    after = "x" * (MOST_FOLLOWING - 5) + f" {NAME} went."
    story, request = StoryMemory(), ContextRequest("He", after=after, size=500_000)
    (following,) = [one for one in parts(story, request) if one.startswith("[What follows")]
    assert is_whole(following)
