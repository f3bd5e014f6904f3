"""Which words of a text are spelled at all: no code, no addresses, no acronyms, no Chinese."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from app.core.documents.markdown import CODE, is_fence, line_spans
from app.core.text.words import HAN

_MARKS = "\u0300-\u036f"  # combining marks, where letters and accents are apart
_LETTER = rf"(?:[^\W\d_{HAN}]|[{_MARKS}])"
_WORD = re.compile(rf"{_LETTER}+(?:['’]{_LETTER}+)*")
_ADDRESS = re.compile(r"\w+://\S+|www\.\S+|\S+@\S+\.\S+|\]\([^()\s]*\)|<[^<>\n]{1,200}>")
_LONGEST = 60
"""Letters; what is longer is no word, and suggestions for it would take long."""

Place = tuple[int, int]
"""From and to, in characters."""


def spelled_words(line: str) -> Iterator[tuple[Place, str]]:
    """The words of a line that are looked up, each with its place in the line.

    Left out are code, addresses, words with digits or underscores in them, acronyms in capitals and
    Chinese or Japanese characters. A line that begins or ends a block of code has none.
    """
    if is_fence(line):
        return
    passed = _passed_over(line)
    for found in _WORD.finditer(line):
        start, end = found.span()
        word = found[0]
        if end - start > _LONGEST or (end - start > 1 and word.isupper()):
            continue
        if line[end : end + 1].isdigit() or "_" in (line[end : end + 1], line[start - 1 : start]):
            continue
        if start and line[start - 1].isdigit():
            continue
        if not any(start < stop and end > begin for begin, stop in passed):
            yield (start, end), word


def lines_outside_code(lines: Iterable[str]) -> Iterator[str]:
    """The lines of a text that are in no block of code."""
    is_code = False
    for line in lines:
        if is_fence(line):
            is_code = not is_code
        elif not is_code:
            yield line


def without_accents(word: str) -> str:
    """The word with the letters that its accented ones are made of."""
    apart = unicodedata.normalize("NFD", word)
    return "".join(one for one in apart if not unicodedata.combining(one))


def plain(word: str) -> str:
    """The word as dictionaries have it: letters and accents composed, a straight apostrophe."""
    return unicodedata.normalize("NFC", word).replace("’", "'")


def script(word: str) -> str:
    """The script of the word's first letter, by the first word of Unicode's name, as `LATIN`."""
    return unicodedata.name(word[0], "").partition(" ")[0]


def _passed_over(line: str) -> list[Place]:
    found = [match.span() for match in _ADDRESS.finditer(line)]
    if "`" in line:
        found += [(start, end) for start, end, kind in line_spans(line)[0] if kind & CODE]
    return found
