"""Several works of one request side by side, a stated number of them at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Sequence
from contextlib import aclosing
from typing import Any, TypeVar

T = TypeVar("T")


async def all_of(works: Sequence[Coroutine[Any, Any, T]], at_once: int) -> list[T]:
    """What each gives, in their order; the first error, or a cancel, ends them all."""
    found: dict[int, T] = {}
    waiting = iter(enumerate(works))

    async def do_some() -> None:
        for place, work in waiting:
            found[place] = await work

    tasks = [asyncio.create_task(do_some()) for _ in range(min(at_once, len(works)))]
    try:
        await asyncio.gather(*tasks)
    finally:
        await _end(tasks)
        for _, work in waiting:
            work.close()  # it was never begun
    return [found[place] for place in range(len(works))]


async def merged(
    sources: Sequence[AsyncGenerator[T, None]], at_once: int
) -> AsyncGenerator[T, None]:
    """The items of all as they come, of those begun in their order; closes each when it is over.

    None runs ahead of who reads by more than an item. The first error ends them all.
    """
    if len(sources) == 1:
        async with aclosing(sources[0]) as only:
            async for item in only:
                yield item
        return
    items: asyncio.Queue[tuple[T] | Exception | None] = asyncio.Queue(1)
    waiting = iter(sources)

    async def pump() -> None:
        for source in waiting:
            async with aclosing(source):
                async for item in source:
                    await items.put((item,))

    async def run() -> None:
        try:
            await asyncio.gather(*pumps)
        except Exception as error:  # noqa: BLE001 - raised again where the items are read
            await items.put(error)
        else:
            await items.put(None)

    pumps = [asyncio.create_task(pump()) for _ in range(min(at_once, len(sources)))]
    running = asyncio.create_task(run())
    try:
        while (found := await items.get()) is not None:
            if isinstance(found, Exception):
                raise found
            yield found[0]
    finally:
        await _end([*pumps, running])


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
