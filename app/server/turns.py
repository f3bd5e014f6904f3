"""Whose turn it is: a stated number of jobs at once, and a stated number that wait."""

from __future__ import annotations

import asyncio
from collections import deque

from app.core.errors import QueueFullError


class Turns:
    """`parallel` turns at once and `queue` callers in line; all on one event loop."""

    def __init__(self, parallel: int, queue: int) -> None:
        self._free = parallel
        self._queue = queue
        self._line: deque[asyncio.Future[None]] = deque()

    async def take(self, *, is_admitted: bool = False) -> None:
        """Wait for a turn, first come, first served; raises QueueFullError at once.

        What `is_admitted` is a part of a request that has its place already: the line's length does
        not count for it.

        Who is cancelled while waiting leaves the line, and the others keep their places.
        """
        if self._free:
            self._free -= 1
            return
        if len(self._line) >= self._queue and not is_admitted:
            raise QueueFullError(
                f"The queue is full: {self._queue} requests wait already.", "Try again later."
            )
        turn = asyncio.get_running_loop().create_future()
        self._line.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn came in the same moment
                self.give()
            elif turn in self._line:
                self._line.remove(turn)
            raise

    def give(self) -> None:
        """Give a turn back, to the first in line if there is one."""
        waiting = (turn for turn in iter(self._next, None) if not turn.done())
        if (turn := next(waiting, None)) is not None:
            turn.set_result(None)
        else:
            self._free += 1

    def _next(self) -> asyncio.Future[None] | None:
        return self._line.popleft() if self._line else None
