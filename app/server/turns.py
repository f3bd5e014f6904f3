"""Whose turn it is: a stated number of jobs at once, and a stated number of requests that wait."""

from __future__ import annotations

import asyncio
from collections import deque
from weakref import WeakSet

from app.core.errors import QueueFullError


class Turns:
    """`parallel` turns at once and `queue` requests in line; all on one event loop.

    A request has one place in the line, however many of its parts wait there, and keeps the right
    to one until its end. Turns go round the requests, a part of each: a newcomer waits for one part
    of those before it, not for all of them.
    """

    def __init__(self, parallel: int, queue: int) -> None:
        self._free = parallel
        self._queue = queue
        self._line: dict[object, deque[asyncio.Future[None]]] = {}
        self._admitted: WeakSet[object] = WeakSet()

    async def take(self, request: object | None = None) -> None:
        """Wait for a turn, first come, first served; raises QueueFullError at once.

        `request` is what this is a part of; None is a request of this part alone.

        Who is cancelled while waiting leaves the line, and the others keep their places.
        """
        if not self._free and len(self._line) >= self._queue and request not in self._admitted:
            raise QueueFullError(
                f"The queue is full: {self._queue} requests wait already.", "Try again later."
            )
        if request is not None:
            self._admitted.add(request)
        if self._free:
            self._free -= 1
        else:
            await self._wait(object() if request is None else request)

    def give(self) -> None:
        """Give a turn back, to the first in line if there is one."""
        if (turn := self._next()) is not None:
            turn.set_result(None)
        else:
            self._free += 1

    async def _wait(self, request: object) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._line.setdefault(request, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn came in the same moment
                self.give()
            self._leave(request, turn)
            raise

    def _next(self) -> asyncio.Future[None] | None:
        """The first in line that still waits; what else its request has goes to the end."""
        for request, parts in self._line.items():
            waiting = next((turn for turn in parts if not turn.done()), None)
            if waiting is not None:
                self._leave(request, waiting)
                if parts := self._line.pop(request, deque()):
                    self._line[request] = parts
                return waiting
        return None

    def _leave(self, request: object, turn: asyncio.Future[None]) -> None:
        parts = self._line.get(request, deque())
        if turn in parts:
            parts.remove(turn)
            if not parts:
                del self._line[request]
