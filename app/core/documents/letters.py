"""Borders between what a reader takes for one letter or picture: extended grapheme clusters.

After Unicode Standard Annex 29, by what `unicodedata` knows of a character. Where its rules need
tables that are not there, a border may not be seen: before a letter that follows any virama, and
after any joiner.
"""

from __future__ import annotations

import re
import unicodedata

HAN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese and Japanese characters, each a word, for the inside of a [class]."""

_JOINER = "\u200d"
_VIRAMA = 9  # the combining class
_EXTENDS = re.compile("[\u200c\u200d\u0e33\u0eb3\uff9e\uff9f\U0001f3fb-\U0001f3ff"
                      "\U000e0020-\U000e007f]")  # fmt: skip
_BEGINS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u1cf5\u1cf6\U000110bd\U000110cd\U000111c2\U000111c3"
    "\U000113d1\U0001193f\U00011941\U00011a3a\U00011a84-\U00011a89\U00011d46\U00011f02]"
)
_MOST_FLAGS = 1000  # halves in a row that are counted
_FLAG_HALF = re.compile("[\U0001f1e6-\U0001f1ff]")
_SYLLABLE = re.compile(  # jamo that follow others of their syllable, and the halves of a surrogate
    "[\u1100-\u115f\ua960-\ua97c][\u1100-\u11a7\ua960-\ua97c\uac00-\ud7a3\ud7b0-\ud7c6]"
    "|[\u1160-\u11a7\uac00-\ud7a3\ud7b0-\ud7c6][\u1160-\u11ff\ud7b0-\ud7fb]"
    "|[\u11a8-\u11ff\ud7cb-\ud7fb][\u11a8-\u11ff\ud7cb-\ud7fb]"
    "|[\ud800-\udbff][\udc00-\udfff]"
)


def is_border(text: str, place: int) -> bool:
    """Whether a text can be divided at `place` without tearing a letter, picture or line end."""
    if not 0 < place < len(text):
        return True
    before, after = text[place - 1], text[place]
    if _is_control(before) or _is_control(after):
        return (before, after) != ("\r", "\n")
    if before.isascii() and after.isascii():
        return True
    return not (
        unicodedata.category(after).startswith("M")
        or _EXTENDS.match(after)
        or before == _JOINER
        or _BEGINS.match(before)
        or _SYLLABLE.match(before + after)
        or (unicodedata.combining(before) == _VIRAMA and after.isalpha())
        or _is_within_flag(text, place)
    )


def border_before(text: str, place: int, least: int = 0) -> int:
    """The last border up to `place` that lies after `least`; `place` if there is none."""
    return next((one for one in range(place, least, -1) if is_border(text, one)), place)


def border_after(text: str, place: int) -> int:
    """The first border from `place` on."""
    return next(one for one in range(place, len(text) + 1) if is_border(text, one))


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp")


def _is_within_flag(text: str, place: int) -> bool:
    """Flags are pairs of letters of their own, told apart only by counting from the first."""
    begin, least = place, max(0, place - _MOST_FLAGS)
    while begin > least and _FLAG_HALF.match(text[begin - 1]):
        begin -= 1
    return _FLAG_HALF.match(text[place]) is not None and (place - begin) % 2 == 1
