"""Folding: texts that a reader takes for the same are made alike, and their own places kept.

Alike are quotation marks of every kind, apostrophes, hyphens, spaces, three points and their one
sign, letters with their accents in one character or several (canonical equivalence, Unicode
Standard Annex 15) and, where it is asked for, upper and lower case (full case folding, section 3.13
of the Unicode Standard: ß is ss).

The text is taken in clusters, a character with what joins it; each folds to one or more units,
which are compared. The text so far is always folded as if it ended here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from unicodedata import combining, normalize

_SINGLE = "‘’‚‛′ʼ´＇‹›"
_DOUBLE = "“”„‟″«»＂〝〞〟"
_SPACES = "\u00a0\u2007\u202f\u3000"
_ALIKE = str.maketrans(
    dict.fromkeys(_SINGLE, "'")
    | dict.fromkeys(_DOUBLE, '"')
    | dict.fromkeys(_SPACES, " ")
    | dict.fromkeys("\u2010\u2011", "-")
    | {"…": "..."}
)
_LONGEST = 32
"""Characters of a cluster; more are a new one, so that each is folded in bounded time (Stream-Safe
Text Format, Unicode Standard Annex 15)."""


def joins(cluster: str, char: str) -> bool:
    """Whether a character belongs to the cluster before it, as an accent does to its letter."""
    if char.isascii() or not cluster or len(cluster) >= _LONGEST:
        return False
    if combining(char):
        return True
    return normalize("NFC", cluster + char) != normalize("NFC", cluster) + normalize("NFC", char)


def clusters(text: str) -> Iterator[str]:
    """A text in its clusters."""
    cluster = ""
    for char in text:
        if joins(cluster, char):
            cluster += char
            continue
        if cluster:
            yield cluster
        cluster = char
    if cluster:
        yield cluster


@lru_cache(maxsize=4096)
def units(cluster: str, *, any_case: bool) -> tuple[str, ...]:
    """What a cluster is compared as: one unit, or several where it stands for several letters."""
    if any_case:
        cluster = normalize("NFD", cluster).casefold()
    return tuple(clusters(normalize("NFC", cluster).translate(_ALIKE)))


def fold(text: str, *, any_case: bool) -> list[str]:
    """The units of a text."""
    return [unit for cluster in clusters(text) for unit in units(cluster, any_case=any_case)]


def bases(folded: Iterable[str]) -> frozenset[str]:
    """The characters that become another of these units when something joins them."""
    return frozenset(parts[0] for unit in folded if len(parts := normalize("NFD", unit)) > 1)


def base(unit: str) -> str:
    """The character of a unit that others join."""
    return normalize("NFD", unit)[0]
