"""Words as the index has them: parted after Unicode Annex 29, without case, marks and accents.

Folding goes character by character, so that what a search may take for equal is equal here, and a
part of a word stays a part of the folded one: looking for it there can miss nothing.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

import apsw
import apsw.fts5
import apsw.unicode

from app.core.text.words import found_in_pieces

TOKENIZER = " ".join(("querytokens", "simplify", "strip", "true", "unicodewords"))
"""What the index parts a text with that is `caseless`; a Chinese character is a word."""

_UNSPACED = re.compile(r"\S+")

_SAME = str.maketrans({"\u0131": "i"})
"""Python takes the dotless i for an i where case does not matter."""


def register(connection: apsw.Connection) -> None:
    """Let a connection use `TOKENIZER`."""
    tokenizers: dict[str, Any] = dict(apsw.fts5.map_tokenizers)
    apsw.fts5.register_tokenizers(connection, tokenizers)


def caseless(text: str) -> str:
    """A text without case, its characters decomposed; its marks are still there."""
    return unicodedata.normalize("NFKD", text).casefold().translate(_SAME)


def all_terms(text: str) -> str:
    """What the index is given of a text: all that stands between spaces, once.

    It only has to know which words a text has, and a book has most of its words many times.
    """
    parts = dict.fromkeys(found_in_pieces(_UNSPACED, text))
    return caseless("\n".join(parts))


def folded(word: str) -> str:
    """A word as the index has it."""
    return apsw.unicode.strip(caseless(word))


def folded_words(text: str) -> list[str]:
    """The words of a text that is searched for; what has no letter or digit is none."""
    found = (
        apsw.unicode.strip(word)
        for word in apsw.unicode.word_iter(caseless(text))
        if any(letter.isalnum() for letter in word)
    )
    return [word for word in dict.fromkeys(found) if word]


class TermList:
    """Every word of the index, to look for those that have a part."""

    def __init__(self, terms: list[str]) -> None:
        self._joined = "\n".join(("", *terms, ""))

    def containing(self, part: str, most: int) -> list[str] | None:
        """The words with `part` in them; None where they are more than `most`."""
        found = list[str]()
        joined, at = self._joined, self._joined.find(part)
        while at >= 0:
            if len(found) == most:
                return None
            start, end = joined.rindex("\n", 0, at) + 1, joined.index("\n", at)
            found.append(joined[start:end])
            at = joined.find(part, end)
        return found
