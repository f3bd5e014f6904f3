"""The sections of a Markdown text: each heading with all that belongs to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_LINE = re.compile(r"^ {0,3}(?:(#{1,6})(?=[ \t]|$)|(```|~~~))[^\n]*", re.MULTILINE)

_TITLE_LENGTH = 40  # characters


class HeadingSection(NamedTuple):
    """A heading's level, where its line begins and ends, and where what belongs to it ends.

    In characters. What belongs to it begins after the line end at `body`; nothing does where
    `body` and `end` are the same. `end` is the last line end before the next heading of that level
    or above, or the end of the text.
    """

    level: int
    start: int
    body: int
    end: int


def sections(text: str) -> list[HeadingSection]:
    """All sections in the order of their headings, those within others too. Linear in time."""
    found: list[HeadingSection] = []
    open_ones: list[int] = []
    for level, start, body in _headings(text):
        while open_ones and found[open_ones[-1]].level >= level:
            index = open_ones.pop()
            found[index] = found[index]._replace(end=max(found[index].body, start - 1))
        open_ones.append(len(found))
        found.append(HeadingSection(level, start, body, len(text)))
    return found


def _headings(text: str) -> Iterator[tuple[int, int, int]]:
    """Level, begin and end of each heading's line; within a block of code there are none."""
    is_code = False
    for line in _LINE.finditer(text):
        if line[2]:
            is_code = not is_code
        elif not is_code:
            yield len(line[1]), line.start(), line.end()


def title_words(text: str) -> str:
    """The words of a text's first line that a file can be called by; at most 40 characters."""
    line = text.partition("\n")[0]
    words = "".join(one if one.isalnum() or one in " -" else "" for one in line)
    return words.strip()[:_TITLE_LENGTH].strip()
