"""The one rule for curly quotes and dashes, as one types and as a text is exported."""

from __future__ import annotations

import re

from app.core.text.words import HAN

_QUOTES = {'"': ("“", "”"), "'": ("‘", "’")}
_OPENERS = "([{<“‘「『《（【—–-*_~>/"
_CHINESE = re.compile(f"[{HAN}，。！？：；、…）》】]")


def curly_quote(line: str, mark: str, following: str = "") -> str:
    """What the straight quote `mark` becomes after `line`, and before `following` where known.

    Chinese has no space before a quote: there every second one closes. '90s has an apostrophe.
    """
    opening, closing = _QUOTES[mark]
    if mark == "'" and following[:1].isdigit():
        return closing
    return opening if _opens(line, opening, closing) else closing


def dash(line: str, following: str = "") -> str:
    """The dash for two hyphens after `line`: — in prose, – in 1914–1918, —— in Chinese."""
    last = line[-1:]
    if last and _CHINESE.match(last):
        return "——"
    return "–" if last.isdigit() and following[:1].isdigit() else "—"


def _opens(line: str, opening: str, closing: str) -> bool:
    last = line[-1:]
    if not last or last.isspace():
        return True
    if _CHINESE.match(last) or last in "—":
        return line.count(opening) <= line.count(closing)
    return last in _OPENERS
