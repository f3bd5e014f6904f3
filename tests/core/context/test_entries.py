"""What is kept for a story: as JSON and back, and joined with another."""

from __future__ import annotations

import msgspec
import pytest

from app.core.context.entries import (
    LONGEST_NAME,
    MOST_ENTRIES,
    LoreEntry,
    StoryMemory,
    decode_story,
    encode_story,
    free_name,
)
from app.core.errors import DocumentError

STORY = StoryMemory(
    memory="It rains. 雨",
    note="Slow.",
    depth=5,
    lore=(LoreEntry("Maren", ("Марен",), "The keeper."), LoreEntry("Lamp")),
)


def test_json_and_back():
    assert decode_story(encode_story(STORY)) == STORY
    assert decode_story(encode_story(StoryMemory())) == StoryMemory()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{}",
        b"[1]",
        b'{"lampblack_memory": 1, "story": []}',
        b'{"lampblack_memory": 0, "story": {}}',
        b'{"lampblack_memory": 1, "story": {"depth": 0}}',
        b'{"lampblack_memory": 1, "story": {"lore": [{"text": "no name"}]}}',
        b'{"lampblack_memory": 1, "story": ' + b"[" * 5000 + b"}",
        msgspec.json.encode(
            {"lampblack_memory": 1, "story": {"lore": [{"name": "x" * (LONGEST_NAME + 1)}]}}
        ),
    ],
)
def test_anything_else_is_said(data):
    with pytest.raises(DocumentError, match="no memory that Lampblack exported"):
        decode_story(data)


def test_a_newer_one_is_said():
    with pytest.raises(DocumentError, match="newer version"):
        decode_story(b'{"lampblack_memory": 2, "story": {"what": 1}}')


def test_joining_replaces_nothing():
    other = StoryMemory("Other.", "Fast.", 9, (LoreEntry("maren", (), "?"), LoreEntry("Skerry")))
    both = STORY.joined(other)
    assert (both.memory, both.note, both.depth) == ("It rains. 雨", "Slow.", 5)
    assert [one.name for one in both.lore] == ["Maren", "Lamp", "Skerry"]
    assert StoryMemory().joined(other) == other


def test_whether_there_is_anything():
    assert StoryMemory(memory=" \n").is_empty
    assert not StoryMemory(note="x").is_empty
    assert not StoryMemory(lore=(LoreEntry("x"),)).is_empty


def test_a_free_name():
    assert free_name("New", ()) == "New"
    assert free_name("New", ("new", "New 2")) == "New 3"


def test_what_would_be_too_many_entries_is_refused() -> None:
    half = MOST_ENTRIES // 2 + 1
    one = StoryMemory(lore=tuple(LoreEntry(f"a{number}") for number in range(half)))
    other = StoryMemory(lore=tuple(LoreEntry(f"b{number}") for number in range(half)))
    with pytest.raises(DocumentError, match="2,000 entries"):
        one.joined(other)
    assert len(one.joined(one).lore) == half
