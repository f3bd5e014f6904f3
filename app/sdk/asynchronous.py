"""The same model for asyncio: each call waits on a thread, and a cancelled task stops its job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from app.sdk.model import (
    Begun,
    Classification,
    Generation,
    Judgement,
    Model,
    OnProgress,
    Prepared,
    Stream,
    open_model,
)
from app.tasks.options import TaskResult

T = TypeVar("T")
_LOOK_S = 0.05


class AsyncModel:
    """A model whose methods are awaited; a stream is read with `async for`."""

    def __init__(self, model: Model) -> None:
        self._model = model

    async def generate(self, prompt: str, **parameters: Any) -> Generation:
        """Continue `prompt`; see `Model.generate`."""
        return await _cancellable(self._model.prepared(prompt, **parameters))

    async def chat(self, messages: Sequence[Mapping[str, str]], **parameters: Any) -> Generation:
        """Answer a conversation; see `Model.chat`."""
        return await _cancellable(self._model.prepared(messages=messages, **parameters))

    def stream(self, prompt: str, **parameters: Any) -> AsyncIterator[str]:
        """The pieces of a continuation; leaving early cancels it."""
        return _pieces(self._model.stream(prompt, **parameters))

    def chat_stream(
        self, messages: Sequence[Mapping[str, str]], **parameters: Any
    ) -> AsyncIterator[str]:
        """The pieces of an answer; leaving early cancels it."""
        return _pieces(self._model.chat_stream(messages, **parameters))

    async def classify(self, text: str, labels: Sequence[str] = ()) -> Classification:
        """Which of the `labels` fits `text`; a classifier has its own, and needs none."""
        value = (await self.run("classify", text, labels=labels)).value
        return Classification(value["label"], value["probabilities"])

    async def score(self, text: str) -> Judgement:
        """How well the model foresees `text`."""
        return await _cancellable(self._model.scoring(text))

    async def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table."""
        return await _cancellable(self._model.task(name, text, **options))

    async def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return await asyncio.to_thread(self._model.count, text)


async def _cancellable(begun: Begun[T] | Prepared) -> T:
    run: Callable[[], Any] = begun.run
    doing = asyncio.ensure_future(asyncio.to_thread(run))
    try:
        return cast(T, await asyncio.shield(doing))
    except asyncio.CancelledError:
        while not doing.done():
            begun.cancel()
            await asyncio.wait({doing}, timeout=_LOOK_S)
        raise


async def _pieces(stream: Stream) -> AsyncIterator[str]:
    try:
        while (piece := await asyncio.to_thread(next, stream, None)) is not None:
            yield piece
    finally:
        stream.cancel()  # wakes a thread that waits for the next piece
        await asyncio.to_thread(stream.close)


@asynccontextmanager
async def open_async(
    model: str = "", *, engine: str = "", on_progress: OnProgress | None = None, **options: Any
) -> AsyncIterator[AsyncModel]:
    """The model of that name or path, for asyncio; see `lampblack.open`."""
    opened = open_model(model, engine=engine, on_progress=on_progress, **options)
    found = await asyncio.to_thread(opened.__enter__)
    try:
        yield AsyncModel(found)
    finally:
        await asyncio.to_thread(opened.__exit__, None, None, None)
