"""Normalisation: the one form that every text has in a document, whatever side it comes from."""

from __future__ import annotations

import re

_ENDS = re.compile("\r\n|[\r\u2028\u2029]")
_DROPPED = str.maketrans(dict.fromkeys("\0\ufdd0\ufdd1\ufeff\ufffe"))
_LONE = re.compile("[\ud800-\udfff]")
_OTHER = re.compile("[\0\r\u2028\u2029\ufdd0\ufdd1\ufeff\ufffe\ud800-\udfff]")


def normalise(text: str) -> str:
    """`text` as a document holds it, and a QTextDocument gives back unchanged.

    CR LF, CR, U+2028 and U+2029 become one line feed. Dropped are NUL, with which no file can be
    opened again, U+FDD0 and U+FDD1, Qt's marks for frames, and the byte order marks U+FEFF and
    U+FFFE: at the beginning of a text Qt drops them, and takes what follows the latter for
    byte-swapped. Two surrogates that are a pair become their character, and one alone U+FFFD. All
    else stays, other controls as well.
    """
    if (text.isascii() and "\r" not in text and "\0" not in text) or not _OTHER.search(text):
        return text
    plain = _ENDS.sub("\n", text)
    if _LONE.search(plain):
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return plain.translate(_DROPPED)


class Normaliser:
    """`normalise` for a text that comes in pieces: what is cut between two pieces is mended.

    The pieces that `feed` gives and what `close` gives are together the normalised whole.
    """

    def __init__(self) -> None:
        self._after_return = False
        self._half = ""  # a first surrogate that waits for its second

    def feed(self, piece: str) -> str:
        """The next piece, normalised; a CR at its end is a line end at once."""
        piece, self._half = self._half + piece, ""
        if not piece:
            return ""
        if self._after_return:
            piece = piece.removeprefix("\n")
        self._after_return = piece.endswith("\r")
        if "\ud800" <= piece[-1:] <= "\udbff":
            piece, self._half = piece[:-1], piece[-1]
        return normalise(piece)

    def close(self) -> str:
        """What still waited for another half: U+FFFD, or nothing."""
        half, self._half = self._half, ""
        return normalise(half)
