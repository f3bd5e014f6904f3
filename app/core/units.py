"""Numbers as people read them: bytes, counts, tokens; and the width of texts in a terminal."""

from __future__ import annotations

import unicodedata
from itertools import accumulate


def size_text(size: float) -> str:
    """Bytes as people say them, in decimal units everywhere: 40 kB, 98 MB, 4.7 GB.

    Whatever is more than nothing is a kilobyte at least.
    """
    kilo, mega = size / 1000, size / 1_000_000
    if kilo < 999.5:
        return f"{max(int(size > 0), round(kilo))} kB"
    return f"{mega:.0f} MB" if mega < 999.5 else f"{mega / 1000:,.1f} GB"


def share_texts(done: float, total: float) -> tuple[str, str]:
    """A part of a size and the whole, in one unit: 41 and 98 MB, 0.9 and 2.5 GB."""
    whole = size_text(total)
    unit = whole.split()[-1]
    if unit == "GB":
        return f"{done / 1e9:,.1f}", whole
    return str(int(done // {"kB": 1000, "MB": 1_000_000}[unit])), whole


def count_text(count: int) -> str:
    """A number of parameters as people say it: 135M, 7.2B."""
    if count < 1_000_000:
        return f"{count:,}"
    mega = count / 1_000_000
    return f"{mega:.0f}M" if mega < 999.5 else f"{mega / 1000:.1f}B"


def context_text(tokens: int) -> str:
    """A number of tokens as people say it: 8k, 128k."""
    return f"{tokens / 1024:.0f}k" if tokens >= 1024 else str(tokens)


def duration_text(seconds: float) -> str:
    """A time as people say it: 40 s, 3 min, 1 h 20 min."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def columns(text: str) -> int:
    """How many columns of a terminal a text takes; wide characters take two."""
    return sum(map(_width, text))


def shortened(text: str, most: int) -> str:
    """The text in at most that many columns, its end as … where it has more."""
    if columns(text) <= most:
        return text
    return text[: sum(end < most for end in accumulate(map(_width, text)))] + "…"


def _width(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 1 + (unicodedata.east_asian_width(letter) in "WF")
