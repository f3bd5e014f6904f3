"""The windows in which a text is judged that is longer than the context.

They overlap by half: a token of a later window counts only in its second half, so that each counts
once and none is judged with less than half a window before it, but those at the text's beginning.
"""

from __future__ import annotations

from collections.abc import Iterator

WINDOW = 2048
"""The most tokens of a window: more context changes the number little and costs time."""


def spans(total: int, size: int) -> Iterator[tuple[int, int, int]]:
    """Each window's beginning and end, and the number in it of the token after which it judges."""
    end = min(size, total)
    half = size // 2
    yield 0, end, 0
    while end < total:
        start = end - (size - half)
        end = min(start + size, total)
        yield start, end, size - half - 1
