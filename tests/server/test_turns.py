"""The line of those who wait for a turn, without a service around it."""

from __future__ import annotations

import asyncio
import random
import secrets
import sys
from collections.abc import Coroutine
from typing import Any

import pytest

from app.core.errors import QueueFullError
from app.server.turns import Turns


class Part:
    """Of a request; anything that is itself alone would do."""

    def __init__(self, name: str) -> None:
        self.name = name


class Line:
    """A line of turns whose takers are noted in the order in which they come to their turn."""

    def __init__(self, parallel: int, queue: int) -> None:
        self.turns = Turns(parallel, queue)
        self.came: list[str] = []
        self.held = 0

    async def enter(self, request: Part, count: int = 1) -> list[asyncio.Task[None]]:
        """Ask for turns, and stand in the line for those that are not free."""
        tasks = [asyncio.ensure_future(self._take(request)) for _ in range(count)]
        await settled()
        return tasks

    async def _take(self, request: Part) -> None:
        await self.turns.take(request)
        self.came.append(request.name)
        self.held += 1

    async def give(self, count: int) -> str:
        """Give turns back one after the other; those who came to a turn so far."""
        for _ in range(count):
            if self.held:
                self.give_one()
            await settled()
        return "".join(self.came)

    def give_one(self) -> None:
        """Give a turn back that somebody had."""
        self.held -= 1
        self.turns.give()


async def settled() -> None:
    """Until every task waits for something else."""
    for _ in range(3):
        await asyncio.sleep(0)


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


def test_the_parts_of_a_request_are_one_place() -> None:
    async def work() -> None:
        line, many, other, late = Line(1, 2), Part("m"), Part("o"), Part("l")
        await line.enter(many, 256)
        await line.enter(other)
        with pytest.raises(QueueFullError, match="2 requests"):
            await line.turns.take(late)
        await line.enter(many, 3)  # it has its place, also where the line is full
        assert await line.give(258 + 1) == "mmo" + "m" * 257

    run(work())


def test_a_newcomer_waits_for_one_part_of_each_before_it() -> None:
    async def work() -> None:
        line, a, b, c = Line(1, 9), Part("a"), Part("b"), Part("c")
        await line.enter(a, 4)
        await line.enter(b, 3)
        assert await line.give(1) == "aa"
        await line.enter(c)
        assert await line.give(8) == "aabacbab"

    run(work())


def test_who_had_a_turn_may_wait_for_another_where_the_line_is_full() -> None:
    async def work() -> None:
        line, a, b = Line(1, 0), Part("a"), Part("b")
        await line.enter(a, 2)
        with pytest.raises(QueueFullError):
            await line.turns.take(b)
        with pytest.raises(QueueFullError):  # and one refused has no right to a place
            await line.turns.take(b)
        with pytest.raises(QueueFullError):
            await line.turns.take()
        assert await line.give(2) == "aa"
        await line.enter(b)
        assert line.came == ["a", "a", "b"]

    run(work())


def test_parts_that_leave_cost_nobody_a_turn() -> None:
    """Whatever leaves in whichever moment: never more than two have turns, and all come back."""
    seed = secrets.randbelow(2**32)
    sys.stdout.write(f"seed {seed}")
    chance = random.Random(seed)

    async def work() -> None:
        line, requests = Line(2, 99), [Part(name) for name in "abcd"]
        tasks: list[asyncio.Task[None]] = []
        for _ in range(400):
            waiting = [task for task in tasks if not task.done()]
            action = chance.choice(("enter", "enter", "give", "leave"))
            if action == "enter":
                tasks += await line.enter(chance.choice(requests))
            elif action == "give" and line.held:
                line.give_one()
            elif waiting:
                chance.choice(waiting).cancel()
            if chance.random() < 0.5:
                await settled()
            assert line.held <= 2
        await settled()
        await line.give(len(tasks))
        assert all(task.done() for task in tasks)
        last = await line.enter(Part("x"), 3)
        assert [task.done() for task in last] == [True, True, False]
        await line.give(3)
        assert last[2].done()

    run(work())
