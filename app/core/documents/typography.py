"""Typographic quotes and dashes for the straight ones that are typed."""

from __future__ import annotations

import re

from app.core.text.typography import curly_quote, dash

TYPED = "\"'-"
"""What may become something else."""

_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


def educated(before: str, typed: str) -> tuple[int, str] | None:
    """What `typed`, one of `TYPED`, becomes after the text `before`; None where it stays.

    The result is how many characters before it are replaced, too, and by what. Hyphens that begin a
    line, or are those of <!-- or -->, stay, and so does all in Markdown's code.
    """
    line = before[before.rfind("\n") + 1 :]
    if typed == "-":
        if not line.endswith("-") or not line.strip("- \t") or _is_in_comment(before):
            return None
        if is_in_code(before, line) or line.endswith(("--", "<!-")):
            return None
        return 1, dash(line[:-1])
    if is_in_code(before, line):
        return None
    return 0, curly_quote(line, typed)


def is_in_code(before: str, line: str) -> bool:
    """Whether the end of `before`, whose last line is `line`, is in code, as far as one can see."""
    return line.count("`") % 2 == 1 or len(_FENCE.findall(before)) % 2 == 1


def _is_in_comment(before: str) -> bool:
    return before.rfind("<!--") > before.rfind("-->")
