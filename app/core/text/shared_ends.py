"""What two texts share at their ends; imported by the page at every start, so it imports little."""

from __future__ import annotations

from collections.abc import Callable


def shared_ends(one: str, other: str) -> tuple[int, int]:
    """How many characters two texts share at the beginning, and of the rest at the end."""
    shorter = min(len(one), len(other))
    head = _longest(shorter, lambda size: one[:size] == other[:size])
    room = shorter - head
    tail = _longest(room, lambda size: one[len(one) - size :] == other[len(other) - size :])
    return head, tail


def _longest(most: int, holds: Callable[[int], bool]) -> int:
    """The largest size up to `most` for which `holds`, which it does for all smaller ones."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if holds(middle):
            low = middle
        else:
            high = middle - 1
    return low
