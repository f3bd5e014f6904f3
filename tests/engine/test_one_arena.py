"""The engine host's memory lies in one place, whichever of its threads asks for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

ARENA = 64 << 20
"""GNU's C library keeps so much room for each arena but the first, and begins it at a multiple."""


def mappings(pid: int) -> Iterator[tuple[int, int, str]]:
    for line in Path(f"/proc/{pid}/maps").read_text(errors="replace").splitlines():
        where, rights, *_ = line.split()
        start, _, end = where.partition("-")
        yield int(start, 16), int(end, 16), rights


def arenas(pid: int) -> int:
    """How many arenas there are beside the first: what is used of each lies before what is not."""
    if sys.platform != "linux":
        return 0
    return sum(
        start % ARENA == 0 and end == kept and rest == start + ARENA
        for (start, end, rights), (kept, rest, closed) in pairwise(mappings(pid))
        if rights == "rw-p" and closed == "---p"
    )


def test_no_thread_of_the_host_has_an_arena_of_its_own(driver, script_file) -> None:
    """A model would lie now in this one, now in that, and each would keep its size."""
    driver.load(script_file())
    driver.generate(prompt="Once upon a time")
    assert arenas(driver.client.host_pid) == 0
