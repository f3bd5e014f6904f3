"""What a save would lose: the one judgement on whether a text may simply take another's place."""

from __future__ import annotations

from typing import Literal

Loss = Literal["none", "shrunk", "emptied", "garbled"]
"""How a text replaces another: "garbled" is one that has become full of NUL characters."""

_NUL = "\0"
_PIECE = 50_000  # characters: the window's thread waits for the interpreter while one is split
_GARBLED = 0.01
"""The share of NUL characters above which a text is no text any more."""


def loss(former: str, text: str) -> Loss:
    """What is lost where `text` takes the place of `former`.

    Letters count, and white space and NUL characters do not: a text is shrunk when less than half
    as many are left, and emptied when none is. A text that had none loses nothing.
    """
    if former == text:
        return "none"
    before = letters(former)
    if not before:
        return "none"
    after = letters(text)
    nul = text.count(_NUL)
    if nul > former.count(_NUL) and nul > _GARBLED * len(text):
        return "garbled"
    if not after:
        return "emptied"
    return "shrunk" if after * 2 < before else "none"


def letters(text: str) -> int:
    """How many characters of `text` are neither white space nor NUL."""
    pieces = (text[start : start + _PIECE] for start in range(0, len(text), _PIECE))
    return sum(sum(map(len, piece.replace(_NUL, " ").split())) for piece in pieces)
