"""Words: what counts as one, in scripts with spaces and in Chinese and Japanese."""

from __future__ import annotations

import re
from functools import cache

HAN = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
"""Chinese and Japanese characters, each a word, for the inside of a [class]."""

_EAST_ASIA = "\u2e80"  # from here on come its scripts

_PIECE, _LONGEST_PIECE = 8_000, 32_000  # characters

_WORD = f"[{HAN}]|[^\\W_{HAN}]+(?:['’\\-][^\\W_{HAN}]+)*"


def count_words(text: str) -> int:
    """How many words `text` has; each Chinese or Japanese character counts as one."""
    if len(text) <= _PIECE:
        return len(word_pattern().findall(text)) if text else 0
    return sum(1 for _ in word_pattern().finditer(text))


def words(text: str) -> list[str]:
    """The words of `text`."""
    return found_in_pieces(word_pattern(), text)


def found_in_pieces(pattern: re.Pattern[str], text: str) -> list[str]:
    """What `findall` finds with a pattern without groups whose matches end with the line.

    In one call on a whole book `findall` would keep Python's interpreter, and so the window's
    thread, for a tenth of a second; a piece takes about a millisecond.
    """
    found: list[str] = []
    begin = 0
    while begin < len(text):
        end = text.find("\n", begin + _PIECE) + 1
        end = end if end else len(text)
        if end - begin <= _LONGEST_PIECE:
            found += pattern.findall(text[begin:end])
        else:  # a line that has no end
            found += [match.group() for match in pattern.finditer(text, begin, end)]
        begin = end
    return found


def makes_words(sign: str) -> bool:
    """Whether a sign makes a word together with its neighbours, as East Asian ones do not."""
    return sign < _EAST_ASIA and (sign.isalnum() or sign in "'’-_")


def tokens(text: str) -> list[str]:
    """The text in parts that are compared: words, runs of spaces, and single other characters.

    Joined they are the text again. Each Chinese or Japanese character is one.
    """
    return found_in_pieces(_tokens(), text)


@cache
def word_pattern() -> re.Pattern[str]:
    """What a word is; made when it is needed: an empty page is shown without it."""
    return re.compile(_WORD)


@cache
def _tokens() -> re.Pattern[str]:
    return re.compile(rf"{_WORD}|[^\S\n]+|[\s\S]")
