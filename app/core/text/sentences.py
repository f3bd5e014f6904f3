"""Texts in sentences, in every script; a point after an abbreviation ends none."""

from __future__ import annotations

import re
from functools import cache

_ABBREVIATIONS = (
    "mr mrs ms dr st prof sr jr vs etc no vol fig e.g i.e z.b bzw usw ca nr m mme mlle г ул т.е"
)


@cache
def _sentence() -> re.Pattern[str]:
    closing = "[\"'”’»›)\\]）」』》]*"
    return re.compile(
        rf"[^\n]*?(?:[.!?…؟۔।]+{closing}(?=\s|$)|[。！？]+{closing}|\n+|$)[^\S\n]*\n*"
    )


@cache
def _abbreviated() -> re.Pattern[str]:
    """The end of a piece after whose point the sentence goes on: also a number of a list."""
    known = "|".join(map(re.escape, _ABBREVIATIONS.split()))
    letter, number = r"[^\W\d_]", r"^\s*\d{1,3}"
    return re.compile(rf"(?:(?:^|[\s(“\"'‘])(?:{known}|{letter})|{number})\.\s*$", re.IGNORECASE)


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with the spaces and line ends behind it; joined the text."""
    found: list[str] = []
    is_open = False
    for match in _sentence().finditer(text):
        piece = match[0]
        if not piece:
            continue
        if is_open:
            found[-1] += piece
        else:
            found.append(piece)
        is_open = "\n" not in piece and bool(_abbreviated().search(found[-1]))
    return found
