"""Where names occur in a text: as whole words, in any script.

A name is found as it is written, and where it is written in capitals; one without any capital is
found in every case, so that “May” is not the word “may”. Chinese, Japanese, Thai and their like
put no spaces between words: there a name is found wherever its characters stand. Arabic and Hebrew
vowel signs, and the stroke that only lengthens an Arabic word, count for nothing. An apostrophe
ends a word, so that “Maren's” names Maren; other inflections are spellings of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from app.core.context.entries import LoreEntry
from app.core.text.words import HAN

NEAR_PARAGRAPHS = 20
"""How many paragraphs before the cursor are looked through for names, the cursor's included."""

NEAR_CHARACTERS = 8000
"""How many characters before the cursor at most."""

_UNSPACED = re.compile(
    f"[{HAN}\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf]"
)
_UNCOUNTED = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_APOSTROPHES = str.maketrans("’ʼ＇", "'''")


class Mention(msgspec.Struct, frozen=True):
    """Why an entry is sent: it is named `above` paragraphs before the cursor's own (0).

    Where `by` is not empty, the entry of that name names it, and where `is_asked` the instruction.
    """

    entry: LoreEntry
    above: int = 0
    by: str = ""
    is_asked: bool = False


def mentions(lore: Sequence[LoreEntry], before: str, instruction: str = "") -> tuple[Mention, ...]:
    """The entries that are named in an instruction or near the end of `before`, the nearest first.

    After them come those that the entries' own texts name, once: what these name is not looked for.
    """
    lines = [*reversed(_near(before))]
    direct: dict[int, Mention] = {}
    for number, entry in enumerate(lore):
        if names_in(entry, instruction):
            direct[number] = Mention(entry, is_asked=True)
            continue
        above = next((at for at, line in enumerate(lines) if names_in(entry, line)), -1)
        if above >= 0:
            direct[number] = Mention(entry, above)
    nearest = sorted(direct.values(), key=lambda one: -1 if one.is_asked else one.above)
    rest = [entry for number, entry in enumerate(lore) if number not in direct]
    return (*nearest, *_named_by(nearest, rest))


def _named_by(sources: Sequence[Mention], lore: Sequence[LoreEntry]) -> Iterator[Mention]:
    for entry in lore:
        for source in sources:
            if names_in(entry, source.entry.text):
                yield Mention(entry, source.above, by=source.entry.name)
                break


def names_in(entry: LoreEntry, text: str) -> bool:
    """Whether the text has one of the entry's names as a whole word."""
    if not text:
        return False
    plain = _plain(text)
    folded = plain.casefold()
    return any(_is_named(name, plain, folded) for name in entry.names)


def _near(before: str) -> list[str]:
    """The last paragraphs of a text; one line is one, and empty lines are none."""
    text = before[-NEAR_CHARACTERS:]
    if len(text) < len(before):  # a name that is cut in two is none
        text = text[_first_border(text) :]
    is_begun = text.endswith("\n")  # the cursor's own paragraph is empty
    lines = [line for line in text.split("\n") if line.strip()]
    return [*lines, *([""] if is_begun else [])][-NEAR_PARAGRAPHS:]


def _first_border(text: str) -> int:
    return next((at for at, char in enumerate(text) if not _joins(char)), 0)


@lru_cache(maxsize=64)
def _plain(text: str) -> str:
    """A text in the one form in which it is compared."""
    return _UNCOUNTED.sub("", unicodedata.normalize("NFC", text)).translate(_APOSTROPHES)


def _is_named(name: str, plain: str, folded: str) -> bool:
    wanted = _plain(name)
    parts = wanted.split()
    if not parts or parts[0].casefold() not in folded:
        return False
    return any(_is_whole(plain, *found.span()) for found in _pattern(wanted).finditer(plain))


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(part) for part in name.split())
    if name == name.lower():
        return re.compile(spaced, re.IGNORECASE)
    capitals = r"\s+".join(re.escape(part) for part in name.upper().split())
    return re.compile(f"{spaced}|{capitals}")


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter beside the place belongs to the same word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (
        (before and _joins(before) and _joins(text[start]))
        or (after and ((_joins(after) and _joins(text[end - 1])) or _is_mark(after)))
    )


def _joins(char: str) -> bool:
    """Whether a letter makes one word with such letters beside it."""
    return (char.isalnum() or char == "_" or _is_mark(char)) and not _UNSPACED.match(char)


def _is_mark(char: str) -> bool:
    return unicodedata.category(char).startswith("M") and not _UNSPACED.match(char)
