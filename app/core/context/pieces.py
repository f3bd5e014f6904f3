"""Texts in the pieces along which they are cut: paragraphs, sentences, and runs of words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

from app.core.documents.letters import border_before
from app.core.text.sentences import sentences
from app.core.text.words import HAN

Count = Callable[[Sequence[str]], Sequence[int]]
"""Gives the tokens of each of the texts."""

RUN = 200
"""Characters of a run of words, of which sentences consist that are too long for their place."""

_REPEATED = 48


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each with the line ends behind it; joined they are the text."""
    return re.findall(r"[^\n]*\n+|[^\n]+", text)


def runs(text: str, most: int = RUN) -> list[str]:
    """A text in runs of `most` characters at most that divide no word, or at least no letter."""
    found, at = [], 0
    while at < len(text):
        end = min(len(text), at + most)
        if end < len(text):
            space = text.rfind(" ", at + most // 2, end)
            end = space + 1 if space >= 0 else border_before(text, end, at)
        found.append(text[at:end])
        at = end
    return found


def atoms(text: str, most: int, count: Count) -> list[tuple[str, int]]:
    """A text in pieces with their tokens, none much above `most`; joined they are the text.

    Paragraphs; of one that is longer, sentences; of a sentence that is longer, runs of words. At
    most three calls of `count`, however long the text is.
    """
    found = _counted(paragraphs(text), count)
    for finer in (sentences, partial(runs, most=min(RUN, max(1, most)))):
        found = list(_divided(found, most, finer, count))
    return found


def _counted(texts: list[str], count: Count) -> list[tuple[str, int]]:
    return list(zip(texts, count(texts), strict=True)) if texts else []


def _divided(
    pieces: list[tuple[str, int]], most: int, finer: Callable[[str], list[str]], count: Count
) -> Iterator[tuple[str, int]]:
    parts = {text: finer(text) for text, tokens in pieces if tokens > most}
    every = [part for some in parts.values() for part in some]
    known = dict(_counted(every, count))
    for text, tokens in pieces:
        if text in parts:
            yield from ((part, known[part]) for part in parts[text])
        else:
            yield text, tokens


def beginning(text: str, room: int, count: Count, *, divides: bool = True) -> str:
    """As many whole sentences from the beginning of a text as have room, without spaces behind.

    Where not even the first has room, a part of it in whole words if it `divides`, else nothing.
    """
    found = _fitting(_counted(sentences(text), count), room)
    if not found.strip() and divides and room > 0:
        first = next(iter(sentences(text)), "")
        words = re.findall(r"\s*\S+", first) if " " in first.strip() else list(first)
        kept = _fitting(_counted(words, count), room)
        found = kept[: border_before(first, len(kept))] if kept else ""
    return found.rstrip()


def _fitting(pieces: list[tuple[str, int]], room: int) -> str:
    kept, left = [], room
    for piece, tokens in pieces:
        left -= tokens
        if left < 0:
            break
        kept.append(piece)
    return "".join(kept)


def end_from(pieces: Sequence[tuple[str, int]], room: int) -> int:
    """How many pieces go from the beginning so that the rest has room.

    They go in blocks of a quarter of the room, counted from the text's beginning: the next, a
    little longer text then begins with the same piece and is found in the engine's cache. A
    quarter and a piece are the most that is given up for it.
    """
    total = sum(tokens for _text, tokens in pieces)
    if total <= room:
        return 0
    block = max(1, room // 4)
    wanted = -(-(total - room) // block) * block
    gone = 0
    for number, (_text, tokens) in enumerate(pieces):
        if gone >= wanted:
            return number
        gone += tokens
    return len(pieces)


def first_words(following: str) -> str:
    """The words at which a continuation stops, because what follows it begins with them.

    About 48 characters, in whole words; empty where there are so few that they may well occur
    before: less than 12, or 6 of a script without spaces.
    """
    text = following.strip()
    words = text[:_REPEATED]
    if len(text) > _REPEATED:
        space = words.rfind(" ", _REPEATED // 2)
        words = words[:space] if space >= 0 else words[: border_before(text, _REPEATED)]
    words = words.rstrip()
    least = 6 if _unspaced().search(words) else 12
    return words if len(words) >= least else ""


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{HAN}]{{3}}")
