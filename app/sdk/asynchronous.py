"""The same model for asyncio: each call waits on a thread, and a cancelled task stops its job."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from app.sdk.model import (
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

    async def classify(self, text: str, labels: Sequence[str]) -> Classification:
        """Which of the `labels` fits `text`."""
        return await asyncio.to_thread(self._model.classify, text, labels)

    async def score(self, text: str) -> Judgement:
        """How well the model foresees `text`."""
        return await asyncio.to_thread(self._model.score, text)

    async def run(self, name: str, text: str, **options: Any) -> TaskResult:
        """Do a task of the table."""
        return await asyncio.to_thread(lambda: self._model.run(name, text, **options))

    async def count(self, text: str) -> int:
        """How many tokens `text` is."""
        return await asyncio.to_thread(self._model.count, text)


async def _cancellable(prepared: Prepared) -> Generation:
    doing = asyncio.ensure_future(asyncio.to_thread(prepared.run))
    try:
        return await asyncio.shield(doing)
    except asyncio.CancelledError:
        prepared.cancel()
        await asyncio.wait({doing})
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
