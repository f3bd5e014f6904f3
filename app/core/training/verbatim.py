"""How much of the pages comes back word for word: the longest run of words in both."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from app.core.text.words import words

_SEED = 3  # words that an index is made of; shorter runs are in any text


class VerbatimRun(msgspec.Struct, frozen=True, kw_only=True):
    """The longest run: how many words, and the words; fewer than three count as none."""

    length: int = 0
    text: str = ""


def longest_run(samples: Iterable[str], pages: Iterable[str]) -> VerbatimRun:
    """The longest run of words that a sample shares with a page, whatever stands between them.

    Takes about a second for a hundred thousand words.
    """
    source: list[str] = []
    for page in pages:
        source += (word.casefold() for word in words(page))
        source.append("")  # no run goes over the end of a page
    index: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(source) - _SEED + 1):
        index.setdefault(tuple(source[at : at + _SEED]), []).append(at)
    best = VerbatimRun()
    for sample in samples:
        found = words(sample)
        folded = [word.casefold() for word in found]
        for at in range(len(folded) - _SEED + 1):
            for place in index.get(tuple(folded[at : at + _SEED]), ()):
                length = _shared(folded, at, source, place)
                if length > best.length:
                    best = VerbatimRun(length=length, text=" ".join(found[at : at + length]))
    return best


def _shared(sample: list[str], at: int, source: list[str], place: int) -> int:
    length = 0
    while (
        at + length < len(sample)
        and place + length < len(source)
        and sample[at + length] == source[place + length]
        and source[place + length]
    ):
        length += 1
    return length
